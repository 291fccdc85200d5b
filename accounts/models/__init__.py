"""Who people are: users, organizations, members, teams and the reporting line."""

from accounts.models.organization import Organization, OrganizationHoliday
from accounts.models.user import User

from accounts.models.session import Session  # isort: skip

from accounts.models.member import Member, Role  # isort: skip
from accounts.models.team import Team, TeamMembership  # isort: skip
from accounts.models.line import ReportingLine  # isort: skip
from accounts.models.absence import Absence  # isort: skip
from accounts.models.invitation import Invitation  # isort: skip
from accounts.models.api_token import ApiToken  # isort: skip
from accounts.models.member_import import MemberImport  # isort: skip

__all__ = [
    "Absence",
    "ApiToken",
    "Invitation",
    "Member",
    "MemberImport",
    "Organization",
    "OrganizationHoliday",
    "ReportingLine",
    "Role",
    "Session",
    "Team",
    "TeamMembership",
    "User",
]
