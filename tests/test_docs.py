"""What the documentation says is true: its commands run, its links lead somewhere, its settings and commands are all of them.

Each command in a block marked `sh` has its line in COMMANDS; one without a line fails, and so does a line without its command.
"""

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from drf_spectacular.generators import SchemaGenerator

from tests.deploy.containers import read_compose, read_environment_file
from tests.installation import MANAGE, Installation, answer_of, running, wait_until
from tests.mail_server import free_port

ROOT = Path(settings.BASE_DIR)
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LANGUAGES_OF_BLOCKS = {"sh", "csv", "json", "ini", "sql", "http"}


FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
READ = re.compile(r'(?:read\.\w+|environ\.setdefault|environ\.get)\(\s*"([A-Z][A-Z_]+)"')


def blocks(language: str, path: Path | None = None) -> list[str]:
    return [block for file in ([path] if path else DOCS) for found, block in FENCE.findall(file.read_text()) if found == language]


def documented_commands() -> list[str]:
    lines = [line.strip() for block in blocks("sh") for line in block.replace("\\\n", " ").splitlines()]
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


# How a command is proven: by make's own dry run, in an empty or a filled installation, as processes that are started together, or as a
# step of what an operator does in the order of the page (tests/test_operations.py).
# A bench is proven by its options being known; tests/test_bench.py runs each in its smallest form.
# There is no Docker engine here: of its commands the named services and files must be there; what those do, tests/deploy shows.
COMMANDS = {
    "make demo": "make",
    "make test": "make",
    "make setup": "make",
    "make help": "make",
    "make demo PORT=8001 DATA_DIR=var/second": "make",
    "make demo-reset": "make",
    'make manage ARGS="run_daily --json"': "make",
    "make test-fast": "make",
    "make test-full": "make",
    "make check": "make",
    "make lock": "make",
    "make screenshots": "make",
    "make bench": "make",
    ".venv/bin/python -m bench.serve": "bench",
    ".venv/bin/python -m bench.serve --json --what answer,today": "bench",
    ".venv/bin/python -m bench.serve --quick": "bench",
    ".venv/bin/python -m bench.plan --sellers 10000,100000 --questions 100": "bench",
    ".venv/bin/python -m bench.plan --sellers 200 --questions 20 --json": "bench",
    ".venv/bin/python -m bench.plan --mode adaptive --sellers 200 --questions 20 --json": "bench",
    ".venv/bin/python -m bench.fit --answers 1000000": "bench",
    ".venv/bin/python -m bench.fit --answers 20000 --json": "bench",
    ".venv/bin/python -m bench.recall LOG.csv.gz --protocol folds": "bench",
    ".venv/bin/python -m bench.recall LOG.csv.gz --protocol stream --json": "bench",
    ".venv/bin/python -m bench.recall LOG.csv.gz --permute": "bench",
    ".venv/bin/python -m bench.launch": "bench",
    ".venv/bin/python -m bench.launch --questions 1000 --days 180 --json": "bench",
    ".venv/bin/python -m bench.policy --world A --seeds 0-7": "bench",
    ".venv/bin/python -m bench.policy --world B --seeds 0-7 --worlds WORLDS.json --json": "bench",
    MANAGE + "migrate": "empty",
    MANAGE + "collectstatic --noinput": "process",
    MANAGE + "check --deploy --fail-level WARNING": "empty",
    MANAGE + 'create_organization acme --name "Acme" --owner owner@acme.example': "empty",
    MANAGE + "clearsessions": "filled",
    MANAGE + "doctor": "step",
    MANAGE + "doctor --json": "step",
    MANAGE + "backup /var/backups/feedforward": "step",
    MANAGE + "restore /var/backups/feedforward/20261201T020000Z --check": "step",
    "sha256sum --check SHA256SUMS": "step",
    MANAGE + "restore /var/backups/feedforward/20261201T020000Z": "step",
    MANAGE + "run_daily --json": "filled",
    MANAGE + "run_daily --at 2026-12-01T07:00:00Z": "filled",
    MANAGE + "rebuild_memory --check": "filled",
    MANAGE + "rebuild_rollups --check": "filled",
    MANAGE + "import_members people.csv --organization acme --dry-run": "filled",
    MANAGE + "import_members people.csv --organization acme --json": "filled",
    MANAGE + "import_questions questions.csv --organization acme --dry-run": "filled",
    MANAGE + 'import_questions questions.csv --organization acme --program "First weeks" --json': "filled",
    MANAGE
    + "import_questions plain.csv --organization acme --map prompt=1,options=2-5,answer=6 --no-header "
    + '--competency "First conversations"': "filled",
    ".venv/bin/gunicorn config.wsgi:application --bind 127.0.0.1:8000 --worker-class gthread --workers 2 --threads 4": "process",
    ".venv/bin/celery -A config worker --concurrency 2 --without-gossip --without-mingle --without-heartbeat --loglevel WARNING": "process",
    ".venv/bin/celery -A config.long_work worker --queues long --concurrency 1 --without-gossip --without-mingle --without-heartbeat "
    "--loglevel WARNING": "process",
    ".venv/bin/celery -A config beat --loglevel WARNING": "process",
    ".venv/bin/celery -A config worker --beat --concurrency 1 --without-gossip --without-mingle --without-heartbeat "
    "--loglevel WARNING": "process",
    ".venv/bin/gunicorn --config deploy/gunicorn.conf.py": "configured",
    "cp .env.example .env": "compose",
    "docker compose up --detach --wait": "compose",
    'docker compose exec web python manage.py create_organization acme --name "Acme" --owner owner@acme.example': "compose",
    "docker compose build": "compose",
    "docker compose run --rm migrate": "compose",
    "docker compose up --detach --wait --no-deps --no-recreate --scale web=2 web": "compose",
    "docker compose up --detach --wait --no-deps worker long_worker beat events": "compose",
    "docker compose exec web python manage.py backup /backups": "compose",
    "docker compose cp web:/backups ./backups": "compose",
    "docker compose up --detach --wait postgres redis": "compose",
    "docker compose run --rm --no-deps --volume ./backups:/from:ro web python manage.py restore /from/20261201T020000Z": "compose",
}


