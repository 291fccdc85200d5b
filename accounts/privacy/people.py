"""Decisions for who people are: sign-in, membership, teams, line, absences, keys.

A sign-in goes with its last membership. A member's row stays as a pseudonym: answers and figures of the team hang on it.
"""

from accounts.models import (
    Absence,
    ApiToken,
    Invitation,
    Member,
    MemberImport,
    Organization,
    OrganizationHoliday,
    ReportingLine,
    Session,
    Team,
    TeamMembership,
    User,
)
from accounts.privacy.decisions import decide, erased, impersonal, kept, pseudonymised

NUMBER = "a number of the database that means nothing outside it"
row_number = erased(hidden_because=NUMBER)
kept_number = kept(NUMBER + "; the row it names leads to nobody", exported=False)
kept_organization = kept("names the organization, which stays")

decide(
    User,
    {
        row_number: "id",
        erased(hidden_because="a secret that opens the account"): "password",
        erased(hidden_because="rights of operators of the installation"): "is_superuser is_staff",
        erased(): "email last_login is_active date_joined",
    },
)
decide(
    User.groups.through,
    {erased(hidden_because="rights of operators of the installation"): "id user group"},
)
decide(
    User.user_permissions.through,
    {erased(hidden_because="rights of operators of the installation"): "id user permission"},
)
decide(
    Session,
    {
        erased(hidden_because="a secret that opens the account"): "session_key session_data",
        erased(hidden_because="bookkeeping of a sign-in, whose last moment is part of the export"): "expire_date user",
    },
)
decide(
    Member,
    {
        kept_number: "id",
        pseudonymised("old mails, links and exports name the member by it; a new one leads to nobody", exported=False): "public_id",
        kept_organization: "organization",
        pseudonymised("the row of a member needs a sign-in: it gets one without address that cannot be opened", exported=False): "user",
        erased(): (
            "name is_seller is_author is_hr is_leadership is_owner language time_zone working_days preferred_hour hired_on left_on"
            " wants_morning_mail wants_reminder uses_shortcuts created_at last_signed_in_at"
        ),
        kept("says that the membership has ended"): "is_active",
    },
)
decide(
    TeamMembership,
    {
        kept_number: "id",
        kept_organization: "organization",
        pseudonymised("a team's figures follow the team of the day; the row leads to the nameless member"): "member",
        kept("a team's figures follow the team of the day"): "team started_on ended_on",
    },
)
decide(
    ReportingLine,
    {
        row_number: "id",
        erased(): "organization member manager started_on ended_on",
    },
)
decide(
    Absence,
    {
        row_number: "id",
        erased(): "organization member kind started_on ended_on",
    },
)
decide(
    Invitation,
    {
        row_number: "id",
        erased(hidden_because="a secret that opens the account"): "secret",
        erased(): "organization member invited_by sent_at expires_at accepted_at",
    },
)
decide(
    ApiToken,
    {
        row_number: "id",
        erased(hidden_because="the trace of a secret that opens the API"): "digest",
        erased(): "organization member name created_at last_used_on",
    },
)
decide(
    MemberImport,
    {
        row_number: "id public_id",
        erased(hidden_because="a file about other people, which waits a day at most"): "content file_name",
        erased(): "organization member created_at",
    },
)

impersonal(Organization, "a client of the installation")
impersonal(OrganizationHoliday, "dates of the organization")
impersonal(Team, "a part of the organization; who is in it stands in team memberships")
