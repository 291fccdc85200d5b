"""Sessions in the database, as Django keeps them, and whose each one is."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts.models.user import User


class Session(AbstractBaseSession):
    """`user` is empty while nobody is signed in. A session goes with its person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
