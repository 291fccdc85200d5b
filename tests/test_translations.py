"""Every marked string has its Dutch and French words, with the same placeholders and tags and all plural forms."""

import pytest
from babel.messages.catalog import Catalog
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import trans_real

from scripts import messages


@pytest.fixture(scope="module")
def template():
    return messages.extracted()


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_string_is_translated_well(language, template):
    found = list(messages.problems(messages.read(language), template))
    shown = "\n".join([*found[:40], f"… and {len(found) - 40} more" if len(found) > 40 else ""])
    assert not found, f"{len(found)} strings of {language}; fill in locale/{language}/LC_MESSAGES/django.po:\n{shown}"


def test_templates_and_python_are_read(template):
    places = {path for message in template for path, _line in message.locations}
    assert any(path.startswith("templates/") for path in places)
    assert "accounts/models/member.py" in places


def catalogue(identifier, string, **fields) -> Catalog:
    made = Catalog(locale="nl")
    made.add(identifier, string, **fields)
    return made


PLURAL = ("%(count)s question", "%(count)s questions")


@pytest.mark.parametrize(
    ("identifier", "string", "finding"),
    [
        ("Check", "", "not translated"),
        (PLURAL, ("%(count)s vraag", ""), "not in all its plural forms"),
        ("Hello %(name)s", "Dag", "placeholders or tags differ"),
        ("Hello %(name)s", "Dag %(naam)s", "placeholders or tags differ"),
        ("Hello {name}", "Dag {naam}", "placeholders or tags differ"),
        ("Read <b>this</b>", "Lees <b>dit", "placeholders or tags differ"),
        (PLURAL, ("%(count)s vraag", "vragen"), "placeholders or tags differ"),
        ("Mail to ", "Mail aan", "space at the start or end differs"),
    ],
)
def test_a_wrong_translation_is_found(identifier, string, finding):
    wanted = catalogue(identifier, "")
    assert any(problem.startswith(finding) for problem in messages.problems(catalogue(identifier, string), wanted))


@pytest.mark.parametrize(
    ("identifier", "string"),
    [
        ("Hello <b>%(name)s</b>", "Dag <b>%(name)s</b>"),
        (PLURAL, ("%(count)s vraag", "%(count)s vragen")),
        (PLURAL, ("één vraag of %(count)s", "%(count)s vragen")),
        (("one question", "%(count)s questions"), ("één vraag", "%(count)s vragen")),
    ],
)
def test_a_good_translation_passes(identifier, string):
    assert not list(messages.problems(catalogue(identifier, string), catalogue(identifier, "")))


def test_a_fuzzy_or_unknown_string_is_found():
    wanted = catalogue("Check", "")
    assert list(messages.problems(catalogue("Check", "Controleer", flags=["fuzzy"]), wanted))
    assert list(messages.problems(Catalog(locale="nl"), wanted))


TEMPLATE = """{% load i18n %}
    {% translate "Saved at 100 %" %} {% translate "May" context "month" %} {{ nothing|default:_("Nobody") }}
    {% blocktranslate trimmed count counter=number %}
        One <b>answer</b> of {{ person }}
    {% plural %}
        {{ counter }} answers of {{ person }}
    {% endblocktranslate %}
    {% blocktranslate %}50 % of {{ person }}{% endblocktranslate %}"""


def test_what_is_read_from_a_template_is_what_the_page_looks_up(tmp_path, monkeypatch):
    """The strings that the template asks for while it is rendered are the ones that were read from it."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    asked = set()
    original = trans_real.DjangoTranslation.gettext, trans_real.DjangoTranslation.ngettext
    monkeypatch.setattr(trans_real.DjangoTranslation, "gettext", lambda self, text: asked.add(text) or original[0](self, text))
    monkeypatch.setattr(
        trans_real.DjangoTranslation, "ngettext", lambda self, one, many, n: asked.update((one, many)) or original[1](self, one, many, n)
    )
    with translation.override("nl"):
        Template(TEMPLATE).render(Context({"number": 2, "person": "Anna", "nothing": ""}))
    read = set()
    for message in messages.extracted(tmp_path):
        texts = message.id if message.pluralizable else (message.id,)
        read |= {f"{message.context}\x04{text}" if message.context else text for text in texts if text}
    assert read
    assert read <= asked


def test_compiled_catalogues_are_made_once(tmp_path, monkeypatch):
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Check"\nmsgstr "Controleer"\n'
    )
    monkeypatch.setattr(messages, "LOCALE", tmp_path)
    messages.compile_catalogues()
    compiled = (folder / "django.mo").stat().st_mtime_ns
    assert b"Controleer" in (folder / "django.mo").read_bytes()
    messages.compile_catalogues()
    assert (folder / "django.mo").stat().st_mtime_ns == compiled
