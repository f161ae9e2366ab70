"""One request as the views see it: path parameters, query and body are parsed; every value is still untrusted."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from portone_simulator.answers import Refusal, bad_request
from portone_simulator.forms import nested

MAX_BODY: Final = 1024 * 1024
"""Bytes; no regular request of this API comes near."""
MAX_NUMBER: Final = 10**12
"""Whole KRW; larger than any payment, small enough for every JSON reader."""


class Call:
    """A request to the REST API or to the control API."""

    def __init__(self, request: Request, path_parts: Mapping[str, str]) -> None:
        self.request = request
        self.path_parts = path_parts

    @cached_property
    def body(self) -> dict[str, Any]:
        """The body as one dictionary, from JSON or from a form; empty without a body."""
        if not self.request.content_length and "Transfer-Encoding" not in self.request.headers:
            return {}
        self.request.max_content_length = MAX_BODY
        try:
            if "json" in (self.request.content_type or ""):
                return self._json_body()
            return nested(self.request.form.items(multi=True))
        except RequestEntityTooLarge:
            raise Refusal("요청 본문이 너무 큽니다.", http=413) from None

    @cached_property
    def query(self) -> dict[str, Any]:
        """The query string as one dictionary; the last value of a repeated key counts, as in PHP."""
        return nested(self.request.args.items(multi=True))

    @property
    def token(self) -> str:
        """The access token, with or without the prefix Bearer."""
        header = self.request.headers.get("Authorization", "")
        return header.removeprefix("Bearer ").strip()

    def named(self, key: str) -> list[str]:
        """Every value of `key` (`imp_uid` or `merchant_uid`) in path, query and body."""
        found = [source.get(key) for source in (self.path_parts, self.query, self._body_or_nothing())]
        values = [value for each in found for value in (each if isinstance(each, list) else [each])]
        return [str(value) for value in values if value]

    def uids(self) -> set[str]:
        """The ids of every payment and order in this request."""
        return {*self.named("imp_uid"), *self.named("merchant_uid"), *self.named("payment_id")}

    def _json_body(self) -> dict[str, Any]:
        """Strict JSON that can be serialised again: no NaN, no unpaired surrogates, no unlimited nesting."""
        raw = self.request.get_data()
        if not raw.strip():
            return {}
        try:
            body = json.loads(raw, parse_constant=_no_constant)
            json.dumps(body, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise bad_request("요청 본문이 올바른 JSON이 아닙니다.") from None
        if not isinstance(body, dict):
            raise bad_request("요청 본문은 JSON 객체여야 합니다.")
        return body

    def _body_or_nothing(self) -> dict[str, Any]:
        try:
            return self.body
        except Refusal:
            return {}


def text(source: Mapping[str, Any], key: str, longest: int = 200) -> str | None:
    """A string, or a number as a string; None when absent, null or empty."""
    value = source.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool | list | dict) or len(str(value)) > longest:
        raise Refusal(f"{key} 파라메터가 올바르지 않습니다.")
    return str(value)


def whole(source: Mapping[str, Any], key: str) -> int | None:
    """A whole number, also from a string of digits or from 1000.0; None when absent, null or empty."""
    value = source.get(key)
    if value is None or value == "":
        return None
    try:
        number = float(value) if not isinstance(value, bool | list | dict) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= MAX_NUMBER or number != int(number):
        raise Refusal(f"{key} 파라메터는 0 이상의 정수여야 합니다.")
    return int(number)


def flag(source: Mapping[str, Any], key: str) -> bool:
    """A boolean, also as the word or digit used in forms and queries."""
    return source.get(key) in (True, 1, "true", "True", "1", "on")


def _no_constant(name: str) -> None:
    """NaN and Infinity are not JSON, although Python's parser accepts them."""
    raise ValueError(name)
