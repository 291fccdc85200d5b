from django.apps import AppConfig


class ReinforcementConfig(AppConfig):
    name = "reinforcement"

    def ready(self):
        from outbox.registry import register_job_kind, register_message_kind
        from reinforcement import privacy  # noqa: F401 - its decisions are declared on import
        from reinforcement.daily import messages
        from reinforcement.memory import store
        from reinforcement.programs import simulation
        from reinforcement.questions import services

        services.when_meaning_changes(store.restart)
        for name, kind in messages.KINDS.items():
            register_message_kind(name, kind, follow_up=messages.FOLLOW_UPS.get(name))
        register_job_kind(simulation.JOB, simulation.run)
