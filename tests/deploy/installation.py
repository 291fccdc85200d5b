"""The installation of docker-compose.yml without containers: each service's own command, with hosts, ports and folders put in place.

PostgreSQL, Redis and the mail server are real and our own. nginx runs with the shipped configuration, changed in where it
listens, whom it asks, and where certificate and logs lie.
"""

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.deploy.containers import ROOT, read_compose, read_dockerfile
from tests.mail_server import free_port
from tests.parts.servers import MissingServer, PostgresServer, RedisServer, wait_for

HOST = "feedforward.localhost"
NOT_KEPT = {"TESTING", "DEBUG", "DEMO", "DATABASE_URL", "REDIS_URL", "DATA_DIR", "LOG_FORMAT", "DJANGO_ALLOW_ASYNC_UNSAFE"}
METRICS_TOKEN = "a-token-for-these-tests-only"


class Installation:
    def __init__(self, directory: Path, postgres: PostgresServer, redis: RedisServer, mail_port: int):
        self.directory = directory
        self.data = directory / "data"
        self.static = directory / "static"
        self.logs = directory / "logs"
        self._temporary = directory / "tmp"
        for folder in (self.data, self.logs, self._temporary):
            folder.mkdir()
        self.https_port = free_port()
        # The second web process is the one that a deployment starts beside the first.
        self.ports = {"web": free_port(), "second web": free_port(), "events": free_port()}
        self.api_token = ""
        self.url = f"https://{self.host}"
        self.compose = read_compose(
            {
                "SECRET_KEY": "a-key-for-these-tests-only-0123456789-abcdefghijklmnopqrstuvwxyz",
                "ALLOWED_HOSTS": HOST,
                "SITE_URL": self.url,
                "POSTGRES_PASSWORD": "for-these-tests-only",
                "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
                "DEFAULT_FROM_EMAIL": "Feedforward <training@feedforward.example>",
                "METRICS_TOKEN": METRICS_TOKEN,
            }
        )
        self.database = postgres.create_database("feedforward")
        self._places = {
            "feedforward:for-these-tests-only@postgres:5432": f"postgres@127.0.0.1:{postgres.port}",
            "redis:6379": f"127.0.0.1:{redis.port}",
            "file:///data": f"file://{self.data}",
            "/data/": f"{self.data}/",
        }
        kept = {name: value for name, value in os.environ.items() if name not in NOT_KEPT}
        self._kept = kept | {
            "PATH": f"{Path(sys.executable).parent}:{kept['PATH']}",
            "PYTHONUNBUFFERED": "1",
            "TMPDIR": str(self._temporary),
        }
        self._trust = ssl.create_default_context()
        self.processes: dict[str, subprocess.Popen] = {}

    def environment_of(self, service: str, **more: str) -> dict[str, str]:
        """The service's environment in the compose file, on top of the image's."""
        given = {name: self._placed(str(value)) for name, value in self.compose["services"][service]["environment"].items()}
        return self._kept | {"DATA_DIR": str(self.data), "STATIC_ROOT": str(self.static)} | given | more

    def _placed(self, text: str) -> str:
        for shipped, here in self._places.items():
            text = text.replace(shipped, here)
        return text

    def command_of(self, service: str) -> list[str]:
        words = [self._placed(word) for word in self.compose["services"][service]["command"]]
        here = {"8001": str(self.ports["events"]), "0.0.0.0": "127.0.0.1"}
        return [here.get(word, word) for word in words] if service == "events" else words

    def run(self, *command: str, service: str = "migrate", **more: str) -> str:
        """A command in the environment of a service, waited for; what it printed."""
        environment = self.environment_of(service, **more)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self, service: str, name: str = "", *options: str, **more: str) -> subprocess.Popen:
        """The service's own command, in a session of its own; what it prints goes to `logs`/name.log."""
        name = name or service
        if service == "web":
            more["WEB_BIND"] = f"127.0.0.1:{self.ports[name]}"
        with self.log_of(name).open("a") as log:
            self.processes[name] = subprocess.Popen(
                [*self.command_of(service), *options],
                cwd=ROOT,
                env=self.environment_of(service, **more),
                start_new_session=True,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        return self.processes[name]

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def collect_static(self) -> subprocess.Popen:
        """The line of the Dockerfile that collects, into our folder."""
        [line] = [line for line in read_dockerfile((ROOT / "Dockerfile").read_text())[0].run if "collectstatic" in line]
        line = line.replace("/opt/venv/bin/", "").replace("/tmp/collect", str(self.directory / "collect"))  # noqa: S108 - as the file says
        line = re.sub(r"STATIC_ROOT=\S+", f"STATIC_ROOT={self.static}", line)
        return subprocess.Popen(line, shell=True, cwd=ROOT, env=self._kept)  # noqa: S602 - a line of our own Dockerfile

    def start_nginx(self) -> None:
        """nginx in the foreground, as in its image, with the shipped files."""
        # Debian keeps it where only root looks.
        binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if binary is None:
            raise MissingServer("nginx is not here: install the package nginx.")
        folder = self.directory / "nginx"
        (folder / "tls").mkdir(parents=True)
        make_certificate(folder / "tls")
        self._trust.load_verify_locations(folder / "tls/fullchain.pem")
        # Named by its number here; the certificate is the one that we made.
        self._trust.check_hostname = False
        # Docker's names lead to every container of a service, and nginx asks the next where one refuses.
        servers = "".join(f"server 127.0.0.1:{self.ports[name]} max_fails=0; " for name in ("web", "second web"))
        for name in ("nginx.conf", "tls.conf", "locations.conf"):
            text = (ROOT / "deploy/nginx" / name).read_text()
            for shipped, here in {
                "/tmp/": f"{folder}/",  # noqa: S108 - as the file says
                "/etc/nginx/server.conf": f"{folder}/tls.conf",
                "/etc/nginx/locations.conf": f"{folder}/locations.conf",
                "/etc/nginx/tls/": f"{folder}/tls/",
                "listen 80 default_server": f"listen 127.0.0.1:{free_port()} default_server",
                "listen 443 ssl": f"listen 127.0.0.1:{self.https_port} ssl",
                "resolver 127.0.0.11 valid=5s ipv6=off;": f"upstream web_servers {{ {servers}}}",
                "set $web web:8000": "set $web web_servers",
                "set $events events:8001": f"set $events 127.0.0.1:{self.ports['events']}",
            }.items():
                text = text.replace(shipped, here)
            (folder / name).write_text(text)
        with self.log_of("nginx").open("a") as log:
            self.processes["nginx"] = subprocess.Popen(
                [binary, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def host(self) -> str:
        return f"{HOST}:{self.https_port}"

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("127.0.0.1", self.https_port, timeout=20, context=self._trust)

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (small letters) and body of an address, through nginx over TLS."""
        connection = self.connection()
        try:
            connection.request(method, path, headers={"Host": self.host} | headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def ask_web(self, path: str, name: str = "web", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """The same, of a web process itself, as Prometheus asks inside the network."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=20)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def is_web_up(self, name: str) -> bool:
        try:
            return self.ask_web("/healthz", name)[0] == 200
        except OSError:
            return False

    def end(self, name: str) -> None:
        """kill -9 of a part with its children."""
        process = self.processes.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def answers(self, path: str) -> bool:
        try:
            return self.ask(path)[0] == 200
        except OSError:
            return False

    def wait_until_up(self, *paths: str) -> None:
        for path in paths:
            wait_for(lambda path=path: self._are_alive() and self.answers(path), f"{path} answers")

    def _are_alive(self) -> bool:
        for name, process in self.processes.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}: {self.log_of(name).read_text()[-2000:]}"
        return True

    def stop(self) -> None:
        """Ends whatever still runs."""
        for name in list(self.processes):
            self.end(name)


def make_certificate(folder: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command, *files, "-subj", f"/CN={HOST}"], check=True, capture_output=True)
