"""Every step and state of the flow is reached on a page by its role, and by the interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from onegrid.accounts.terms import Role, TokenScope
from onegrid.cases.models import Case, Step
from onegrid.common.tenant_cache import clear_all
from onegrid.core.flow import BY_ACTION, TABLE, Action, Actor, State
from onegrid.duties.queries.law import clear as clear_rules
from tests.api.conftest import Api
from tests.calls.people import make_roster
from tests.conftest import MONDAY
from tests.county import Town, county, make_town
from tests.flows.reach import BY_ITSELF, MINUTE, ROWS, WORDS, Row, Story, stands
from tests.outreach.test_publishing import answered, published
from tests.web.staff import browser, photo, post, travel


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """Make the small county once for all rows, with a team on duty."""
    with django_db_blocker.unblock(), transaction.atomic():
        clear_all()
        with county(MONDAY):
            made = make_town(MONDAY)
            make_roster(made)
            yield made
        transaction.set_rollback(True)
    clear_all()


@pytest.fixture(autouse=True)
def undone(town: Town) -> Iterator[None]:
    """Undo what a test did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    clear_rules()


BASES = {Role.GRID_WORKER: "/work/", Role.RESIDENT: "/my/"}


def test_every_step_of_the_table_has_a_row_or_is_taken_by_itself() -> None:
    rows, alone = [row.action for row in ROWS], [action for action, _ in BY_ITSELF]
    assert sorted([*rows, *alone]) == sorted(line.action for line in TABLE)
    for action in set(alone) - {Action.SUBMIT}:
        assert BY_ACTION[action].actors == {Actor.SYSTEM}, action


def test_every_state_is_reached_by_those_steps() -> None:
    steps = {row.action for row in ROWS} | {action for action, _ in BY_ITSELF} - {Action.SUBMIT}
    reached = {State.REGISTERED}
    for _ in TABLE:
        reached |= {
            line.target
            for line in TABLE
            if line.action in steps and line.target and not reached.isdisjoint(line.sources)
        }
    assert reached == set(State) - {State.DRAFT}


def written(row: Row, case: Case, channel: str) -> None:
    step = Step.objects.filter(case_id=case.pk, action=row.action).latest("seq")
    assert (step.channel, step.relation in BY_ACTION[row.action].actors) == (channel, True)


def by_program(town: Town, row: Row, story: Story) -> Any:
    """Do it with a token of the role, which is told before that it may."""
    api, deed = Api(town, Client()), row.named()[0]
    scope = TokenScope.READ_OWN if row.who is Role.RESIDENT else TokenScope.READ
    token = api.token(row.who, TokenScope.ACT, scope)
    path = f"/cases/{story.case.number}"
    told = api.send("GET", path, token=token).json()["actions"]
    keep = {Action.KEEP_VERDICT: Action.CLOSE}
    assert keep.get(row.action, row.action) in told
    address = f"{path}/actions/{deed}"
    if row.action is Action.ATTACH:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        body = {**row.body, "photos": photo()}
        return api.client.post(f"/api/v1{address}", body, headers=headers)
    return api.send("POST", address, token=token, key=uuid4(), body=row.sent(town, story))


def on_page(town: Town, row: Row, story: Story) -> Any:
    """Do it on the page of the case, which offers it."""
    client, panel = browser(town, row.who), row.named()[1]
    number, base = story.case.number, BASES.get(row.who, "/desk/case/")
    page = client.get(f"{base}{number}/")
    typed = row.typed(town, story)
    if row.who is Role.RESIDENT:
        assert f'value="{panel}"' in page.content.decode()
        return client.post(f"{base}{number}/", {"action": panel, "key": str(uuid4()), **typed})
    if panel == "call":
        address = f"{reverse('desk:call_new')}?case={number}"
        assert address in page.content.decode()
        return client.post(address, {"key": str(uuid4()), **typed})
    assert panel in {one.name for one in page.context["panels"]}
    if row.action is Action.ATTACH:
        typed["photos"] = photo()
    return post(client, number, panel, base, **typed)


@pytest.mark.parametrize("row", ROWS, ids=[row.action for row in ROWS])
def test_a_step_is_taken_by_its_role_on_the_page_and_by_the_interface(town: Town, row: Row) -> None:
    for way, channel, status in ((by_program, "api", 200), (on_page, "web", 302)):
        story = row.ready(town)
        with travel(story.case.changed_at + MINUTE):
            response = way(town, row, story)
        assert response.status_code == status, response.content.decode()[:2000]
        written(row, story.case, channel)


def test_a_public_page_is_taken_down_on_the_page_and_by_the_interface(town: Town) -> None:
    row = Row(Action.PUBLISH, Story, Role.COMMUNITY_CLERK, {"reason": WORDS}, "take_down")  # type: ignore[arg-type]
    for way, channel in ((by_program, "api"), (on_page, "web")):
        case = answered(town)
        published(town, case)
        with travel(town.now + MINUTE):
            way(town, row, Story(town, case))
        step = Step.objects.filter(case_id=case.pk).latest("seq")
        assert (step.data["down"], step.channel, step.text) == (True, channel, WORDS)


def test_a_grid_worker_solves_on_the_spot_on_the_page_and_by_the_interface(town: Town) -> None:
    token = Api(town, Client()).token(Role.GRID_WORKER, TokenScope.ACT)
    told, answer = {"category": "water.leak"}, "已拧紧阀门，不再漏水"
    for channel in ("api", "web"):
        case = stands("registered")(town).case
        with travel(case.changed_at + MINUTE):
            if channel == "api":
                path = f"/cases/{case.number}/actions/handle_on_spot"
                body = {**told, "answers": {"1": answer}}
                Api(town, Client()).send("POST", path, token=token, key=uuid4(), body=body)
            else:
                client = browser(town, Role.GRID_WORKER)
                post(client, case.number, "on_spot", "/work/", answer_1=answer, **told)
        step = Step.objects.get(case_id=case.pk, action=Action.FINISH)
        assert (step.channel, step.data["on_spot"]) == (channel, True)
        assert Case.objects.get(pk=case.pk).state == State.CALLBACK
