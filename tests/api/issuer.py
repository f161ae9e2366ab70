"""A system that signs tokens for its own users and serves its keys over real HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from werkzeug import Response
from werkzeug.serving import make_server

from pitturu.domain import clock
from tests.waiting import POLL

NAME = "https://id.example.com"
SECRET = "s" * 64


def claims(lifetime: timedelta = timedelta(minutes=5), **changes: Any) -> dict[str, Any]:
    """The claims of a valid token; None omits a claim."""
    said = {"iss": NAME, "sub": "user-7", "aud": "pitturu", "exp": clock.now() + lifetime} | changes
    return {name: value for name, value in said.items() if value is not None}


def hs256(key: str = SECRET, **changes: Any) -> str:
    """Signed with the shared secret."""
    return jwt.encode(claims(**changes), key, "HS256")


@cache
def key_pair(name: str) -> rsa.RSAPrivateKey:
    """One key per name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def rs256(key: str = "first", kid: str | None = None, **changes: Any) -> str:
    """Signed with a private key."""
    return jwt.encode(claims(**changes), key_pair(key), "RS256", headers={"kid": kid or key})


@dataclass
class KeyList:
    """A server of public keys. `broken` responds with an error; `asked` counts the requests."""

    url: str = ""
    names: list[str] = field(default_factory=lambda: ["first"])
    broken: bool = False
    asked: int = 0

    def answer(self, environ: Any, start_response: Any) -> Any:
        """The list."""
        self.asked += 1
        if self.broken:
            return Response("away", 503)(environ, start_response)
        keys = [json.loads(RSAAlgorithm.to_jwk(key_pair(name).public_key())) | {"kid": name} for name in self.names]
        return Response(json.dumps({"keys": keys}), mimetype="application/json")(environ, start_response)


@contextmanager
def key_list() -> Iterator[KeyList]:
    """A list of keys, served until the block ends."""
    served = KeyList()
    server = make_server("127.0.0.1", 0, served.answer)
    served.url = f"http://127.0.0.1:{server.port}/keys.json"
    thread = threading.Thread(target=server.serve_forever, args=[POLL])
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
