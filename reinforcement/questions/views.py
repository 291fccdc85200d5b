"""Pages of the bank: authors write, managers and HR read."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import access
from accounts.signin.decorators import role_required
from reinforcement.competencies.models import Competency
from reinforcement.competencies.services import branch_of
from reinforcement.competencies.tree import Place, in_tree_order
from reinforcement.questions import queries, services
from reinforcement.questions.editors.base import AnswersForm
from reinforcement.questions.editors.registry import answers_form
from reinforcement.questions.editors.writing import initial_of, read_version, words_from
from reinforcement.questions.forms import QuestionForm, WordsForm
from reinforcement.questions.kinds.base import ContentError, ResponseError, Verdict
from reinforcement.questions.kinds.registry import KINDS, kind
from reinforcement.questions.linting import Draft, Finding, lint
from reinforcement.questions.models import Question, QuestionVersion
from reinforcement.questions.services import Words, words_of

PAGE_SIZE = 25
KIND_NAMES = [kind.name for kind in KINDS]
LANGUAGES = [code for code, _name in settings.LANGUAGES]

readers_only = role_required(access.reads_all_content)
authors_only = role_required(lambda member: member.is_author)


@readers_only
@require_GET
def question_list(request):
    places = _places(request)
    wanted, chosen = _filter(request, places)
    page = Paginator(queries.bank(request.member, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [_row(question, wanted.language or request.member.language) for question in page]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "rows": rows,
        "places": places,
        "kinds": KINDS,
        "languages": _languages(),
        "wanted": wanted,
        "chosen": chosen,
        "query": f"{query.urlencode()}&" if query else "",
        "is_narrowed": bool(chosen or wanted.kind or wanted.language or wanted.is_archived),
        "is_filtered": wanted != queries.BankFilter(),
        "can_edit": request.member.is_author,
    }
    return render(request, "reinforcement/question_list.html", context)


@authors_only
@require_http_methods(["GET", "POST"])
def question_create(request):
    places = _places(request)
    if request.method == "GET":
        initial = {"kind": KIND_NAMES[0], "language": request.member.organization.language, "competency": request.GET.get("competency", "")}
        form, answers = QuestionForm(initial=initial, places=places), answers_form(KIND_NAMES[0]).blank(KINDS[0])
        return _editor(request, form, answers, _empty_words(initial["language"], answers))
    form = QuestionForm(request.POST, places=places)
    answers = _posted_answers(request)
    language = _posted_language(request)
    form.is_valid()
    if (step := request.POST.get("do", "publish")) != "publish":
        answers.change(step)
        words = words_from(form, answers, language)
        return _editor(request, QuestionForm(initial=request.POST.dict(), places=places), answers, words)
    asked = read_version(form, answers, language=language)
    if asked is None:
        return _editor(request, form, answers, words_from(form, answers, language), status=422)
    values = form.cleaned_data
    question = services.create_question(
        competency=values["competency"], asked=asked, difficulty=values["difficulty"], created_by=request.member
    )
    messages.success(request, _("The question is in the bank."))
    return redirect("reinforcement:question_detail", question.public_id)


@readers_only
@require_http_methods(["GET", "POST"])
def question_detail(request, public_id):
    if not request.member.is_author:
        return _reading_page(request, public_id)
    question = _editable(request, public_id)
    version, places = queries.version_of(question), _places(request)
    people = queries.people_who_answered(question)
    original = words_of(queries.wording_in(version, version.language))
    options: dict[str, Any] = {"places": places, "asks_change": bool(people), "is_new": False}
    around: dict[str, Any] = {"question": question, "version": version, "people": people}
    if request.method == "GET":
        filed = {"competency": str(question.competency.public_id), "difficulty": question.difficulty}
        initial = initial_of(original) | {"kind": version.kind, **filed}
        answers = _answers_of(version, original)
        return _editor(request, QuestionForm(initial=initial, **options), answers, original, **around)
    form = QuestionForm(request.POST, **options)
    answers = _posted_answers(request)
    form.is_valid()
    if (step := request.POST.get("do", "publish")) != "publish":
        answers.change(step, taken=kind(version.kind).ids(original.content))
        words = words_from(form, answers, version.language)
        return _editor(request, QuestionForm(initial=request.POST.dict(), **options), answers, words, **around)
    asked = read_version(form, answers, language=version.language)
    is_same = asked == services.checked(services.Asked(version.kind, version.answer_key, original))
    if asked is not None and people and not is_same:
        form.ask_for_change()
    _refuse_stale(request, form, version)
    if asked is None or form.errors:
        return _editor(request, form, answers, words_from(form, answers, version.language), status=422, **around)
    _publish(request, question, form, asked, is_same=is_same)
    return redirect("reinforcement:question_detail", question.public_id)


def _publish(request, question: Question, form: QuestionForm, asked: services.Asked, *, is_same: bool) -> None:
    competency, difficulty = form.cleaned_data["competency"], form.cleaned_data["difficulty"]
    is_guessed = difficulty != question.difficulty
    if is_guessed:
        services.guess_difficulty(question, difficulty)
        messages.success(request, _("Your guess of how hard it is counts from now on."))
    if competency != question.competency:
        services.file_under(question, competency)
        messages.success(request, _("The question counts for “%(name)s” from now on.") % {"name": competency.name})
    elif is_same and not is_guessed:
        messages.info(request, _("Nothing has changed."))
    if not is_same:
        change = form.cleaned_data.get("change") or QuestionVersion.Change.WORDING
        version = services.publish_version(question, change=change, asked=asked, created_by=request.member)
        messages.success(request, _("Version %(number)d is published.") % {"number": version.number})


@authors_only
@require_http_methods(["GET", "POST"])
def question_wording(request, public_id, language: str):
    """The words of the current version in another language; the answers and the right ones stand."""
    question = _editable(request, public_id)
    version = queries.version_of(question)
    if language not in LANGUAGES or language == version.language:
        raise Http404
    original = words_of(queries.wording_in(version, version.language))
    there = next((words_of(wording) for wording in version.wordings.all() if wording.language == language), None)
    answers = _answers_in_other_language(request, version, original, there)
    around: dict[str, Any] = {
        "question": question,
        "version": version,
        "language": language,
        "original": original,
        "is_there": there is not None,
    }
    if request.method == "GET":
        words = there or _empty_words(language, answers)
        form = WordsForm(initial=initial_of(words) | {"source": words.source or original.source})
        return _editor(request, form, answers, words, **around)
    form = WordsForm(request.POST)
    form.is_valid()
    if (step := request.POST.get("do", "publish")) != "publish":
        if answers.has_own_lines:
            answers.change(step)
        words = words_from(form, answers, language)
        return _editor(request, WordsForm(initial=request.POST.dict()), answers, words, **around)
    asked = read_version(form, answers, language=language)
    _refuse_stale(request, form, version)
    if asked is None or form.errors:
        return _editor(request, form, answers, words_from(form, answers, language), status=422, **around)
    if asked.words == there:
        messages.info(request, _("Nothing has changed."))
    else:
        services.add_wording(version, asked.words, created_by=request.member)
        messages.success(request, _("The wording in %(language)s is saved.") % {"language": _language_name(language)})
    return redirect("reinforcement:question_wording", question.public_id, language)


@authors_only
@require_POST
def question_preview(request):
    """The phone as it stands with what is typed; keeps nothing."""
    form = WordsForm(request.POST)
    form.is_valid()
    answers = _posted_answers(request)
    phone = _phone(words_from(form, answers, _posted_language(request)), answers)
    return render(request, "reinforcement/_phone.html", {"phone": phone})


@readers_only
@require_http_methods(["GET", "POST"])
def question_try(request, public_id):
    """The current version, answered by the reader: judged and shown, nothing is kept."""
    question = get_object_or_404(queries.with_wordings(Question.objects.visible_to(request.member)), public_id=public_id)
    version = queries.version_of(question)
    wording = queries.wording_in(version, request.GET.get("language", version.language))
    asked, seed = kind(version.kind), f"try-{request.member.public_id}"
    shown = asked.show(wording.content, seed)
    context: dict[str, Any] = {"question": question, "wording": wording, "kind": asked, "shown": shown, "posted": request.POST}
    if request.method == "GET":
        return render(request, "reinforcement/question_try.html", context)
    try:
        response = asked.read_response(request.POST, wording.content)
    except ResponseError as error:
        context |= {"error": error.message, "chosen": request.POST.getlist("answer")}
        return render(request, "reinforcement/question_try.html", context, status=422)
    judgement = asked.judge(version.answer_key, response, wording.content)
    titles = {Verdict.RIGHT: _("Right"), Verdict.PARTLY: _("Partly right"), Verdict.WRONG: _("Not yet")}
    context |= {
        "verdict": judgement.verdict,
        "none_right": judgement.verdict == Verdict.WRONG,
        "title": titles[judgement.verdict],
        "checked": asked.show_checked(wording.content, version.answer_key, response, seed),
    }
    return render(request, "reinforcement/question_try.html", context)


@authors_only
@require_POST
def question_archive(request, public_id):
    question = _editable(request, public_id)
    services.archive_question(question)
    messages.success(request, _("The question is archived. Its answers and figures stay."))
    return redirect("reinforcement:question_list")


@authors_only
@require_POST
def question_restore(request, public_id):
    question = _editable(request, public_id)
    services.restore_question(question)
    messages.success(request, _("The question is back in the bank."))
    return redirect("reinforcement:question_detail", question.public_id)


def _row(question: Question, language: str) -> dict[str, Any]:
    """What the bank's list shows of a question, in `language` where it has it."""
    version = queries.version_of(question)
    return {"question": question, "version": version, "wording": queries.wording_in(version, language), "kind": kind(version.kind)}


