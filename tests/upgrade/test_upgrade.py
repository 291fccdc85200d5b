"""An installation of the state before comes to this one by `migrate`, with every row that it had."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.installation import ROOT, Installation
from tests.parts.servers import MissingServer, postgres_server

pytestmark = pytest.mark.faults


@pytest.fixture(params=["sqlite", "postgresql"])
def ours(request, tmp_path):
    """An installation with an empty database of its own."""
    directory = tmp_path / "installation"
    directory.mkdir()
    if request.param == "sqlite":
        yield Installation(directory)
        return
    try:
        with tempfile.TemporaryDirectory() as own, postgres_server(Path(own)) as server:
            yield Installation(directory, DATABASE_URL=server.create_database("upgraded"))
    except MissingServer as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))


def earlier(ours: Installation, what: str) -> dict:
    """What tests/upgrade/earlier.py prints."""
    environment = ours.environment | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.upgrade.earlier", what]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_r17_migrate_keeps_every_row_of_the_state_before(ours, figure):
    made = earlier(ours, "make")
    assert ours.manage("migrate", "--check").returncode == 1, f"nothing is left to migrate after {made}"
    before = earlier(ours, "rows")
    # Tables that only join two others belong to Django's permissions, which nobody uses.
    filled = {table for table, rows in before.items() if len(rows) >= 2}
    assert before.keys() - filled <= {"accounts_user_groups", "accounts_user_user_permissions"}
    upgraded = ours.manage("migrate")
    assert upgraded.returncode == 0, upgraded.stderr
    after = earlier(ours, "rows")
    for table in sorted(filled):
        rows = before[table]
        columns = rows[0].keys() & after[table][0].keys()
        kept = [{name: row[name] for name in columns} for row in rows]
        assert [{name: row[name] for name in columns} for row in after[table]] == kept, table
    assert ours.manage("migrate", "--check").returncode == 0
    figure("R17", f"tables whose rows survive the upgrade from {made['reinforcement']}", "all", len(filled))
