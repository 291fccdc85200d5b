"""The starter set in an organization's bank: with one click, in its language, once."""

import pytest
from django.urls import reverse

from reinforcement.models import Competency, Question, QuestionWording
from reinforcement.questions import services
from reinforcement.questions.typed_text import typed_from_rich
from reinforcement.starter.installing import install_starter
from reinforcement.starter.library import load_starter
from tests.factories import AuthorFactory, CompetencyFactory, OrganizationFactory, QuestionFactory

pytestmark = pytest.mark.django_db
STARTER = load_starter()


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_author_installs_it_with_one_click_in_the_language_of_the_organization(client, language):
    author = AuthorFactory(organization=OrganizationFactory(language=language))
    client.force_login(author.user)
    page = client.post(reverse("reinforcement:starter_install"), follow=True)
    assert "40" in page.content.decode()
    questions = Question.objects.select_related("current_version", "competency")
    assert questions.count() == 40
    assert set(questions.values_list("organization", flat=True)) == {author.organization_id}
    assert {question.current_version.language for question in questions} == {language}
    assert {question.current_version.wordings.count() for question in questions} == {3}
    names = {one.names[language] for one in STARTER.competencies}
    assert set(Competency.objects.filter(organization=author.organization).values_list("name", flat=True)) == names
    assert set(questions.values_list("difficulty", flat=True)) <= {"easy", "medium", "hard"}


def test_an_author_reads_no_tags_in_the_fields_of_any_language():
    organization = OrganizationFactory()
    install_starter(organization)
    for wording in QuestionWording.objects.filter(organization=organization):
        for text in (wording.situation, wording.explanation):
            assert "<p>" not in typed_from_rich(text), wording.prompt


def test_second_click_changes_nothing_and_what_an_author_changed_stays(client):
    author = AuthorFactory()
    client.force_login(author.user)
    client.post(reverse("reinforcement:starter_install"))
    first = Question.objects.order_by("pk")[0]
    services.archive_question(first)
    Question.objects.order_by("pk").last().versions.first()
    before = list(Question.objects.order_by("pk").values("pk", "archived_at", "current_version"))
    client.post(reverse("reinforcement:starter_install"))
    assert list(Question.objects.order_by("pk").values("pk", "archived_at", "current_version")) == before


def test_competency_that_is_there_takes_its_questions_also_under_its_name_in_another_language():
    organization = OrganizationFactory(language="nl")
    there = CompetencyFactory(organization=organization, name=STARTER.competencies[0].names["en"])
    archived = CompetencyFactory(organization=organization, name=STARTER.competencies[1].names["nl"], archived_at="2026-01-01T00:00Z")
    CompetencyFactory(name=STARTER.competencies[2].names["nl"])
    install_starter(organization)
    assert (there.questions.count(), archived.questions.count()) == (5, 0)
    assert Competency.objects.filter(organization=organization).count() == 9


def test_statements_do_not_grow_with_the_questions(django_assert_max_num_queries):
    organization = OrganizationFactory()
    QuestionFactory.create_batch(3, organization=organization)
    # Eight competencies cost four each.
    with django_assert_max_num_queries(60):
        install_starter(organization)
