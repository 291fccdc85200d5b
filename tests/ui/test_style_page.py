"""The style page and the pages that say what went wrong."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_style_page_is_not_there_for_visitors_and_members(client, settings):
    settings.DEMO = False
    assert client.get(reverse("style_page")).status_code == 404
    client.force_login(UserFactory())
    assert client.get(reverse("style_page")).status_code == 404


def test_style_page_opens_for_an_operator(client, settings):
    settings.DEMO = False
    client.force_login(UserFactory(is_staff=True))
    assert client.get(reverse("style_page")).status_code == 200


def test_style_page_opens_in_the_demo_in_theme_and_direction(client, settings):
    settings.DEMO = True
    page = client.get(reverse("style_page"), {"theme": "dark", "dir": "rtl"}).content.decode()
    assert 'dir="rtl" data-theme="dark"' in page


def test_style_page_takes_no_other_theme(client, settings):
    settings.DEMO = True
    page = client.get(reverse("style_page"), {"theme": '"><b>', "dir": "up"}).content.decode()
    assert "data-theme=" not in page
    assert 'dir="ltr"' in page


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "405.html", "500.html"])
def test_error_page_needs_no_context_and_leads_on(name):
    page = render_to_string(name)
    assert "<h1>" in page
    assert '<a class="button" href="/">' in page


@pytest.mark.parametrize("name", ["account_login", "account_request_login_code", "account_reset_password", "account_reset_password_done"])
def test_sign_in_page_stands_in_our_frame(client, name):
    page = client.get(reverse(name)).content.decode()
    assert '<div class="plain">' in page
    assert "vendor/app.css" in page
