"""Pages of the escalation ladder and the rules of supervision: versions, reasons, effects."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from onegrid.accounts.terms import Role
from onegrid.cases import actions, reference
from onegrid.cases.actions.ladder import RungGiven, define_rung
from onegrid.cases.models import Escalation, RuleChange, Rung, WatchRule
from tests.county import Town
from tests.web.staff import browser, forward, queries_of, travel
from tests.web.staff import words as raw_words

PAGE = "/desk/supervision/rules/"
EN = {"Accept-Language": "en"}
MINUTE = timedelta(minutes=1)
RUNG: dict[str, Any] = {
    "part": "rung", "chosen": "", "percent": "60", "receiver": "unit_head",
    "clocks": ["solution"], "reason": "县政府办〔2026〕8号", "do": "save",
}  # fmt: skip
RULE: dict[str, Any] = {
    "part": "rule", "chosen": "overdue", "fact": "promise_share", "at_least": "120",
    "trigger": "2", "kind": "listed", "reply_days": "2", "basis": "某条例第二十六条",
    "valid_from": "", "reason": "试行一个季度", "do": "save",
}  # fmt: skip


def words(response: Any) -> str:
    return " ".join(raw_words(response).split())


def page(town: Town, role: Role, address: str = PAGE) -> Any:
    return browser(town, role).get(address, headers=EN)


def sent(town: Town, given: dict[str, Any], role: Role = Role.SUPERVISOR) -> Any:
    return browser(town, role).post(PAGE, given, headers=EN)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SYSTEM_ADMIN])
def test_the_page_says_in_plain_words_what_each_rung_and_rule_does(town: Town, role: Role) -> None:
    with travel(town.now):
        seen = words(page(town, role))
    assert "80 % Told on the page of reminders: Grid worker and community clerk" in seen
    assert "share of the promised time used up, in per cent: 100 or more" in seen
    assert "Far overdue" in seen and "far_overdue" not in seen
    assert "Daily supervision, reply within 1 working day " in seen
    assert "Nothing was changed since the county was set up." in seen


def test_nobody_else_reads_or_changes_what_is_watched(town: Town) -> None:
    with travel(town.now):
        for role in (Role.UNIT_HEAD, Role.DISPATCHER, Role.SECURITY_ADMIN, Role.RESIDENT):
            assert page(town, role).status_code == 403
            assert sent(town, RUNG, role).status_code == 403
    assert not RuleChange.objects.exists()


def test_a_new_rung_holds_at_once_and_tells_at_its_share(town: Town) -> None:
    case = forward(town, until="in_progress")
    with travel(town.now + 33 * MINUTE):
        assert actions.mark_case(case_id=case.pk, now=town.now + 33 * MINUTE)
        assert sent(town, RUNG).status_code == 302
    at = town.now + 37 * MINUTE
    assert case.pk in actions.due_case_ids(now=at)
    actions.mark_case(case_id=case.pk, now=at)
    rows = Escalation.objects.filter(case_id=case.pk, clock="solution").order_by("percent")
    assert list(rows.values_list("percent", "reached")) == [(50, "handler"), (60, "unit_head")]


def test_a_changed_rung_is_a_new_version_and_the_list_says_who_and_why(town: Town) -> None:
    changed = {**RUNG, "chosen": "50", "receiver": "grid", "clocks": ["solution", "plan"]}
    with travel(town.now):
        assert sent(town, {**changed, "sms": "1"}).status_code == 302
        seen = words(page(town, Role.SUPERVISOR))
    old, new = Rung.objects.filter(percent=50).order_by("until")
    assert (old.receiver, old.until, new.receiver, new.since) == (
        "handler", town.now, "grid", town.now,
    )  # fmt: skip
    assert (new.sms, new.clocks) == (True, ["solution", "plan"])
    assert [row.percent for row in reference.ladder.get()].count(50) == 1
    assert "测试supervisor" in seen and "县政府办〔2026〕8号" in seen
    with pytest.raises(Error), transaction.atomic():
        RuleChange.objects.update(reason="")


def test_a_rung_is_taken_off_but_never_the_last_one(town: Town) -> None:
    with travel(town.now):
        for row in list(reference.ladder.get())[1:]:
            gone = {**RUNG, "chosen": str(row.percent), "do": "end"}
            assert sent(town, gone).status_code == 302
        last = sent(town, {**RUNG, "chosen": "50", "do": "end"})
    assert last.status_code == 409
    assert "This is the last rung" in words(last)
    assert Rung.objects.filter(until__isnull=True).count() == 1


def test_the_starter_brings_nothing_back_that_was_changed_or_taken_off(town: Town) -> None:
    with travel(town.now):
        sent(town, {**RUNG, "chosen": "80", "do": "end"})
        sent(town, {**RUNG, "chosen": "50", "receiver": "street"})
    for percent in (50, 80):
        define_rung(given=RungGiven(percent, "grid", ("solution",), sms=False))
    held = {row.percent: row.receiver for row in reference.ladder.get()}
    assert 80 not in held and held[50] == "street"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"percent": "0"}, "percent"),
        ({"percent": "1001"}, "percent"),
        ({"percent": "halb"}, "percent"),
        ({"receiver": "mayor"}, "receiver"),
        ({"clocks": []}, "clocks"),
        ({"clocks": ["nothing"]}, "clocks"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"chosen": "50", "receiver": "handler", "clocks": ["response", "solution", "plan",
          "supervise"]}, "receiver"),
    ],
)  # fmt: skip
def test_a_bad_rung_names_its_field_and_changes_nothing(
    town: Town, wrong: dict[str, Any], field: str
) -> None:
    before = list(Rung.objects.order_by("percent").values())
    with travel(town.now):
        answer = sent(town, {**RUNG, **wrong})
    assert answer.status_code in {409, 422}
    assert [error["field"] for error in answer.context["errors"]] == [field]
    assert f'href="#f-{field}"' in answer.content.decode()
    assert list(Rung.objects.order_by("percent").values()) == before
    assert not RuleChange.objects.exists()


def test_a_changed_rule_holds_from_its_day_and_the_old_one_until_then(town: Town) -> None:
    day = (town.now + timedelta(days=7)).date()
    with travel(town.now):
        assert sent(town, {**RULE, "valid_from": day.isoformat()}).status_code == 302
        seen = words(page(town, Role.SUPERVISOR))
    old, new = WatchRule.objects.filter(code="overdue").order_by("valid_from")
    assert (old.at_least, old.valid_to, new.at_least, new.valid_from) == (100, day, 120, day)
    assert f"from {day.isoformat()} on" in seen and "试行一个季度" in seen
    rules = reference.watch_rules.get()
    assert [(one.at_least, one.valid_to) for one in rules if one.code == "overdue"] == [
        (100, day), (120, None),
    ]  # fmt: skip


def test_a_rule_is_ended_and_can_be_taken_up_again_later(town: Town) -> None:
    day, later = ((town.now + timedelta(days=n)).date().isoformat() for n in (1, 9))
    with travel(town.now):
        assert sent(town, {**RULE, "valid_from": day, "do": "end"}).status_code == 302
        again = sent(town, {**RULE, "valid_from": day, "do": "end"})
        assert again.status_code == 404
        assert sent(town, {**RULE, "valid_from": later}).status_code == 302
    rows = WatchRule.objects.filter(code="overdue").order_by("valid_from")
    assert [str(row.valid_to) for row in rows] == [day, "None"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"chosen": "", "code": ""}, "code"),
        ({"fact": "moon"}, "fact"),
        ({"at_least": "0"}, "at_least"),
        ({"trigger": "6"}, "trigger"),
        ({"kind": "public"}, "kind"),
        ({"reply_days": "31"}, "reply_days"),
        ({"valid_from": "tomorrow"}, "valid_from"),
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"basis": "x" * 201}, "basis"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_bad_rule_names_its_field_and_changes_nothing(
    town: Town, wrong: dict[str, Any], field: str
) -> None:
    before = list(WatchRule.objects.order_by("pk").values())
    with travel(town.now):
        day = (town.now + timedelta(days=1)).date().isoformat()
        answer = sent(town, {**RULE, "valid_from": day, **wrong})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.context["errors"]] == [field]
    assert list(WatchRule.objects.order_by("pk").values()) == before


def test_the_page_asks_the_database_as_often_however_many_rules_there_are(town: Town) -> None:
    with travel(town.now):
        office = browser(town, Role.SUPERVISOR)
        before = queries_of(office, PAGE)
        for percent in ("60", "70", "400"):
            assert sent(town, {**RUNG, "percent": percent}).status_code == 302
        assert queries_of(office, PAGE) == before
