"""The layout of the project as data, and the rules that keep it (tests/test_architecture.py runs them).

Each rule takes modules and returns its findings as sentences, so that a planted source shows that it can fail.
"""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cached_property
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Room -> rooms that it may import. `config` is wiring and may import all; nobody imports it, except where named.
ROOMS = {
    "outbox": set(),
    "accounts": {"outbox"},
    "crm": {"accounts", "outbox"},
    "reinforcement": {"accounts", "outbox", "crm"},
    "coaching": {"accounts", "outbox", "crm", "reinforcement"},
    "dashboards": {"accounts", "outbox", "crm", "reinforcement", "coaching"},
    "config": {"accounts", "outbox", "crm", "reinforcement", "coaching", "dashboards"},
}
# Modules that may import one module of `config`, with the reason.
CONFIG_IMPORTS = {
    ("outbox.*", "config.celery"): "the only publisher and its tasks need the broker's connection",
    ("outbox.tasks", "config.long_work"): "the same, for long jobs",
}

# Pure: values in, values out. Neither Django nor the database, except the translation of words where named.
PURE = [
    "accounts.safe_xml",
    "accounts.tables",
    "accounts.time_zones",
    "accounts.workbooks",
    "accounts.working_days",
    "reinforcement.memory.*",
    "reinforcement.programs.comparison",
    "reinforcement.programs.launch_foresight",
    "reinforcement.programs.simulation_drawing",
    "reinforcement.progress.charts",
    "reinforcement.progress.drawing",
    "reinforcement.progress.figures",
    "reinforcement.progress.forgetting",
    "reinforcement.progress.measures",
    "reinforcement.progress.outlook",
    "reinforcement.progress.reading",
    "reinforcement.progress.tables",
    "reinforcement.progress.team_charts",
    "reinforcement.progress.trend",
    "reinforcement.questions.kinds.*",
    "reinforcement.questions.formats.*",
    "reinforcement.published.figures",
    "reinforcement.published.grouping",
    "reinforcement.published.subtraction",
    "reinforcement.reliability.drawing",
    "reinforcement.reliability.figures",
    "reinforcement.questions.rich_text",
    "reinforcement.questions.sameness",
    "reinforcement.today.calendar",
    "reinforcement.today.ruler",
    "reinforcement.today.strip",
    "dashboards.impact",
    "dashboards.figures",
]
NOT_PURE = {"reinforcement.memory.store", "reinforcement.memory.models"}
ALLOWED_IN_PURE = {
    "django.utils.translation": "words on screen are marked where they are written",
    "django.utils.text": "names are listed as the language lists them",
    "django.utils.functional": "the type of words that are translated late",
    "django.core.exceptions": "validators of model fields raise Django's error",
}

FRAMEWORKS = {"django", "celery", "kombu", "redis", "psycopg2", "rest_framework", "allauth"}

# Layers inside a slice: a module of one name imports only modules of the names below it.
LAYERS = {
    "models": 0,
    "queries": 1,
    "services": 2,
    "forms": 3,
    "serializers": 3,
    "tasks": 4,
    "views": 4,
    "api": 4,
    "urls": 5,
}
# Doors: whoever calls one of them from below would go round the check of access.
DOORS = {"tasks", "views", "api", "urls", "commands"}

LINES_AT_MOST = 500
HEAVY = ("numpy", "scipy", "sklearn", "statsmodels", "pandas", "plotly")


@dataclass(frozen=True)
class Import:
    """A module that is imported, on which line, and whether when the importing module is loaded."""

    name: str
    line: int
    is_at_load: bool


@dataclass(frozen=True)
class Module:
    name: str
    path: str
    source: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source, filename=self.path)

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @property
    def slice(self) -> str:
        """Room and folder; a module that lies in the room itself is a slice of its own."""
        parts = self.name.split(".")
        return ".".join(parts[:2])

    @property
    def layer(self) -> str:
        """The name that says what the module does: the last known one of its path, `import_views` counting as `views`."""
        words = (part.rpartition("_")[2] for part in reversed(self.name.split(".")))
        return next((word for word in words if word in LAYERS or word in DOORS), "")

    @cached_property
    def imports(self) -> list[Import]:
        return list(_imports(self))


