"""Rooms, slices, layers, pure modules and light web processes stand as decided. Each rule has a twin that breaks it."""

import json
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests import architecture
from tests.architecture import ROOMS, ROOT, Module

# Reads in a view or an endpoint that need no visible_to, with the reason.
UNSCOPED_READS: dict[str, str] = {
    "dashboards.demo.views:demo": "in demo mode, on this machine only: it offers every demo organization to look through",
}
PUBLISHERS = {"outbox.tasks", "outbox.wake"}
# Nobody may answer between the reading of the log and the writing of what follows from it.
HOLDING_UP = {"reinforcement.daily.rebuilding"}


@pytest.fixture(scope="module")
def project():
    return architecture.read_project()


def module(name: str, source: str) -> Module:
    return Module(name, name.replace(".", "/") + ".py", source)


def report(findings):
    assert not findings, "\n" + "\n".join(findings)


def test_the_project_is_read(project):
    names = {module.name for module in project}
    assert {"accounts.access", "reinforcement.daily.models", "outbox.models"} <= names


def test_rooms_import_only_rooms_below_them(project):
    report(architecture.upward_imports(project))


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("outbox.services", "from accounts.models import Member"),
        ("accounts.people.services", "import reinforcement.models"),
        ("reinforcement.today.views", "def view():\n    from dashboards.homes import navigation"),
        ("accounts.people.services", "from config.settings import DEBUG"),
        ("outbox.tasks", "from config.settings import DEBUG"),
    ],
)
def test_an_upward_import_is_found(importer, source):
    assert architecture.upward_imports([module(importer, source)])


def test_modules_load_without_circles(project):
    report(architecture.circles_of_modules(project))


def test_a_circle_of_modules_is_found():
    circle = [
        module("accounts.a", "from accounts import b"),
        module("accounts.b", "from accounts.c import x"),
        module("accounts.c", "import accounts.a"),
    ]
    assert architecture.circles_of_modules(circle) == ["accounts.a -> accounts.b -> accounts.c -> accounts.a"]
    late = [module("accounts.a", "def f():\n    from accounts import b"), module("accounts.b", "import accounts.a")]
    assert architecture.circles_of_modules(late) == []


@pytest.mark.parametrize("room", ROOMS)
def test_slices_of_a_room_import_each_other_in_one_direction(project, room):
    report(architecture.circles_of_slices(project, room))


def test_a_circle_of_slices_is_found_also_when_it_hides_in_a_function():
    sources = [
        module("reinforcement.daily.services", "from reinforcement.memory.store import write"),
        module("reinforcement.memory.store", "def write():\n    from reinforcement.daily.models import Answer"),
        module("reinforcement.daily.models", ""),
    ]
    [finding] = architecture.circles_of_slices(sources, "reinforcement")
    assert finding.startswith("reinforcement.daily -> reinforcement.memory -> reinforcement.daily")
    assert "reinforcement/memory/store.py:2" in finding


def test_pure_modules_know_neither_django_nor_the_database(project):
    report(architecture.impure_imports(project))


@pytest.mark.parametrize(
    "source",
    [
        "from django.db import models",
        "from django.utils import timezone",
        "def f():\n    from reinforcement.memory.models import MemoryState",
        "from accounts import access",
    ],
)
def test_an_impure_import_is_found(source):
    others = [module("reinforcement.memory.models", "x = 1"), module("accounts.access", "x = 1"), module("accounts", "")]
    assert architecture.impure_imports([module("reinforcement.memory.policy", source), *others])
    assert not architecture.impure_imports([module("reinforcement.memory.store", source), *others])


def test_a_pure_module_may_mark_words_and_import_pure_modules():
    sources = [
        module(
            "reinforcement.memory.policy",
            "from django.utils.translation import gettext_lazy\nfrom reinforcement.memory import fold\nimport math",
        ),
        module("reinforcement.memory.fold", ""),
        module("reinforcement.memory", ""),
    ]
    assert architecture.impure_imports(sources) == []