def proven_by(*ways: str) -> list[str]:
    return [command for command, way in COMMANDS.items() if way in ways]


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Two installations to copy: migrated, and with the documented organization and files."""
    empty = Installation(tmp_path_factory.mktemp("empty"))
    assert empty.run(MANAGE + "migrate").returncode == 0
    filled = Installation(tmp_path_factory.mktemp("filled") / "data")
    shutil.copytree(empty.directory, filled.directory)
    assert filled.run(MANAGE + 'create_organization acme --name "Acme" --owner owner@acme.example').returncode == 0
    (filled.directory / "people.csv").write_text(blocks("csv", ROOT / "docs/import-members.md")[0])
    (filled.directory / "questions.csv").write_text(blocks("csv", ROOT / "docs/import-questions.md")[0])
    (filled.directory / "plain.csv").write_text(
        "What do you ask first?,Budget,Need,Date,Nothing,B\nWho decides?,One person,Several,Nobody,We,b\n"
    )
    return {"empty": empty, "filled": filled}


@pytest.fixture
def installation(templates, tmp_path):
    def copy(which: str) -> Installation:
        return Installation(shutil.copytree(templates[which].directory, tmp_path / which))

    return copy


def test_every_block_says_what_it_is():
    unknown = {(path.name, language) for path in DOCS for language, _block in FENCE.findall(path.read_text())}
    assert {(name, language) for name, language in unknown if language not in LANGUAGES_OF_BLOCKS} == set()


def test_every_documented_command_is_proven_and_every_proof_is_documented():
    assert set(documented_commands()) == set(COMMANDS)


@pytest.mark.parametrize("command", proven_by("make"))
def test_make_knows_the_documented_target(command):
    words = shlex.split(command)
    dry = subprocess.run([words[0], "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert dry.returncode == 0, dry.stderr
    assert dry.stdout


@pytest.mark.parametrize("command", proven_by("empty", "filled"))
def test_documented_command_of_an_installation_works(installation, command):
    done = installation(COMMANDS[command]).run(command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", proven_by("bench"))
def test_documented_bench_knows_its_options(command):
    _python, *words = shlex.split(command)
    done = subprocess.run([sys.executable, *words, "--help"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert {word for word in words if word.startswith("--")} <= set(re.findall(r"--\w+", done.stdout))


@pytest.mark.parametrize(("page", "command"), [("import-members", "import_members"), ("import-questions", "import_questions")])
def test_documented_import_prints_the_documented_line(installation, page, command):
    documented = next(line for line in COMMANDS if f" {command} " in line and line.endswith("--json"))
    printed = json.loads(installation("filled").run(documented).stdout)
    assert [printed] == [json.loads(block) for block in blocks("json", ROOT / f"docs/{page}.md")]


@pytest.mark.faults
def test_documented_configuration_serves(installation):
    ours = installation("empty")
    port = free_port()
    ours.environment |= {"WEB_BIND": f"127.0.0.1:{port}", "TMPDIR": str(ours.directory)}
    [command] = proven_by("configured")
    process = ours.start(command, port)
    try:
        wait_until(lambda: answer_of(port, "/healthz") == 200)
    finally:
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.parametrize("command", proven_by("compose"))
def test_documented_container_command_names_what_is_there(command):
    program, *words = shlex.split(command)
    if program == "cp":
        assert (ROOT / words[0]).exists()
        return
    services = read_compose(dict.fromkeys(read_environment_file((ROOT / ".env.example").read_text()), "given"))["services"]
    compose, verb, *rest = words
    assert (program, compose) == ("docker", "compose")
    if "--volume" in rest:
        del rest[rest.index("--volume") : rest.index("--volume") + 2]
    named = [word.partition("=")[0] for word in rest if not word.startswith("-")]
    if verb == "cp":
        [(service, _colon, path), _target] = [word.partition(":") for word in named]
        assert path in [volume.split(":")[1] for volume in services[service]["volumes"]]
        named = [service]
    if "python" in named:
        [service, python, manage, subcommand, *_arguments] = named
        assert (python, manage) == ("python", MANAGE.split()[1])
        assert subcommand in get_commands()
        named = [service]
    assert set(named) <= set(services)


@pytest.mark.faults
def test_documented_embedded_worker_ticks(installation):
    ours = installation("filled")
    with running(ours, proven_by("process")[-1:]):
        database = sqlite3.connect(f"file:{ours.directory / 'feedforward.sqlite3'}?mode=ro", uri=True)
        wait_until(lambda: database.execute("SELECT COUNT(*) FROM outbox_heartbeat").fetchone()[0] == 1)


def anchor_of(heading: str) -> str:
    """The anchor that a repository's pages give a heading."""
    words = unicodedata.normalize("NFC", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


@pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = FENCE.sub("", path.read_text())
    missing = []
    for target in LINK.findall(text):
        if re.match(r"https?://", target):
            continue
        place, _hash, anchor = target.partition("#")
        found = (path.parent / place).resolve() if place else path
        if not found.exists() or (anchor and anchor not in map(anchor_of, re.findall(r"^#+ (.*)$", found.read_text(), re.MULTILINE))):
            missing.append(target)
    assert missing == []


def operations() -> str:
    return (ROOT / "docs/operations.md").read_text()


def test_operations_names_every_variable_and_no_other():
    read = {name for path in (ROOT / "config").glob("*.py") for name in READ.findall(path.read_text())}
    section = operations().partition("## Environment")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE)) == read


