"""The questions of a Moodle XML file as small trees, one at a time, each element with the line at which it begins."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.safe_xml import XmlError, XmlReader, in_chunks, read_xml

# A question of the bank holds far less; what is more is a slip or an attack, and is not kept in memory.
MOST_ELEMENTS = 3_000
MOST_CHARACTERS = 200_000
# Our own element beside Moodle's, for what Moodle has no words for; Moodle passes over it.
OWN = "feedforward"


@dataclass(slots=True)
class Element:
    name: str
    line: int
    attributes: dict[str, str]
    children: list["Element"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    is_too_large: bool = False
    """Of a question of which not everything is here."""

    def all(self, name: str) -> list["Element"]:
        """The children called `name`."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> "Element | None":
        """The first child called `name`."""
        return next((child for child in self.children if child.name == name), None)

    @property
    def text(self) -> str:
        """What stands in it: in its `text`, as Moodle writes it, or in the element itself."""
        inner = self.first("text")
        return "".join((inner or self).pieces).strip()

    def text_of(self, name: str) -> str:
        """The text of its first child called `name`; empty where there is none."""
        child = self.first(name)
        return child.text if child else ""

    def descendants(self) -> Iterator["Element"]:
        """Everything in it, in the order of the file."""
        for child in self.children:
            yield child
            yield from child.descendants()


def questions_of(data: bytes) -> Iterator[Element]:
    """Each question element of `data`. XmlError, after those before it, where the XML is broken, refused, or not of Moodle."""
    reader = _Questions()
    try:
        for _chunk in read_xml(in_chunks(data), reader):
            yield from reader.taken()
    except XmlError:
        yield from reader.taken()
        raise


class _Questions(XmlReader):
    def __init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []
        self._found: list[Element] = []
        self._is_in_quiz = False
        self._elements_left = self._characters_left = 0

    def taken(self) -> list[Element]:
        """The questions found since the last time."""
        found, self._found = self._found, []
        return found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._is_in_quiz:
            if name != "quiz":
                raise XmlError(self.line, _("This is not a file of questions. Export them from Moodle in the format “Moodle XML format”."))
            self._is_in_quiz = True
        elif self._open:
            self._elements_left -= 1
            self._characters_left -= sum(map(len, attributes.values()))
            is_kept = self._elements_left >= 0 and self._characters_left >= 0
            child = Element(name, self.line, attributes if is_kept else {})
            if is_kept:
                self._open[-1].children.append(child)
            else:
                self._open[0].is_too_large = True
            self._open.append(child)
        elif name == "question":
            self._elements_left, self._characters_left = MOST_ELEMENTS, MOST_CHARACTERS
            self._open.append(Element(name, self.line, attributes))

    def text(self, text: str) -> None:
        # The bytes of pictures are not kept: they are most of a file.
        if not self._open or self._open[-1].name == "file":
            return
        self._characters_left -= len(text)
        if self._characters_left < 0:
            self._open[0].is_too_large = True
        else:
            self._open[-1].pieces.append(text)

    def end(self, name: str) -> None:
        if self._open:
            element = self._open.pop()
            if not self._open:
                self._found.append(element)
