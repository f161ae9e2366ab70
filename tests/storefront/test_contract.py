"""The pages are clients of the API, so their types are generated from its contract."""

import json
import re

from pitturu.domain.banks import BANKS
from pitturu.domain.cancellation import CancelStage
from pitturu.domain.lifecycle import SessionStatus
from pitturu.domain.money import MAX_QUANTITY
from pitturu.storefront.manifest import STATIC
from scripts import contract

HERE = STATIC.parent


def test_the_contract_the_types_were_made_from_is_the_one_we_serve() -> None:
    kept = (HERE / "openapi.json").read_text()

    assert kept == contract.document(), "The API has changed. Run `make storefront` and commit what it writes."


def test_every_schema_has_its_type() -> None:
    types = (HERE / "src/types/api.ts").read_text()

    named = set(re.findall(r"export type (\w+) = components\['schemas'\]", types))
    assert named == set(json.loads(contract.document())["components"]["schemas"])


def words(language: str, table: str) -> set[str]:
    """The keys of one table of the dictionary."""
    text = (HERE / f"src/i18n/{language}.ts").read_text()
    inside = re.search(rf"^  {table}: {{\n(.*?)^  }},$", text, re.MULTILINE | re.DOTALL)
    assert inside, table
    return set(re.findall(r"^    (\w+):", inside[1], re.MULTILINE))


def test_there_is_a_text_for_every_status_and_stage() -> None:
    for language in ("ko", "en"):
        assert words(language, "status") == set(SessionStatus)
        assert words(language, "stages") == set(CancelStage)


def test_every_bank_can_be_chosen() -> None:
    text = (HERE / "src/i18n/banks.ts").read_text()

    assert dict(re.findall(r'\["(\d{3})", "([^"]+)"', text)) == {code: bank.name for code, bank in BANKS.items()}


def test_as_many_pieces_may_be_chosen_as_the_server_sells() -> None:
    text = (HERE / "src/services/validation.ts").read_text()

    assert re.findall(r"MOST_PIECES = ([\d_]+)", text) == [f"{MAX_QUANTITY:_}"]