def test_operations_names_every_command_and_no_other():
    ours = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    section = operations().partition("## Commands")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in section.splitlines() if row.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(\w+)", row)} == ours


def test_api_page_names_every_address_and_no_other():
    found = SchemaGenerator().get_schema(public=True)["paths"]
    described = {(method.upper(), re.sub(r"{\w+}", "{}", path)) for path, operations in found.items() for method in operations}
    section = (ROOT / "docs/api.md").read_text().partition("## Addresses")[2].partition("\n## ")[0]
    documented = {(method, re.sub(r"{\w+}", "{}", path)) for method, path in re.findall(r"`([A-Z]+) (/api/\S+)`", section)}
    assert documented == described


def test_every_decision_has_its_parts():
    for path in (ROOT / "docs/decisions").glob("*.md"):
        number, text = int(path.name[:4]), path.read_text()
        assert text.startswith(f"# {number}. "), path.name
        headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
        assert {"Context", "Decision", "Consequences"} <= set(headings), path.name


def test_code_names_decisions_that_exist():
    numbers = {path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md")}
    sources = [path for room in ("accounts", "config", "dashboards", "outbox", "reinforcement") for path in (ROOT / room).rglob("*.py")]
    named = {number for path in sources for number in re.findall(r"docs/decisions/(\d{4})", path.read_text())}
    assert named
    assert named <= numbers
