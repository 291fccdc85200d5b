"""Bringing people in from a file: whole or not at all, the same through page and command."""

import json
from datetime import date, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from accounts.member_import import services
from accounts.member_import.columns import LABELS, read_people
from accounts.models import Member, MemberImport, ReportingLine, Team, TeamMembership, User
from accounts.people import services as people
from accounts.tables import read_csv
from outbox.models import OutboxMessage
from tests.factories import HrFactory, MemberFactory, OrganizationFactory, OwnerFactory, SellerFactory

pytestmark = pytest.mark.django_db

FILE = """email,name,team,manager email,roles,time zone,language,working days,preferred hour,hired on
seller@acme.example,Sam Seller,Benelux / South,Boss@acme.example,seller; author,Europe/Amsterdam,nl,"mon-thu",08:30,2024-02-29
boss@acme.example,Bo Boss,Benelux,,leadership,,,,7,
"""


@pytest.fixture
def owner():
    return OwnerFactory(organization=OrganizationFactory(slug="acme"))


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (User, Member, Team, TeamMembership, ReportingLine)]


def run(tmp_path, capsys, text, *options, organization="acme"):
    """Exit code and JSON of the command on a file with `text`."""
    path = tmp_path / "people.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code = 0
    try:
        call_command("import_members", str(path), "--organization", organization, "--json", *options)
    except SystemExit as end:
        code = end.code
    return code, json.loads(capsys.readouterr().out)


def test_file_brings_people_teams_and_line_in_and_mails_nobody(owner, tmp_path, capsys):
    assert run(tmp_path, capsys, FILE) == (0, {"created": 2, "updated": 0, "unchanged": 0, "rejected": []})
    seller = Member.objects.get(user__email="seller@acme.example")
    boss = Member.objects.get(user__email="boss@acme.example")
    assert (seller.organization, seller.name, seller.roles) == (owner.organization, "Sam Seller", ["seller", "author"])
    assert (seller.time_zone, seller.language, seller.working_days) == ("Europe/Amsterdam", "nl", 0b1111)
    assert (seller.preferred_hour, seller.hired_on) == (time(8, 30), date(2024, 2, 29))
    assert (boss.roles, boss.preferred_hour, boss.time_zone) == (["leadership"], time(7), owner.organization.time_zone)
    assert not seller.user.has_usable_password()
    assert ReportingLine.objects.get().manager == boss
    teams = dict(TeamMembership.objects.filter(member__in=[seller, boss]).values_list("member", "team__name"))
    assert teams == {seller.pk: "South", boss.pk: "Benelux"}
    assert set(Team.objects.values_list("name", "parent__name")) >= {("South", "Benelux"), ("Benelux", owner.organization.name)}
    assert not OutboxMessage.objects.exists()


def test_second_run_of_the_same_file_changes_nothing(owner, tmp_path, capsys):
    run(tmp_path, capsys, FILE)
    before = everything()
    assert run(tmp_path, capsys, FILE) == (0, {"created": 0, "updated": 0, "unchanged": 2, "rejected": []})
    assert everything() == before


def test_dry_run_says_what_would_change_and_changes_nothing(owner, tmp_path, capsys):
    before = everything()
    assert run(tmp_path, capsys, FILE, "--dry-run") == (0, {"created": 2, "updated": 0, "unchanged": 0, "rejected": []})
    assert everything() == before


def test_empty_cells_and_missing_columns_leave_what_is_there(owner, tmp_path, capsys):
    run(tmp_path, capsys, FILE)
    code, report = run(tmp_path, capsys, "email,name,language\nseller@acme.example,,fr\nboss@acme.example,Bo Boss,\n")
    assert (code, report["updated"], report["unchanged"]) == (0, 1, 1)
    seller = Member.objects.get(user__email="seller@acme.example")
    assert (seller.language, seller.name, seller.roles) == ("fr", "Sam Seller", ["seller", "author"])
    assert ReportingLine.objects.filter(member=seller, ended_on=None).exists()


