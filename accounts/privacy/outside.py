"""Decisions for tables of other packages and of the outbox, which knows addresses but no people."""

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.privacy.decisions import decide, erased, impersonal
from accounts.privacy.people import row_number
from outbox.models import Heartbeat, Job, OutboxMessage

machinery = erased(hidden_because="bookkeeping of the delivery, which says nothing about the person")

decide(
    EmailAddress,
    {
        row_number: "id",
        erased(): "user email verified primary",
    },
)
decide(
    EmailConfirmation,
    {
        row_number: "id",
        erased(hidden_because="a secret that confirms the address"): "key",
        erased(): "email_address created sent",
    },
)
decide(
    OutboxMessage,
    {
        row_number: "id",
        machinery: "key attempts claimed_at claim state last_error",
        erased(hidden_because="may hold a sign-in code or link; what it told stands in the rows it was made from"): "payload",
        erased(): "kind organization member address language time_zone due_at expires_at finished_at created_at",
    },
)
decide(
    Job,
    {
        row_number: "id",
        machinery: "key attempts claimed_at claim state last_error kind organization due_at finished_at created_at",
        erased(hidden_because="names what a worker is to do; the person's own rows say what it was for"): "payload",
    },
)

impersonal(Heartbeat, "says when a part of the installation was last alive")
impersonal(ContentType, "names of tables")
impersonal(Permission, "names of rights of operators")
impersonal(Group, "names of groups of operators")
impersonal(Group.permissions.through, "rights of groups of operators")
