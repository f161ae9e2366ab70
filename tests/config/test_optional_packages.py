"""Traces and Sentry need an address and packages; what is missing is reported at startup."""

import pytest

from tests.config.test_settings import problems


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "must be an address"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5", "1"),
        ("SENTRY_DSN", "key", "must be an address"),
    ],
)
def test_traces_and_sentry_are_switched_on_with_an_address(name: str, value: str, words: str) -> None:
    (line,) = problems(**{name: value})
    assert line.startswith(name)
    assert words in line


@pytest.mark.parametrize(
    ("name", "file"),
    [("OTEL_EXPORTER_OTLP_ENDPOINT", "requirements-traces.txt"), ("SENTRY_DSN", "requirements-sentry.txt")],
)
def test_what_is_switched_on_must_be_installed(name: str, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pitturu.config.checks.find_spec", lambda _name: None)
    (line,) = problems(**{name: "https://key@collector.example/1"})
    assert f"pip install -r {file}" in line
