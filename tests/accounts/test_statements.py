"""Statements that PostgreSQL keeps: their parts hold together, and where nothing is kept they run one by one."""

import contextlib

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, NotSupportedError, connection, transaction

from accounts import rows, statements
from accounts.models import Organization, Team
from accounts.prepared import MemberSlots, PreparedRead, Slot
from accounts.statements import Part
from reinforcement.models import Answer
from tests.factories import MemberFactory, OrganizationFactory, TeamFactory

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
def test_what_is_read_beside_a_write_is_the_state_before_it():
    team = TeamFactory(name="Before")
    organization = team.organization_id
    read = Part("SELECT id, name FROM accounts_team WHERE organization_id = %s AND name <> %s ORDER BY id", [organization, "none"])
    before = list(Team.objects.filter(organization_id=organization).order_by("pk").values_list("pk", "name"))
    new = rows.insertion(Team(organization_id=organization, parent=team, name="North"))
    found = statements.run(new, Part(RENAME, ["After", organization, team.pk]), beside=read)
    assert len({key for key, *_columns in found}) == 1
    assert sorted(row[1:] for row in found) == before
    assert Team.objects.get(pk=found[0][0]).name == "North"


@pytest.mark.django_db
@pytest.mark.usefixtures("_way")
def test_a_read_that_finds_nothing_beside_a_write_gives_none_for_its_columns():
    team = TeamFactory()
    new = rows.insertion(Team(organization_id=team.organization_id, parent=team, name="North"))
    nothing = Part("SELECT id, name FROM accounts_team WHERE organization_id = %s AND name = %s", [team.organization_id, "nobody's"])
    [(key, *read)] = statements.run(new, beside=nothing)
    assert Team.objects.get(pk=key).name == "North"
    assert read == [None, None]


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


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_part_that_must_find_its_row_and_does_not_leaves_nothing_of_the_others(in_transaction):
    team = TeamFactory(name="Before")
    parts = [
        Part(RENAME, ["After", team.organization_id, team.pk]),
        rows.change(Team, {"organization_id": team.organization_id, "id": team.pk + 1}, {"name": "Nobody"}),
    ]
    with pytest.raises(statements.ChangedMeanwhile), transaction.atomic() if in_transaction else contextlib.nullcontext():
        statements.write(*parts)
    team.refresh_from_db()
    assert team.name == "Before"


@pytest.mark.parametrize("value", [None, 0, 5, 2**40, True, False, "5"])
@pytest.mark.parametrize("field", [field for field in Answer._meta.concrete_fields if not field.is_relation], ids=lambda field: field.name)
def test_a_value_is_written_as_its_field_would_write_it(field, value):
    def written(adapt):
        try:
            found = adapt()
        except (ValidationError, ValueError, TypeError) as refused:
            return type(refused)
        return type(found), str(found)

    assert written(lambda: rows.adapted(Answer, {field.name: value})[0]) == written(lambda: field.get_db_prep_save(value, connection))


on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps statements")


@pytest.fixture
def widened_name():
    """The column of names has changed in a migration, under a connection that keeps a statement on it."""
    TEAMS.rows(organization=0)
    alter("varchar(300)")
    yield
    alter("varchar(120)")


def alter(kind: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE accounts_team ALTER COLUMN name TYPE {kind}")


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("widened_name")
def test_a_read_goes_on_after_a_migration_changed_its_columns():
    team = TeamFactory()
    assert TEAMS.rows(organization=team.organization_id)[-1] == team


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("widened_name")
def test_a_transaction_begins_again_after_a_migration_changed_its_columns():
    team = TeamFactory()

    def in_transaction(organization):
        with transaction.atomic():
            return TEAMS.rows(organization=organization)

    assert statements.tried_again(in_transaction, team.organization_id, lambda: team.organization_id)[-1] == team


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("widened_name")
def test_without_looking_for_it_the_change_of_a_column_is_seen_to_fail(monkeypatch):
    monkeypatch.setattr(statements, "OUTDATED", set())
    with pytest.raises(NotSupportedError):
        TEAMS.rows(organization=0)


@pytest.mark.django_db
def test_slots_of_a_member_refuse_whoever_reads_nothing():
    member = MemberFactory()
    assert MemberSlots.values(member) == {"member": member.pk, "organization": member.organization_id}
    member.is_active = False
    for nobody in (None, member):
        with pytest.raises(ValueError, match="nobody reads"):
            MemberSlots.values(nobody)
