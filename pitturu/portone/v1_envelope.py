"""PortOne V1's envelope `{code, message, response}`: it carries business refusals, mostly with HTTP 200."""

from pitturu.portone import errors, strict_json
from pitturu.portone.call import Call
from pitturu.portone.text import clean


def read(call: Call, status: int, body: bytes) -> object:
    """The `response` of the envelope. Raises GatewayError."""
    errors.check_status(call, status)
    try:
        envelope = strict_json.loads(body)
    except ValueError as error:
        raise errors.after_nonsense(call, status, "no JSON") from error
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if isinstance(code, bool) or not isinstance(code, int):
        raise errors.after_nonsense(call, status, "no `code` in it")
    if code != 0:
        message = envelope.get("message")
        words = clean(call.without_secrets(message) if isinstance(message, str) else "", 500)
        raise errors.after_refusal(status, words or f"code {code}")
    if status >= 400 or envelope.get("response") is None:
        raise errors.after_nonsense(call, status, "success without a `response`")
    return envelope["response"]
