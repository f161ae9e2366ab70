"""What PortOne's own SDK makes of a V2 webhook: neither pitturu nor the simulator shares this code."""

import base64


def signature(secret: str, message_id: str, at: int, body: str) -> str:
    """One signature as it stands in the header. The SDK verifies in public and signs behind that only. It is imported
    where it is used: it has a thousand modules, and most processes of the tests need none of them."""
    from portone_server_sdk import webhook

    return "v1," + base64.b64encode(webhook._sign(secret, message_id, str(at), body)).decode()
