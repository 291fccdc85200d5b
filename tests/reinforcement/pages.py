"""How tests open a page for somebody, and what they read there."""

import json
import re


def sign_in(client, member):
    client.force_login(member.user)
    return member


def figure_of(page: str, name: str) -> dict:
    """The figure of the chart `name` that the page hands to its script."""
    return json.loads(re.search(rf'<script id="{name}-figure" type="application/json">(.*?)</script>', page)[1])
