"""Work of the system itself that goes from organization to organization."""

import logging
from collections.abc import Callable

from django.db import connection

from accounts.models import Organization

logger = logging.getLogger(__name__)


def sum_over_organizations(name: str, work: Callable[[Organization], int]) -> int:
    """The sum of what `work` gives for each organization. One that fails is logged under `name` and takes no other with it.

    Raises what the work raised when the database is gone. The log has the kind of the error alone: the database quotes whole rows.
    """
    total = 0
    for organization in Organization.objects.order_by("pk"):
        try:
            total += work(organization)
        except Exception as failure:
            if not connection.is_usable():
                raise
            kind = type(failure.__cause__ or failure).__name__
            logger.error("%s failed for organization %s (%s)", name, organization.public_id, kind)
    return total