def _reading_page(request, public_id):
    if request.method != "GET":
        raise Http404
    found = queries.with_wordings(Question.objects.visible_to(request.member)).select_related("competency", "current_version")
    question = get_object_or_404(found, public_id=public_id)
    version = queries.version_of(question)
    wording = queries.wording_in(version, request.GET.get("language", request.member.language))
    asked = kind(version.kind)
    content = wording.content | {"keep_order": True}
    context = {
        "question": question,
        "version": version,
        "wording": wording,
        "kind": asked,
        "checked": asked.show_checked(content, version.answer_key, asked.right_response(version.answer_key, content), ""),
        "people": queries.people_who_answered(question),
        "versions": queries.versions_of(question),
        "tabs": _tabs(question, wording.language, can_edit=False),
    }
    return render(request, "reinforcement/question_read.html", context)


def _refuse_stale(request, form: WordsForm, version: QuestionVersion) -> None:
    """An error when a version was published since the form was opened: what another author wrote is not replaced in silence."""
    if request.POST.get("based_on", str(version.number)) != str(version.number):
        message = _("Version %(number)d was published while you were writing. Look at it below; publish again to replace it.")
        form.add_error(None, message % {"number": version.number})


def _editor(
    request,
    form: WordsForm,
    answers: AnswersForm,
    words: Words,
    *,
    status: int = 200,
    question: Question | None = None,
    **around: Any,
):
    """The author's page, with the phone showing `words`."""
    context = {"form": form, "answers": answers, "phone": _phone(words, answers), "question": question, **around}
    if question is not None:
        language = around.get("language", around["version"].language)
        context |= {
            "versions": queries.versions_of(question),
            "tabs": _tabs(question, language),
            "next_number": around["version"].number + 1,
        }
        context["language_name"] = _language_name(language)
    return render(request, "reinforcement/question_form.html", context, status=status)


