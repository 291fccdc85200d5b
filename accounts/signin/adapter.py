"""How allauth behaves here: accounts are made by invitation or import, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.sites.shortcuts import get_current_site
from django.utils import timezone, translation

from accounts.signin.mail import queue_signin_mail, recipient_settings


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        """Hands the mail to the outbox, in the language of the person who will read it; the request waits for no mail server."""
        language, time_zone = recipient_settings(email)
        language = language or translation.get_language()
        with translation.override(language), timezone.override(time_zone):
            site = get_current_site(self.request)
            mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email, "current_site": site, **context})
        queue_signin_mail(mail, language=language, time_zone=time_zone, has_code="code" in context)
