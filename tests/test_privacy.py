"""Every personal column has a decision: exported or not, erased, pseudonymised or kept with its reason (P1)."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from accounts.models import Member, User
from accounts.privacy import decisions
from accounts.privacy.decisions import AtErasure, DecisionMissing, decide, erased, impersonal, kept, pseudonymised

# A column of one of these names holds a person, whatever the keys of its table say.
PERSONAL_NAMES = {"member", "user", "address", "email", "phone"}


def columns_of(model):
    return {field.name for field in model._meta.local_concrete_fields}


def undecided(model):
    return columns_of(model) - set(decisions.decisions_of(model))


def invented(model):
    return set(decisions.decisions_of(model)) - columns_of(model)


def message_for(model, names):
    module = f"{model._meta.app_label}/privacy" if model._meta.app_label != "accounts" else "accounts/privacy/people"
    listed = " ".join(sorted(names))
    return (
        f"{model._meta.label} is personal and has columns without a decision. Decide in {module}.py, such as\n"
        f'    decide({model.__name__}, {{erased(): "{listed}"}})\n'
        f'or pseudonymised("why the row is still needed"), kept("why it is no trace of a person").'
    )


@pytest.mark.parametrize("model", sorted(decisions.personal_models(), key=lambda model: model._meta.label), ids=lambda m: m._meta.label)
def test_every_personal_column_has_a_decision(model):
    assert not undecided(model), message_for(model, undecided(model))


@pytest.mark.parametrize("model", sorted(decisions.declared_models(), key=lambda model: model._meta.label), ids=lambda m: m._meta.label)
def test_a_decision_names_a_column(model):
    assert not invented(model), f"{model._meta.label} has decisions for columns that it does not have: {sorted(invented(model))}"


def test_every_table_is_personal_or_said_to_be_impersonal():
    known = decisions.personal_models() | decisions.impersonal_models()
    unknown = {model._meta.label for model in apps.get_models(include_auto_created=True)} - {model._meta.label for model in known}
    assert not unknown, f'say of each: decide(...) or impersonal(Model, "why it says nothing about a person"): {sorted(unknown)}'


def test_an_impersonal_table_leads_to_no_person():
    for model in decisions.impersonal_models():
        assert model not in decisions.personal_models(), f"{model._meta.label} leads to a member or a user"
        assert not columns_of(model) & PERSONAL_NAMES, f"{model._meta.label} names a person"


@pytest.mark.django_db
def test_the_database_has_no_table_without_a_model():
    of_models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    # The cache holds counters and is emptied by its own time limits; the list of migrations is Django's.
    assert set(connection.introspection.table_names()) - of_models <= {"cache_entry", "django_migrations"}


def test_secrets_are_never_exported():
    for model in decisions.declared_models():
        for name, decision in decisions.decisions_of(model).items():
            if name in {"password", "secret", "digest", "key", "session_key", "session_data"}:
                assert not decision.is_exported, f"{model._meta.label}.{name}"


def test_no_name_and_no_address_stays():
    for model, name in ((Member, "name"), (User, "email"), (User, "password")):
        assert decisions.decisions_of(model)[name].at_erasure is AtErasure.ERASE


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(decisions, "_decisions", {})
    monkeypatch.setattr(decisions, "_impersonal", {})


@isolate_apps("accounts")
def test_a_planted_column_without_a_decision_is_found(registry):
    class Planted(models.Model):
        member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
        note = models.TextField()

        class Meta:
            app_label = "accounts"

    class Below(models.Model):
        planted = models.ForeignKey(Planted, on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "accounts"

    class Apart(models.Model):
        note = models.TextField()

        class Meta:
            app_label = "accounts"

    assert decisions.models_reaching([Member, User], [Planted, Below, Apart]) == {Member, User, Planted, Below}
    decide(Planted, {erased(): "id member gone"})
    assert undecided(Planted) == {"note"}
    assert invented(Planted) == {"gone"}
    assert undecided(Below) == {"id", "planted"}


def test_what_stays_needs_a_reason_and_a_column_is_decided_once(registry):
    for made in (kept, pseudonymised):
        with pytest.raises(DecisionMissing):
            made(" ")
    with pytest.raises(DecisionMissing):
        impersonal(Member, "")
    decide(Member, {erased(): "name"})
    with pytest.raises(DecisionMissing):
        decide(Member, {kept("for a reason"): "name"})
