"""Case numbers and query tokens."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onegrid.core.numbers import (
    ALPHABET,
    BadNumber,
    BadToken,
    CaseNumber,
    make,
    normalise_token,
    parse,
    query_token,
    token_hash,
    token_matches,
)

SECRET = b"a secret of enough bytes"
CASE = UUID("018f2a3c-1111-7abc-8def-000000000001")
EXAMPLES = settings(max_examples=40, deadline=None, database=None)
NUMBERS = st.builds(
    CaseNumber,
    county=st.integers(100_000, 999_999),
    day=st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    sequence=st.integers(1, 99_999_999),
)


def test_the_check_digit_follows_damm() -> None:
    number = make(370725, date(2026, 11, 23), 1)
    assert number == "370725-20261123-0001-6"
    assert parse(number) == CaseNumber(370725, date(2026, 11, 23), 1)


@EXAMPLES
@given(NUMBERS)
def test_a_number_read_back_is_the_same(number: CaseNumber) -> None:
    assert parse(str(number)) == number
    assert parse(str(number).replace("-", "")) == number


@EXAMPLES
@given(NUMBERS, st.data())
def test_every_single_wrong_digit_is_found(number: CaseNumber, data: st.DataObject) -> None:
    digits = str(number).replace("-", "")
    place = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from("0123456789").filter(lambda d: d != digits[place]))
    with pytest.raises(BadNumber):
        parse(digits[:place] + wrong + digits[place + 1 :])


@EXAMPLES
@given(NUMBERS)
def test_every_swap_of_two_neighbours_is_found(number: CaseNumber) -> None:
    digits = str(number).replace("-", "")
    for place in range(len(digits) - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if swapped != digits:
            with pytest.raises(BadNumber):
                parse(swapped)


def test_numbers_are_read_as_people_type_them() -> None:
    number = make(370725, date(2026, 11, 23), 1)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    for typed in (
        f"  {number}\n",
        number.replace("-", " "),
        number.replace("-", "—"),
        wide,
        number.replace("0", "O").replace("1", "l"),
    ):
        assert str(parse(typed)) == number


def test_more_than_9999_cases_a_day_widen_the_sequence() -> None:
    assert parse(make(370725, date(2026, 11, 23), 12345)).sequence == 12345


@pytest.mark.parametrize("text", ["", "370725", "x" * 21, "9" * 100_000, "370725-2026-١١٢٣-0001-1"])
def test_text_that_is_no_number_is_refused_by_its_shape(text: str) -> None:
    with pytest.raises(BadNumber) as refused:
        parse(text)
    assert refused.value.code == "number.shape"


def test_a_right_check_digit_does_not_save_an_impossible_date_or_a_padded_sequence() -> None:
    def with_some_check(stem: str) -> set[str]:
        codes = set()
        for check in "0123456789":
            with pytest.raises(BadNumber) as refused:
                parse(stem + check)
            codes.add(refused.value.code)
        return codes

    assert with_some_check("370725202613400001") == {"number.check", "number.date"}
    assert with_some_check("3707252026112300001") == {"number.check", "number.shape"}
    assert with_some_check("370725202611230000") == {"number.check", "number.shape"}


@pytest.mark.parametrize(("county", "sequence"), [(37072, 1), (1_000_000, 1), (370725, 0)])
def test_counties_and_sequences_out_of_range_get_no_number(county: int, sequence: int) -> None:
    with pytest.raises(BadNumber):
        make(county, date(2026, 11, 23), sequence)


@EXAMPLES
@given(st.uuids())
def test_a_token_is_four_groups_of_four_unambiguous_letters(case_id: UUID) -> None:
    token = query_token(SECRET, case_id)
    assert [len(group) for group in token.split("-")] == [4, 4, 4, 4]
    assert set(token) - {"-"} <= set(ALPHABET)
    assert not set(ALPHABET) & set("IO01")


def test_a_printed_token_stays_the_same_in_every_release() -> None:
    assert query_token(SECRET, CASE) == "YXE7-AXA5-SWDK-WKNH"


def test_a_token_depends_on_the_case_and_on_the_secret() -> None:
    token = query_token(SECRET, CASE)
    assert query_token(SECRET, CASE) == token
    assert query_token(SECRET, UUID(int=CASE.int + 1)) != token
    assert query_token(SECRET + b"!", CASE) != token


def test_a_token_typed_sloppily_still_matches_its_hash() -> None:
    token = query_token(SECRET, CASE)
    typed = f" {token.lower().replace('-', ' ')} "
    assert normalise_token(typed) == token
    assert token_matches(typed, token_hash(token))


def test_a_wrong_token_or_one_of_the_wrong_shape_does_not_match() -> None:
    token = query_token(SECRET, CASE)
    other = query_token(SECRET, UUID(int=7))
    assert not token_matches(other, token_hash(token))
    assert not token_matches("", token_hash(token))
    with pytest.raises(BadToken):
        normalise_token(token[:-1] + "0")
    with pytest.raises(BadToken):
        normalise_token("A" * 100_000)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(BadToken):
        query_token(b"short", CASE)