def test_new_manager_and_team_follow_from_today_and_the_past_stays(owner, tmp_path, capsys):
    old, new = MemberFactory.create_batch(2, organization=owner.organization)
    seller = SellerFactory(organization=owner.organization, manager=old)
    code, report = run(tmp_path, capsys, f"email,manager,team\n{seller.email},{new.email},North\n")
    assert (code, report["updated"]) == (0, 1)
    today = timezone.localdate(timezone=seller.zone)
    assert list(seller.managers.values_list("manager_id", "ended_on")) == [(old.pk, today), (new.pk, None)]
    assert list(seller.team_memberships.values_list("team__name", "ended_on"))[-1] == ("North", None)
    assert seller.team_memberships.count() == 2


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("E-mailadres;Naam;Leidinggevende;Rollen;Tijdzone;Taal;Werkdagen;Voorkeursuur;In dienst sinds", "ma-vr;8u15"),
        ("Adresse e-mail;Nom;Responsable;Rôles;Fuseau horaire;Langue;Jours ouvrés;Heure préférée;Date d'embauche", "lun-ven;8h15"),
        ("email;name;manager_email;roles;time_zone;language;working_days;preferred_hour;hired_on", "mon-fri;08:15"),
    ],
)
def test_headers_and_words_are_known_in_three_languages(header, row):
    text = f"{header}\na@b.example;Ann;c@d.example;Verkoper;Europe/Paris;français;{row};2025-01-31\n"
    found = read_people(read_csv(text.encode(), has_header=True))
    assert not found.problems
    assert found.rows[0].values == {
        "name": "Ann",
        "manager": "c@d.example",
        "roles": {"seller"},
        "time_zone": "Europe/Paris",
        "language": "fr",
        "working_days": 0b11111,
        "preferred_hour": time(8, 15),
        "hired_on": date(2025, 1, 31),
    }


HEADER = "email,name,team,manager email,roles,time zone,language,working days,preferred hour,hired on"
GOOD = "good@acme.example,Good,,,,,,,,"


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("not an address,A,,,,,,,,", "email", "not an e-mail address"),
        (",A,,,,,,,,", "email", "missing"),
        ("Good@acme.example,A,,,,,,,,", "email", "Row 2"),
        ("new@acme.example,,,,,,,,,", "name", "new here"),
        (f"new@acme.example,{'x' * 121},,,,,,,,", "name", "120"),
        ("new@acme.example,A,Benelux / / South,,,,,,,", "team", "path"),
        ("new@acme.example,A,,nobody@acme.example,,,,,,", "manager email", "neither here nor in this file"),
        ("new@acme.example,A,,foreign@other.example,,,,,,", "manager email", "neither here nor in this file"),
        ("new@acme.example,A,,left@acme.example,,,,,,", "manager email", "has left"),
        ("new@acme.example,A,,new@acme.example,,,,,,", "manager email", "oneself"),
        ("left@acme.example,A,,,,,,,,", "email", "has left"),
        ("new@acme.example,A,,,seller;boss,,,,,", "roles", "not a role"),
        ("new@acme.example,A,,,manager,,,,,", "roles", "follows from the people"),
        ("new@acme.example,A,,,,Mars/Base,,,,", "time zone", "Europe/Brussels"),
        ("new@acme.example,A,,,,,klingon,,,", "language", "en, nl, fr"),
        ("new@acme.example,A,,,,,,someday,,", "working days", "mon-fri"),
        ("new@acme.example,A,,,,,,,25,", "preferred hour", "08:15"),
        ("new@acme.example,A,,,,,,,,31/01/2026", "hired on", "2026-01-31"),
        ("new@acme.example,A,,,,,,,,2026-02-30", "hired on", "not a date"),
    ],
)
def test_bad_row_is_named_by_row_and_column_and_nothing_is_taken(owner, tmp_path, capsys, row, column, says):
    SellerFactory(email="foreign@other.example")
    people.deactivate(SellerFactory(email="left@acme.example", organization=owner.organization))
    before = everything()
    code, report = run(tmp_path, capsys, f"{HEADER}\n{GOOD}\n{row}\n")
    assert code == 2
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 0)
    [problem] = report["rejected"]
    assert (problem["row"], problem["column"]) == (3, column)
    assert says in problem["message"]
    assert everything() == before


