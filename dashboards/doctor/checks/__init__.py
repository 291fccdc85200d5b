"""Every check, in the order in which an operator mends things."""

from collections.abc import Callable

from dashboards.doctor.checks import broker, database, files, mail, settings, work
from dashboards.doctor.findings import Check, Finding


def _in_database(name: str, look: Callable[[], Finding], needs: str = "migrations") -> Check:
    return Check(name, look, needs=needs, uses_database=True)


CHECKS = (
    Check("secret key", settings.secret_key),
    Check("modes", settings.modes),
    Check("site address", settings.site_address),
    Check("https", settings.https),
    Check("proxies", settings.proxies),
    Check("sender", settings.sender),
    Check("mail server", mail.server),
    Check("database", database.answers),
    _in_database("database product", database.product, needs="database"),
    _in_database("encoding", database.encoding, needs="database"),
    _in_database("connections", database.connections, needs="database"),
    _in_database("clocks", database.clocks, needs="database"),
    _in_database("migrations", database.migrations, needs="database"),
    _in_database("release", database.release, needs="database"),
    Check("models", database.models),
    _in_database("time zones", database.time_zones),
    _in_database("cache", database.cache_table),
    _in_database("sessions", database.sessions),
    _in_database("organizations", database.organizations),
    Check("broker", broker.answers),
    Check("broker writes", broker.takes_writes, needs="broker"),
    Check("broker memory", broker.memory, needs="broker"),
    Check("broker prefix", broker.prefix, needs="broker"),
    _in_database("beat", work.beat),
    _in_database("worker", work.worker),
    _in_database("given up", work.parked),
    _in_database("sets", work.sets),
    _in_database("figures", work.figures),
    _in_database("backup", work.backup),
    Check("storage", files.storage),
    Check("room on disk", files.room),
    Check("static files", files.static_files),
    Check("translations", files.translations),
)
