"""Suggestions by keywords and words that may mean danger to life."""

import itertools

import pytest

from onegrid.core.triage import (
    EmergencyLine,
    KeywordRule,
    SafetyHit,
    Suggestion,
    safety_words,
    suggest,
)

RULES = (
    KeywordRule("lift", ("电梯", "困人"), 2.0),
    KeywordRule("water", ("停水", "漏水", "水管"), 1.0),
    KeywordRule("parking", ("停车", "车位", "parking"), 1.0),
    KeywordRule("noise", ("噪音", "扰民"), 1.0),
)


def test_the_best_category_comes_first_with_the_words_that_spoke_for_it() -> None:
    found = suggest("电梯坏了，水管也漏水，电梯总是坏", RULES)
    assert found == (Suggestion("lift", 2.0, ("电梯",)), Suggestion("water", 2.0, ("漏水", "水管")))


def test_at_most_three_categories_are_suggested() -> None:
    found = suggest("电梯 停水 车位 噪音", RULES)
    assert [part.category for part in found] == ["lift", "noise", "parking"]


def test_the_order_of_the_rules_does_not_matter() -> None:
    text = "停水、停车、噪音、困人"
    answers = {
        tuple((part.category, part.score) for part in suggest(text, order))
        for order in itertools.permutations(RULES)
    }
    assert len(answers) == 1


def test_blanks_width_and_case_do_not_hide_a_word() -> None:
    assert suggest("停 车\n难，ＰＡＲＫＩＮＧ", RULES) == (
        Suggestion("parking", 2.0, ("停车", "parking")),
    )


def test_a_word_in_latin_letters_must_stand_alone() -> None:
    assert suggest("Sparkings everywhere", RULES) == ()
    assert suggest("no parking!", RULES)[0].category == "parking"


def test_a_negative_weight_speaks_against_a_category() -> None:
    against = (*RULES, KeywordRule("water", ("游泳馆",), -5.0))
    assert suggest("游泳馆漏水", against) == ()
    assert suggest("楼道漏水", against) == (Suggestion("water", 1.0, ("漏水",)),)


def test_nothing_is_suggested_for_empty_text_or_empty_words() -> None:
    assert suggest("", RULES) == ()
    assert suggest("停水", (KeywordRule("any", ("", "  ")),)) == ()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("楼道里煤气 泄漏，味道很大", EmergencyLine.GAS),
        ("配电箱漏电，有人触电", EmergencyLine.FIRE),
        ("三楼起火了", EmergencyLine.FIRE),
        ("工人从脚手架坠落", EmergencyLine.AMBULANCE),
        ("There is a gas leak in block 3", EmergencyLine.GAS),
        ("路口发生车祸", EmergencyLine.TRAFFIC),
        ("邻居要跳楼", EmergencyLine.POLICE),
    ],
)
def test_danger_to_life_is_noticed_with_the_service_to_call(text: str, line: EmergencyLine) -> None:
    assert line in {hit.line for hit in safety_words(text)}


def test_an_ordinary_request_raises_no_alarm() -> None:
    assert safety_words("路灯不亮，请派人维修，楼下停车位被占") == ()


def test_each_word_is_reported_once_with_its_service() -> None:
    assert safety_words("起火！起火！") == (SafetyHit("起火", EmergencyLine.FIRE),)
