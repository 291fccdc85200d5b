"""Simulated browsers: connections that are kept open and send one request after the other. Their own processor time counts for nobody."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Request:
    """One request, and what its answer must hold to count. `name` is what the caller knows it by."""

    raw: bytes
    marker: bytes
    name: str = ""


@dataclass
class Load:
    """What came back: milliseconds of each good answer, the names of those requests, and the number of failed ones."""

    milliseconds: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    failed: int = 0
    first_failure: str = ""

    def percentile(self, share: float) -> float:
        """The time that `share` of the good answers stayed under, in milliseconds; 0 where none was good."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def add(self, other: "Load") -> None:
        self.milliseconds += other.milliseconds
        self.acknowledged += other.acknowledged
        self.failed += other.failed
        self.first_failure = self.first_failure or other.first_failure


def get(path: str, cookies: str, *, host: str, marker: bytes, name: str = "") -> Request:
    return Request(f"GET {path} HTTP/1.1\r\n{_head(host, cookies)}\r\n".encode(), marker, name)


def post(path: str, cookies: str, body: str, *, host: str, marker: bytes, name: str = "", headers: str = "") -> Request:
    """A form, as a browser sends it from a page of the same host."""
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nOrigin: https://{host}\r\n"
    return Request(f"POST {path} HTTP/1.1\r\n{_head(host, cookies)}{form}{headers}\r\n{body}".encode(), marker, name)


def _head(host: str, cookies: str) -> str:
    """As the proxy hands it on: the browser came by https."""
    forwarded = "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\n"
    return f"Host: {host}\r\nCookie: {cookies}\r\nAccept: text/html\r\n{forwarded}"


def send(port: int, requests: Iterable[Request], *, clients: int, seconds: float | None = None) -> Load:
    """Sends from `requests` by so many clients at once until they end, or for `seconds`; what is under way is waited for."""
    return asyncio.run(_send(port, iter(requests), clients, seconds))


async def _send(port: int, requests: Iterator[Request], clients: int, seconds: float | None) -> Load:
    load = Load()
    until = time.perf_counter() + seconds if seconds is not None else float("inf")
    await asyncio.gather(*(_client(port, requests, until, load) for _client_number in range(clients)))
    return load


async def _client(port: int, requests: Iterator[Request], until: float, load: Load) -> None:
    connection = None
    for request in requests:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                connection = connection or await asyncio.open_connection("127.0.0.1", port)
                status, body, stays_open = await _exchange(*connection, request.raw)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as problem:
            load.failed += 1
            load.first_failure = load.first_failure or repr(problem)
            connection = None
            continue
        took = (time.perf_counter() - began) * 1000
        if status == 200 and request.marker in body:
            load.milliseconds.append(took)
            load.acknowledged.append(request.name)
        else:
            load.failed += 1
            load.first_failure = load.first_failure or f"{status}: {body[:300]!r}"
        if not stays_open:
            connection[1].close()
            connection = None
        if time.perf_counter() >= until:
            break
    if connection is not None:
        connection[1].close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> tuple[int, bytes, bool]:
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    lines = head.lower()
    if b"content-length:" not in lines:
        body = await reader.read()
        return status, body, False
    length = int(lines.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return status, await reader.readexactly(length), b"connection: close" not in lines
