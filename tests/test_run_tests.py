"""The script behind `make test`: one run that fails, or that is killed, fails all of it."""

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "run_tests.py"


@pytest.mark.parametrize("code", [1, -9])
@pytest.mark.parametrize("failing", [0, 1])
def test_one_run_that_does_not_end_well_fails_all_of_them(monkeypatch, code, failing):
    codes = [0, 0]
    codes[failing] = code
    main = runpy.run_path(str(SCRIPT))["main"]
    faked = {"postgres_address": lambda: None, "redis_address": lambda: None, "IN_CI": False, "provide_chromium": lambda: True}
    main.__globals__.update(faked, run_pytest=lambda *_arguments: codes.pop())
    monkeypatch.setattr("sys.argv", ["run_tests.py", "all"])
    assert main() == 1