def test_a_manager_whose_own_row_has_a_problem_is_not_called_missing(owner, tmp_path, capsys):
    rows = "boss@acme.example,Boss,,,,Mars/Base,,,,\nnew@acme.example,A,,boss@acme.example,,,,,,"
    _code, report = run(tmp_path, capsys, f"{HEADER}\n{rows}\n")
    assert [(problem["row"], problem["column"]) for problem in report["rejected"]] == [(2, "time zone")]


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("new@acme.example,,,nobody@acme.example,boss,Mars/Base,,,,", {"name", "manager email", "roles", "time zone"}),
        ("no address,,,nobody@acme.example,,,,,,", {"email", "manager email"}),
        (f"new@acme.example,{'x' * 121},,nobody@acme.example,,,,,,", {"name", "manager email"}),
    ],
)
def test_all_problems_of_a_row_are_named_at_once(owner, tmp_path, capsys, row, columns):
    code, report = run(tmp_path, capsys, f"{HEADER}\n{row}\n")
    assert code == 2
    assert sorted(problem["column"] for problem in report["rejected"]) == sorted(columns)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        (b"", "1"),
        ("email,name\na@b.example,Zoë\n".encode("latin-1"), "name"),
        ("name,team\nAnn,North\n", "email"),
        ("email,naam,name\na@b.example,A,A\n", "name"),
        ("email,name,shoe size\na@b.example,A,44\n", "shoe size"),
        ("email,name,team\na@b.example,A\n", "team"),
        ("email,name\na@b.example," + "x" * 100_001 + "\n", "name"),
    ],
)
def test_file_that_cannot_be_read_is_refused_with_its_place(owner, tmp_path, capsys, text, column):
    before = everything()
    code, report = run(tmp_path, capsys, text)
    assert code == 2
    assert report["rejected"][0]["column"] == column
    assert everything() == before


def test_circles_are_refused_within_the_file_and_with_the_line_that_is_there(owner, tmp_path, capsys):
    code, report = run(
        tmp_path, capsys, "email,name,manager\na@x.example,A,b@x.example\nb@x.example,B,c@x.example\nc@x.example,C,a@x.example\n"
    )
    assert code == 2
    assert [problem["row"] for problem in report["rejected"]] == [2, 3, 4]
    top = MemberFactory(organization=owner.organization)
    middle = MemberFactory(organization=owner.organization, manager=top)
    below = SellerFactory(organization=owner.organization, manager=middle)
    code, report = run(tmp_path, capsys, f"email,manager\n{top.email},{below.email}\n")
    assert code == 2
    assert [(problem["row"], problem["column"]) for problem in report["rejected"]] == [(2, "manager")]
    code, report = run(tmp_path, capsys, f"email,manager\n{top.email},{below.email}\n{middle.email},{owner.email}\n")
    assert (code, report["updated"]) == (0, 2)


def test_last_owner_cannot_be_taken_away_but_can_be_replaced(owner, tmp_path, capsys):
    code, report = run(tmp_path, capsys, f"email,roles\n{owner.email},seller\n")
    assert code == 2
    assert [(problem["row"], problem["column"]) for problem in report["rejected"]] == [(2, "roles")]
    assert run(tmp_path, capsys, f"email,name,roles\n{owner.email},,seller\nnew@acme.example,New,owner\n")[0] == 0


def test_person_known_elsewhere_joins_with_the_same_sign_in_and_a_name_of_its_own(owner, tmp_path, capsys):
    elsewhere = SellerFactory(name="Elsewhere")
    run(tmp_path, capsys, f"email,name\n{elsewhere.email},Here\n")
    assert set(elsewhere.user.memberships.values_list("name", flat=True)) == {"Elsewhere", "Here"}
    elsewhere.refresh_from_db()
    assert elsewhere.name == "Elsewhere"


def test_command_names_a_missing_organization_or_file(owner, tmp_path):
    for file, organization in ((tmp_path / "none.csv", "acme"), (tmp_path, "acme"), (tmp_path / "none.csv", "nobody")):
        with pytest.raises(CommandError) as refusal:
            call_command("import_members", str(file), "--organization", organization)
        assert refusal.value.returncode == 2


@pytest.mark.parametrize("count", [2, 300])
def test_import_reads_as_often_for_many_rows_as_for_few(owner, count, django_assert_max_num_queries):
    rows = [f"p{number}@acme.example,P {number},North / {number % 5},p0@acme.example" for number in range(1, count)]
    content = "\n".join(["email,name,team,manager", "p0@acme.example,P 0,North,", *rows]).encode()
    with django_assert_max_num_queries(31):
        services.apply(owner.organization, content)
    assert Member.objects.filter(organization=owner.organization).count() == count + 1


# The page


@pytest.fixture
def page(client, owner):
    client.force_login(owner.user)
    return client


def upload(client, text, name="people.csv"):
    return client.post(
        reverse("accounts:people_import"), {"file": SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode())}
    )


@pytest.mark.parametrize("language", ["en", "nl", "fr"])
def test_file_may_use_the_column_names_that_the_page_shows(language):
    with translation.override(language):
        header = ",".join(str(label) for label in LABELS.values())
    text = f"{header}\nnew@acme.example,New,South,boss@acme.example,seller,Europe/Paris,fr,mon-fri,8,2024-02-29\n"
    read = read_people(read_csv(text.encode(), has_header=True))
    assert not read.problems
    assert set(read.rows[0].values) == set(LABELS) - {"email"}


