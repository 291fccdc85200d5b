from django.apps import AppConfig


class ReinforcementConfig(AppConfig):
    name = "reinforcement"

    def ready(self):
        from reinforcement import privacy  # noqa: F401 - its decisions are declared on import
        from reinforcement.memory.store import restart
        from reinforcement.questions.services import when_meaning_changes

        when_meaning_changes(restart)