def _imports(module: Module) -> Iterator[Import]:
    at_load = {id(node) for node in _run_at_load(module.tree)}
    for node in ast.walk(module.tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.name.split(".")
                kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
                base = ".".join([*kept, base] if base else kept)
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            yield Import(name, node.lineno, id(node) in at_load)


def _run_at_load(tree: ast.Module) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def read_project(root: Path = ROOT) -> list[Module]:
    """Every module of the rooms, migrations left out: they are made, and freeze what was."""
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            place = path.relative_to(root)
            if "migrations" in place.parts:
                continue
            parts = [*place.parts[:-1], *([] if place.stem == "__init__" else [place.stem])]
            found.append(Module(".".join(parts), str(place), path.read_text(encoding="utf-8"), place.stem == "__init__"))
    return found


def _targets(module: Module, known: set[str]) -> Iterator[tuple[str, Import]]:
    """Modules of ours that a module imports: `from a import b` means a.b where that is a module, else a."""
    for found in module.imports:
        name = found.name
        while name and name not in known:
            name = name.rpartition(".")[0]
        if name and name != module.name:
            yield name, found


def upward_imports(modules: Iterable[Module]) -> list[str]:
    """A room imports only rooms below it."""
    findings = []
    for module in modules:
        for found in module.imports:
            room = found.name.partition(".")[0]
            if room not in ROOMS or room == module.room or room in ROOMS[module.room]:
                continue
            if any(fnmatch(module.name, who) and (found.name + ".").startswith(what + ".") for who, what in CONFIG_IMPORTS):
                continue
            findings.append(f"{module.path}:{found.line} {module.room} imports {found.name}, but {room} lies above it")
    return findings


def circles_of_modules(modules: Iterable[Module]) -> list[str]:
    """No circle of modules that load each other; imports inside functions are left out here, they are judged by slice."""
    modules = list(modules)
    known = {module.name for module in modules}
    edges = {module.name: {target for target, found in _targets(module, known) if found.is_at_load} for module in modules}
    # A package is loaded with each of its modules, but does not depend on the one that imports it.
    return [" -> ".join(circle) for circle in _circles(edges)]


def circles_of_slices(modules: Iterable[Module], within: str) -> list[str]:
    """Slices of one room import each other in one direction, counting imports inside functions too.

    What stands beside the slices in the room itself (urls, models, tasks, apps, privacy) is wiring: it imports slices.
    """
    modules = [module for module in modules if module.room == within]
    slices = {module.slice for module in modules if module.is_package or module.name.count(".") > 1}
    known = {module.name for module in modules}
    edges: dict[str, set[str]] = {name: set() for name in slices}
    places: dict[tuple[str, str], str] = {}
    for module in modules:
        if module.slice not in slices or module.slice.endswith(".management"):
            continue
        for target, found in _targets(module, known):
            other = ".".join(target.split(".")[:2])
            if other in slices and other != module.slice:
                edges[module.slice].add(other)
                places.setdefault((module.slice, other), f"{module.path}:{found.line}")
    return [" -> ".join(circle) + " (" + ", ".join(places[pair] for pair in pairwise(circle)) + ")" for circle in _circles(edges)]


def _circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """One circle for each set of names that reach each other (Tarjan's components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(edges.get(name, ())):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            component = set()
            while name not in component:
                component.add(stack.pop())
            if len(component) > 1:
                found.append(_way_round(name, component, edges))

    for name in sorted(edges):
        if name not in index:
            visit(name)
    return found


def _way_round(start: str, component: set[str], edges: dict[str, set[str]]) -> list[str]:
    """The shortest way from `start` back to it inside the component."""
    ways = [[start]]
    while True:
        longer = []
        for way in ways:
            for other in sorted(edges[way[-1]] & component):
                if other == start:
                    return [*way, start]
                if other not in way:
                    longer.append([*way, other])
        ways = longer


def impure_imports(modules: Iterable[Module]) -> list[str]:
    """Pure modules import the standard library, each other and other pure modules."""
    modules = list(modules)
    known = {module.name for module in modules}
    findings = []
    for module in modules:
        if not is_pure(module.name):
            continue
        for found in module.imports:
            is_allowed = any((found.name + ".").startswith(allowed + ".") for allowed in ALLOWED_IN_PURE)
            if found.name.partition(".")[0] in FRAMEWORKS and not is_allowed:
                findings.append(f"{module.path}:{found.line} is pure and imports {found.name}")
        for target, found in _targets(module, known):
            package = next(other for other in modules if other.name == target)
            if not is_pure(target) and package.source.strip():
                findings.append(f"{module.path}:{found.line} is pure and imports {target}, which is not")
    return findings


def is_pure(name: str) -> bool:
    return name not in NOT_PURE and any(fnmatch(name, pattern) for pattern in PURE)


def upward_layers(modules: Iterable[Module]) -> list[str]:
    """Inside a slice: models, then queries, services, forms, then the doors. Across slices: nobody imports a door but urls and doors."""
    modules = list(modules)
    known = {module.name: module for module in modules}
    findings = []
    for module in modules:
        height = LAYERS.get(module.layer)
        for target, found in _targets(module, set(known)):
            other = known[target]
            below = LAYERS.get(other.layer)
            if module.slice == other.slice and height is not None and below is not None and below > height:
                findings.append(f"{module.path}:{found.line} {module.layer} imports {other.layer} ({other.name})")
            elif module.layer in {"models", "queries", "services"} and other.layer in DOORS:
                findings.append(f"{module.path}:{found.line} {module.layer} imports a door ({other.name})")
    return findings


SCOPES = {"visible_to", "editable_by"}
READS = {"get", "all", "filter", "first", "last", "exclude", "values", "values_list", "count", "exists", "in_bulk", "update", "delete"}


def unscoped_reads_in_doors(modules: Iterable[Module], allowed: dict[str, str]) -> list[str]:
    """Views and API read through a queryset that says for whom: `Model.objects.visible_to(member)`, never `Model.objects.get(`.

    `allowed` names functions ("module:function") with their reason.
    """
    findings = []
    for module in modules:
        if module.layer not in {"views", "api"}:
            continue
        for function, node in _calls(module.tree):
            text = node.func
            if not isinstance(text, ast.Attribute) or text.attr not in READS or f"{module.name}:{function}" in allowed:
                continue
            if _is_manager(text.value) and not _names_the_owner(node):
                findings.append(f"{module.path}:{node.lineno} {ast.unparse(node.func)}( without visible_to or editable_by")
        for function, node in _calls(module.tree):
            if isinstance(node.func, ast.Name) and node.func.id in {"get_object_or_404", "get_list_or_404"}:
                first = node.args[0] if node.args else None
                is_model = isinstance(first, ast.Name) and first.id[:1].isupper()
                if (is_model or _is_manager(first)) and f"{module.name}:{function}" not in allowed:
                    findings.append(f"{module.path}:{node.lineno} {node.func.id}({ast.unparse(first)}) without visible_to or editable_by")
    return findings


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the name of the outermost function or class around it."""
    for top in tree.body:
        name = getattr(top, "name", "")
        for node in ast.walk(top):
            if isinstance(node, ast.Call):
                yield name, node


def _is_manager(node) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}


