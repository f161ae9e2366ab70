"""The errors that each operation can answer with, as they stand in the OpenAPI document: `code` values by status.

They are declared at the view, or at the decorator, that raises them. `tests/api` compares them with what the code
raises and with every error that a test provokes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple, TypeVar

from apispec import APISpec

from pitturu.api import problems
from pitturu.api.problems import NotThisMediaType, TooManyRequests, Unavailable
from pitturu.api.schemas.problem import ProblemSchema
from pitturu.domain.errors import Conflict, Malformed, NotAllowed, Problem, Unprocessable

View = TypeVar("View", bound=Callable[..., Any])

NO_UUID: Final = problems.FLASK[404][0]
"""The code for a path with something else in place of a UUID, which no route matches."""

_KEY: Final = "refusals"


class _Refusal(NamedTuple):
    """`shared` by many operations, so that the document describes it once."""

    kind: type[Problem]
    codes: tuple[str, ...]
    shared: bool


_ALWAYS: Final = (
    _Refusal(Malformed, ("bad_request", "unfit_value"), True),
    _Refusal(Conflict, ("changed_meanwhile",), True),
    _Refusal(TooManyRequests, ("too_many_requests",), True),
    _Refusal(Unavailable, ("database_away", "data_unreadable"), True),
)
_WITH_BODY: Final = (
    _Refusal(Malformed, ("malformed_json",), True),
    _Refusal(NotThisMediaType, ("unsupported_media_type",), True),
)
_WITH_VALUES: Final = (_Refusal(Unprocessable, ("validation_failed",), True),)


def refuses(kind: type[Problem], *codes: str, shared: bool = False) -> Callable[[View], View]:
    """Declare that a view raises this kind of problem with these codes. `shared` is for decorators of many views."""

    def decorate(view: View) -> View:
        docs = getattr(view, "_apidoc", {})  # Shared with the view inside of this one, so it is not changed.
        refusals = [*docs.get(_KEY, ()), _Refusal(kind, codes, shared)]
        view._apidoc = {**docs, _KEY: refusals}  # type: ignore[attr-defined] # flask-smorest reads it.
        return view

    return decorate


def describe(doc: dict[str, Any], info: Mapping[str, Any], *, spec: APISpec, **_: Any) -> dict[str, Any]:
    """Add the error responses to the OpenAPI operation `doc`. One of flask-smorest's callbacks."""
    responses = doc["responses"]
    for status, (codes, shared) in sorted(_by_status(doc, info).items()):
        declared = responses.get(status)
        content = (
            declared["content"][problems.MEDIA_TYPE] if isinstance(declared, Mapping) else {"schema": ProblemSchema}
        )
        answer = _response(status, codes, content)
        if isinstance(declared, Mapping) or not shared:
            responses[status] = answer
        else:
            responses[status] = _component(spec, status, codes, answer)
    return doc


def _by_status(doc: Mapping[str, Any], info: Mapping[str, Any]) -> dict[int, tuple[list[str], bool]]:
    """The codes of each status, and whether all of them are shared with other operations."""
    found: defaultdict[int, list[_Refusal]] = defaultdict(list)
    body = "requestBody" in doc or "requestBody" in info.get("manual_doc", {})
    json = "requestBody" in doc
    values = json or bool(doc.get("parameters"))
    for refusal in (
        *_ALWAYS,
        *(_WITH_BODY if json else ()),
        *(_WITH_VALUES if values else ()),
        *_by_caller(info.get("manual_doc", {}).get("security")),
        *info.get(_KEY, ()),
    ):
        found[problems.STATUS[refusal.kind]].append(refusal)
    if body:
        found[HTTPStatus.REQUEST_ENTITY_TOO_LARGE].append(_Refusal(Problem, ("body_too_large",), True))
    found[HTTPStatus.INTERNAL_SERVER_ERROR].append(_Refusal(Problem, ("internal_error",), True))
    return {
        int(status): (sorted({code for one in group for code in one.codes}), all(one.shared for one in group))
        for status, group in found.items()
    }


def _by_caller(security: list[dict[str, list[str]]] | None) -> Iterator[_Refusal]:
    """How an operation with this `security` refuses callers of another kind, as machine_access.check does."""
    if security is not None:
        kinds = {name for alternative in security for name in alternative}
        by_key = "scope_needed" if "apiKey" in kinds else "api_key_not_accepted"
        yield _Refusal(NotAllowed, ("client_token_not_accepted", by_key), True)
        if "bearer" not in kinds:
            yield _Refusal(NotAllowed, ("api_key_needed",), True)


def _response(status: int, codes: list[str], content: Mapping[str, Any]) -> dict[str, Any]:
    """The problem of one status. `allOf` narrows `code`, which generated clients turn into a literal type."""
    listed = ", ".join(f"`{code}`" for code in codes)
    narrowed = {"allOf": [content["schema"], {"properties": {"code": {"enum": codes}}}]}
    text = f"{HTTPStatus(status).phrase}: {listed}."
    return {"description": text, "content": {problems.MEDIA_TYPE: {**content, "schema": narrowed}}}


def _component(spec: APISpec, status: int, codes: list[str], answer: dict[str, Any]) -> str:
    """The name of this response among the components, to which it is added the first time."""
    name = f"{HTTPStatus(status).name}-{'-'.join(codes)}"
    if name not in spec.components.responses:
        spec.components.response(name, answer)
    return name
