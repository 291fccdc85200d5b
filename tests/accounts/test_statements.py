"""Statements that PostgreSQL keeps: their parts hold together, and where nothing is kept they run one by one."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import rows, statements
from accounts.models import Organization, Team
from accounts.prepared import PreparedRead, Slot
from accounts.statements import Part
from tests.factories import OrganizationFactory, TeamFactory

RENAME = "UPDATE accounts_team SET name = %s WHERE organization_id = %s AND id = %s"
TEAMS = PreparedRead(lambda: Team.objects.filter(organization_id=Slot("organization")).select_related("parent").order_by("pk"))


@pytest.fixture(params=[False, True], ids=["kept", "one by one"])
def _way(request, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", request.param)


@pytest.mark.django_db
@pytest.mark.usefixtures("_way")
def test_parts_are_all_written_and_the_first_one_gives_its_rows():
    team = TeamFactory()
    new = rows.insertion(Team(organization_id=team.organization_id, parent=team, name="North"))
    [(key,)] = statements.run(new, Part(RENAME, ["South", team.organization_id, team.pk]))
    assert Team.objects.get(pk=key).name == "North"
    assert Team.objects.get(pk=team.pk).name == "South"


@pytest.mark.django_db
@pytest.mark.usefixtures("_way")
def test_a_part_that_fails_leaves_nothing_of_the_others():
    team = TeamFactory(name="Before")
    other = TeamFactory(organization=team.organization, name="Taken")
    second = Part("UPDATE accounts_team SET parent_id = NULL WHERE organization_id = %s AND id = %s", [team.organization_id, other.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.run(Part(RENAME, ["After", team.organization_id, team.pk]), second)
    team.refresh_from_db()
    assert team.name == "Before"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_way")
def test_a_prepared_read_gives_the_rows_of_each_call_also_after_a_new_connection():
    here, elsewhere = OrganizationFactory(), OrganizationFactory()
    TeamFactory(organization=here, name="North")
    assert [team.name for team in TEAMS.rows(organization=here.pk)] == [here.name, "North"]
    connection.close()
    assert [team.name for team in TEAMS.rows(organization=elsewhere.pk)] == [elsewhere.name]
    assert TEAMS.rows(organization=here.pk)[1].parent.name == here.name
    assert TEAMS.first(organization=Organization.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1) is None
