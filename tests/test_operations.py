"""What operations.md says, done in its order: from nothing to the first sign-in, doctor, backup, restore, upgrade, another key."""

import json
import re
import shlex
import subprocess

import pytest

from tests.installation import BACKUPS, MANAGE, ROOT, Installation, Visitor, answer_of, running, wait_until
from tests.mail_server import running_mail_server

PAGE = (ROOT / "docs/operations.md").read_text()
PASSWORD = "four words kept together"
OLD_KEY = "the-key-before-0123456789-abcdefghijklmnopqrstuvwxyz-the-key-before"
NEW_KEY = "the-key-after-9876543210-zyxwvutsrqponmlkjihgfedcba-the-key-after"


def commands_of(heading: str) -> list[str]:
    """The commands below a heading of operations.md, in their order; make prepares the checkout, which is this one."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL) for line in block.splitlines()]
    assert lines, heading
    return [line for line in lines if not line.startswith("make ")]


def processes() -> list[str]:
    """Web, both workers and beat; the last command of that section is the embedded worker, which stands in place of these three."""
    return commands_of("Start")[:4]


def run_all(ours: Installation, commands: list[str]) -> list[str]:
    """Runs the commands, each of which has to end well; what they printed."""
    printed = []
    for command in commands:
        (backup,) = ours.backups.iterdir() if "20261201T020000Z" in command or command.startswith("sha256sum") else (None,)
        if backup and not command.startswith(MANAGE):
            done = subprocess.run(shlex.split(command), cwd=backup, capture_output=True, text=True, check=False, timeout=60)
        else:
            done = ours.run(command.replace("20261201T020000Z", backup.name if backup else ""))
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        printed.append(done.stdout)
    return printed


@pytest.fixture
def mail_server():
    with running_mail_server() as server:
        yield server


@pytest.mark.faults
def test_from_nothing_to_the_first_sign_in_then_backup_restore_and_upgrade(tmp_path, mail_server):
    (tmp_path / "first").mkdir()
    given = {"EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}", "DEFAULT_FROM_EMAIL": "Feedforward <training@feedforward.example>"}
    ours = Installation(tmp_path / "first", **given)
    ours.backups = tmp_path / "backups"
    *set_up, first_organization = commands_of("Set up")
    run_all(ours, set_up)
    with running(ours, processes()) as port:
        wait_until(lambda: answer_of(port, "/readyz") == 200)
        (printed,) = run_all(ours, [first_organization])
        wait_until(lambda: len(mail_server.received) == 1)
        invitation = re.search(r"https://feedforward\.example(/\S+)", printed)[1]
        assert invitation in mail_server.received[0].get_body(("plain",)).get_content()
        owner = Visitor(port)
        assert owner.send_form(invitation, password=PASSWORD).status == 302
        assert owner.ask("GET", "/people/").status == 200
        plain, as_json = run_all(ours, commands_of("Doctor"))
        assert "0 problems" in plain
        assert json.loads(as_json)["status"] == "warning"  # SQLite, mail without TLS, no backup yet
        run_all(ours, commands_of("Back up"))
        assert "The last backup is of" in ours.run(MANAGE + "doctor").stdout

    (tmp_path / "second").mkdir()
    restored = Installation(tmp_path / "second", **given)
    restored.backups = ours.backups
    run_all(restored, commands_of("Restore"))
    run_all(restored, [command for command in commands_of("Upgrade") if "doctor" not in command])
    with running(restored, processes()) as port:
        wait_until(lambda: answer_of(port, "/readyz") == 200)
        again = Visitor(port)
        again.cookies = owner.cookies
        assert again.ask("GET", "/people/").status == 200, "with the same key everybody is still signed in"
        assert Visitor(port).send_form("/accounts/login/", login="owner@acme.example", password=PASSWORD).status == 302
        run_all(restored, [command for command in commands_of("Upgrade") if "doctor" in command])


def test_page_of_operations_says_where_backups_lie_as_the_tests_read_it():
    assert all(BACKUPS in command for heading in ("Back up", "Restore") for command in commands_of(heading) if " restore " in command)


SIGN = """
import uuid
from accounts.models import User
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from reinforcement.daily.links import token_of
user = User.objects.get()
user.set_password("four words kept together"); user.save()
client = Client(); client.force_login(user)
print(token_of(uuid.UUID(int=1)), client.cookies["__Host-session"].value, default_token_generator.make_token(user))
"""
CHECK = """
import sys
from accounts.models import User
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from reinforcement.daily.links import set_id_of
link, session, password = sys.argv[-1].split()
client = Client(); client.cookies["__Host-session"] = session
print(set_id_of(link) is not None, client.get("/api/v1/programs/", secure=True, SERVER_NAME="feedforward.example").status_code,
      default_token_generator.check_token(User.objects.get(), password))
"""


@pytest.mark.parametrize(("fallbacks", "seen"), [(OLD_KEY, "True 200 True"), ("", "False 401 False")], ids=["kept", "not kept"])
def test_change_of_the_key_keeps_links_and_sessions_only_with_the_old_key_as_fallback(tmp_path, fallbacks, seen):
    before = Installation(tmp_path, SECRET_KEY=OLD_KEY)
    run_all(before, [MANAGE + "migrate", *commands_of("Set up")[-1:]])
    signed = before.manage("shell", "--no-imports", "-c", SIGN)
    assert signed.returncode == 0, signed.stderr
    after = Installation(tmp_path, SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS=fallbacks)
    checked = after.manage("shell", "--no-imports", "-c", CHECK.replace("sys.argv[-1]", repr(signed.stdout.strip())))
    assert checked.stdout.strip() == seen, checked.stderr
