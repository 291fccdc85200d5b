"""The script that brings the front-end packages."""

import json
import re

import pytest
from django.conf import settings

from scripts import assets


def test_lock_holds_hashes_and_no_addresses():
    text = (settings.BASE_DIR / "package-lock.json").read_text()
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert not any("resolved" in package for package in packages.values())


def test_second_run_writes_nothing():
    assets.main()
    before = {path.name: path.stat().st_mtime_ns for path in assets.VENDOR.iterdir()}
    assets.main()
    assert {path.name: path.stat().st_mtime_ns for path in assets.VENDOR.iterdir()} == before


def test_copied_script_names_no_source_map(tmp_path):
    source = tmp_path / "script.js"
    source.write_text("let a = 1;\n//# sourceMappingURL=script.js.map\n")
    assets.copy(source, tmp_path / "copy.js")
    assert (tmp_path / "copy.js").read_text() == "let a = 1;\n"


@pytest.mark.parametrize(
    ("css", "short"),
    [
        ("a {\n  color: red;\n}\n", "a{color:red}\n"),
        ("/* why */\n.a > .b { margin: calc(1px + 2px) 0; }", ".a > .b{margin:calc(1px + 2px) 0}\n"),
        (".a { & :is(b, i) { top: 0 } }", ".a{& :is(b,i){top:0}}\n"),
    ],
)
def test_shortened_style_sheet_keeps_its_meaning(css, short):
    assert assets.shorten(css) == short


def test_sprite_holds_a_drawing_for_each_icon():
    symbols = re.findall(r'<symbol id="([^"]+)" viewBox="0 0 24 24">(.*?)</symbol>', assets.sprite())
    assert {name for name, _ in symbols} == {*assets.ICONS, "progress"}
    assert all(drawing.startswith("<") for _, drawing in symbols)


def test_machine_without_node_takes_the_wheel(monkeypatch, tmp_path):
    monkeypatch.setattr(assets.shutil, "which", lambda name: None)
    monkeypatch.setattr(assets, "node_wheel", lambda: tmp_path)
    command, environment = assets.find_npm()
    assert command[0] == str(tmp_path / "bin/node")
    assert environment["PATH"].startswith(str(tmp_path / "bin"))
