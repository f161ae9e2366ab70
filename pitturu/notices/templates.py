"""Loads, checks and renders the templates: those of this package, and a shop's own in their place.

They are Jinja templates without what could execute or read anything: no attributes, no calls, no includes, a few
filters. Their variables are text. A name that is no variable is an error, and found when a process starts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pitturu.domain.languages import Language
from pitturu.domain.notices import NoticeKind, NoticeWay
from pitturu.notices.facts import examples
from pitturu.notices.variables import variables

TEXTS: Final = Path(__file__).parent / "texts"

LAYOUT: Final = "email.html"
"""The one template of HTML: what every mail's text stands in."""

LARGEST: Final = 20_000
"""Bytes of a template, and characters of what it makes."""

LONGEST_SUBJECT: Final = 100

FILTERS: Final = ("default", "e", "escape", "length", "lower", "replace", "trim", "truncate", "upper")

NAME: Final = re.compile(rf"({'|'.join(NoticeKind)})\.({'|'.join(NoticeWay)})\.({'|'.join(Language)})\.txt")


_FAILURES: Final = TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError
"""What a template can raise: Jinja's own errors, and those of what it does with values."""


class CannotRender(Exception):
    """A template failed; the text says how."""


class BadTemplates(Exception):
    """Templates that cannot be used; `problems` has one line for each, which names the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class _Sandbox(ImmutableSandboxedEnvironment):
    """Text, conditions and loops over what is given, and nothing else."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No attribute is."""
        return False

    def call(self, *_: Any, **__: Any) -> Any:
        """Nothing is called, neither functions nor methods nor macros."""
        raise SecurityError(f"a template calls nothing; its filters are {', '.join(FILTERS)}")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """These could make endless text of a short template."""
        raise SecurityError(f"{operator} is not allowed")


def _environment(*, html: bool) -> _Sandbox:
    made = _Sandbox(
        loader=DictLoader({}), undefined=StrictUndefined, autoescape=html, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    return made


@dataclass(frozen=True)
class Rendered:
    """A notice as people read it: one line, plain text, and HTML where it is a mail."""

    subject: str
    text: str
    html: str = ""


class Templates:
    """The compiled templates by file name."""

    def __init__(self, found: Mapping[str, Template]) -> None:
        self._found = found

    def languages(self, kind: NoticeKind, way: NoticeWay) -> list[str]:
        """The languages that there are templates of."""
        return [one for one in Language if f"{kind}.{way}.{one}.txt" in self._found]

    def language(self, kind: NoticeKind, way: NoticeWay, wanted: str) -> str:
        """The buyer's language, else English."""
        return wanted if f"{kind}.{way}.{wanted}.txt" in self._found else Language.EN

    def render(self, way: NoticeWay, values: Mapping[str, str]) -> Rendered:
        """The notice. Raises CannotRender."""
        whole = self._text(f"{values['kind']}.{way}.{values['language']}.txt", values)
        subject, _, text = whole.lstrip().partition("\n")
        subject, text = subject.strip()[:LONGEST_SUBJECT], text.strip()[:LARGEST]
        if way is not NoticeWay.EMAIL:
            return Rendered(subject, text)
        paragraphs = [part.splitlines() for part in text.split("\n\n")]
        html = self._text(LAYOUT, {**values, "subject": subject, "paragraphs": paragraphs})
        return Rendered(subject, text, html[:LARGEST])

    def _text(self, name: str, values: Mapping[str, object]) -> str:
        try:
            return self._found[name].render(values)
        except _FAILURES as error:
            raise CannotRender(f"{name}: {error}") from error


@cache
def load(folder: str) -> Templates:
    """The templates of this package, those of `folder` in their place; read once in a process.

    Raises BadTemplates when a file cannot be read, is misnamed, or does not render the examples.
    """
    files = {path.name: path for path in TEXTS.iterdir()}
    problems, compiled = [], dict[str, Template]()
    if folder:
        try:
            files |= {path.name: path for path in sorted(Path(folder).iterdir()) if path.suffix in (".txt", ".html")}
        except OSError as error:
            raise BadTemplates([f"the folder {folder} cannot be read ({error.strerror})"]) from error
    for name, path in files.items():
        try:
            compiled[name] = _compiled(name, path)
        except (OSError, ValueError, TemplateError) as error:
            problems.append(f"{name}{_line_of(error)}: {_reason(error)}")
    templates = Templates(compiled)
    if not problems:
        problems += _failing(templates)
    if problems:
        raise BadTemplates(problems)
    return templates


def _compiled(name: str, path: Path) -> Template:
    if name != LAYOUT and not NAME.fullmatch(name):
        kinds, languages = ", ".join(NoticeKind), ", ".join(Language)
        raise ValueError(
            f"is no name of a template: write KIND.CHANNEL.LANGUAGE.txt with a kind ({kinds}), a channel"
            f" ({', '.join(NoticeWay)}) and a language ({languages}), or {LAYOUT}"
        )
    source = path.read_bytes()
    if len(source) > LARGEST:
        raise ValueError(f"is larger than {LARGEST} bytes")
    return _environment(html=name == LAYOUT).from_string(source.decode())


def _failing(templates: Templates) -> Iterator[str]:
    """What does not render every example, one line each."""
    for kind in NoticeKind:
        for way in NoticeWay:
            for language in templates.languages(kind, way):
                if reason := _trouble(templates, kind, way, language):
                    yield reason


def _trouble(templates: Templates, kind: NoticeKind, way: NoticeWay, language: str) -> str:
    name, values = f"{kind}.{way}.{language}.txt", dict[str, str]()
    for facts in examples(kind, language):
        values = variables(facts, "커피가게", "https://shop.example.com/orders/{order_number}")
        try:
            made = templates.render(way, values)
        except CannotRender as error:
            return f"{error}. The variables of {kind} are {', '.join(values)}"
        if not (made.subject and made.text):
            return f"{name}: needs a subject in its first line, and a text below"
    return ""


def _line_of(error: Exception) -> str:
    return f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    return str(error)
