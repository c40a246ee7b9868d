"""BIN and KATO."""

from __future__ import annotations

import pytest

from ckanext.opengov_kz.shared.identifiers import bin_problem, kato_ancestors, kato_level, kato_problem

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    "value",
    ["941240000193", "081140000436", "020240000555", "940140000385", "971240001315", "990740000683"],
)
def test_numbers_of_known_organisations_are_good(value: str) -> None:
    assert bin_problem(value) is None


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "bin_not_12_digits"),
        ("94124000019", "bin_not_12_digits"),
        ("9412400001933", "bin_not_12_digits"),
        ("94124000019a", "bin_not_12_digits"),
        ("941240000193\n", "bin_not_12_digits"),
        ("٩٤١٢٤٠٠٠٠١٩٣", "bin_not_12_digits"),
        ("941210000193", "bin_kind"),
        ("941240000194", "bin_check_digit"),
        ("941240000139", "bin_check_digit"),
    ],
)
def test_bad_bin_says_why(value: str, problem: str) -> None:
    assert bin_problem(value) == problem


def test_bin_uses_the_second_weights_when_the_first_give_ten() -> None:
    # First: 9*1 + 9*2 + 1*4 + 4*5 + 8*10 = 131 = 11*11 + 10. Second: 27+36+6+28+8*1 = 105 = 9*11 + 6.
    assert bin_problem("990140000806") is None
    assert bin_problem("990140000800") == "bin_check_digit"


def test_bin_that_gives_ten_twice_is_never_good() -> None:
    first, second = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
    heads = (f"99014{serial:06}" for serial in range(100_000))
    head = next(
        head
        for head in heads
        if all(sum(w * int(d) for w, d in zip(weights, head, strict=True)) % 11 == 10 for weights in (first, second))
    )
    assert {bin_problem(f"{head}{digit}") for digit in range(10)} == {"bin_check_digit"}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("751210000", None),
        ("75121000", "kato_not_9_digits"),
        ("751210000.0", "kato_not_9_digits"),
        ("75121000x", "kato_not_9_digits"),
        ("000000000", "kato_shape"),
    ],
)
def test_kato_shape(value: str, problem: str | None) -> None:
    assert kato_problem(value) == problem


@pytest.mark.parametrize(
    ("code", "level", "ancestors"),
    [
        ("100000000", "oblast", ()),
        ("103200000", "district", ("100000000",)),
        ("103230000", "sub_district", ("103200000", "100000000")),
        ("103230100", "settlement", ("103230000", "103200000", "100000000")),
        ("711110000", "sub_district", ("711100000", "710000000")),
        ("632400602", "settlement", ("632400000", "630000000")),
    ],
)
def test_kato_level_and_possible_parents_are_in_the_digits(code: str, level: str, ancestors: tuple[str, ...]) -> None:
    assert kato_level(code) == level
    assert kato_ancestors(code) == ancestors


def test_level_of_what_is_no_kato_code_is_an_error() -> None:
    with pytest.raises(ValueError, match="kato_not_9_digits"):
        kato_level("12")
