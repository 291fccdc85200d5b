"""A real worker with beat, on the real broker behind a proxy, with a real mail server."""

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from kombu import Connection

from tests.faults.proxy import FaultProxy, fault_proxy
from tests.mail_server import MailServer, running_mail_server
from tests.parts.database import MIGRATED, make_migrated, working_on
from tests.parts.servers import MissingServer, PostgresServer, RedisServer, postgres_server, redis_server
from tests.parts.web import WebServer


def wait_until(condition, seconds=30):
    """Returns as soon as the condition holds; fails when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def crash(server: PostgresServer) -> None:
    """PostgreSQL goes down in the middle of whatever it does, and comes up again."""
    server.restart("immediate")
    connection.close()  # ours went down with it


def database_url() -> str:
    """The test's own database, for another process."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"postgres://{database['USER']}{password}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


class Broker:
    """Redis when REDIS_URL names it, in keys of our own, else the embedded filesystem broker."""

    def __init__(self, data_directory: Path, redis_url: str):
        self.environment = {"DATA_DIR": str(data_directory), "REDIS_URL": redis_url, "BROKER_PREFIX": f"faults-{uuid.uuid4()}:"}
        self._queue = data_directory / "broker" / "queue"

    def empty(self) -> None:
        """Loses everything that the broker knows."""
        if settings.REDIS_URL:
            with redis.Redis.from_url(settings.REDIS_URL) as client:
                for key in client.scan_iter(self.environment["BROKER_PREFIX"] + "*"):
                    client.delete(key)
        else:
            for waiting in self._queue.glob("*.msg"):
                waiting.unlink(missing_ok=True)

    def connect(self) -> Connection:
        if settings.REDIS_URL:
            return Connection(self.environment["REDIS_URL"], transport_options={"global_keyprefix": self.environment["BROKER_PREFIX"]})
        control = str(self._queue.parent / "control")
        folders = {"data_folder_in": str(self._queue), "data_folder_out": str(self._queue), "control_folder": control}
        return Connection("filesystem://localhost", transport_options=folders)