def _phone(words: Words, answers: AnswersForm) -> dict[str, Any]:
    """What `_question.html` needs of words that may still be half written, in the author's order."""
    shown = answers.kind.show(answers.shown_content, "")
    return {"wording": words, "kind": answers.kind, "shown": shown, "findings": _findings(words, answers)}


def _findings(words: Words, answers: AnswersForm) -> tuple[Finding, ...]:
    """What the author may want to look at; nothing while the question can't be asked yet."""
    try:
        parsed = answers.kind.parse(words.content, answers.answer_key)
    except ContentError:
        return ()
    draft = Draft(answers.kind.name, parsed.answer_key, words.language, words.prompt, parsed.content, words.situation, words.explanation)
    return lint(draft)


def _empty_words(language: str, answers: AnswersForm) -> Words:
    return Words(language, "", answers.content)


def _answers_of(version: QuestionVersion, words: Words) -> AnswersForm:
    return answers_form(version.kind).of(kind(version.kind), words.content, version.answer_key)


def _posted_answers(request) -> AnswersForm:
    name = _posted_kind(request)
    return answers_form(name).from_post(kind(name), request.POST)


def _answers_in_other_language(request, version: QuestionVersion, original: Words, there: Words | None) -> AnswersForm:
    """The version's answers with the words typed, or there, in the other language, each beside its original."""
    answers = _answers_of(version, original)
    other = _answers_of(version, there) if there is not None else None
    answers.translate(other, request.POST if request.method == "POST" else None)
    return answers


