"""The OpenAPI document is generated from the schemas that parse and render; flask-smorest is adapted to our errors."""

import json
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from threading import RLock
from typing import Any, Final, NoReturn

import flask_smorest
from apispec import APISpec
from flask import Flask, Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter

from pitturu.api import problems, refusals
from pitturu.api.problems import NotThisMediaType
from pitturu.api.schemas.examples import example
from pitturu.api.schemas.fields import OptionalBody
from pitturu.api.schemas.problem import ProblemSchema
from pitturu.domain import ids
from pitturu.domain.errors import Malformed, Unprocessable
from pitturu.portone import strict_json

PREFIX: Final = "/api/v1"

ABOUT: Final = """\
Buy an item: open a session, open PortOne's window with its `checkout`, ask to verify, and poll the session until it is
`settled`. What PortOne says counts, never what the browser says.

Errors are `application/problem+json` with a stable `code`. A POST of a signed-in user takes an `Idempotency-Key`:
the same key and body get the same answer for 24 hours. (What is under /auth takes none, because nothing of a password
is stored with it, and PortOne's calls repeat themselves.) Send an `X-Request-ID` to find a request again in the logs.
"""


SECURITY_SCHEMES: Final = (
    ("bearer", "JWT", "The access token of a user, ours or an outside issuer's."),
    ("apiKey", "sk_live_… or sk_test_…", "A key of the shop's server. The scope that is named is needed."),
    ("clientToken", "JWT", "A browser's token for one session, which the shop's server gets for it."),
)
"""Name, format and description of what is sent as Authorization: Bearer."""


def read_json(incoming: Request) -> Any:
    """The JSON body. Raises NotThisMediaType and Malformed; unpaired surrogates are refused in every text."""
    if incoming.mimetype != "application/json":
        raise NotThisMediaType(*problems.FLASK[415])
    data = incoming.get_data(cache=True)
    try:
        value = strict_json.loads(data)
        if b"\\u" in data:
            # An unpaired surrogate escape gives a Python string that can be neither stored in Postgres nor encoded as
            # UTF-8.
            json.dumps(value, ensure_ascii=False).encode()
    except ValueError as error:
        raise Malformed(
            "malformed_json", f"The body is not valid JSON: {error}. Correct it and send it again."
        ) from error
    return value


class _Parser(FlaskParser):
    """Request bodies are strict JSON; values that do not fit the schema are reported field by field."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        if isinstance(schema, OptionalBody) and not req.get_data(cache=True):
            return {}
        return read_json(req)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        complaints = dict(pair for place in error.messages_dict.values() for pair in _flat("", place))
        detail = "Some values are invalid; `errors` names each of them. Correct them and send the request again."
        raise Unprocessable("validation_failed", detail, complaints)


def _flat(path: str, complaint: Any) -> list[tuple[str, list[str]]]:
    """`{"refund_account": {"bank": ["…"]}}` as `refund_account.bank`; long field names are truncated."""
    if isinstance(complaint, dict):
        inner = (_flat(f"{path}.{str(name)[:64]}".lstrip("."), deeper) for name, deeper in complaint.items())
        return [pair for pairs in inner for pair in pairs]
    words = complaint if isinstance(complaint, list) else [complaint]
    return [(path.removesuffix("_schema").rstrip(".") or "body", [str(word) for word in words])]


class _Name(BaseConverter):
    """An id of ours in a path. A malformed one becomes the empty id, which never exists: 404 like any unknown id."""

    names = ids.ORDER_ID

    def to_python(self, value: str) -> str:
        return value if self.names.fullmatch(value) else ""


class _AnyName(_Name):
    """An id of ours, a UUID, or an id of PortOne's."""

    names = ids.PROVIDER_ID


class Blueprint(flask_smorest.Blueprint):
    """A blueprint with its description in the OpenAPI document, where each operation has examples and its errors."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(refusals.describe)

    def arguments(self, schema: type[Schema] | Schema, **options: Any) -> Any:
        """As in flask-smorest, but with one schema instance for all requests: creating one copies all its fields."""
        schema = _never_copied(schema() if isinstance(schema, type) else schema)
        if options.get("location", "json") == "json":
            options["example"] = example(schema)
        return super().arguments(schema, **options)

    def response(self, status_code: int, schema: type[Schema] | dict[str, str], **options: Any) -> Any:
        """As in flask-smorest, with the example of the schema. What is no JSON has a plain schema and its example."""
        if isinstance(schema, dict):
            return super().response(status_code, schema, **options)
        described = _never_copied(schema())
        return super().response(status_code, described, example=example(described), **options)


def _never_copied(schema: Schema) -> Schema:
    """The same schema, of which a deep copy is itself: flask-smorest copies what describes a view at each decorator,
    and copies of all fields in it took a third of the time that a process needs to start."""
    setattr(schema, "__deepcopy__", lambda _: schema)  # noqa: B010 -- no type checker knows this attribute.
    return schema


def _parameter(converter: _Name) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{converter.names.pattern}$"}


class Contract(flask_smorest.Api):
    """OpenAPI 3.1 with the error format and the error handlers of this project."""

    ERROR_SCHEMA = ProblemSchema

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Callable[[], None]] = []
        self._describing = RLock()
        app.config.update(API_TITLE="pitturu", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=PREFIX)
        super().__init__(app, spec_kwargs={"info": {"description": ABOUT}})
        app.url_map.converters.update(name=_Name, anyname=_AnyName)
        for converter in (_Name, _AnyName):
            self.register_converter(converter, _parameter)
        for name, form, description in SECURITY_SCHEMES:
            scheme = {"type": "http", "scheme": "bearer", "bearerFormat": form, "description": description}
            self.spec.components.security_scheme(name, scheme)

    @property
    def spec(self) -> APISpec:
        """The document, made when it is first read: few processes are asked for it, and making it takes its time."""
        with self._describing:
            undescribed, self._undescribed = self._undescribed, []
            for describe in undescribed:
                describe()
        return self._spec

    @spec.setter
    def spec(self, spec: APISpec) -> None:
        self._spec = spec

    def register_blueprint(self, blueprint: Blueprint) -> None:
        """Register the blueprint now, and describe its operations when the document is read."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(partial(self._describe, blueprint))

    def _describe(self, blueprint: Blueprint) -> None:
        blueprint.register_views_in_doc(self, self._app, self._spec, name=blueprint.name, parameters=None)
        self._spec.tag({"name": blueprint.name, "description": blueprint.description})

    def _register_responses(self) -> None:
        for name, text in [("DEFAULT_ERROR", "An error")] + [(status.name, status.phrase) for status in HTTPStatus]:
            content = {problems.MEDIA_TYPE: {"schema": ProblemSchema}}
            self.spec.components.response(name, {"description": text, "content": content}, lazy=True)

    def _register_error_handlers(self) -> None:
        """`problems.init` registers the handlers for the whole application."""
