"""Run as a program beside a server: fills its empty database with one seller who has a set today; prints the session's cookie."""

import json

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django first
from django.test import Client  # noqa: E402

from tests.e2e.asking import give_set, make_seller  # noqa: E402

if __name__ == "__main__":
    seller = make_seller()
    give_set(seller)
    client = Client()
    client.force_login(seller.user)
    name = settings.SESSION_COOKIE_NAME
    print(json.dumps({"name": name, "value": client.cookies[name].value}))  # noqa: T201 - read by the test
