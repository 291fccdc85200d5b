from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"

    def ready(self) -> None:
        from outbox import registry, services

        registry.register_job_kind(services.FOLLOW_UP, services.follow_up_later)