class Worker:
    """A worker with beat that can be killed and started again."""

    def __init__(self, environment: dict[str, str], log: Path):
        self.environment = environment
        self.log = log
        self.at_once = 4
        self.application = ["config", "worker", "-B", "--schedule", str(log.with_suffix(".beat"))]
        self.options = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        # Two workers with a beat each are two schedulers, that know nothing of each other.
        command = [sys.executable, "-m", "celery", "-A", *self.application, "-c", str(self.at_once), "--loglevel", "INFO"]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [*command, *self.options],
                cwd=settings.BASE_DIR,
                env=os.environ | self.environment,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

    def wait_until_ready(self) -> None:
        """Returns when the worker takes tasks: on the embedded broker nothing can be published before."""
        wait_until(lambda: " ready." in self.log.read_text(), 60)

    def show_log(self) -> None:
        """Its last lines; pytest shows them with a failure."""
        if self.log.exists():
            print(f"{self.log.name}:", *self.log.read_text().splitlines()[-60:], sep="\n")  # noqa: T201

    def kill(self) -> None:
        """kill -9 of the worker, its beat and its pool, all at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


@pytest.fixture
def mail_server():
    with running_mail_server() as server:
        yield server


@pytest.fixture
def proxy():
    """In front of Redis; without REDIS_URL nothing passes it."""
    address = urlsplit(settings.REDIS_URL or "redis://127.0.0.1")
    with fault_proxy(address.hostname, address.port or 6379) as proxy:
        yield proxy


@pytest.fixture
def broker(tmp_path, proxy):
    url = ""
    if settings.REDIS_URL:
        parts = urlsplit(settings.REDIS_URL)
        sign_in = parts.netloc.rpartition("@")[0]
        url = urlunsplit(parts._replace(netloc=f"{sign_in}@127.0.0.1:{proxy.port}" if sign_in else f"127.0.0.1:{proxy.port}"))
    broker = Broker(tmp_path, url)
    yield broker
    broker.empty()


@pytest.fixture
def worker_environment(transactional_db, broker, mail_server):
    """What a worker is started with; a test may add to it before it starts one."""
    return broker.environment | {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "TESTING": "1",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
    }


@pytest.fixture
def worker(worker_environment, tmp_path):
    """A worker, not yet started."""
    worker = Worker(worker_environment, tmp_path / "worker.log")
    yield worker
    worker.kill()
    worker.show_log()


@pytest.fixture
def second_worker(worker_environment, tmp_path):
    """Another one on the same broker, with a beat of its own; not yet started either."""
    worker = Worker(worker_environment, tmp_path / "second-worker.log")
    yield worker
    worker.kill()
    worker.show_log()


@pytest.fixture
def long_worker(worker_environment, tmp_path):
    """The worker of long work beside them, without a beat; not yet started."""
    worker = Worker(worker_environment, tmp_path / "long-worker.log")
    worker.at_once, worker.application = 1, ["config.long_work", "worker", "--queues", "long"]
    yield worker
    worker.kill()
    worker.show_log()


@pytest.fixture
def draw():
    """Random moments. The seed is printed when the test fails; FAULTS_SEED gives it again."""
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(10**6))
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    return random.Random(seed)


@pytest.fixture(scope="session")
def cluster():
    """A PostgreSQL of our own, to be stopped and started at will, with an empty migrated database to copy.

    Not below pytest's directory, which each run that starts closes to other users: also to the one that PostgreSQL runs as.
    """
    try:
        with TemporaryDirectory(prefix="cluster-") as directory, postgres_server(Path(directory)) as server:
            make_migrated(server)
            yield server
    except MissingServer as missing:
        pytest.skip(str(missing))


@pytest.fixture
def own_database(cluster, django_db_blocker):
    """The address of a database of this test's own on `cluster`; the test's rows are in it."""
    url = cluster.create_database(f"faults_{uuid.uuid4().hex[:12]}", template=MIGRATED)
    with django_db_blocker.unblock(), working_on(url):
        yield url


@pytest.fixture
def own_redis(tmp_path):
    """A Redis of our own, to be emptied and stopped at will."""
    try:
        with redis_server(tmp_path) as server:
            yield server
    except MissingServer as missing:
        pytest.skip(str(missing))


@pytest.fixture
def web(own_database, tmp_path):
    """The web processes on `own_database`; their broker is away, and they never ask it."""
    server = WebServer(tmp_path, database_url=own_database)
    server.start()
    yield server
    server.kill()


@dataclass
class Installation:
    """Web processes, a worker with beat that prepares sets and sends mails, and Redis behind proxies; all on `own_database`.

    Web processes and worker reach Redis by a proxy of their own each, so that it shows who asks.
    """

    web: WebServer
    web_proxy: FaultProxy
    worker: Worker
    proxy: FaultProxy
    redis: RedisServer
    mail_server: MailServer

    def wait_until(self, condition, seconds=60):
        """As `wait_until`; a worker that has ended is started again, as its service manager does."""

        def holds():
            if not self.worker.is_running:
                self.worker.start()
            return condition()

        wait_until(holds, seconds)


@pytest.fixture
def installation(own_database, own_redis, tmp_path, mail_server):
    """All parts, started."""
    with fault_proxy("127.0.0.1", own_redis.port) as proxy, fault_proxy("127.0.0.1", own_redis.port) as web_proxy:
        web = WebServer(tmp_path, database_url=own_database, redis_url=f"redis://127.0.0.1:{web_proxy.port}/0")
        environment = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings_with_mornings",
            "TESTING": "1",
            "DATABASE_URL": own_database,
            "REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
            "DATA_DIR": str(tmp_path),
        }
        worker = Worker(environment, tmp_path / "worker.log")
        worker.start()
        try:
            web.start()
            yield Installation(web, web_proxy, worker, proxy, own_redis, mail_server)
        finally:
            web.kill()
            if worker.is_running:
                worker.kill()
            worker.show_log()
