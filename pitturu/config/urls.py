"""Addresses in settings. Of Redis and the message broker, one way to write them, read once for all that use them.

    redis://[[user]:password@]host[:port][/db]                          rediss:// is the same over TLS
    redis+sentinel://[[user]:password@]host[:port],.../master[/db]      the hosts are Sentinels; rediss+sentinel://
    amqp://user:password@host[:port]/vhost                              RabbitMQ; amqps:// is the same over TLS
    sqs://[key:secret@]?queues=https://sqs.REGION.amazonaws.com/ACCOUNT/PREFIX

Of the mail server:

    smtps://[user:password@]host[:465]                                  TLS from the first byte
    smtp://[user:password@]host[:587]                                   STARTTLS, and no mail without it
    smtp://[user:password@]host[:587]?tls=none                          no TLS, for a server on this machine

TLS checks the certificate and the name of the host. `?ssl_ca_certs=FILE` names the authority to trust;
`?ssl_cert_reqs=none` trusts everybody, for platforms that sign their own certificates. The name and password in a
Sentinel address are those of Redis; `?sentinel_password=` (and `sentinel_username`) are those of the Sentinels.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

REDIS_SCHEMES: Final = ("redis", "rediss", "redis+sentinel", "rediss+sentinel")
BROKER_SCHEMES: Final = (*REDIS_SCHEMES, "amqp", "amqps", "sqs")

ORIGIN: Final = re.compile(r"(https?)://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")
"""Scheme, host and port of a web page's address, without a slash at the end."""

_WEB: Final = re.compile(r"https?://[!-~]{1,500}")

_LONGEST: Final = 2000
"""Characters; a longer URL is an error of copying."""

_PORTS: Final = {"redis": 6379, "rediss": 6379, "redis+sentinel": 26379, "rediss+sentinel": 26379}
_SMTP_PORTS: Final = {"smtps": 465, "smtp": 587}
_TLS: Final = ("ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
_OVER_TLS: Final = {"redis": "rediss", "redis+sentinel": "rediss+sentinel", "amqp": "amqps"}
_SENTINEL: Final = ("sentinel_username", "sentinel_password")
_STRICTNESS: Final = ("required", "none")
_QUEUES: Final = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/[0-9]{12}/[A-Za-z0-9_-]{0,60}")


@dataclass(frozen=True)
class RedisAddress:
    """Where Redis is: `servers` is one (host, port), or the Sentinels that know where `master` is.

    `login` and `sentinel_login` have `username` and `password` as far as they are known; `tls` has redis-py's names
    (`ssl_cert_reqs` and so on) and is None without TLS.
    """

    servers: tuple[tuple[str, int], ...]
    master: str = ""
    db: int = 0
    login: Mapping[str, str] = field(default_factory=dict, repr=False)
    sentinel_login: Mapping[str, str] = field(default_factory=dict, repr=False)
    tls: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class AmqpAddress:
    """RabbitMQ: its address without options, and TLS as in RedisAddress."""

    url: str = field(repr=False)
    tls: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class SqsAddress:
    """Amazon SQS: the address without options, the region, and what the addresses of our queues begin with."""

    url: str = field(repr=False)
    region: str
    queues: str


@dataclass(frozen=True)
class SmtpAddress:
    """A mail server. `login` has `username` and `password` as far as they are known; `tls` is one of smtps, starttls,
    none: from the first byte, after STARTTLS, or never."""

    host: str
    port: int
    tls: str
    login: Mapping[str, str] = field(default_factory=dict, repr=False)


def redis(url: str) -> RedisAddress:
    """Parse a Redis URL. Raises ValueError with a message for people, which never contains a password."""
    parts = _parts(url, REDIS_SCHEMES)
    sentinel = parts.scheme.endswith("+sentinel")
    options = _options(parts, _TLS + (_SENTINEL if sentinel else ()))
    userinfo, _, hosts = parts.netloc.rpartition("@")
    servers = tuple(_server(host, _PORTS[parts.scheme]) for host in hosts.split(","))
    words = [unquote(word) for word in parts.path.strip("/").split("/") if word]
    master = words.pop(0) if sentinel and words else ""
    if sentinel and not master:
        raise ValueError("name the master after the Sentinels, like redis+sentinel://one:26379,two:26379/mymaster/0")
    if not sentinel and len(servers) > 1:
        raise ValueError("several hosts are Sentinels: write redis+sentinel://one:26379,two:26379/mymaster/0")
    return RedisAddress(
        servers,
        master,
        _number_of(words),
        _login(userinfo),
        {name.removeprefix("sentinel_"): options[name] for name in _SENTINEL if name in options},
        _tls(parts, options),
    )


def broker(url: str) -> RedisAddress | AmqpAddress | SqsAddress:
    """Parse a broker URL. Raises ValueError like `redis`."""
    parts = _parts(url, BROKER_SCHEMES)
    if parts.scheme in REDIS_SCHEMES:
        return redis(url)
    bare = parts._replace(query="").geturl()
    if parts.scheme == "sqs":
        # An empty netloc would be written without its slashes, which Celery requires.
        return _sqs(f"sqs://{parts.netloc}", _options(parts, ("queues",)))
    _server(parts.netloc.rpartition("@")[2], 5672)
    return AmqpAddress(bare, _tls(parts, _options(parts, _TLS)))


def smtp(url: str) -> SmtpAddress:
    """Parse the URL of a mail server. Raises ValueError like `redis`."""
    parts = _parts(url, tuple(_SMTP_PORTS))
    options = _options(parts, ("tls",))
    if options.get("tls", "none") != "none" or (options and parts.scheme == "smtps"):
        raise ValueError("?tls=none is the only option, of smtp://")
    userinfo, _, server = parts.netloc.rpartition("@")
    host, port = _server(server, _SMTP_PORTS[parts.scheme])
    login = _login(userinfo)
    if len(login) == 1:
        raise ValueError("name both user and password, or neither")
    tls = "smtps" if parts.scheme == "smtps" else options.get("tls", "starttls")
    return SmtpAddress(host, port, tls, login)


def _sqs(url: str, options: Mapping[str, str]) -> SqsAddress:
    queues = options.get("queues", "")
    found = _QUEUES.fullmatch(queues)
    if found is None:
        raise ValueError(
            "say what your queues' addresses begin with, like"
            " sqs://?queues=https://sqs.ap-northeast-2.amazonaws.com/123456789012/pitturu-"
        )
    return SqsAddress(url, found[1], queues)


def _parts(url: str, schemes: tuple[str, ...]) -> SplitResult:
    if len(url) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST} characters: copy it anew")
    if any(character.isspace() for character in url):
        raise ValueError("there is a space in it: copy it anew")
    scheme, separator, _ = url.partition("://")
    if not separator or scheme not in schemes:
        raise ValueError(f"it must begin with {', '.join(f'{each}://' for each in schemes)}")
    try:
        parts = urlsplit(url)
    except ValueError:
        # The message of the original error would contain the password.
        raise ValueError("it cannot be read: write special characters of a password like %23") from None
    if "#" in url:
        raise ValueError("there is a # in it: if it belongs to the password, write %23")
    return parts


