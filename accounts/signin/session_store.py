"""Sessions in the database, as Django keeps them; the read that begins every request is made once (accounts/prepared.py)."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import models
from django.utils import timezone

from accounts.prepared import PreparedRead, Slot


def _open_session() -> models.QuerySet:
    return Session.objects.filter(session_key=Slot("key", models.CharField()), expire_date__gt=Slot("now", models.DateTimeField()))


_SESSION = PreparedRead(_open_session)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        """The row of this session while it lasts; None, and no key any more, where there is none."""
        found = _SESSION.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
