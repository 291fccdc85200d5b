"""What an author's form makes of its fields and answers: words, and a version that can be asked."""

from reinforcement.questions.editors.base import AnswersForm
from reinforcement.questions.forms import WordsForm, letters_message
from reinforcement.questions.kinds.base import ContentError
from reinforcement.questions.letters import letter_reference
from reinforcement.questions.services import Asked, Words, checked
from reinforcement.questions.typed_text import rich_from_typed, typed_from_rich


def words_from(form: WordsForm, answers: AnswersForm, language: str) -> Words:
    """The words as typed so far; fields that do not hold yet are empty."""
    typed = form.cleaned_data
    return Words(
        language=language,
        prompt=typed.get("prompt", ""),
        content=answers.content,
        situation=rich_from_typed(typed.get("situation", "")),
        explanation=rich_from_typed(typed.get("explanation", "")),
        source=typed.get("source", ""),
    )


def read_version(form: WordsForm, answers: AnswersForm, *, language: str) -> Asked | None:
    """What the form asks, checked; None, with each error at its field, when it cannot be asked. `form` is valid or has its errors."""
    answers.leave_out_blank()
    if answers.is_shuffled:
        form.warn_of_letters()
        for texts, errors in answers.texts_that_name_no_letters:
            if found := next(filter(None, map(letter_reference, texts)), ""):
                errors.append(letters_message(found))
    asked = None
    try:
        asked = checked(Asked(answers.kind.name, answers.answer_key, words_from(form, answers, language)))
    except ContentError as error:
        for problem in answers.take_all(error):
            if problem.field not in form.errors:
                form.add_error(problem.field, str(problem.message))
    return None if form.errors or answers.have_errors else asked


def initial_of(words: Words) -> dict[str, str]:
    """What the form shows of words that are there."""
    return {
        "prompt": words.prompt,
        "source": words.source,
        "situation": typed_from_rich(words.situation),
        "explanation": typed_from_rich(words.explanation),
    }
