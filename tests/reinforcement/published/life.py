"""A random organization that lives on, and everything that HR can read of it, written down as equations (attacker.py).

What a program's author reads and HR does not, how questions were answered, is attacked too.
"""

import csv
import io
import random
import re
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.test import Client

from accounts.models import Member, Team, TeamMembership
from accounts.people import services as people
from reinforcement.daily.results import count_results_of
from reinforcement.models import Answer, DailySet, DailySetItem, LastAnswers, MemberWeek, ProficiencyWeek, Program
from reinforcement.progress.figures import MINIMUM_ANSWERS
from reinforcement.published.services import publish
from tests.factories import (
    AuthorFactory,
    CompetencyFactory,
    HrFactory,
    OrganizationFactory,
    ProgramFactory,
    QuestionFactory,
    enroll,
    put_in,
)
from tests.reinforcement.published.attacker import Equation
from tests.reinforcement.published.world import DAY, add_sellers, add_team, moment, week_before

# Days on which everything is read: two in one week, and one after the next week has closed.
DAYS = (DAY, DAY + timedelta(days=1), DAY + timedelta(days=7))
NAMES = re.compile(r", | and ")


@dataclass
class Day:
    """What the attacker knows of a day without any figure: who was in which team, and whose contribution was which."""

    team_of: dict[int, str]
    # (member, competency) -> number of the contribution, of people with data.
    contributions: dict[tuple[int, int], int]
    shares: dict[tuple[int, int], float]
    # Current proficiency of those of them who have a figure of it.
    current: dict[tuple[int, int], float]

    def people_of(self, names: set[str]) -> set[int]:
        return {member for member, team in self.team_of.items() if team in names}


@dataclass
class Read:
    """Everything that was read: equations by what their unknowns are, and groups or figures of too few people."""

    equations: dict[tuple, set[Equation]] = field(default_factory=lambda: defaultdict(set))
    too_few: list[str] = field(default_factory=list)
    figures: int = 0


