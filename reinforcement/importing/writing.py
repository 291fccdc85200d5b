"""The bank, or a part of it, as a file that other systems read. One format, one line here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reinforcement.questions import queries
from reinforcement.questions.formats import gift, moodle_xml
from reinforcement.questions.formats.base import FileQuestion
from reinforcement.questions.models import Question


@dataclass(frozen=True, slots=True)
class Written:
    """A file, and how many questions are not in it because its format can't say them."""

    data: bytes
    left_out: int


@dataclass(frozen=True, slots=True)
class Format:
    """A format to write: how it is called, how its files end, what they are served as, and what makes one."""

    label: str
    suffix: str
    content_type: str
    write: Callable[[Iterable[FileQuestion]], Written]


def as_file_question(question: Question, language: str = "") -> FileQuestion:
    """The current version as files hold it, in `language` where it has it, else in its original one."""
    version = queries.version_of(question)
    wording = queries.wording_in(version, language or version.language)
    return FileQuestion(
        row=0,
        kind=version.kind,
        prompt=wording.prompt,
        content=wording.content,
        answer_key=version.answer_key,
        external_id=question.external_id,
        language=wording.language,
        situation=wording.situation,
        explanation=wording.explanation,
        competency=question.competency.name,
        source=wording.source,
    )


def _table(make: str) -> Callable[[Iterable[FileQuestion]], Written]:
    def written(questions: Iterable[FileQuestion]) -> Written:
        # Its library brings numpy with it: web processes stay light until somebody takes a table.
        from reinforcement.questions.formats import table_writing

        rows, left_out = table_writing.as_rows(questions)
        return Written(getattr(table_writing, make)(rows), len(left_out))

    return written


def _gift(questions: Iterable[FileQuestion]) -> Written:
    found = gift.write(questions)
    return Written(found.text.encode(), len(found.left_out))


def _moodle_xml(questions: Iterable[FileQuestion]) -> Written:
    found = moodle_xml.write(questions)
    return Written(found.data, len(found.left_out))


FORMATS = {
    "csv": Format("CSV", ".csv", "text/csv; charset=utf-8", _table("write_csv")),
    "xlsx": Format("XLSX", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _table("write_xlsx")),
    "gift": Format("GIFT", ".gift", "text/plain; charset=utf-8", _gift),
    "moodlexml": Format("Moodle XML", ".xml", "application/xml", _moodle_xml),
}