def _editable(request, public_id) -> Question:
    questions = queries.with_wordings(Question.objects.editable_by(request.member))
    return get_object_or_404(questions.select_related("competency", "current_version"), public_id=public_id)


def _places(request) -> list[Place]:
    """The competencies in use, as a tree. One query."""
    return in_tree_order(Competency.objects.visible_to(request.member).filter(archived_at=None))


def _filter(request, places: list[Place]) -> tuple[queries.BankFilter, Competency | None]:
    """What the address asks for; a value that does not exist counts as all. A competency stands for its whole branch."""
    asked_for = request.GET.get("competency", "")
    chosen = next((place.competency for place in places if str(place.competency.public_id) == asked_for), None)
    kind_name, language = request.GET.get("kind", ""), request.GET.get("language", "")
    return queries.BankFilter(
        search=request.GET.get("search", "").replace("\0", "")[:200],
        competency_ids=frozenset(branch_of(request.member.organization, chosen)) if chosen else frozenset(),
        kind=kind_name if kind_name in KIND_NAMES else "",
        language=language if language in LANGUAGES else "",
        is_archived=request.GET.get("archived") == "yes",
    ), chosen


def _posted_kind(request) -> str:
    posted = request.POST.get("kind", "")
    return posted if posted in KIND_NAMES else KIND_NAMES[0]


def _posted_language(request) -> str:
    posted = request.POST.get("language", "")
    return posted if posted in LANGUAGES else request.member.organization.language


def _tabs(question: Question, current: str, *, can_edit: bool = True) -> list[dict[str, Any]]:
    """One link for each language: the original first, then those that are there, then those that an author may add."""
    version = queries.version_of(question)
    there = {wording.language for wording in version.wordings.all()}
    detail = reverse("reinforcement:question_detail", args=[question.public_id])
    tabs = []
    for language in sorted(LANGUAGES, key=lambda code: (code != version.language, LANGUAGES.index(code))):
        name = _language_name(language)
        if not can_edit and language not in there:
            continue
        if language == version.language:
            url = f"{detail}?language={language}" if not can_edit else detail
        else:
            url = f"{detail}{language}/" if can_edit else f"{detail}?language={language}"
            name = name if language in there else _("Add %(language)s") % {"language": name}
        tabs.append({"url": url, "label": name, "is_current": language == current})
    return tabs


def _languages() -> list[tuple[str, str]]:
    return [(code, _language_name(code)) for code in LANGUAGES]


def _language_name(code: str) -> str:
    return get_language_info(code)["name_translated"]
