from django.apps import AppConfig


class ReinforcementConfig(AppConfig):
    name = "reinforcement"

    def ready(self):
        from outbox.registry import register_job_kind, register_message_kind
        from reinforcement import privacy  # noqa: F401 - its decisions are declared on import
        from reinforcement.daily import fits, messages
        from reinforcement.memory import store
        from reinforcement.programs import simulation
        from reinforcement.progress import proficiency
        from reinforcement.questions import services
        from reinforcement.reliability import messages as reliability

        register_job_kind(fits.KIND, fits.run, is_long=True)
        register_job_kind(proficiency.KIND, proficiency.run, is_long=True)
        services.when_meaning_changes(store.restart)
        for name, kind in messages.KINDS.items():
            register_message_kind(name, kind, follow_up=messages.FOLLOW_UPS.get(name))
        register_message_kind(reliability.KIND, reliability.NoticeMail())
        register_job_kind(simulation.JOB, simulation.run)
