from django.apps import AppConfig


class ReinforcementConfig(AppConfig):
    name = "reinforcement"

    def ready(self):
        from reinforcement.memory.store import restart
        from reinforcement.questions.services import when_meaning_changes

        when_meaning_changes(restart)
