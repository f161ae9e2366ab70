"""JSON over HTTP to the shop and to the simulator, with helpful error messages."""

import secrets
from typing import Any, Final
from urllib.parse import urlsplit

import requests

Json = dict[str, Any]

TIMEOUT: Final = 40.0
"""Seconds for one answer: longer than the longest poll of 25 s."""


class StepFailed(Exception):
    """A step of the demo failed: what was expected, what was seen, what to do next."""

    def __init__(self, expected: str, seen: str, advice: str) -> None:
        super().__init__(f"expected {expected}, saw {seen}. {advice}")


class Web:
    """One HTTP service. `name` and `option` are for messages: "the shop", `--url`."""

    def __init__(self, name: str, option: str, url: str) -> None:
        self.name, self._option, self.url = name, option, url.rstrip("/")
        self._http = requests.Session()
        self._http.trust_env = urlsplit(url).hostname not in ("127.0.0.1", "localhost")
        """Proxies from the environment are not used for services on this machine."""

    def sign_in(self, token: str) -> None:
        """Send this access token with all following requests."""
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **headers: str) -> requests.Response:
        """GET; expects 200, or 304 for an unchanged resource. Raises StepFailed."""
        return self._ask("GET", path, None, headers, {200, 304})

    def post(self, path: str, body: Json, status: int, **headers: str) -> requests.Response:
        """POST; expects this status. A new Idempotency-Key makes each request repeatable. Raises StepFailed."""
        return self._ask("POST", path, body, {"Idempotency-Key": secrets.token_hex(16)} | headers, {status})

    def put(self, path: str, body: Json, status: int) -> requests.Response:
        """PUT; expects this status. Raises StepFailed."""
        return self._ask("PUT", path, body, {}, {status})

    def delete(self, path: str) -> None:
        """DELETE; expects 200. Raises StepFailed."""
        self._ask("DELETE", path, None, {}, {200})

    def _ask(
        self, method: str, path: str, body: Json | None, headers: dict[str, str], good: set[int]
    ) -> requests.Response:
        expected = f"{' or '.join(map(str, sorted(good)))} for {method} {path}"
        try:
            answer = self._http.request(method, self.url + path, json=body, headers=headers, timeout=TIMEOUT)
        except requests.Timeout:
            advice = "See the output of its process."
            raise StepFailed(expected, f"no answer within {TIMEOUT:g} s", advice) from None
        except requests.RequestException:
            advice = f"Start it with `make run`, or say where it runs with {self._option}."
            raise StepFailed(f"{self.name} at {self.url}", "no answer there", advice) from None
        if answer.status_code not in good:
            raise StepFailed(expected, f"{answer.status_code} ({_words(answer)})", _advice(answer, self._option))
        return answer


def _words(answer: requests.Response) -> str:
    """The message of the refusal: problem+json of the shop, `error` of the simulator."""
    try:
        body: Json = answer.json()
    except ValueError:
        return answer.text[:100] or "no words"
    return str(body.get("detail") or body.get("error") or body)


def _advice(answer: requests.Response, option: str) -> str:
    if answer.status_code == 429:
        return f"Run the demo again in {answer.headers.get('Retry-After', '60')} s."
    if answer.status_code == 409:
        return "Do what it says in the shop's pages, logged in as the demo user, then run the demo again."
    if answer.status_code == 401:
        return "The demo user is made by `make run`; a shop that runs elsewhere has it after `flask pitturu seed`."
    if answer.status_code == 404:
        return f"Another program may be serving that address. Set the address of ours with {option}."
    return "See the output of its process, then run the demo again."
