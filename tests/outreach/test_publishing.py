"""Public pages: moderated words, blurred place, every edition kept (E15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from onegrid.accounts.terms import Role
from onegrid.accounts.viewer import Viewer
from onegrid.cases import actions as cases
from onegrid.cases.actions import Place, Reporter, Request
from onegrid.cases.models import Case
from onegrid.cases.queries import case_detail
from onegrid.common.refusals import Conflict, Forbidden, Invalid, NotFound
from onegrid.outreach import actions, queries
from onegrid.outreach.actions import Page
from onegrid.outreach.models import Edition, PublicCase
from onegrid.outreach.queries import Wanted
from tests.county import COUNTY, Town, doing, middle

PAGE = Page("楼道水管漏水", "二号楼楼道的水管漏水。", "已更换接头，恢复正常。")


def answered(town: Town, **more: object) -> Case:
    """Return a case of community C1 that the clerk answered at once."""
    lon, lat = middle(0, 0)
    given = {
        "text": "我叫欧阳晓明，2单元501室楼道漏水，电话13912345678",
        "place": Place(lon=lon, lat=lat),
        "category_code": "water.leak",
        "reporter": Reporter(name="欧阳晓明", phone="13912345678"),
        **more,
    }
    receipt = cases.open_case(
        viewer=Viewer.anonymous(COUNTY),
        request=Request(**given),  # type: ignore[arg-type]
        now=town.now,
        key=uuid4(),
    )
    clerk = Role.COMMUNITY_CLERK
    cases.start_triage(case_id=receipt.case_id, doing=doing(town, clerk))
    return cases.answer_now(
        case_id=receipt.case_id, doing=doing(town, clerk), answers={1: "已请王师傅更换接头。"}
    )


def published(town: Town, case: Case, page: Page = PAGE, at: timedelta = timedelta()) -> UUID:
    made = doing(town, Role.COMMUNITY_CLERK, town.now + at)
    actions.publish(case_id=case.pk, doing=made, page=page)
    return PublicCase.objects.get(case_id=case.pk).pk


def test_e15_a_clerk_publishes_moderated_words_and_the_original_stays(town: Town) -> None:
    case = answered(town)
    public_id = published(town, case)
    row = queries.public_case(public_id=public_id, language="zh-hans")
    assert (row.title, row.text, row.answer) == (PAGE.title, PAGE.text, PAGE.answer)
    assert "欧阳晓明" in Case.objects.get(pk=case.pk).text
    assert queries.public_list(wanted=Wanted(), page=1, language="en").total == 1


def test_e15_the_place_is_blurred_to_about_a_hundred_metres(town: Town) -> None:
    case = answered(town)
    row = queries.public_case(public_id=published(town, case), language="zh-hans")
    assert (row.lon, row.lat) == (round(case.lon or 0, 3), round(case.lat or 0, 3))
    assert row.place == "东街街道 和平社区"
    assert case.address not in (row.place, row.text, row.title)


def test_e15_names_phones_and_flats_are_proposed_for_redaction(town: Town) -> None:
    case = answered(town)
    viewer = town.viewer(Role.COMMUNITY_CLERK)
    made = queries.proposal(viewer, view=case_detail(viewer, case_id=case.pk, now=town.now))
    assert made is not None
    assert made.text == "我叫■■，■■楼道漏水，电话■■"
    assert made.answer == "已请■■更换接头。"
    assert {one.text for one in made.found} >= {"欧阳晓明", "13912345678", "2单元501室", "王师傅"}


@pytest.mark.parametrize("field", ["title", "text", "answer"])
def test_e15_words_that_still_look_personal_need_a_second_look(town: Town, field: str) -> None:
    case = answered(town)
    page = replace(PAGE, **{field: "请找欧阳晓明"})
    with pytest.raises(Invalid, match=r"public\.still_personal") as refused:
        published(town, case, page)
    assert refused.value.field == field
    assert "欧阳晓明" not in str(refused.value.params)
    published(town, case, replace(page, checked=True))


@pytest.mark.parametrize(
    ("more", "code"),
    [({"confidential": True}, "public.confidential"), ({"kind": "whistle"}, "public.whistle")],
)
def test_e15_confidential_cases_and_reports_of_wrongdoing_are_never_published(
    town: Town, more: dict[str, object], code: str
) -> None:
    case = answered(town, **more)
    viewer = town.viewer(Role.COMMUNITY_CLERK)
    with pytest.raises(Conflict, match=code):
        published(town, case)
    view = case_detail(viewer, case_id=case.pk, now=town.now)
    assert queries.proposal(viewer, view=view) is None
    assert PublicCase.objects.count() == 0


def test_e15_editions_are_kept_and_a_page_can_be_taken_down(town: Town) -> None:
    case = answered(town)
    public_id = published(town, case)
    published(town, case, replace(PAGE, answer="已更换接头，回访正常。"), timedelta(hours=1))
    later = doing(town, Role.COMMUNITY_CLERK, town.now + timedelta(hours=2))
    actions.take_down(case_id=case.pk, doing=later, reason="当事人要求")
    rows = Edition.objects.order_by("n").values_list("n", "shown", "answer", "reason")
    assert [row[:2] for row in rows] == [(1, True), (2, True), (3, False)]
    assert rows[0][2] == PAGE.answer and rows[2][3] == "当事人要求"
    with pytest.raises(NotFound):
        queries.public_case(public_id=public_id, language="zh-hans")
    assert queries.public_list(wanted=Wanted(), page=1, language="zh-hans").total == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.update(text="anders")


def test_e15_what_is_not_answered_is_not_published(town: Town) -> None:
    case = answered(town)
    Case.objects.filter(pk=case.pk).update(
        state="in_progress", lead_unit=town.units["water_bureau"]
    )
    with pytest.raises(Conflict, match=r"public\.not_ended"):
        published(town, case)


def test_e15_only_those_who_assess_publish(town: Town) -> None:
    case = answered(town)
    for role in (Role.CALLBACK_AGENT, Role.SUPERVISOR):
        with pytest.raises(Forbidden):
            actions.publish(case_id=case.pk, doing=doing(town, role), page=PAGE)
    with pytest.raises(Conflict, match=r"public\.not_published"):
        actions.take_down(case_id=case.pk, doing=doing(town, Role.COMMUNITY_CLERK), reason="试一下")


def test_e15_the_list_is_searched_by_words_area_and_category(town: Town) -> None:
    published(town, answered(town))
    wanted = [
        Wanted(words="接头 漏水"), Wanted(category="water"), Wanted(category="water.leak"),
        Wanted(area=town.areas["C1"]), Wanted(area=town.areas["S1"]),
    ]  # fmt: skip
    missed = [
        Wanted(words="路灯"), Wanted(category="no.such"), Wanted(area=town.areas["C2"])
    ]  # fmt: skip

    def total(one: Wanted) -> int:
        return queries.public_list(wanted=one, page=1, language="zh-hans").total

    assert [total(one) for one in wanted] == [1] * len(wanted)
    assert [total(one) for one in missed] == [0] * len(missed)
    assert len(queries.points(wanted=Wanted(), language="zh-hans")) == 1


def test_e15_the_same_key_publishes_once(town: Town) -> None:
    case = answered(town)
    same = doing(town, Role.COMMUNITY_CLERK)
    for _ in range(2):
        actions.publish(case_id=case.pk, doing=same, page=PAGE)
    assert Edition.objects.count() == 1
