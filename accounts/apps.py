from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts.signin import mail as signin
        from accounts.signin import sessions  # noqa: F401 - connects its receiver
        from outbox.registry import register_message_kind

        register_message_kind(signin.KIND, signin.SigninMail(), is_secret=True)
