"""Applies the configured faults to one request."""

import errno
import socket
import struct
from dataclasses import replace
from typing import Any, Final

from werkzeug.wrappers import Response

from portone_simulator.answers import Answer, Refusal, not_found, written_json
from portone_simulator.call import Call
from portone_simulator.faults import AFTER, BEFORE, ON_LISTS, Fault
from portone_simulator.list_faults import altered
from portone_simulator.state import Simulation
from portone_simulator.waiting import pause

SOCKET: Final = "simulator.socket"
"""The key of the connection in the WSGI environment."""

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_HTML: Final = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"


def before(simulation: Simulation, endpoint: str, call: Call) -> None:
    """Apply the faults that happen before the call is executed; raises the response that ends it there."""
    if not simulation.faults:
        return
    for fault in simulation.faults.strike(BEFORE, endpoint, call.uids()):
        if fault.kind in ("latency", "hang"):
            pause(fault.wait())
        if fault.kind in ("hang", "reset_before"):
            raise hang_up(call)
        if fault.kind == "revoke_token":
            simulation.tokens.revoke()
        if fault.kind == "status":
            refusal = Refusal("일시적인 오류가 발생하였습니다.", code=-1, http=fault.status)
            refusal.answer = replace(refusal.answer, retry_after=fault.retry_after)
            raise refusal


def after(simulation: Simulation, endpoint: str, call: Call, answer: Answer, body: dict[str, Any]) -> Response:
    """The response with its faults applied; `body` is the answer's, as V1 or V2 writes it. Raises if there is none."""
    for fault in simulation.faults.strike((*AFTER, *ON_LISTS), endpoint, call.uids()) if simulation.faults else ():
        if fault.kind in ON_LISTS:
            answer, body = _relisted(answer, body, fault)
        elif fault.kind == "hang_after":
            pause(fault.wait())
        elif fault.kind == "reset_after":
            raise hang_up(call)
        elif fault.kind == "malformed":
            return _response(written_json(body)[:-7], answer)
        elif fault.kind == "html":
            return Response(_HTML.format(fault.status), fault.status, mimetype="text/html")
        else:
            body = _surprising(body, fault)
    return _response(written_json(body), answer)


def _relisted(answer: Answer, body: dict[str, Any], fault: Fault) -> tuple[Answer, dict[str, Any]]:
    """A list of V1 with this fault: 207 where some of the entries are missing, 404 where all are."""
    payload = body.get("response")
    if isinstance(payload, dict) and isinstance(payload.get("list"), list):
        entries = altered(fault, payload["list"])
        return answer, {**body, "response": {**payload, "list": entries, "total": len(entries)}}
    if not isinstance(payload, list):
        return answer, body
    entries = altered(fault, payload)
    if payload and not entries:
        missing = not_found().answer
        return missing, missing.envelope()
    complete = {entry["merchant_uid"] for entry in payload} == {entry["merchant_uid"] for entry in entries}
    return (answer if complete else replace(answer, http=207)), {**body, "response": entries}


def hang_up(call: Call) -> ConnectionResetError:
    """Make the server reset the connection without a response; to be raised by the caller."""
    connection = call.request.environ.get(SOCKET)
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    return ConnectionResetError(errno.ECONNRESET, "ordered fault")


def _response(body: str, answer: Answer) -> Response:
    response = Response(body, answer.http, content_type="application/json; charset=utf-8")
    if answer.retry_after is not None:
        response.headers["Retry-After"] = str(answer.retry_after)
    return response


def _surprising(envelope: dict[str, Any], fault: Fault) -> dict[str, Any]:
    """The body with a field, or a value, that no client knows yet. V2's has no envelope, and statuses in capitals."""
    extra = fault.kind == "extra_fields"
    if "response" not in envelope:
        if extra:
            return {**envelope, "xFuture": {"since": "V2.99", "list": [1, "셋"]}}
        return {**envelope, fault.field: fault.value.upper()} if fault.field in envelope else envelope
    news: dict[str, Any] = {"x_future": {"since": "V1.99", "list": [1, None, "셋"]}}
    response = _with_news(envelope["response"], news if extra else {fault.field: fault.value})
    return {**envelope, "response": response, **({"x_meta": None} if extra else {})}


def _with_news(payload: Any, news: dict[str, Any]) -> Any:
    """An object with these fields; of a list, or of a page with a list, each entry."""
    if isinstance(payload, list):
        return [{**each, **news} for each in payload]
    if not isinstance(payload, dict):
        return payload
    listed = payload.get("list")
    return {**payload, **({"list": _with_news(listed, news)} if isinstance(listed, list) else news)}
