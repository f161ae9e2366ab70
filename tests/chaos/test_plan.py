"""The seed determines the whole plan."""

from chaos.plan import COURSES, DEPOSITS, ITEMS, LINES, METHODS, RETURNS, SILENCES, VICTIMS, draw


def test_equal_seeds_draw_equal_plans() -> None:
    assert draw(7, 200, 20) == draw(7, 200, 20)
    assert draw(7, 200, 20) != draw(8, 200, 20)


def test_a_purchase_does_not_depend_on_how_many_others_there_are() -> None:
    assert draw(7, 50, 0).purchases == draw(7, 500, 9).purchases[:50]


def test_kills_come_in_order_and_within_the_run() -> None:
    moments = [kill.at for kill in draw(3, 1000, 40).kills]

    assert moments == sorted(moments)
    assert all(0 <= moment < 1000 for moment in moments)


def test_enough_kills_meet_every_kind_of_victim() -> None:
    assert {kill.victim for kill in draw(5, 100, len(VICTIMS)).kills} == set(VICTIMS)


def test_the_receiver_of_events_is_silent_in_every_way_and_once_gone() -> None:
    silences = draw(5, 1000, 0).silences

    assert {one.kind for one in silences} == {*SILENCES, "gone"}
    assert [one.at for one in silences] == sorted(one.at for one in silences)
    assert [one.kind for one in draw(5, 60, 0).silences] != ["gone"]


def test_everything_that_a_buyer_may_do_is_done() -> None:
    purchases = draw(1, 3000, 0).purchases

    assert {one.course for one in purchases} == {*COURSES, *DEPOSITS}
    assert {one.returns for one in purchases} == set(RETURNS)
    assert {len(one.lines) for one in purchases} == set(LINES)
    assert {line.item for one in purchases for line in one.lines} == set(ITEMS)
    assert all(len({line.item for line in one.lines}) == len(one.lines) for one in purchases)
    assert {(one.generation, one.method) for one in purchases} == {
        (generation, method) for generation in ("v1", "v2") for method in METHODS
    }
