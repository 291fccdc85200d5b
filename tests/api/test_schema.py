"""The description of the API is whole, and its page keeps our content security policy."""

import re

import pytest
import yaml
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.urls import get_resolver

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    file = tmp_path_factory.mktemp("schema") / "schema.yaml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(file))
    return yaml.safe_load(file.read_text())


def operations(schema):
    return [(path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()]


def test_schema_is_valid_and_without_warnings(schema):
    assert schema["openapi"].startswith("3.")


def test_schema_has_every_address_of_version_1(schema):
    [version_1] = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "api/"]
    names = {view for view in version_1.reverse_dict if isinstance(view, str)} - {"api_schema", "api_docs", "api_nothing_here"}
    assert not names
    assert set(schema["paths"]) == {
        "/api/v1/questions/",
        "/api/v1/questions/{public_id}/",
        "/api/v1/questions/{public_id}/versions/",
        "/api/v1/programs/",
        "/api/v1/programs/{public_id}/",
        "/api/v1/programs/{public_id}/launch/",
        "/api/v1/today/",
        "/api/v1/today/items/{key}/answer/",
        "/api/v1/progress/",
    }


def test_every_error_of_every_operation_has_the_one_shape(schema):
    for path, method, operation in operations(schema):
        responses = operation["responses"]
        errors = {status for status in responses if status[0] in "45"}
        assert {"401", "403", "429"} <= errors, (path, method)
        for status in errors:
            assert responses[status]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


def test_every_operation_says_what_it_does(schema):
    assert [(path, method) for path, method, operation in operations(schema) if not operation.get("description")] == []


def test_docs_have_nothing_inline(client):
    response = client.get("/api/docs/")
    content = response.content.decode()
    assert "<style" not in content
    assert "style=" not in content
    assert content.count("<script") == content.count("<script src=") == 2
    # In production a file that is not there is no page at all.
    named = re.findall(r'(?:src|href)="/static/([^"?]+)"', content)
    assert len(named) >= 3
    assert [name for name in named if finders.find(name) is None] == []
    assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    script = client.get("/api/docs/?script=")
    assert script["Content-Type"] == "application/javascript"
    assert "/api/schema/" in script.content.decode()