class Life:
    """The organization of a seed: `live()` makes its days, publishes each and reads all of it as HR."""

    def __init__(self, seed: int, minimum: int = 5):
        self.chance = random.Random(seed)
        self.minimum = minimum
        self.organization = OrganizationFactory(small_group_minimum=minimum)
        self.reader = HrFactory(organization=self.organization)
        self.client = Client()
        self.client.force_login(self.reader.user)
        self.author = AuthorFactory(organization=self.organization)
        self.authors_client = Client()
        self.authors_client.force_login(self.author.user)
        self.root = people.root_team(self.organization)
        self.competencies = [
            CompetencyFactory(organization=self.organization, name=f"Competency {n}") for n in range(self.chance.randint(1, 4))
        ]
        self.teams: list[Team] = []
        self.members: dict[int, Member] = {}
        self.standing: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.counted: set[int] = set()
        self.expected: dict[tuple[int, int], float] = {}
        self.weeks: dict[tuple[date, int], dict[int, int]] = {}
        self.asked: set[tuple[date, int]] = set()
        self.first_answers: dict[int, list[int]] = defaultdict(list)
        # Whoever had started, by how many they were.
        self.started: dict[int, frozenset[int]] = {}
        self.days: dict[date, Day] = {}
        self.published_week: dict[date, date] = {}
        self.read = Read()
        self.rounds = 0
        self._begin()

    def live(self) -> Read:
        for day in DAYS:
            if day != DAYS[0]:
                self._change(day)
            publish(self.organization, moment(day))
            count_results_of(self.organization, moment(day))
            self.days[day] = self._seen(day)
            self._read_everything(day)
        return self.read

    # What happens.

    def _begin(self) -> None:
        for number in range(self.chance.randint(1, 6)):
            parent = self.chance.choice([self.root, *self.teams])
            self.teams.append(add_team(self.organization, f"Team {number}", parent))
        for team in self.teams:
            self._join(team, self.chance.choice([0, 1, 2, 3, 4, 5, 6, 7, 9, 12]))
        self._answer(list(self.members), share=0.85)
        for week in (2, 1):
            self._live_week(week_before(DAY, week))
        self.program = ProgramFactory(
            organization=self.organization, created_by=self.author, starts_on=DAY - timedelta(days=30), state=Program.State.RUNNING
        )
        self.questions = QuestionFactory.create_batch(2, organization=self.organization, competency=self.competencies[0])
        put_in(self.program, *self.questions)
        enroll(self.program, *self.members.values())
        self._begin_questions(0.6)

    def _change(self, day: date) -> None:
        """Few or many people join, leave, move and answer."""
        few = self.chance.choice([0.05, 0.15, 0.4, 0.9])
        active = [pk for pk, member in self.members.items() if member.is_active]
        for pk in active:
            if self.chance.random() < few / 3:
                people.deactivate(self.members[pk], on=day)
            elif self.chance.random() < few / 2:
                people.place_in_team(self.members[pk], self.chance.choice(self.teams), on=day)
        if self.chance.random() < 0.6:
            newcomers = self._join(self.chance.choice(self.teams), self.chance.choice([1, 1, 2, 4, 6]))
            self._answer(newcomers, share=1)
            enroll(self.program, *(self.members[pk] for pk in newcomers))
        self._answer([pk for pk, member in self.members.items() if member.is_active], share=few)
        self._begin_questions(few)
        if day == DAYS[-1]:
            self._live_week(week_before(day))

    def _join(self, team: Team, count: int) -> list[int]:
        members = add_sellers(team, count)
        self.members |= {member.pk: member for member in members}
        self.counted |= {member.pk for member in members if self.chance.random() < 0.65}
        return [member.pk for member in members]

    def _answer(self, members: list[int], share: float) -> None:
        """A share of the people answers again; where they stand changes."""
        rows = []
        for pk in members:
            for competency in self.competencies:
                if self.chance.random() < share:
                    _questions, _right, number = self.standing.get((pk, competency.pk), (0, 0, 0))
                    questions = self.chance.choice([2, 4, 5, 6, 8, 10])
                    right = self.chance.randint(0, questions)
                    if (questions, right) == (_questions, _right):
                        continue
                    self.standing[pk, competency.pk] = (questions, right, number + 1)
                    rows.append(self._last_answers(pk, competency, questions, right))
                    if pk in self.counted:
                        self.expected[pk, competency.pk] = self.chance.uniform(0, 10)
        self._expect()
        LastAnswers.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["member", "team", "competency"], update_fields=["questions", "right"]
        )

    def _expect(self) -> None:
        """Current proficiency: each answer changes it, and some people are assigned nothing any more."""
        common = {"organization": self.organization, "week_on": DAY, "counted_at": moment(DAY), "questions": 10, "answers": 24}
        ProficiencyWeek.objects.bulk_create(
            [
                ProficiencyWeek(**common, member_id=pk, competency_id=competency, expected=expected, variance=0.0, unpractised=[])
                for (pk, competency), expected in self.expected.items()
            ],
            update_conflicts=True,
            unique_fields=["member", "competency", "week_on"],
            update_fields=["expected"],
        )

    def _last_answers(self, pk, competency, questions, right) -> LastAnswers:
        return LastAnswers(
            organization=self.organization, member_id=pk, team=self.root, competency=competency, questions=questions, right=right
        )

    def _live_week(self, week_on: date) -> None:
        """Each team practises some competencies, most people take part, and a few do something else as well."""
        rows = []
        practised = {
            team.name: self.chance.sample(self.competencies, self.chance.randint(1, len(self.competencies))) for team in self.teams
        }
        teams = self._teams_on(max(self.days, default=DAY))
        for pk, member in self.members.items():
            if not member.is_active:
                continue
            own = practised.get(teams[pk], self.competencies)
            for competency in self.competencies:
                is_asked = competency in own or self.chance.random() < 0.08
                answered = self.chance.randint(1, 5) if is_asked and self.chance.random() < 0.8 else 0
                if not is_asked:
                    continue
                self.asked.add((week_on, pk))
                if answered:
                    self.weeks.setdefault((week_on, pk), {})[competency.pk] = answered
                right = self.chance.randint(0, answered)
                week = {"presented": 5, "answered": answered, "right": right}
                rows.append(MemberWeek(organization=self.organization, member_id=pk, competency=competency, week_on=week_on, **week))
        MemberWeek.objects.bulk_create(rows)

    def _begin_questions(self, share: float) -> None:
        """A share of those who have not yet, answers questions of the program for the first time."""
        for question in self.questions:
            new = [
                pk
                for pk, member in self.members.items()
                if member.is_active and pk not in self.first_answers[question.pk] and self.chance.random() < share
            ]
            self.first_answers[question.pk] += new
            self._log_first_answers(question, new, self._next_date())
        begun = frozenset().union(*self.first_answers.values())
        self.started[len(begun)] = begun

    def _next_date(self) -> date:
        """A set of its own for each round of first answers."""
        self.rounds += 1
        return DAY - timedelta(days=60 - self.rounds)

    def _log_first_answers(self, question, members: list[int], day: date) -> None:
        version, wording = question.current_version, question.current_version.wordings.get()
        common = {"organization": self.organization}
        of_set = {"team": self.root, "local_date": day, "size": 1, "prepared_at": moment(day)}
        sets = DailySet.objects.bulk_create(DailySet(**common, **of_set, member_id=pk, run=uuid.uuid4()) for pk in members)
        asked = {"program": self.program, "question": question, "version": version, "competency": question.competency}
        items = DailySetItem.objects.bulk_create(
            DailySetItem(**common, **asked, daily_set=daily_set, position=0, wording=wording, reason="new") for daily_set in sets
        )
        Answer.objects.bulk_create(
            Answer(
                **common,
                **asked,
                member_id=item.daily_set.member_id,
                item=item,
                team=self.root,
                response={"chosen": ["a" if is_right else "b"]},
                verdict="right" if is_right else "wrong",
                credit=float(is_right),
                is_first=True,
                answered_at=moment(day),
                received_at=moment(day),
                week_on=week_before(day, 0),
            )
            for item in items
            for is_right in [self.chance.random() < 0.6]
        )

    def _teams_on(self, day: date) -> dict[int, str]:
        rows = TeamMembership.objects.filter(organization=self.organization, started_on__lte=day).order_by("started_on")
        return dict(rows.values_list("member_id", "team__name"))

    def _seen(self, day: date) -> Day:
        teams = {pk: team for pk, team in self._teams_on(day).items() if pk in self.members and self.members[pk].is_active}
        with_data = {place: found for place, found in self.standing.items() if found[0] >= MINIMUM_ANSWERS and place[0] in teams}
        return Day(
            teams,
            {place: number for place, (_questions, _right, number) in with_data.items()},
            {place: right / questions for place, (questions, right, _number) in with_data.items()},
            {place: self.expected[place] / 10 for place in with_data if place in self.expected},
        )

    # What is read.

    def _lines(self, url: str) -> list[list[str]]:
        response = self.client.get(url)
        assert response.status_code == 200
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]

    def _read_everything(self, day: date) -> None:
        *groups, everybody = self._lines("/overview/groups.csv")
        names = list(self.client.get("/overview/").context["company"].competencies)
        competencies = [total.competency.pk for total in names]
        self.current: dict[int, list[tuple[int, int]]] = defaultdict(list)
        figures = self._read_groups(groups, competencies)
        self._read_company(day, everybody, competencies, figures)
        weeks = self._lines("/overview/weeks.csv")
        for line in weeks:
            self._read_week(day, line)
        self._read_pages(day, weeks, names)
        self._read_program()

    def _note(self, kind: tuple, people_and_names: set, counted: int, what: str) -> None:
        """One figure: its equation, and whether it says itself of how many people it is."""
        persons = {person for person, _name in people_and_names}
        assert len(persons) == counted, f"{what} is of {len(persons)} people and says {counted}"
        self.read.figures += 1
        if len(persons) < 5:
            self.read.too_few.append(f"{what}: {len(persons)} people")
        self.read.equations[kind].add(frozenset(people_and_names))

    def _read_groups(self, lines: list[list[str]], competencies: list[int]) -> dict[int, list[tuple[int, int]]]:
        figures: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for name, size, _takes_part, _asked, *cells in lines:
            if int(size) < 5:
                self.read.too_few.append(f"{name}: {size} people")
            for place, competency in enumerate(competencies):
                percent, with_data, published_on, current, with_current = cells[5 * place : 5 * place + 5]
                if not percent:
                    continue
                seen = self.days[date.fromisoformat(published_on)]
                behind = {member for member in seen.people_of(set(NAMES.split(name))) if (member, competency) in seen.contributions}
                mean = 100 * sum(seen.shares[member, competency] for member in behind) / len(behind)
                assert abs(mean - int(percent)) <= 0.5 + 1e-6, f"{name} stands at {mean} and says {percent}"
                unknowns = {(member, (competency, seen.contributions[member, competency])) for member in behind}
                self._note(("right", competency), unknowns, int(with_data), f"{name}, {competency}, {published_on}")
                figures[competency].append((int(percent), int(with_data)))
                if current:
                    counted = {member for member in behind if (member, competency) in seen.current}
                    mean = 100 * sum(seen.current[member, competency] for member in counted) / len(counted)
                    assert abs(mean - int(current)) <= 0.5 + 1e-6, f"{name} stands at {mean} now and says {current}"
                    unknowns = {(member, (competency, seen.contributions[member, competency])) for member in counted}
                    self._note(("current", competency), unknowns, int(with_current), f"{name} now, {competency}, {published_on}")
                    self.current[competency].append((int(current), int(with_current)))
        return figures

    def _read_company(self, day: date, line: list[str], competencies: list[int], figures: dict[int, list[tuple[int, int]]]) -> None:
        """A mean of figures that are known already says nothing more; any other is one more equation."""
        _name, _size, _takes_part, _asked, *cells = line
        seen = self.days[day]
        for place, competency in enumerate(competencies):
            percent, with_data = int(cells[5 * place]), int(cells[5 * place + 1])
            self._check_company_now(cells[5 * place + 3 : 5 * place + 5], self.current[competency])
            known = figures[competency]
            people = sum(count for _percent, count in known)
            if known and with_data == people and abs(percent - sum(value * count for value, count in known) / people) <= 0.5 + 1e-6:
                continue
            behind = {member for member, found in seen.contributions if found == competency}
            unknowns = {(member, (competency, seen.contributions[member, competency])) for member in behind}
            self._note(("right", competency), unknowns, with_data, f"company, {competency}, {day}")

    def _check_company_now(self, shown: list[str], known: list[tuple[int, int]]) -> None:
        """Of current proficiency the company's mean is one of figures that are known already."""
        people = sum(count for _percent, count in known)
        if not shown[1]:
            return
        assert int(shown[1]) == people
        assert abs(int(shown[0]) - sum(value * count for value, count in known) / people) <= 0.5 + 1e-6

    def _read_week(self, day: date, line: list[str]) -> None:
        week, group, competency, answered, right, answerers, participation, asked = line
        week_on = date.fromisoformat(week)
        seen = self.days[self.published_week.setdefault(week_on, day)]
        inside = seen.people_of(set(NAMES.split(group))) if group else set(seen.team_of)
        what = f"{group or competency}, week of {week}"
        if answered:
            chosen = [found.pk for found in self.competencies if found.name == competency or group]
            unknowns = {
                (member, (week_on, place)) for member in inside for place in self.weeks.get((week_on, member), {}) if place in chosen
            }
            total = sum(self.weeks[week_on, member][place] for member, (_week, place) in unknowns)
            assert total == int(answered) >= int(right)
            self._note(("week", week_on), unknowns, int(answerers), what)
        if participation:
            unknowns = {(member, ("asked", week_on)) for member in inside if (week_on, member) in self.asked}
            self._note(("asked", week_on), unknowns, int(asked), f"participation of {what}")

    def _read_pages(self, day: date, weeks: list[list[str]], totals: list) -> None:
        """The pages show nothing that the files do not hold: sums over groups of a week, and the weeks of a competency."""
        by_week: dict[str, int] = defaultdict(int)
        by_competency: dict[tuple[str, str], int] = {}
        for week, group, competency, answered, *_rest in weeks:
            if group and answered:
                by_week[week] += int(answered)
            elif answered:
                by_competency[week, competency] = int(answered)
        shown = self.client.get("/overview/").context["company"].weeks
        assert {week.week_on.isoformat(): week.answered for week in shown if week.answered} == dict(by_week)
        for total in totals:
            found = self.client.get(f"/overview/?competency={total.competency.public_id}").context["company"].weeks
            own = {week: answered for (week, name), answered in by_competency.items() if name == total.competency.name}
            assert {week.week_on.isoformat(): week.answered for week in found} == own

    def _read_program(self) -> None:
        url = f"/programs/{self.program.public_id}/"
        progress = self.client.get(url).context["progress"]
        authors = self.authors_client.get(url).context["progress"]
        if progress is None:
            return
        assert not progress.by_question
        for question, figure in authors.by_question.items():
            # Whoever came first is in the figure: it is only ever added to.
            unknowns = {(member, question) for member in self.first_answers[question][: figure.people]}
            self._note(("first", question), unknowns, figure.people, f"question {question}")
        if progress.started:
            self.read.figures += 1
            self.read.equations["started",].add(frozenset((member, "started") for member in self.started[progress.started]))
