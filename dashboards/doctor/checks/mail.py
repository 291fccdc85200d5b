"""The mail server. Nothing is sent: the conversation ends after the sign-in."""

import smtplib

from django.conf import settings
from django.core.mail import get_connection

from dashboards.doctor.findings import Finding, ok, problem, warning

GREETING_SECONDS = 5


def server() -> Finding:
    backend = settings.EMAIL_BACKEND.rpartition(".")[2]
    name = settings.EMAIL_BACKEND.split(".")[-2]
    if name != "smtp":
        where = {"console": "printed", "filebased": "written to files"}.get(name, f"given to {backend}")
        return problem(
            f"Mails are {where} and reach nobody.", "Set EMAIL_URL to a mail server, such as smtp+tls://user:password@mail.example:587."
        )
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mail = get_connection(timeout=GREETING_SECONDS)
        mail.open()
        mail.close()
    except smtplib.SMTPAuthenticationError as refusal:
        return problem(f"The mail server {place} refuses the sign-in ({refusal.smtp_code}).", "Correct user and password in EMAIL_URL.")
    except (OSError, smtplib.SMTPException) as trouble:
        return problem(
            f"The mail server {place} does not greet within {GREETING_SECONDS} seconds, or not as told ({type(trouble).__name__}).",
            "Correct EMAIL_URL, or open the way to that port in the firewall.",
        )
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or settings.EMAIL_HOST in {"localhost", "127.0.0.1", "::1"}):
        return warning(f"Mails go to {place} without TLS: on the way everybody can read sign-in codes.", "Use smtp+tls:// in EMAIL_URL.")
    return ok(f"The mail server {place} greets, and lets us in.")
