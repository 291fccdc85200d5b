"""The answer page as a phone meets it, on slow 4G with a processor four times slower: Lighthouse's scores, and the time to a verdict.

Lighthouse is installed at the first use, beside its lock file; no other target of make needs it. Behind TLS of our own making, as its
scores ask whether a page came by https.
"""

import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import web
from bench.browsing import Browsers
from bench.setting import Setting
from scripts.assets import find_npm
from tests.mail_server import free_port
from tests.parts.servers import wait_for

FOLDER = Path(__file__).resolve().parent / "lighthouse_tool"
RUNS, TRIES = 3, 3
TAPS = 5
CATEGORIES = ("performance", "accessibility", "best-practices")
# What Lighthouse calls slow 4G: milliseconds to and fro, and bytes a second down and up.
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_638_400 / 8, "uploadThroughput": 750_000 / 8}
SLOWER_PROCESSOR = 4
PHONE = {"width": 412, "height": 823}
_NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 1;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; gzip on; gzip_min_length 500;
  server {{
    listen 127.0.0.1:{port} ssl http2; ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    location / {{
      proxy_pass http://127.0.0.1:{behind}; proxy_set_header Host {host}; proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-For $remote_addr;
    }}
  }}
}}
"""
# Notes when the button is touched and when the verdict is drawn, by the page's own clock.
_WATCH = """() => {
  document.addEventListener("pointerdown", event => {
    if (event.target.closest("button[form]")) window.tappedAt = performance.now();
  }, true);
  new MutationObserver(() => {
    if (!window.shownAt && document.querySelector("[data-verdict]")) requestAnimationFrame(() => { window.shownAt = performance.now() });
  }).observe(document.body, { childList: true, subtree: true });
}"""


def measure(setting: Setting, ours: web.Web, browsers: Browsers) -> list[dict]:
    """Lines with the scores (0 to 100), and in seconds the largest paint, the tap to the verdict and its worst: medians of some runs."""
    with _behind_tls(setting.directory, ours.port) as port:
        reports = [_lighthouse(port, browsers.session_of(place)) for place in range(RUNS)]
        taps = _taps(port, [browsers.session_of(RUNS + place) for place in range(TAPS)])
    values = {name: statistics.median(report["categories"][name]["score"] or 0 for report in reports) * 100 for name in CATEGORIES}
    values["largest contentful paint, s"] = statistics.median(
        report["audits"]["largest-contentful-paint"]["numericValue"] / 1000 for report in reports
    )
    values["tap to verdict, s"] = statistics.median(taps)
    return [{"what": "lighthouse", "subject": "ours", "value": round(value, 2), "detail": name} for name, value in values.items()]


def _lighthouse(port: int, session: str) -> dict:
    """The report of one run on the page with a question."""
    node, environment = _provide()
    flags = f"--headless=new --no-sandbox --ignore-certificate-errors --host-resolver-rules='MAP {web.HOST} 127.0.0.1'"
    command = [
        *(node, str(FOLDER / "node_modules/lighthouse/cli/index.js"), f"https://{web.HOST}:{port}/today/"),
        *("--quiet", "--output=json", "--output-path=stdout", f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"),
        f"--extra-headers={json.dumps({'Cookie': session})}",
    ]
    # Now and then Chromium hands over a trace without its beginning, mostly after its first start; Lighthouse then asks to be run again.
    for _try in range(TRIES):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return json.loads(done.stdout)
    raise RuntimeError(f"Lighthouse ended with {done.returncode}, {TRIES} times: {done.stderr[-2000:]}")


def _provide() -> tuple[str, dict[str, str]]:
    """Node, and the environment in which Lighthouse runs; installs Lighthouse where it is missing."""
    npm, environment = find_npm()
    if not (FOLDER / "node_modules/lighthouse").exists():
        subprocess.run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=FOLDER, env=environment, check=True)
    node = shutil.which("node", path=environment.get("PATH"))
    return node or npm[0], {**environment, "CHROME_PATH": _chromium()}


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("Lighthouse needs Chromium: install the package chromium.")
    return found


def _taps(port: int, sessions: list[str]) -> list[float]:
    """Seconds from the tap on Check to the verdict on the page, one for each of these people."""
    from playwright.sync_api import sync_playwright

    seconds = []
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", f"--host-resolver-rules=MAP {web.HOST} 127.0.0.1"]
        browser = playwright.chromium.launch(executable_path=_chromium(), args=arguments)
        for session in sessions:
            context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, ignore_https_errors=True)
            address = f"https://{web.HOST}:{port}"
            name, _equals, value = session.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": address, "secure": True}])
            page = context.new_page()
            tools = context.new_cdp_session(page)
            tools.send("Network.enable")
            tools.send("Network.emulateNetworkConditions", SLOW_4G)
            tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
            page.goto(f"{address}/today/", wait_until="networkidle")
            page.evaluate(_WATCH)
            page.locator("label.answer").first.tap()
            page.locator("button[form=answer-form]").tap()
            page.wait_for_selector("[data-verdict]")
            # The page's own policy forbids the waiting for an expression; one more picture is enough.
            page.wait_for_timeout(100)
            seconds.append(page.evaluate("() => (window.shownAt - window.tappedAt) / 1000"))
            context.close()
        browser.close()
    return seconds


@contextmanager
def _behind_tls(directory: Path, behind: int) -> Iterator[int]:
    """The port of an nginx that ends TLS with a certificate made for this run."""
    folder, port = directory / "tls", free_port()
    folder.mkdir()
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={web.HOST}"]
    subprocess.run([*made, "-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")], check=True, capture_output=True)
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, behind=behind, host=f"{web.HOST}:{port}"))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    server = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")], env=dict(os.environ))
    try:
        wait_for(lambda: (folder / "nginx.pid").exists(), "nginx runs", 10)
        yield port
    finally:
        server.terminate()
        server.wait()
