"""Fault injection: what fails, for which endpoint and payment, how often."""

import fnmatch
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass
from typing import Any, Final

from marshmallow import Schema, ValidationError, validate, validates_schema
from marshmallow import fields as checks

from portone_simulator.checked import checked, number, schema_of, text

MAX_SECONDS: Final = 120.0
"""Longer than any client's timeout, short enough that a forgotten fault ends by itself."""

BEFORE: Final = ("latency", "hang", "status", "reset_before", "revoke_token")
"""Kinds applied before the call is executed."""
AFTER: Final = ("hang_after", "reset_after", "malformed", "html", "extra_fields", "unknown_enum")
"""Kinds applied after the call was executed, so that its outcome is unknown to the caller."""
ON_LISTS: Final = ("left_out", "older_attempt", "reordered", "wrong_amount", "wrong_order")
"""Kinds that change what a list of payments contains, after the call was executed (V1)."""
AT_PG: Final = ("pg_refusal",)
"""Kinds in which the PG behind PortOne refuses."""
ON_WEBHOOKS: Final = ("webhook_delay", "webhook_loss", "webhook_repeat", "webhook_hold")
"""Kinds applied to the delivery of a webhook; their endpoint is `webhook.<status>`."""
KINDS: Final = (*BEFORE, *AFTER, *ON_LISTS, *AT_PG, *ON_WEBHOOKS)


class Seconds(checks.Field[tuple[float, float]]):
    """A number of seconds, or `[least, most]` for a uniform range."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[float, float]:
        ends = value if isinstance(value, list) else [value, value]
        numeric = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
        if len(ends) != 2 or not numeric or not 0 <= ends[0] <= ends[1] <= MAX_SECONDS:
            raise ValidationError(f"Give seconds between 0 and {MAX_SECONDS:g}, or [least, most].")
        return float(ends[0]), float(ends[1])


@dataclass
class Fault:
    """One fault. `times` counts down to 0, after which the fault is inactive; None applies it without limit."""

    kind: str = checked(MISSING, checks.String(required=True, validate=validate.OneOf(KINDS)))
    endpoint: str = text("*", 100)
    seconds: tuple[float, float] = checked((0.0, 0.0), Seconds())
    status: int = number(503, 200, 599)
    retry_after: int | None = number(None, 0, 3600)
    probability: float = checked(1.0, checks.Float(validate=validate.Range(0, 1)))
    times: int | None = number(None, 1)
    copies: int = number(2, 2, 20)
    message: str = text("PG사에서 요청을 거절하였습니다.")
    field: str = text("status", 40)
    value: str = text("suspended", 40)
    imp_uid: str | None = text(None, 40)
    merchant_uid: str | None = text(None, 40)
    struck: int = 0

    def wait(self) -> float:
        """A delay in seconds, drawn anew at each call."""
        return random.uniform(*self.seconds)  # noqa: S311 - latency needs no secret randomness.

    def concerns(self, endpoint: str, uids: set[str]) -> bool:
        """Whether it applies to this endpoint, which may have several names, and to one of these payments."""
        target = {uid for uid in (self.imp_uid, self.merchant_uid) if uid}
        named = any(fnmatch.fnmatchcase(name, self.endpoint) for name in endpoint.split("|"))
        return named and (not target or bool(target & uids))


class FaultSchema(schema_of(Fault)):  # type: ignore[misc]
    """One fault in the control API."""

    @validates_schema
    def needs_seconds(self, data: Mapping[str, Any], **_: Any) -> None:
        """Kinds that delay require seconds."""
        waits = data.get("kind") in ("latency", "hang", "hang_after", "webhook_delay")
        if waits and "seconds" not in data:
            raise ValidationError("This kind needs seconds.", "seconds")


class FaultList(Schema):
    """The body of `PUT /_sim/faults`."""

    faults = checks.List(checks.Nested(FaultSchema), required=True, validate=validate.Length(max=200))


class Faults:
    """All active faults, global ones and those of single payments."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._faults)

    def strike(self, kinds: Iterable[str], endpoint: str, uids: set[str]) -> Iterator[Fault]:
        """The faults that apply now; each is counted when the caller reaches it."""
        for fault in tuple(self._faults):
            if fault.kind in kinds and fault.concerns(endpoint, uids) and self._hits(fault):
                yield fault

    def replace(self, faults: list[Fault], imp_uid: str | None = None) -> None:
        """Replace all faults, or those of one payment."""
        kept = [fault for fault in self._faults if imp_uid and fault.imp_uid != imp_uid]
        self._faults = kept + faults

    def plain(self) -> list[dict[str, Any]]:
        """All faults as JSON, with how often each was applied."""
        return [dict(vars(fault)) for fault in self._faults]

    def _hits(self, fault: Fault) -> bool:
        if fault.times == 0 or random.random() >= fault.probability:  # noqa: S311 - chance, not secrecy.
            return False
        fault.struck += 1
        if fault.times is not None:
            fault.times -= 1
        return True
