from django.apps import AppConfig


class ReinforcementConfig(AppConfig):
    name = "reinforcement"

    def ready(self):
        from reinforcement.memory import store
        from reinforcement.questions import services

        services.when_meaning_changes(store.restart)