def test_page_shows_what_would_change_and_then_takes_the_file_whole(page, owner):
    known = SellerFactory(organization=owner.organization, name="Known")
    before = everything()
    text = FILE + f"{known.email},Known,,,,,fr,,,\n"
    preview_url = upload(page, text)["Location"]
    preview = page.get(preview_url)
    content = preview.content.decode()
    assert everything() == before
    assert [(row["row"].outcome, row["row"].number) for row in preview.context["rows"]] == [("changed", 4), ("new", 2), ("new", 3)]
    assert preview.context["rows"][0]["changes"] == [("Language", "French")]
    assert "Benelux / South" in content
    assert ("Working days", "Mon, Tue, Wed, Thu") in preview.context["rows"][1]["changes"]
    assert ("Hired on", "29 February 2024") in preview.context["rows"][1]["changes"]
    assert page.post(preview_url)["Location"] == reverse("accounts:people")
    assert Member.objects.filter(organization=owner.organization).count() == 4
    assert not OutboxMessage.objects.exists()
    assert not MemberImport.objects.exists()
    assert page.post(preview_url).status_code == 404


def test_page_names_the_teams_that_would_be_made(page, owner):
    services.apply(owner.organization, b"email,name,team\nann@acme.example,Ann,Benelux / South\n")
    text = "email,name,team\nben@acme.example,Ben,Benelux / South\nbob@acme.example,Bob,Benelux / Suoth\ncas@acme.example,Cas,Nord / Est\n"
    preview = page.get(upload(page, text)["Location"])
    assert preview.context["new_teams"] == ["Benelux / Suoth", "Nord", "Nord / Est"]
    assert "Benelux / Suoth, Nord, Nord / Est" in preview.content.decode()
    known = page.get(upload(page, "email,name,team\nben@acme.example,Ben,Benelux / South\n")["Location"])
    assert "New teams." not in known.content.decode()


def test_page_invites_the_new_people_only_when_asked(page, owner):
    SellerFactory(organization=owner.organization, email="old@acme.example")
    preview_url = upload(page, FILE + "old@acme.example,Renamed,,,,,,,,\n")["Location"]
    page.post(preview_url, {"invite": "yes"})
    assert set(OutboxMessage.objects.values_list("address", flat=True)) == {"seller@acme.example", "boss@acme.example"}


def test_page_names_every_problem_and_keeps_nothing(page):
    response = upload(page, f"{HEADER}\nbad,A,,,,,,,,\nb@x.example,B,,,,,,,,tomorrow\n")
    assert response.status_code == 422
    assert [(problem.row, problem.column) for problem in response.context["problems"]] == [(2, "email"), (3, "hired on")]
    assert not MemberImport.objects.exists()
    assert upload(page, b"").status_code == 422


def test_page_refuses_whole_when_people_changed_since_the_preview(page, owner):
    manager = MemberFactory(organization=owner.organization)
    preview_url = upload(page, f"email,name,manager\nnew@acme.example,New,{manager.email}\n")["Location"]
    people.deactivate(manager)
    before = everything()
    response = page.post(preview_url)
    assert response.status_code == 422
    assert "has left" in response.content.decode()
    assert everything() == before


def test_loaded_file_is_open_to_the_owner_who_loaded_it_only(page, owner):
    preview_url = upload(page, FILE)["Location"]
    others = [OwnerFactory(organization=owner.organization), OwnerFactory(), HrFactory(organization=owner.organization)]
    for other in others:
        page.force_login(other.user)
        assert page.get(preview_url).status_code == 404
        assert page.post(preview_url).status_code == 404
        assert page.post(f"{preview_url}discard/").status_code == 404
    page.force_login(owner.user)
    assert page.post(f"{preview_url}discard/").status_code == 302
    assert not MemberImport.objects.exists()


def test_loaded_file_goes_with_the_next_one_and_after_a_day(page, owner):
    upload(page, FILE)
    preview_url = upload(page, FILE)["Location"]
    assert MemberImport.objects.count() == 1
    MemberImport.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert page.get(preview_url).status_code == 404
    assert page.post(preview_url).status_code == 404
    second = OwnerFactory(organization=owner.organization)
    page.force_login(second.user)
    upload(page, FILE)
    assert MemberImport.objects.get().member == second
