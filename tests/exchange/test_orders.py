"""Orders of another system: each once, in their order, and every step of ours told (S26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from onegrid.accounts.terms import Role
from onegrid.cases import actions as cases
from onegrid.cases.models import Case, Contact, Step
from onegrid.common.refusals import Conflict, Forbidden, Invalid
from onegrid.core.flow import Action, State
from onegrid.exchange import actions, queries
from onegrid.exchange.models import ExternalOrder, Message
from tests.county import Town, doing, middle, report
from tests.hotline import ORDER, incoming

SYSTEM = "hotline12345"


def take(town: Town, *args: Any, **more: Any) -> actions.Taken:
    return actions.take_in(message=incoming(*args, **more), now=town.now)


def the_case(order_id: str = "W1") -> Case:
    order = ExternalOrder.objects.get(external_id=order_id)
    return Case.objects.get(pk=order.case_id)


def sent(order_id: str = "W1") -> list[tuple[str, str]]:
    rows = Message.objects.filter(order__external_id=order_id, direction="out").order_by("seq")
    found = list(rows)
    assert [row.seq for row in found] == list(range(1, len(found) + 1))
    return [(row.kind, row.payload["state"]) for row in found]


def handle(town: Town, case_id: UUID, *, finish: bool = True) -> None:
    unit, dispatcher = Role.UNIT_MEMBER, Role.DISPATCHER
    at = iter(town.now + timedelta(minutes=n) for n in range(1, 20))
    cases.start_triage(case_id=case_id, doing=doing(town, dispatcher, next(at)))
    cases.classify(
        case_id=case_id,
        doing=doing(town, dispatcher, next(at)),
        case_class="general",
        category_code="power.light",
    )
    cases.dispatch(
        case_id=case_id,
        doing=doing(town, dispatcher, next(at)),
        unit_id=town.units["water_bureau"],
    )
    cases.accept(case_id=case_id, doing=doing(town, unit, next(at)))
    cases.start(case_id=case_id, doing=doing(town, unit, next(at)), text="已联系来电人")
    if finish:
        cases.finish(
            case_id=case_id,
            doing=doing(town, unit, next(at)),
            result="solved",
            answers={1: "三盏路灯已修复并恢复照明。"},
        )
        if Case.objects.get(pk=case_id).state == State.VERIFY:
            cases.verify(
                case_id=case_id, doing=doing(town, Role.SUPERVISOR, next(at)), ok=True, text="属实"
            )


def test_s26_an_order_becomes_a_case_with_its_words_and_contact(town: Town) -> None:
    lon, lat = middle(0, 0)
    body = {**ORDER, "place": {"lon": lon, "lat": lat, "address": "东门"}, "kind": "complaint"}
    taken = take(town, "W1", 1, "order", body)
    case = the_case()
    assert (taken.state, taken.number) == ("applied", case.number)
    assert (case.channel, case.kind, case.batch) == ("hotline", "complaint", SYSTEM)
    assert case.grid_id == town.areas["G11"]
    assert Contact.objects.get(case_id=case.pk).phone == "13800000009"
    opened = Step.objects.get(action=Action.OPEN)
    assert (opened.actor_name, opened.actor_role) == ("", "system")
    assert sent() == [("received", "received")]


def test_s26_people_stand_with_the_case_only(town: Town) -> None:
    take(town, "W1", 1, "order")
    assert "reporter" not in Message.objects.get(direction="in").payload


def test_s26_the_same_message_again_changes_nothing(town: Town) -> None:
    one = incoming("W1", 1, "order", message_id="message-1")
    first = actions.take_in(message=one, now=town.now)
    second = actions.take_in(message=one, now=town.now + timedelta(hours=3))
    assert (first.again, second.again) == (False, True)
    assert (second.state, second.number) == (first.state, first.number)
    assert Case.objects.count() == 1 and len(sent()) == 1


def test_s26_another_message_under_the_same_id_or_number_is_refused(town: Town) -> None:
    take(town, "W1", 1, "order", message_id="message-1")
    with pytest.raises(Conflict, match="id_used"):
        take(town, "W1", 1, "order", {"text": "别的事"}, message_id="message-1")
    with pytest.raises(Conflict, match="seq_used"):
        take(town, "W1", 1, "order")
    assert Case.objects.count() == 1


def test_s26_what_comes_too_early_waits_for_what_is_missing(town: Town) -> None:
    late = take(town, "W1", 3, "recall", {"text": "来电人撤回"})
    middle_one = take(town, "W1", 2, "remind", {"text": "再催"})
    assert (late.state, middle_one.state) == ("held", "held")
    assert Case.objects.count() == 0
    assert take(town, "W1", 1, "order").state == "applied"
    assert the_case().state == State.WITHDRAWN
    assert set(Message.objects.filter(direction="in").values_list("state", flat=True)) == {
        "applied"
    }
    assert sent()[-1] == ("recalled", "recalled")


def test_s26_a_message_may_void_those_that_never_came(town: Town) -> None:
    take(town, "W1", 1, "order")
    held = take(town, "W1", 3, "remind", {})
    done = take(town, "W1", 5, "recall", {"text": "撤回"}, supersedes=4)
    assert (held.state, done.state) == ("held", "applied")
    assert Message.objects.get(seq=3, direction="in").state == "superseded"
    assert take(town, "W1", 2, "remind", {}).state == "superseded"
    assert not Step.objects.filter(action=Action.REMIND).exists()


def test_s26_every_step_is_told_in_its_transaction_and_in_order(town: Town) -> None:
    take(town, "W1", 1, "order")
    handle(town, the_case().pk)
    assert sent() == [
        ("received", "received"),
        ("progress", "dispatched"),
        ("accept", "accepted"),
        ("progress", "in_progress"),
        ("finish", "finished"),
    ]
    body = Message.objects.get(kind="finish").payload
    assert body["result"] == "solved"
    assert [one["answer"] for one in body["answers"]] == ["三盏路灯已修复并恢复照明。"]


def test_s26_steps_on_other_cases_tell_the_hotline_nothing(town: Town) -> None:
    case_id = report(town).case_id
    cases.start_triage(case_id=case_id, doing=doing(town, Role.COMMUNITY_CLERK))
    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        ({"answered": True, "solved": "yes", "satisfied": "yes"}, State.CLOSED),
        (
            {"answered": True, "solved": "no", "satisfied": "no", "text": "还是不亮"},
            State.REOPEN_REQ,
        ),
    ],
)
def test_s26_their_call_back_closes_or_reopens(
    town: Town, verdict: dict[str, Any], state: State
) -> None:
    take(town, "W1", 1, "order")
    handle(town, the_case().pk)
    assert take(town, "W1", 2, "callback", verdict).state == "applied"
    assert the_case().state == state


def test_s26_a_bad_call_back_of_a_closed_case_asks_for_reopening(town: Town) -> None:
    take(town, "W1", 1, "order")
    handle(town, the_case().pk)
    take(town, "W1", 2, "callback", {"answered": True, "solved": "yes", "satisfied": "yes"})
    bad = {"answered": True, "solved": "no", "satisfied": "no", "text": "又不亮了"}
    assert take(town, "W1", 3, "callback", bad).state == "applied"
    assert the_case().state == State.REOPEN_REQ


def test_s26_what_cannot_be_done_is_kept_and_told_and_the_next_counts(town: Town) -> None:
    take(town, "W1", 1, "order")
    early = {"answered": True, "solved": "yes", "satisfied": "yes"}
    taken = take(town, "W1", 2, "callback", early)
    assert (taken.state, taken.error) == ("refused", "case.illegal_transition")
    assert Message.objects.filter(direction="out").latest("seq").payload["refused"] == taken.error
    assert take(town, "W1", 3, "remind", {}).state == "applied"


def test_s26_a_recall_after_the_end_is_answered_so(town: Town) -> None:
    take(town, "W1", 1, "order")
    handle(town, the_case().pk)
    take(town, "W1", 2, "callback", {"answered": True, "solved": "yes", "satisfied": "yes"})
    assert take(town, "W1", 3, "recall", {"text": "重复"}).state == "applied"
    last = Message.objects.filter(direction="out").latest("seq")
    assert (last.kind, last.payload["done"], last.payload["state"]) == ("recalled", False, "closed")
    assert the_case().state == State.CLOSED


def test_s26_a_refused_case_goes_back_and_the_ruling_may_bring_it_again(town: Town) -> None:
    take(town, "W1", 1, "order")
    case_id = the_case().pk
    cases.start_triage(case_id=case_id, doing=doing(town, Role.DISPATCHER))
    cases.refuse(
        case_id=case_id, doing=doing(town, Role.DISPATCHER), reason="outside", text="属于市直部门"
    )
    assert sent()[-1] == ("return", "returned")
    assert take(town, "W1", 2, "ruling", {"upheld": False, "text": "应由县里办"}).state == "applied"
    assert the_case().state == State.TRIAGE
    assert sent()[-1] == ("progress", "received")


def test_s26_a_question_goes_out_and_its_answer_goes_on(town: Town) -> None:
    take(town, "W1", 1, "order")
    case_id = the_case().pk
    cases.start_triage(case_id=case_id, doing=doing(town, Role.DISPATCHER))
    cases.ask_info(case_id=case_id, doing=doing(town, Role.DISPATCHER), text="哪一盏灯？")
    asked = Message.objects.get(kind="consult", direction="out")
    assert asked.payload["text"] == "哪一盏灯？"
    take(town, "W1", 2, "consult", {"text": "东门第三盏"})
    assert the_case().state == State.TRIAGE
    assert Step.objects.get(action=Action.SUPPLY_INFO).text == "东门第三盏"
    take(town, "W1", 3, "consult", {"text": "另有两盏闪烁"})
    assert "另有两盏闪烁" in Step.objects.get(action=Action.NOTE).text


def test_s26_notes_that_the_reporter_must_not_see_do_not_leave_the_county(town: Town) -> None:
    take(town, "W1", 1, "order")
    handle(town, the_case().pk, finish=False)
    before = len(sent())
    cases.note(
        case_id=the_case().pk,
        doing=doing(town, Role.UNIT_MEMBER),
        text="内部：同事请假",
        shown=False,
    )
    assert len(sent()) == before
    assert not Message.objects.filter(payload__icontains="同事请假").exists()


def test_s26_mapped_words_become_ours_and_unmapped_ones_a_visible_note(town: Town) -> None:
    admin = town.viewer(Role.SYSTEM_ADMIN)
    for kind, theirs, ours in (("category", "0301", "power.light"), ("place", "P9", "C1")):
        actions.map_word(
            viewer=admin, system=SYSTEM, kind=kind, theirs=theirs, their_name="", ours=ours,
            now=town.now,
        )  # fmt: skip
    take(town, "W1", 1, "order", {
        **ORDER, "category": {"code": "0301"}, "place": {"code": "P9", "address": "东门"},
    })  # fmt: skip
    assert the_case("W1").community_id == town.areas["C1"]
    assert Case.objects.get(pk=the_case("W1").pk).category.code == "power.light"
    assert not Step.objects.filter(action=Action.NOTE).exists()
    take(town, "W2", 1, "order", {
        **ORDER, "category": {"code": "9907", "name": "社保"}, "place": {"code": "X", "name": "西郊"},
    })  # fmt: skip
    case = the_case("W2")
    assert (case.category_id, case.community_id, case.address) == (None, None, "西郊")
    texts = list(Step.objects.filter(case_id=case.pk, action=Action.NOTE).values_list("text"))
    assert len(texts) == 2 and "9907" in texts[1][0] + texts[0][0]


def test_a_mapping_names_what_the_county_has(town: Town) -> None:
    admin = town.viewer(Role.SYSTEM_ADMIN)
    given = {"system": SYSTEM, "theirs": "1", "their_name": "", "now": town.now}
    with pytest.raises(Invalid, match="no_category"):
        actions.map_word(viewer=admin, kind="category", ours="nothing", **given)
    with pytest.raises(Forbidden):
        actions.map_word(
            viewer=town.viewer(Role.DISPATCHER), kind="category", ours="power.light", **given
        )


def test_s26_a_point_outside_the_county_is_kept_in_words(town: Town) -> None:
    body = {**ORDER, "place": {"lon": 121.5, "lat": 31.2, "address": "外滩"}}
    assert take(town, "W1", 1, "order", body).state == "applied"
    assert the_case().address == "外滩"


def test_s26_an_order_that_cannot_be_a_case_is_refused_with_its_reason(town: Town) -> None:
    taken = take(town, "W1", 1, "order", {**ORDER, "reporter": {"phone": "abc"}})
    assert (taken.state, taken.error) == ("refused", "case.phone")
    assert Case.objects.count() == 0
    assert take(town, "W1", 2, "recall", {"text": "算了"}).error == "exchange.no_order"
    assert take(town, "W1", 3, "order").state == "applied"


def test_the_book_says_where_every_order_stands(town: Town) -> None:
    take(town, "W1", 1, "order")
    assert queries.book(system=SYSTEM) == {"W1": (the_case().number, "received")}


def test_the_case_page_learns_of_its_order_and_the_deadline(town: Town) -> None:
    take(town, "W1", 1, "order", {**ORDER, "reply_due_at": "2026-03-02T08:00:00+08:00"})
    found = queries.order_of_case(case_id=the_case().pk, now=town.now)
    assert found is not None and found.late and found.external_id == "W1"
    assert [row.kind for row in found.messages] == ["order", "received"]


def test_trouble_is_for_system_administrators(town: Town) -> None:
    take(town, "W1", 2, "remind", {})
    assert [row.seq for row in queries.trouble(town.viewer(Role.SYSTEM_ADMIN))] == [2]
    with pytest.raises(Forbidden):
        queries.trouble(town.viewer(Role.DISPATCHER))