def _options(parts: SplitResult, known: tuple[str, ...]) -> dict[str, str]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ValueError(f"{unknown[0][:40]!r} is no option of {parts.scheme}://; there are {', '.join(known)}")
    return options


def _server(text: str, usual_port: int) -> tuple[str, int]:
    try:
        one = urlsplit(f"//{text}")
        host, port = one.hostname, one.port
    except ValueError:
        host, port = None, None
    if not host:
        raise ValueError("it must name a host and, if need be, a port, like cache.example.com:6379")
    return host, port or usual_port


def _number_of(words: list[str]) -> int:
    if not words:
        return 0
    if len(words) > 1 or not (words[0].isascii() and words[0].isdigit() and len(words[0]) <= 5):
        raise ValueError("after the host comes the number of the database, like /0")
    return int(words[0])


def _login(userinfo: str) -> dict[str, str]:
    username, _, password = userinfo.partition(":")
    named = {"username": unquote(username), "password": unquote(password)}
    return {name: value for name, value in named.items() if value}


def _tls(parts: SplitResult, options: Mapping[str, str]) -> dict[str, Any] | None:
    wanted = {name: options[name] for name in _TLS if name in options}
    if parts.scheme in _OVER_TLS:
        if wanted:
            raise ValueError(f"{next(iter(wanted))} needs TLS: write {_OVER_TLS[parts.scheme]}:// instead")
        return None
    strictness = wanted.setdefault("ssl_cert_reqs", "required")
    if strictness not in _STRICTNESS:
        raise ValueError("ssl_cert_reqs must be required or none")
    return wanted | {"ssl_check_hostname": strictness == "required"}


def web_host(url: str) -> str | None:
    """The host of an http:// or https:// URL that we may send to; None if it is none, or has a user in it."""
    try:
        parts = urlsplit(url)
        # The port is read, since one that is no number shows only then.
        usable = _WEB.fullmatch(url) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return None
    return parts.hostname or None if usable else None


def with_driver(url: str) -> str:
    """A database URL with our driver, also for `postgres://` as some platforms write it."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def with_cert_reqs(url: str, cert_reqs: str) -> str:
    """A Redis URL with this `ssl_cert_reqs`, if it is one with TLS that says nothing about certificates itself.

    `required` is what such a URL means anyway, and changes nothing.
    """
    if cert_reqs == "required" or not url.startswith("rediss") or "ssl_" in url.partition("?")[2]:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs={cert_reqs}"


def is_remote(host: str) -> bool:
    """Whether it is another machine: neither a socket's directory nor a loopback address."""
    if not host or host.startswith(("/", "%2f", "%2F", "@")) or host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