def _names_the_owner(call: ast.Call) -> bool:
    """`filter(organization_id=…)` and the like say whose rows are meant."""
    return any(keyword.arg in {"organization", "organization_id", "member", "member_id", "user", "user_id"} for keyword in call.keywords)


def publishers(modules: Iterable[Module], allowed: set[str]) -> list[str]:
    """Nobody publishes to the broker but the outbox and beat: a row says what is owed."""
    findings = []
    for module in modules:
        if module.name in allowed:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"delay", "apply_async", "send_task", "delay_on_commit"}:
                findings.append(f"{module.path}:{node.lineno} {ast.unparse(node)} publishes to the broker; write a row of the outbox")
    return findings


def long_files(sources: Iterable[tuple[str, str]], at_most: int = LINES_AT_MOST) -> list[str]:
    """A file holds one subject."""
    counted = ((path, len(source.splitlines())) for path, source in sources)
    return [f"{path} has {lines} lines, over {at_most}: give its parts files of their own" for path, lines in counted if lines > at_most]


def locks_that_hold_up_others(modules: Iterable[Module], allowed: set[str]) -> list[str]:
    """Rows locked in a way that also keeps others from writing rows that only name them: every answer names its organization."""
    return [
        f"{module.name}:{call.lineno} locks without no_key=True: whoever writes a row that names the locked one waits"
        for module in modules
        if module.name not in allowed
        for _name, call in _calls(module.tree)
        if getattr(call.func, "attr", "") == "select_for_update" and "no_key" not in {keyword.arg for keyword in call.keywords}
    ]
