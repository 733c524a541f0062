"""E13: our client and our server over a socket: what one county hands over, the other has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.utils import timezone

from onegrid.accounts.models import ApiToken, County
from onegrid.accounts.queries import hash_token
from onegrid.accounts.terms import Role, ScopeLevel, TokenScope
from onegrid.accounts.viewer import Grant, Viewer
from onegrid.cases import actions
from onegrid.cases.models import Case
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.models import Exchanged
from onegrid.integrations.open311.pull import pull
from onegrid.integrations.open311.push import push
from onegrid.integrations.open311.setup import define_neighbour
from onegrid.integrations.outgoing import Outgoing
from onegrid.starter.build import build
from tests.county import COUNTY, STARTED, Town, _places, county, doing, make_town, middle, report

OURS = 370726


class _Silent(WSGIRequestHandler):
    def log_message(self, *words: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[int]:
    server: WSGIServer = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=_Silent)

    def serve() -> None:
        server.serve_forever(poll_interval=0.01)
        connections.close_all()

    thread = Thread(target=serve)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def their_town() -> tuple[Town, str]:
    """Make the other county, which answers on this machine, and a key of its own."""
    now = STARTED - timedelta(minutes=10)
    with county(now, COUNTY):
        town = make_town(now)
        secret = f"key-{uuid4()}"
        ApiToken.objects.create(
            user_id=town.users[Role.DISPATCHER].id,
            label="昌乐县",
            token_hash=hash_token(secret),
            scopes=[TokenScope.OPEN311.value],
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    County.objects.filter(code=COUNTY).update(hosts=["127.0.0.1"])
    return town, secret


def our_dispatcher() -> Viewer:
    grants = (Grant(Role.DISPATCHER, ScopeLevel.COUNTY),)
    return Viewer(uuid4(), OURS, name="调度员", grants=grants)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_e13_two_counties_exchange_over_a_socket(settings: Any, form: str) -> None:
    settings.PRIVATE_HOSTS = ["127.0.0.1"]
    town, key = their_town()
    now, viewer = timezone.now(), our_dispatcher()
    lon, lat = middle(0, 0)
    with county(town.now, OURS):
        build(now=town.now)
        _places(town.now)
        receipt = actions.open_case(
            viewer=Viewer.anonymous(OURS),
            request=actions.Request(
                text="界河大桥路灯不亮",
                place=actions.Place(lon=lon, lat=lat),
                category_code="power.light",
            ),
            now=town.now,
            key=uuid4(),
        )
        case_id = receipt.case_id

        def step() -> actions.Doing:
            return actions.Doing(viewer=viewer, now=town.now, key=uuid4())

        actions.start_triage(case_id=case_id, doing=step())
        actions.classify(
            case_id=case_id, doing=step(), case_class="general", category_code="power.light"
        )
        actions.hand_over(case_id=case_id, doing=step(), body="昌乐县", text="在昌乐")
    with tenant_tx(COUNTY):
        theirs = report(town, text="他们自己的事", category="traffic.road")
    outgoing = Outgoing(private_hosts=("127.0.0.1",))
    with serving() as port:
        with tenant_tx(OURS):
            define_neighbour(
                code="changle",
                name="昌乐县",
                url=f"http://127.0.0.1:{port}/open311/v2",
                form=form,
                api_key=key,
                jurisdiction_id=str(COUNTY),
                tells_updates=True,
            )
        sent = push(tenant_id=OURS, code="changle", outgoing=outgoing, now=now)
        assert sent == {"sent": 1}
        with tenant_tx(COUNTY):
            there = Case.objects.get(channel="api")
            assert receipt.number in there.text and there.category is not None
        done = pull(tenant_id=OURS, code="changle", outgoing=outgoing, now=timezone.now())
        assert (done.error, done.counts["opened"]) == ("", 1)
        with tenant_tx(OURS):
            taken = Case.objects.get(batch="open311/changle")
            assert taken.external_id == theirs.number
            assert Exchanged.objects.filter(external_id=there.number, case_id=case_id).exists()
        with tenant_tx(COUNTY):
            later = doing(town, Role.DISPATCHER, timezone.now())
            actions.start_triage(case_id=there.pk, doing=later)
            refuse = doing(town, Role.DISPATCHER, timezone.now())
            actions.refuse(
                case_id=there.pk, doing=refuse, reason="outside", text="这座桥归省公路局管理。"
            )
        heard = push(tenant_id=OURS, code="changle", outgoing=outgoing, now=timezone.now())
        assert heard == {"heard": 1}
        with tenant_tx(OURS):
            assert Case.objects.get(pk=case_id).state == "callback"
    outgoing.close()
