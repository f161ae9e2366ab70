"""The tables of card companies and banks."""

from typing import Final

from portone_simulator.answers import Answer, not_found
from portone_simulator.call import Call
from portone_simulator.codes import BANKS, CARDS
from portone_simulator.rest.endpoint import Endpoint, View
from portone_simulator.state import Simulation


def _all_of(table: dict[str, str]) -> View:
    def view(_simulation: Simulation, _call: Call) -> Answer:
        return Answer([{"code": code, "name": name} for code, name in table.items()])

    return view


def _one_of(table: dict[str, str], unknown: str) -> View:
    def view(_simulation: Simulation, call: Call) -> Answer:
        code = call.path_parts["code"]
        if code not in table:
            raise not_found(unknown)
        return Answer({"code": code, "name": table[code]})

    return view


ENDPOINTS: Final = (
    Endpoint("GET", "/banks", "codes.banks", _all_of(BANKS)),
    Endpoint("GET", "/banks/<code>", "codes.bank", _one_of(BANKS, "존재하지 않는 은행코드입니다.")),
    Endpoint("GET", "/cards", "codes.cards", _all_of(CARDS)),
    Endpoint("GET", "/cards/<code>", "codes.card", _one_of(CARDS, "존재하지 않는 카드사코드입니다.")),
)
