"""XML from outside, read piece by piece: no document types, no entities, and an end to what a hostile file can make us keep in memory."""

import xml.sax
from collections.abc import Iterable, Iterator
from typing import Any
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser
from django.utils.translation import gettext as _

CHUNK_BYTES = 64 * 1024
# The parser keeps every name it meets, every element that is open, and a tag until its end.
MOST_NAMES = 2_000
MOST_DEPTH = 100
MOST_SILENT_CHUNKS = 32
# Bounds the time that unpacked megabytes of empty elements could take; the largest table has half of it.
MOST_ELEMENTS = 8_000_000


class XmlError(Exception):
    """XML that is not read: `message` says why, `line` where, counted from 1."""

    def __init__(self, line: int, message: str):
        super().__init__(line, message)
        self.line = line
        self.message = message


class XmlReader(ContentHandler):
    """Base of what takes the events. A subclass fills `start`, `end` and `text`; names come without the prefix of a namespace."""

    def __init__(self) -> None:
        super().__init__()
        self.events = 0
        self._elements = 0
        self._depth = 0
        self._names: set[str] = set()
        self._locator: Any = None

    @property
    def line(self) -> int:
        """Where the current event begins, from 1."""
        return (self._locator and self._locator.getLineNumber()) or 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """A piece of the text of the element that is open; one text may come in several."""

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802  # the name is the library's
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        self.events += 1
        self._depth += 1
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise XmlError(self.line, _("This file has too many elements to be read. Split it."))
        attributes = dict(attrs.items())
        self._names.add(name)
        self._names.update(attributes)
        if self._depth > MOST_DEPTH or len(self._names) > MOST_NAMES:
            raise XmlError(self.line, _("The elements of this file are too many kinds, or too deep in one another, to be read."))
        self.start(name.rpartition(":")[2], attributes)

    def endElement(self, name: str) -> None:  # noqa: N802
        self.events += 1
        self._depth -= 1
        self.end(name.rpartition(":")[2])

    def characters(self, content: str) -> None:
        self.events += 1
        self.text(content)


def read_xml(chunks: Iterable[bytes], reader: XmlReader) -> Iterator[None]:
    """Gives the events of `chunks` (some 64 KiB each) to `reader`, and stops after each chunk, so that what is found can be taken.

    XmlError where the XML is broken or is refused.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(reader)
    # The parser does this itself only where it reads the source as well.
    reader.setDocumentLocator(parser)
    silent = 0
    try:
        for chunk in chunks:
            before = reader.events
            parser.feed(chunk)
            silent = silent + 1 if reader.events == before else 0
            if silent > MOST_SILENT_CHUNKS:
                raise XmlError(reader.line, _("A tag or a comment in this file is too long to be read."))
            yield
        parser.close()
    except DefusedXmlException:
        message = _("This file declares a document type or entities, which are not read for safety. Take the “<!DOCTYPE …>” out.")
        raise XmlError(reader.line, message) from None
    except xml.sax.SAXParseException as error:
        message = _("The XML is broken here (%(reason)s). Make the file anew, or mend this place.")
        raise XmlError(error.getLineNumber() or 1, message % {"reason": error.getMessage()}) from None
    except (LookupError, ValueError):
        # The parser asks Python for encodings that it does not know itself.
        raise XmlError(1, _("The encoding that this file names is not known. Save the file as UTF-8.")) from None
    yield


def in_chunks(data: bytes) -> Iterator[bytes]:
    """`data` in pieces for `read_xml`."""
    for start in range(0, len(data), CHUNK_BYTES):
        yield data[start : start + CHUNK_BYTES]
