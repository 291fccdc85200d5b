from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        from accounts.signin.mail import KIND, SigninMail
        from outbox.registry import register_message_kind

        register_message_kind(KIND, SigninMail(), is_secret=True)