def test_layers_of_a_slice_import_downwards(project):
    report(architecture.upward_layers(project))


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("accounts.people.models", "accounts.people.services"),
        ("accounts.people.services", "accounts.people.forms"),
        ("accounts.people.services", "accounts.people.views"),
        ("accounts.people.queries", "accounts.people.services"),
        ("accounts.people.services", "reinforcement.daily.tasks"),
        ("accounts.people.services", "accounts.api.people"),
    ],
)
def test_an_import_against_the_layers_is_found(importer, imported):
    assert architecture.upward_layers([module(importer, f"import {imported}"), module(imported, "")])
    assert not architecture.upward_layers([module(imported, f"import {importer}"), module(importer, "")])


def test_views_and_api_read_through_a_visible_set(project):
    report(architecture.unscoped_reads_in_doors(project, UNSCOPED_READS))


@pytest.mark.parametrize(
    "source",
    [
        "def view(request, pk):\n    return Question.objects.get(pk=pk)",
        "def view(request):\n    return Question.objects.all()",
        "def view(request, pk):\n    return get_object_or_404(Question, pk=pk)",
        "class List(View):\n    queryset = Question.objects.filter(archived_at=None)",
    ],
)
def test_an_unscoped_read_in_a_view_is_found(source):
    views = module("reinforcement.questions.views", source)
    assert architecture.unscoped_reads_in_doors([views], {})
    assert not architecture.unscoped_reads_in_doors([views], {f"{views.name}:view": "reason", f"{views.name}:List": "reason"})
    assert not architecture.unscoped_reads_in_doors([module("reinforcement.questions.services", source)], {})


def test_a_scoped_read_in_a_view_passes():
    source = "def view(request, pk):\n    return get_object_or_404(Question.objects.visible_to(request.member), pk=pk)"
    assert not architecture.unscoped_reads_in_doors([module("reinforcement.questions.views", source)], {})


def test_exceptions_to_the_visible_set_name_functions_that_are_there(project):
    names = {f"{module.name}:{getattr(top, 'name', '')}" for module in project for top in module.tree.body}
    assert set(UNSCOPED_READS) <= names
    assert all(UNSCOPED_READS.values())


def test_only_the_outbox_publishes_to_the_broker(project):
    report(architecture.publishers(project, PUBLISHERS))


@pytest.mark.parametrize("call", ["sweep.delay()", "sweep.apply_async(countdown=1)", "app.send_task('x')"])
def test_a_publisher_is_found(call):
    assert architecture.publishers([module("reinforcement.daily.services", call)], PUBLISHERS)


def test_files_hold_one_subject(project):
    sources = [(module.path, module.source) for module in project]
    for folder in ("tests", "bench", "scripts"):
        sources += [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in sorted((ROOT / folder).rglob("*.py"))]
    report(architecture.long_files(sources))


def test_a_long_file_is_found():
    assert architecture.long_files([("a.py", "x = 1\n" * 501)])
    assert not architecture.long_files([("a.py", "x = 1\n" * 500)])


def loaded_heavy(program: str) -> list[str]:
    """The heavy libraries that a fresh interpreter has loaded after `program`."""
    ask = f"import json, sys; print(json.dumps([name for name in {architecture.HEAVY!r} if name in sys.modules]))"
    result = subprocess.run([sys.executable, "-c", f"{program}\n{ask}"], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(result.stdout.splitlines()[-1])


def test_web_processes_are_light():
    pages = "import config.wsgi, config.urls\nfrom django.urls import get_resolver\nget_resolver().url_patterns"
    assert loaded_heavy(pages) == []


def test_a_heavy_import_is_found():
    assert loaded_heavy("import sys, types; sys.modules['numpy'] = types.ModuleType('numpy')") == ["numpy"]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_locks_keep_nobody_from_answering(project):
    report(architecture.locks_that_hold_up_others(project, HOLDING_UP))


def test_a_lock_that_would_is_found():
    source = "def verb(organization):\n    Organization.objects.select_for_update().get(pk=organization.pk)"
    assert architecture.locks_that_hold_up_others([module("accounts.people.services", source)], HOLDING_UP)
