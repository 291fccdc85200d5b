"""Brings the catalogues of translations up to date, and compiles them. Needs Babel, not the gettext programs.

update    reads every string that is marked for translation in templates and Python, and writes locale/*/LC_MESSAGES/django.po:
          new strings come in empty, strings that are gone go, translations stay.
compile   makes a .mo file of each .po file that is newer than its .mo; done in a moment when nothing changed.
missing   prints what is still to be translated, or wrongly, and exits 1 when there is something.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("nl", "fr")
ROOMS = ("accounts", "outbox", "crm", "reinforcement", "coaching", "dashboards", "config")
KEYWORDS = DEFAULT_KEYWORDS | {f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items() if name.endswith("gettext")}
COMMENT = "Translators:"

# What a translation must take over unchanged: %(name)s, {name}, HTML tags with their attributes, entities.
KEPT = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|</?[a-zA-Z][^>]*>|&\w+;")


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def extracted(root: Path = ROOT) -> Catalog:
    """Every marked string of the project, with the files it stands in."""
    found = Catalog(fuzzy=False)
    for path, source in _sources(root):
        for line, text, comments, context in extract("python", BytesIO(source.encode()), KEYWORDS, [COMMENT]):
            found.add(text, locations=[(str(path.relative_to(root)), line)], auto_comments=comments, context=context)
    return found


def _sources(root: Path) -> Iterator[tuple[Path, str]]:
    """Python files as they are, and templates with their marked strings as calls of gettext."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text(encoding="utf-8")
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path, as_python(path.read_text(encoding="utf-8"))


def as_python(template: str) -> str:
    """The marked strings of a template as calls of gettext on the lines where they stand."""
    from django.utils.translation.template import templatize

    # What is left of the template's own text would be read as indentation.
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def read(language: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(
            locale=language,
            project="Feedforward",
            version="1",
            msgid_bugs_address="see SECURITY.md and the README",
            last_translator="the maintainers",
            language_team=language,
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update() -> None:
    template = extracted()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.header_comment = f"# Feedforward in {language}."
        written = BytesIO()
        write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or _without_dates(path.read_bytes()) != _without_dates(written.getvalue()):
            path.write_bytes(written.getvalue())
        print(f"{language}: {len(template)} strings, {sum(1 for _ in problems(read(language), template))} to do")


def _without_dates(text: bytes) -> bytes:
    return re.sub(rb'"(POT-Creation|PO-Revision)-Date:[^\n]*\n', b"", text)


def compile_catalogues() -> None:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        with target.open("wb") as file:
            write_mo(file, catalogue)


def problems(catalogue: Catalog, template: Catalog) -> Iterator[str]:
    """What is missing or wrong in a catalogue, a sentence each; nothing when every string of `template` is well translated."""
    for message in template:
        if not message.id:
            continue
        translated = catalogue.get(message.id, message.context)
        place = ", ".join(dict.fromkeys(path for path, _line in message.locations))
        for problem in _problems_of(message, translated, catalogue.num_plurals):
            yield f"{problem}: {_first(message.id)!r} ({place})"


def _problems_of(message: Message, translated: Message | None, plurals: int) -> Iterator[str]:
    if translated is None:
        yield "not in the catalogue (run `python scripts/messages.py update`)"
        return
    if translated.fuzzy:
        yield "marked as fuzzy"
    forms = translated.string if isinstance(translated.string, tuple | list) else (translated.string,)
    if not all(forms) or len(forms) != (plurals if message.pluralizable else 1):
        yield "not translated" if not any(forms) else "not in all its plural forms"
        return
    for number, form in enumerate(forms):
        allowed = [message.id] if not message.pluralizable else [message.id[-1]] if number else list(message.id)
        if Counter(KEPT.findall(form)) not in [Counter(KEPT.findall(text)) for text in allowed]:
            yield f"placeholders or tags differ in {form!r}"
        if form[:1].isspace() != _first(message.id)[:1].isspace() or form[-1:].isspace() != _first(message.id)[-1:].isspace():
            yield f"space at the start or end differs in {form!r}"


def _first(text) -> str:
    return text if isinstance(text, str) else text[0]


def report_missing() -> int:
    template = extracted()
    found = [f"{language}: {problem}" for language in LANGUAGES for problem in problems(read(language), template)]
    print("\n".join(found) or "Everything is translated.")
    return 1 if found else 0


def main() -> int:
    verbs = {"update": update, "compile": compile_catalogues, "missing": report_missing}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        print(__doc__, file=sys.stderr)
        return 2
    return verbs[sys.argv[1]]() or 0


if __name__ == "__main__":
    sys.exit(main())
