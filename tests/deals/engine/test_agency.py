"""Sums of a body's year: in whole and by share, each part rounded to the cent by itself."""

from decimal import Decimal

from mengkeju.deals.engine.agency import Help, Sums, part_of, percentage, sums_of

D = Decimal


def test_a_share_is_what_was_written_or_all_of_it_for_the_only_helper() -> None:
    assert [Help(D(1), D(1), share, alone).counted_share for share, alone in
            ((D(40), False), (D(40), True), (None, True), (None, False))] == [D(40), D(40), D(100), None]  # fmt: skip


def test_parts_are_rounded_half_up_and_unknown_stays_unknown() -> None:
    assert part_of(D("0.05"), D(50)) == D("0.03")
    assert part_of(D("100.00"), D("33.33")) == D("33.33")
    assert part_of(None, D(50)) is part_of(D(5), None) is None


def test_what_is_unstated_or_without_share_is_counted_and_said() -> None:
    rows = [
        Help(D(1_000_000), D(800_000), D("33.33"), alone=False),
        Help(D("0.05"), D("0.05"), D(50), alone=True),
        Help(D(500), D(100), None, alone=False),
        Help(None, None, None, alone=True),
    ]
    assert sums_of(rows) == Sums(
        count=4,
        value=D("1000500.05"),
        value_by_share=D("333300.03"),
        technology=D("800100.05"),
        technology_by_share=D("266640.03"),
        together=2,
        unstated=1,
        unshared=1,
    )
    assert sums_of([]) == Sums()


def test_two_bodies_with_all_of_a_contract_between_them_add_up_to_it() -> None:
    shares = (D("33.33"), D("66.67"))
    one, other = (sums_of([Help(D("99.99"), D("9.99"), share, alone=False)]) for share in shares)
    assert one.value_by_share + other.value_by_share == D("99.99")
    assert one.value + other.value == 2 * D("99.99")  # which is why the whole must not be added up


def test_percentages() -> None:
    assert percentage(1, 3) == D("33.3")
    assert percentage(None, 3) is percentage(3, None) is percentage(3, 0) is None
