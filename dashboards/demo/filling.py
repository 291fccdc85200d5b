"""Fills the demo: the library's organizations, and some weeks of simulated mornings lived through the real services."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from accounts.models import Member, Organization
from accounts.organizations import sum_over_organizations
from accounts.people import services as people
from accounts.working_days import mask_of, weekday_bit
from dashboards.demo import library
from outbox.models import OutboxMessage
from reinforcement.competencies.models import Competency, CompetencyLevel
from reinforcement.daily import messages
from reinforcement.daily import services as daily
from reinforcement.daily.easiness import count_easiness
from reinforcement.daily.fits import fit_own
from reinforcement.daily.models import Answer, DailySetItem
from reinforcement.daily.preparing import prepare_sets
from reinforcement.daily.reliability import count_reliability
from reinforcement.daily.results import count_results
from reinforcement.daily.shares import count_option_shares
from reinforcement.memory.models import MemoryState
from reinforcement.programs import services as programs
from reinforcement.programs.models import Program
from reinforcement.progress.proficiency import count_proficiency
from reinforcement.published.services import publish_due
from reinforcement.questions.models import Question
from reinforcement.questions.services import Asked, NewQuestion, Words, add_wording, write_questions

SEED = 20261122
# Simulated mornings are prepared at this hour (UTC), when it is that same date everywhere in the demo.
MORNING = timedelta(hours=4)
# What one more meeting with a question adds to the chance of being right, as a share of what was missing.
GAIN_PER_ANSWER = 0.45
# Of the mornings that are answered, the share that stops after one question.
SHARE_STOPPED_EARLY = 0.06
# Of the wrong answers to questions with several right options, the share that holds a right one.
SHARE_HALF_RIGHT = 0.6


@dataclass(frozen=True)
class Simulated:
    """A seller of the library as a row, with the share right at first sight by competency (its id)."""

    member: Member
    skill: dict[int, float]
    diligence: float


def is_filled() -> bool:
    return Organization.objects.filter(is_demo=True).exists()


def fill(now: datetime, *, tell: Callable[[str], None]) -> None:
    """Makes the demo's organizations and their simulated history up to yesterday, and today's sets. `tell` hears of progress."""
    content = library.load_library()
    sellers: list[Simulated] = []
    # The larger one first: it is what a visitor should look at first.
    for source in sorted(content.organizations, key=lambda organization: -len(organization.people)):
        sellers += _make_organization(source, content, now.date())
        tell(f"{source.name}: {len(source.people)} people, {len(source.questions)} questions")
    _simulate(sellers, now, tell)


def open_today(now: datetime) -> None:
    """Whatever day the demo is tried on is a day with a set: the programs deliver today and sellers work today."""
    today = now.date()
    for program in Program.objects.filter(organization__is_demo=True):
        program.weekdays |= weekday_bit(today)
        program.save(update_fields=["weekdays"])
    for seller in Member.objects.filter(organization__is_demo=True, is_seller=True):
        seller.working_days |= weekday_bit(today)
        seller.save(update_fields=["working_days"])
    prepare_sets(now)
    # A visitor should not have to wait for the persons' hour to see a morning mail.
    morning = OutboxMessage.objects.filter(kind=messages.MORNING, state=OutboxMessage.State.WAITING, organization__in=_public_ids())
    morning.filter(due_at__gt=now).update(due_at=now)


def _make_organization(source: library.Organization, content: library.Library, today: date) -> list[Simulated]:
    first = source.people[0]
    organization, owner = people.create_organization(
        slug=source.slug,
        name=source.name,
        owner_email=first.email,
        owner_name=first.name,
        language=source.language,
        time_zone=source.time_zone,
        is_demo=True,
    )
    members = {first.email: owner}
    for person in source.people:
        members[person.email] = _make_member(organization, person, members, today)
    competencies = _make_competencies(organization, content, source.language)
    questions = _make_questions(organization, source, competencies)
    for program in source.programs:
        _make_program(organization, program, questions, today)
    return [
        Simulated(members[person.email], {competencies[slug].pk: share for slug, share in person.skill.items()}, person.diligence)
        for person in source.people
        if person.skill
    ]


def _make_member(organization: Organization, person: library.Person, members: dict[str, Member], today: date) -> Member:
    hired_on = today - timedelta(days=person.hired_days_ago)
    columns = {
        **{f"is_{role}": role in person.roles for role in library.ROLES},
        "time_zone": person.time_zone,
        "language": person.language,
        "working_days": mask_of(day - 1 for day in person.working_days),
        "preferred_hour": person.preferred_hour,
        "hired_on": hired_on,
    }
    team = people.find_or_create_team(organization, list(person.team))
    manager = members[person.manager_email] if person.manager_email else None
    if person.email in members:
        member = members[person.email]
        for name, value in columns.items():
            setattr(member, name, value)
        member.save()
        people.place_in_team(member, team, on=hired_on)
        return member
    return people.add_member(organization, email=person.email, name=person.name, team=team, manager=manager, on=hired_on, **columns)


def _make_competencies(organization: Organization, content: library.Library, language: str) -> dict[str, Competency]:
    found = {}
    for position, group in enumerate(content.competency_groups):
        parent = Competency.objects.create(organization=organization, name=group.names[language], position=position)
        for place, leaf in enumerate(group.competencies):
            competency = Competency.objects.create(
                organization=organization,
                parent=parent,
                name=leaf.names[language],
                description=library.in_language(leaf.descriptions, language),
                position=place,
            )
            CompetencyLevel.objects.bulk_create(
                CompetencyLevel(
                    organization=organization,
                    competency=competency,
                    number=level.number,
                    anchor=library.in_language(level.anchors, language),
                )
                for level in leaf.levels
            )
            found[leaf.slug] = competency
    return found


def _make_questions(organization: Organization, source: library.Organization, competencies: dict[str, Competency]) -> dict[str, Question]:
    author = organization.members.filter(is_author=True).first()
    new = [
        NewQuestion(
            competencies[question.competency],
            Asked(question.kind, {"right": sorted(question.right_ids)}, _words(question, question.original_language)),
            question.external_id,
        )
        for question in source.questions
    ]
    rows = {row.external_id: row for row in write_questions(organization, new, created_by=author)}
    for question in source.questions:
        version = rows[question.external_id].versions.get()
        for language in question.wordings:
            if language != question.original_language:
                add_wording(version, _words(question, language), created_by=author)
    return rows


def _words(question: library.Question, language: str) -> Words:
    wording = question.wordings[language]
    if question.kind == "true_false":
        content: dict = {"feedback": {key: option.feedback for key, option in wording.options.items()}}
    else:
        content = {"options": [{"id": key, "text": option.text, "feedback": option.feedback} for key, option in wording.options.items()]}
    return Words(language, wording.prompt, content, wording.situation, wording.explanation, wording.source)


def _make_program(organization: Organization, source: library.Program, questions: dict[str, Question], today: date) -> None:
    starts_on = today - timedelta(days=source.started_days_ago)
    program = programs.create_program(
        organization,
        name=source.name,
        mode=source.mode,
        starts_on=starts_on,
        weekdays=mask_of(day - 1 for day in source.weekdays),
        new_per_day=source.new_per_day,
        cap_per_day=source.cap,
        created_by=organization.members.filter(is_author=True).first(),
        questions=[questions[external_id] for external_id in source.questions],
        audience=[people.find_or_create_team(organization, list(team)) for team in source.teams],
    )
    programs.launch(program, now=timezone.make_aware(datetime.combine(starts_on, datetime.min.time())) + MORNING)


def _simulate(sellers: list[Simulated], now: datetime, tell: Callable[[str], None]) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a simulation, the same at every filling
    first_day = min(program.starts_on for program in Program.objects.filter(organization__is_demo=True))
    day, answered = timezone.make_aware(datetime.combine(first_day, datetime.min.time())) + MORNING, 0
    while day.date() < now.date():
        prepare_sets(day)
        answered += sum(_simulate_morning(seller, day, chance) for seller in sellers)
        day += timedelta(days=1)
        if day.weekday() == 0:
            # As nights would have done it: where there are answers enough, the next ones are predicted by a model of their own.
            sum_over_organizations("fitting", partial(fit_own, at=day, since=day))
    # Whoever answered for weeks has been here before; the others have been here once.
    for seller in sellers:
        seller.member.last_signed_in_at = now - timedelta(hours=chance.randrange(12, 60))
        seller.member.save(update_fields=["last_signed_in_at"])
    Member.objects.filter(organization__is_demo=True, last_signed_in_at=None).update(last_signed_in_at=now - timedelta(days=3))
    # The messages of simulated mornings were never meant to be sent.
    OutboxMessage.objects.filter(expires_at__lte=now, organization__in=_public_ids()).delete()
    count_option_shares(now)
    count_results(now)
    count_easiness(now)
    count_reliability(now)
    count_proficiency(now)
    publish_due(now)
    tell(f"{(now.date() - first_day).days} simulated mornings, {answered} simulated answers")


def _public_ids() -> list:
    return list(Organization.objects.filter(is_demo=True).values_list("public_id", flat=True))


def _simulate_morning(seller: Simulated, day: datetime, chance: random.Random) -> int:
    """The seller answers the set of that day, or a part of it, or none of it; how many answers."""
    member = seller.member
    daily_set = daily.current_set(member)
    if daily_set is None or daily_set.local_date != day.date() or chance.random() > seller.diligence:
        return 0
    items = list(daily.items_to_answer(member).filter(daily_set=daily_set))
    if chance.random() < SHARE_STOPPED_EARLY:
        items = items[:1]
    answered = dict(MemoryState.objects.filter(member=member).values_list("question_id", "answered"))
    at = day + timedelta(hours=3, minutes=chance.randrange(0, 300))
    for item in items:
        at += timedelta(seconds=chance.randrange(25, 80))
        missing = 1 - seller.skill[item.competency_id]
        knows = chance.random() < 1 - missing * (1 - GAIN_PER_ANSWER) ** answered.get(item.question_id, 0)
        confidence = chance.choice(["", "", *Answer.Confidence.values])
        daily.answer(member, item, _response(item, knows, chance), confidence=confidence, now=at)
    return len(items)


def _response(item: DailySetItem, knows: bool, chance: random.Random) -> dict:
    """The right options of someone who knows; else a wrong one, often beside one that is right."""
    right = item.version.answer_key["right"]
    options = [option["id"] for option in item.wording.content.get("options", [])] or ["true", "false"]
    wrong = chance.choice([option for option in options if option not in right])
    if knows:
        return {"chosen": list(right)}
    if item.version.kind == "multiple" and chance.random() < SHARE_HALF_RIGHT:
        return {"chosen": [right[0], wrong]}
    return {"chosen": [wrong]}
