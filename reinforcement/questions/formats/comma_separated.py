"""Questions from a table: one row each, plain text, columns as a mapping says."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.tables import MOST_PROBLEMS, Row, Table
from reinforcement.questions.formats.answers import AnswerError, is_true_word, right_places
from reinforcement.questions.formats.base import (
    LONGEST_ID,
    LONGEST_PROMPT,
    LONGEST_SOURCE,
    FileQuestion,
    ImportProblem,
    ParsedFile,
    choices,
    truth,
)
from reinforcement.questions.formats.columns import ColumnMapping
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.kinds.registry import kind
from reinforcement.questions.rich_text import from_plain_text
from reinforcement.questions.sameness import same_key

LONGEST = {"id": LONGEST_ID, "prompt": LONGEST_PROMPT, "source": LONGEST_SOURCE}
# "Multiple choice" is no word for a kind: half of the world means one right answer by it. The answers then decide.
KIND_WORDS = {
    "": "",
    "single": "single",
    "single choice": "single",
    "multiple": "multiple",
    "multiple response": "multiple",
    "multiple answer": "multiple",
    "multiple choice": "",
    "mc": "",
    "mcq": "",
    "true_false": "true_false",
    "true/false": "true_false",
    "true or false": "true_false",
    "waar/onwaar": "true_false",
    "juist/fout": "true_false",
    "vrai/faux": "true_false",
}


def parse(
    table: Table, mapping: ColumnMapping, *, language: str, languages: Collection[str], competency: str = "", source: str = ""
) -> ParsedFile:
    """Every question of `table` and every problem (at most 200).

    `language`, `competency` and `source` stand in where a row says none; `languages` are the codes a row may name.
    """
    reader = _Reader(table, mapping, {"language": language, "competency": competency, "source": source}, languages)
    for row in table.rows:
        reader.read(row)
        if len(reader.problems) >= MOST_PROBLEMS:
            break
    if not table.rows:
        reader.problems.append(ImportProblem(1, table.column_name(0), _("There is no question under the header.")))
    return ParsedFile(tuple(reader.questions), tuple(reader.problems[:MOST_PROBLEMS]))


@dataclass
class _Reader:
    """Goes through the rows and remembers what it found."""

    table: Table
    mapping: ColumnMapping
    defaults: dict[str, str]
    languages: Collection[str]
    questions: list[FileQuestion] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    row_with_key: dict[tuple[str, str], int] = field(default_factory=dict)

    def read(self, row: Row) -> None:
        before = len(self.problems)
        values = {name: self._cell(row, name) or self.defaults.get(name, "") for name in {*self.mapping.columns, *self.defaults}}
        self._check_texts(row, values)
        code = values["language"].casefold().replace("_", "-").partition("-")[0]
        if code not in self.languages:
            known = ", ".join(self.languages)
            self._refuse(row, "language", _("“%(value)s” is not a language here. Use: %(known)s.") % {"value": code[:20], "known": known})
        question = self._question(row, values, code)
        if question is not None:
            self._check_content(row, question)
        if len(self.problems) == before and question is not None:
            self.questions.append(question)

    def _check_texts(self, row: Row, values: dict[str, str]) -> None:
        for name, longest in LONGEST.items():
            if len(values.get(name, "")) > longest:
                self._refuse(row, name, _("This text has more than %(longest)d characters.") % {"longest": longest})
        if not values["prompt"]:
            self._refuse(row, "prompt", _("The question is empty."))
            return
        external_id = values.get("id", "")
        key = ("id", external_id) if external_id else ("prompt", same_key(values["prompt"]))
        first = self.row_with_key.setdefault(key, row.number)
        if first == row.number:
            return
        if external_id:
            self._refuse(row, "id", _("Row %(row)d has the same id.") % {"row": first})
        else:
            message = _("Row %(row)d asks the same. Remove one, or give each its own id in a column of ids.")
            self._refuse(row, "prompt", message % {"row": first})

    def _question(self, row: Row, values: dict[str, str], language: str) -> FileQuestion | None:
        """The question as the row says it; None, with a problem, when its answer or kind cannot be read."""
        cells = [row.cells[place].strip() for place in self.mapping.columns.get("options", ())]
        said = KIND_WORDS.get(values.get("kind", "").casefold())
        if said is None:
            known = "single, multiple, true_false"
            self._refuse(row, "kind", _("“%(value)s” is not a kind. Use: %(known)s.") % {"value": values["kind"][:20], "known": known})
        try:
            places = right_places(values["answer"], cells)
        except AnswerError as error:
            self._refuse(row, "answer", error.message)
            # The options are looked at all the same, so that one pass names all there is to mend.
            places = ()
        filled = [place for place, cell in enumerate(cells) if cell]
        truths = [is_true_word(cells[place]) for place in filled]
        is_true_false = not filled or sorted(map(str, truths)) == ["False", "True"]
        name = said or ("true_false" if is_true_false else "single" if len(places) <= 1 else "multiple")
        if name == "true_false":
            if not is_true_false:
                self._refuse(row, "options", _("A question of this kind has true and false as its options, or none."))
                return None
            said_true = [word for place, word in zip(filled, truths, strict=True) if place in places]
            if len(places) > 1:
                self._refuse(row, "answer", _("Give either true or false as the answer."))
            content, answer_key = truth(said_true == [True] if filled else 0 in places)
        else:
            right = [number for number, place in enumerate(filled) if place in places]
            content, answer_key = choices([from_plain_text(cells[place]) for place in filled], right)
        return FileQuestion(
            row=row.number,
            kind=name,
            prompt=values["prompt"],
            content=content,
            answer_key=answer_key,
            external_id=values.get("id", ""),
            language=language,
            situation=from_plain_text(values.get("situation", "")),
            explanation=from_plain_text(values.get("explanation", "")),
            competency=values["competency"],
            source=values["source"],
        )

    def _check_content(self, row: Row, question: FileQuestion) -> None:
        """What the kind itself finds, at the column it comes from."""
        try:
            kind(question.kind).parse(question.content, question.answer_key)
        except ContentError as error:
            filled = [place for place in self.mapping.columns.get("options", ()) if row.cells[place].strip()]
            for problem in error.problems:
                path = problem.field.split(".")
                if path[0] == "right":
                    # Without any right option the answer could not be read, and that has been said.
                    if question.answer_key["right"]:
                        self._refuse(row, "answer", str(problem.message))
                elif len(path) > 1 and int(path[1]) < len(filled):
                    self._add(row, self.table.column_name(filled[int(path[1])]), str(problem.message))
                else:
                    self._refuse(row, "options", str(problem.message))

    def _cell(self, row: Row, name: str) -> str:
        place = self.mapping.column(name)
        return "" if place is None else row.cells[place].strip()

    def _name(self, name: str) -> str:
        """How people call the (first) column of a field; the field itself where the table has no such column."""
        place = self.mapping.column(name)
        return name if place is None else self.table.column_name(place)

    def _refuse(self, row: Row, name: str, message: str) -> None:
        self._add(row, self._name(name), message)

    def _add(self, row: Row, column: str, message: str) -> None:
        self.problems.append(ImportProblem(row.number, column, message))
