"""The floor's two pages."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from bench.floor.models import Answer, Question, State, TeamWeek

DAYS_UNTIL_RETURN = 12


def start(request):
    """The page whose first answer ends the cold start."""
    return render(request, "start.html")


def question(request, pk):
    """GET asks the question, POST takes the answer and shows the verdict."""
    learner = request.session.get("learner")
    if learner is None:
        return HttpResponse(status=403)
    asked = get_object_or_404(Question, pk=pk)
    if request.method != "POST":
        return render(request, "question.html", {"question": asked})
    now = timezone.now()
    chosen = request.POST["answer"]
    is_right = chosen == asked.right
    due_on = now.date() + timedelta(days=DAYS_UNTIL_RETURN * (2 if is_right else 1))
    with transaction.atomic():
        Answer.objects.create(learner_id=learner, question=asked, chosen=chosen, is_right=is_right, answered_at=now)
        State.objects.filter(learner_id=learner, question=asked).update(rights_in_a_row=int(is_right), due_on=due_on)
    return render(request, "verdict.html", {"question": asked, "chosen": chosen, "is_right": is_right, "due_on": due_on})


def team(request, pk):
    """Competency by week from the weekly table."""
    if request.session.get("learner") is None:
        return HttpResponse(status=403)
    rows = {}
    for competency, week, answered, right in TeamWeek.objects.filter(team_id=pk).values_list("competency", "week", "answered", "right"):
        rows.setdefault(competency, {})[week] = round(100 * right / answered)
    weeks = sorted({week for row in rows.values() for week in row})
    table = [(competency, [row.get(week) for week in weeks]) for competency, row in sorted(rows.items())]
    return render(request, "team.html", {"weeks": weeks, "table": table})
