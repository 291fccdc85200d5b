from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts.invitations import messages as invitation
        from accounts.privacy import outside, people  # noqa: F401 - their decisions are declared on import
        from accounts.signin import mail as signin
        from accounts.signin import sessions  # noqa: F401 - connects its receiver
        from outbox.registry import register_message_kind

        register_message_kind(signin.KIND, signin.SigninMail(), is_secret=True)
        register_message_kind(invitation.KIND, invitation.InvitationMail(), is_secret=True)
