"""The requests of the measured pages, for floor and project, from what was filled."""

import itertools
from collections.abc import Iterable, Iterator

from bench import clients, web

# The browser's half of the CSRF check: a cookie of its own, repeated in each form.
TOKEN = "c" * 32
CONFIDENCES = itertools.cycle(["", "sure", "think", "guess"])


class Browsers:
    """The people of a filled database of the project, each with a session."""

    def __init__(self, world: dict):
        self._world = world
        self._waiting = iter(world["items"])

    @property
    def sellers(self) -> int:
        return len(self._world["sellers"])

    @property
    def team_sizes(self) -> list[int]:
        return [int(size) for size in self._world["managers"]]

    def answers(self) -> Iterator[clients.Request]:
        """Answers to items that wait, each one once; six of ten are right. The name of a request is the key of its item."""
        for number, (place, key) in enumerate(self._waiting):
            yield self.answer(place, key, "aabaabaaba"[number % 10])

    def answer(self, place: int, key: str, option: str) -> clients.Request:
        body = f"csrfmiddlewaretoken={TOKEN}&answer={option}&confidence={next(CONFIDENCES)}"
        return clients.post(
            f"/today/{key}/",
            f"{self._session(self._world['sellers'][place])}; __Host-csrf={TOKEN}",
            body,
            host=web.HOST,
            marker=b"data-verdict",
            name=f"{place}/{key}",
            headers="HX-Request: true\r\n",
        )

    def repeated(self, names: Iterable[str]) -> list[clients.Request]:
        """The same answers again, each of them twice, as a double tap and a replay send them."""
        pairs = [name.split("/") for name in names]
        return [self.answer(int(place), key, "b") for place, key in pairs for _time in range(2)]

    def today(self) -> Iterator[clients.Request]:
        for session in itertools.cycle(self._world["sellers"]):
            yield clients.get("/today/", self._session(session), host=web.HOST, marker=b"answer-form")

    def team(self, size: int) -> Iterator[clients.Request]:
        session = self._session(self._world["managers"][str(size)])
        return itertools.repeat(clients.get("/team/", session, host=web.HOST, marker=b"<table"))

    def overview(self) -> Iterator[clients.Request]:
        return itertools.repeat(clients.get("/overview/", self._session(self._world["hr"]), host=web.HOST, marker=b"</html>"))

    def session_of(self, place: int) -> str:
        """The cookie of a seller, counted from the last one: those in front answer elsewhere."""
        return self._session(self._world["sellers"][-1 - place])

    @staticmethod
    def _session(key: str) -> str:
        return f"__Host-session={key}"


class Learners:
    """The learners of the floor."""

    def __init__(self, floor: dict):
        self._sessions, self._questions = floor["learners"], floor["questions"]
        self._number = itertools.count()

    def answers(self) -> Iterator[clients.Request]:
        for number in self._number:
            session, question = self._sessions[number % len(self._sessions)], self._questions[number % len(self._questions)]
            yield clients.post(
                f"/question/{question}/",
                f"sessionid={session}; csrftoken={TOKEN}",
                f"csrfmiddlewaretoken={TOKEN}&answer={'aabaabaaba'[number % 10]}",
                host=web.HOST,
                marker=b"<title>Verdict",
            )

    def today(self) -> Iterator[clients.Request]:
        for number in self._number:
            question, session = self._questions[number % len(self._questions)], self._sessions[number % len(self._sessions)]
            yield clients.get(f"/question/{question}/", f"sessionid={session}", host=web.HOST, marker=b"<form")

    def team(self) -> Iterator[clients.Request]:
        return itertools.repeat(clients.get("/team/1/", f"sessionid={self._sessions[0]}", host=web.HOST, marker=b"<table"))
