"""About fifty requests a second through nginx, half of them answers, with a ledger of what came back."""

import http.client
import json
import threading
import time
import uuid

from tests.deploy.installation import Installation

CLIENTS = 16
PAUSE_SECONDS = CLIENTS / 50
PAGE = "/accounts/login/"


class Load:
    """Runs from `start` to `stop`. `sent` counts; `failed` are the requests that got no 2xx, with what they got."""

    def __init__(self, ours: Installation):
        self.sent = 0
        self.failed: list[str] = []
        self._ours = ours
        self._token = {"Authorization": f"Token {ours.api_token}"}
        [item] = json.loads(ours.ask("/api/v1/today/", **self._token)[2])["set"]["items"]
        self._answer = f"/api/v1/today/items/{item['key']}/answer/"
        self._body = json.dumps({"response": {"chosen": [item["shown"]["options"][0]["id"]]}})
        # One answer that each client sends again and again: it counts once.
        self._key = {"Idempotency-Key": str(uuid.UUID(int=1)), "Content-Type": "application/json"}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Until this many more requests have been sent."""
        until = self.sent + more
        while self.sent < until:
            time.sleep(0.02)

    def _run(self, number: int) -> None:
        connection = self._ours.connection()
        while not self._stop.wait(PAUSE_SECONDS):
            what, came_back = self._send(connection, is_answer=number % 2 == 0)
            with self._lock:
                self.sent += 1
                if came_back not in {200, 201}:
                    self.failed.append(f"{what}: {came_back}")
        connection.close()

    def _send(self, connection: http.client.HTTPSConnection, *, is_answer: bool) -> tuple[str, object]:
        what = "answer" if is_answer else "page"
        host = {"Host": self._ours.host}
        try:
            if is_answer:
                connection.request("POST", self._answer, self._body, host | self._token | self._key)
            else:
                connection.request("GET", PAGE, headers=host)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as cut:
            connection.close()
            return what, cut
        return what, answer.status
