"""What make does around the project's own commands."""

import os
import runpy
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scripts" / "run_tests.py"


@pytest.mark.parametrize("code", [1, -9])
@pytest.mark.parametrize("failing", [0, 1])
def test_one_run_that_does_not_end_well_fails_all_of_them(monkeypatch, code, failing):
    codes = [0, 0]
    codes[failing] = code
    main = runpy.run_path(str(SCRIPT))["main"]
    faked = {"postgres_address": lambda: None, "redis_address": lambda: None, "IN_CI": False, "provide": lambda *_needed: True}
    main.__globals__.update(faked, run_pytest=lambda *_arguments: codes.pop())
    monkeypatch.setattr("sys.argv", ["run_tests.py", "all"])
    assert main() == 1


def test_what_the_tests_need_is_named_where_it_cannot_be_installed(monkeypatch, capsys):
    script = runpy.run_path(str(SCRIPT))
    monkeypatch.setattr("shutil.which", lambda *_names, **_options: None)
    assert not script["provide_nginx"]()
    assert "need nginx and openssl" in (said := capsys.readouterr().err)
    assert "Install the packages nginx openssl, or run `make test-fast`" in said
    assert not script["provide_chromium"]()
    assert "need Chromium" in capsys.readouterr().err


def test_the_demo_hears_nothing_of_another_installation_that_the_shell_names():
    elsewhere = {"DATABASE_URL": "postgres://elsewhere/real", "REDIS_URL": "redis://elsewhere", "STORAGE_URL": "file:///real", "DEBUG": "1"}
    done = subprocess.run(
        ["make", "--silent", "--eval=show: ; @$(IN_DEMO) env", "show", "PORT=8001"],
        cwd=ROOT,
        env={**os.environ, **elsewhere},
        capture_output=True,
        text=True,
        check=True,
    )
    told = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert not elsewhere.keys() & told.keys()
    assert (told["DEMO"], told["SITE_URL"]) == ("1", "http://127.0.0.1:8001")
