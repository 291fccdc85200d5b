"""Every package that the product runs with allows a product under Apache-2.0; so do the front-end packages that it ships."""

import json
import re
from importlib import metadata
from pathlib import Path

import pytest
from django.conf import settings
from packaging.requirements import Requirement

ROOT = Path(settings.BASE_DIR)

# Names as packages write them, spelled as SPDX does.
PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "PSF-2.0",
    "Zlib",
}
SPELLED_AS = {
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "New BSD": "BSD-3-Clause",
    "PSFL": "PSF-2.0",
}
# Packages under another licence, each with the licence it has and why it may be used.
WITH_REASON = {
    "psycopg2-binary": (
        "LGPL with exceptions",
        "a library that is imported unchanged and installed apart from the product; the LGPL puts no terms on what imports it so",
    ),
    "@fontsource-variable/bricolage-grotesque": (
        "OFL-1.1",
        "a typeface that is served unchanged; the OFL allows it beside software under any licence",
    ),
    "axe-core": ("MPL-2.0", "runs in tests only and is not shipped"),
}


def python_packages() -> list[str]:
    """Names in the lock file that this Python needs."""
    lines = [line.split("\\")[0] for line in (ROOT / "requirements/base.txt").read_text().splitlines() if re.match(r"[A-Za-z0-9]", line)]
    requirements = [Requirement(line) for line in lines]
    return [each.name for each in requirements if each.marker is None or each.marker.evaluate()]


def front_end_packages() -> list[str]:
    named = json.loads((ROOT / "package.json").read_text())
    return [*named["dependencies"], *named["devDependencies"]]


def python_license(name: str) -> str:
    """The licence in the package's metadata: the SPDX expression, else its classifiers, else the free text."""
    described = metadata.distribution(name).metadata
    if expression := described.get("License-Expression"):
        return expression
    classifiers = [each.rpartition(" :: ")[2] for each in described.get_all("Classifier", []) if each.startswith("License :: ")]
    known = [each for each in classifiers if SPELLED_AS.get(each, each) in PERMISSIVE]
    return " OR ".join(known) or described.get("License") or ""


def allows(license: str) -> bool:  # noqa: A002 - the word of the field
    """Whether one of the licences that may be chosen is permissive in all its parts."""
    choices = [re.split(r"\s+AND\s+", choice) for choice in re.split(r"\s+OR\s+", license)]
    return any(all(SPELLED_AS.get(part.strip("() "), part.strip("() ")) in PERMISSIVE for part in choice) for choice in choices)


@pytest.mark.parametrize("name", python_packages())
def test_python_package_allows_an_apache_product(name):
    found = python_license(name)
    if name in WITH_REASON:
        assert found == WITH_REASON[name][0]
    else:
        assert allows(found), f"{name} says “{found}”"


@pytest.mark.parametrize("name", front_end_packages())
def test_front_end_package_allows_an_apache_product(name):
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"][f"node_modules/{name}"]
    installed = json.loads((ROOT / "node_modules" / name / "package.json").read_text())
    assert installed["license"] == locked["license"]
    if name in WITH_REASON:
        assert installed["license"] == WITH_REASON[name][0]
    else:
        assert allows(installed["license"])


def test_exceptions_are_still_needed():
    assert set(WITH_REASON) <= {*python_packages(), *front_end_packages()}


@pytest.mark.parametrize("license", ["GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0-only", "LGPL with exceptions", "", "Proprietary"])
def test_other_licenses_are_refused(license):  # noqa: A002 - the word of the field
    assert not allows(license)


def test_the_product_is_apache():
    text = (ROOT / "LICENSE").read_text()
    assert text.strip().startswith("Apache License")
    assert "END OF TERMS AND CONDITIONS" in text
    assert json.loads((ROOT / "package.json").read_text())["license"] == "Apache-2.0"
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()
