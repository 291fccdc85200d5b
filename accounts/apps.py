from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts.invitations.messages import InvitationMessage
        from accounts.signin import sessions  # noqa: F401 - connects its receiver
        from outbox import registry

        registry.register("invitation", InvitationMessage())
