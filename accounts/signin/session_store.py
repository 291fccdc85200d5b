"""Sessions in the database, read together with the person who is signed in: one statement begins every request."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import models
from django.utils import timezone

from accounts.models import Member, Session
from accounts.prepared import PreparedRead, Slot
from accounts.signin.memberships import completed, dates, memberships


def _slots() -> tuple[Slot, Slot]:
    return Slot("key", models.CharField()), Slot("now", models.DateTimeField())


def _open_session() -> models.QuerySet:
    key, now = _slots()
    return Session.objects.filter(session_key=key, expire_date__gt=now)


def _memberships_with_session() -> models.QuerySet:
    key, now = _slots()
    whose = models.Q(user__sessions__session_key=key, user__sessions__expire_date__gt=now)
    return memberships(whose).annotate(session_data=models.F("user__sessions__session_data"))


_SESSION = PreparedRead(_open_session)
_MEMBERSHIPS = PreparedRead(_memberships_with_session)


class SessionStore(db.SessionStore):
    """Django's, with the memberships of the person that were read with the session."""

    def __init__(self, session_key=None):
        super().__init__(session_key)
        self._memberships: list[Member] = []

    @classmethod
    def get_model_class(cls):
        return Session

    @property
    def memberships(self) -> list[Member]:
        """Those of the person who was signed in when the session was read; empty where nobody was, or none is active."""
        self._get_session()  # type: ignore[attr-defined]
        return self._memberships

    def load(self):
        """What the session holds. One statement for somebody with a membership, else two."""
        now = timezone.now()
        days = dates(now)
        self._memberships = completed(_MEMBERSHIPS.rows(key=self.session_key, now=now, **days), days)
        if self._memberships:
            return self.decode(self._memberships[0].session_data)  # type: ignore[attr-defined]
        return super().load()

    def save(self, must_create=False):
        try:
            super().save(must_create)
        except CreateError:
            # Where the key is free it is the person who is gone, and another key would not help.
            if self.session_key is not None and not self.exists(self.session_key):
                raise UpdateError from None
            raise

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)  # type: ignore[attr-defined]
        return row

    def _get_session_from_db(self):
        """The row of this session while it lasts; None, and no key any more, where there is none."""
        found = _SESSION.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
