"""PortOne's own client for Python, as it is, against the simulator: what its tests expected of the live service."""

import secrets

import pytest

from tests.portone_simulator.clients import KEY, SECRET, SimulatorClient

iamport = pytest.importorskip("iamport", reason="iamport-rest-client is not installed: requirements-client.txt has it")
Iamport = iamport.Iamport

CARD = {"card_number": "4092-0230-1234-1234", "expiry": "2019-03", "birth": "500203"}


@pytest.fixture
def client(simulator: SimulatorClient) -> object:
    simulator.paid(merchant_uid="1234qwer", amount=1000)
    simulator.opened(merchant_uid="qwer1234", amount=1000)
    return Iamport(imp_key=KEY, imp_secret=SECRET, imp_url=f"{simulator.running.url}/")


@pytest.mark.parametrize(
    "wish", [{"imp_uid": "nothing"}, {"merchant_uid": "any-uid"}, {"imp_uid": "nothing", "amount": 100}]
)
def test_cancel_of_nothing(client: Iamport, wish: dict[str, object]) -> None:
    with pytest.raises(Iamport.ResponseError) as problem:
        client.cancel("reason", **wish)

    assert (problem.value.code, problem.value.message) == (1, "취소할 결제건이 존재하지 않습니다.")


def test_cancel_of_something(client: Iamport) -> None:
    assert client.cancel("reason", merchant_uid="1234qwer", amount=400, checksum=1000)["cancel_amount"] == 400


def test_find(client: Iamport) -> None:
    for unknown in ({"imp_uid": "test"}, {"merchant_uid": "âàáaā"}):
        with pytest.raises(Iamport.HttpError) as problem:
            client.find(**unknown)
        assert problem.value.code == 404
    with pytest.raises(KeyError):
        client.find()

    assert client.find(merchant_uid="1234qwer")["status"] == "paid"


def test_is_paid(client: Iamport) -> None:
    assert client.is_paid(1000, merchant_uid="1234qwer") is True
    assert client.is_paid(1000, merchant_uid="qwer1234") is False
    assert client.is_paid(999, merchant_uid="1234qwer") is False


def test_prepare(client: Iamport) -> None:
    merchant_uid, amount = secrets.token_hex(8), 12000
    prepared = client.prepare(amount=amount, merchant_uid=merchant_uid)

    assert (prepared["amount"], prepared["merchant_uid"]) == (amount, merchant_uid)
    assert client.prepare_validate(merchant_uid, amount) is True


@pytest.mark.parametrize("call", ["find_certification", "cancel_certification"])
def test_certifications(client: Iamport, call: str) -> None:
    with pytest.raises(Iamport.HttpError) as problem:
        getattr(client, call)("imp_12341234")

    assert problem.value.code == 404


@pytest.mark.parametrize(
    ("call", "words", "code", "text"),
    [
        (
            "customer_create",
            {"customer_uid": "customer_1234", **CARD},
            -1,
            "카드정보 인증 및 빌키 발급에 실패하였습니다.",
        ),
        (
            "customer_get",
            {"customer_uid": "000000"},
            1,
            "요청하신 customer_uid(000000)로 등록된 정보를 찾을 수 없습니다.",
        ),
        ("customer_delete", {"customer_uid": "000000"}, 1, "등록된 정보를 찾을 수 없습니다."),
        ("pay_again", {"customer_uid": "00000000", "merchant_uid": "1234qwer", "amount": 5000}, -1, "구매자"),
        ("pay_foreign", {"merchant_uid": "uid", "amount": 100, **CARD}, -1, "카드정보"),
        (
            "pay_onetime",
            {"merchant_uid": "u", "amount": 100, "pwd_2digit": "00", **CARD},
            -1,
            "카드정보 인증에 실패하였습니다.",
        ),
        (
            "pay_schedule",
            {"customer_uid": "0", "schedules": [{"merchant_uid": "t", "schedule_at": 1478150985, "amount": 1004}]},
            1,
            "등록된 고객정보가 없습니다.",
        ),
        ("pay_unschedule", {"customer_uid": "0", "merchant_uid": "t"}, 1, "취소할 예약결제 기록이 존재하지 않습니다."),
    ],
)
def test_recurring_payments(client: Iamport, call: str, words: dict[str, object], code: int, text: str) -> None:
    with pytest.raises(Iamport.ResponseError) as problem:
        getattr(client, call)(**words)

    assert problem.value.code == code
    assert text in problem.value.message


def test_an_account_is_withdrawn(simulator: SimulatorClient, client: Iamport) -> None:
    """Not at KG Inicis, whose key it cannot send."""
    imp_uid = simulator.opened(pay_method="vbank", pg="tosspayments")
    simulator.act(imp_uid, "issue")

    assert client.revoke_vbank_by_imp_uid(imp_uid)["status"] == "cancelled"


def test_its_many_tokens_are_one(simulator: SimulatorClient, client: Iamport) -> None:
    assert client.get_headers() == client.get_headers() == {"Authorization": simulator.token()}


def test_wrong_keys(simulator: SimulatorClient) -> None:
    stranger = Iamport(imp_key="wrong", imp_secret="wrong", imp_url=f"{simulator.running.url}/")
    with pytest.raises(Iamport.HttpError) as problem:
        stranger.find(imp_uid="test")

    assert problem.value.code == 401
