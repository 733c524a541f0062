"""The county's side of the storm: carries messages and plays the staff; may be killed any time.

Run by `benchmarks.storm` as ``python -m benchmarks.storm_staff``, with the database in its
environment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import django

COUNTY = 370725
PAUSE_S = 0.02


def carry() -> None:
    """Carry messages for ever."""
    from django.db import DatabaseError
    from django.utils import timezone

    from onegrid.exchange.actions import deliver_due
    from onegrid.exchange.patience import Patience
    from onegrid.integrations.hotline12345 import adapter

    patience = Patience(
        lease=timedelta(seconds=3),
        first=timedelta(milliseconds=100),
        longest=timedelta(seconds=1),
        attempts=10_000,
    )
    carriers = {"hotline12345": adapter.from_settings()}
    while True:
        with suppress(DatabaseError):
            run = deliver_due(
                tenant_id=COUNTY, now=timezone.now(), carriers=carriers, limit=50, patience=patience
            )
            if run.total:
                continue
        time.sleep(PAUSE_S)


class Staff:
    """Everybody in the county centre and one unit, doing what the state of a case asks for."""

    def __init__(self) -> None:
        from onegrid.accounts.terms import Role, ScopeLevel
        from onegrid.accounts.viewer import Grant, Viewer
        from onegrid.common.tenancy.context import tenant_tx
        from onegrid.organisation.queries import units

        with tenant_tx(COUNTY):
            self.unit = next(row.id for row in units().values() if row.code == "urban_management")
        roles = {role: Grant(role, ScopeLevel.COUNTY) for role in Role}
        roles[Role.UNIT_MEMBER] = Grant(Role.UNIT_MEMBER, ScopeLevel.UNIT, unit_id=self.unit)
        self.people = {
            role: Viewer(
                user_id=UUID(int=n), tenant_id=COUNTY, name=f"storm {role}", grants=(grant,)
            )
            for n, (role, grant) in enumerate(roles.items(), start=1)
        }

    def work(self) -> None:
        """Work for ever."""
        from django.db import DatabaseError

        from onegrid.cases.models import Case
        from onegrid.common.refusals import Refusal
        from onegrid.common.tenancy.context import tenant_tx

        while True:
            with suppress(DatabaseError):
                with tenant_tx(COUNTY):
                    rows = Case.objects.filter(batch="hotline12345", state__in=list(self.acts()))
                    todo = list(rows.order_by("changed_at").values_list("pk", "state")[:50])
                    watched = Case.objects.filter(batch="hotline12345", supervised=True)
                    owed = list(watched.values_list("pk", flat=True)[:50])
                for case_id, state in todo:
                    with suppress(Refusal), tenant_tx(COUNTY):
                        self.acts()[state](case_id)
                for case_id in owed:
                    self.answer_for(case_id)
            time.sleep(PAUSE_S)

    def acts(self) -> dict[str, Callable[[UUID], object]]:
        """Return what is done in which state."""
        from onegrid.accounts.terms import Role
        from onegrid.cases import actions

        unit, dispatcher = Role.UNIT_MEMBER, Role.DISPATCHER
        return {
            "registered": lambda n: actions.start_triage(case_id=n, doing=self._by(dispatcher)),
            "triage": self._assess,
            "classified": lambda n: actions.dispatch(
                case_id=n, doing=self._by(dispatcher), unit_id=self.unit
            ),
            "dispatched": lambda n: actions.accept(case_id=n, doing=self._by(unit)),
            "accepted": lambda n: actions.start(case_id=n, doing=self._by(unit), text="已联系"),
            "in_progress": lambda n: actions.finish(
                case_id=n, doing=self._by(unit), result="solved", answers={1: "已处理完毕。"}
            ),
            "verify": lambda n: actions.verify(
                case_id=n, doing=self._by(Role.SUPERVISOR), ok=True, text="属实"
            ),
            "reopen_req": lambda n: actions.decide_reopen(
                case_id=n, doing=self._by(Role.SUPERVISOR), ok=True, text="重办"
            ),
            "reopened": lambda n: actions.dispatch(
                case_id=n, doing=self._by(dispatcher), unit_id=self.unit
            ),
        }

    def answer_for(self, case_id: UUID) -> None:
        """Reply to a supervision as the unit, and accept the reply as the supervisor."""
        from onegrid.accounts.terms import Role
        from onegrid.cases import actions
        from onegrid.common.refusals import Refusal
        from onegrid.common.tenancy.context import tenant_tx

        for act, role in (
            (actions.reply_supervision, Role.UNIT_MEMBER),
            (actions.settle_supervision, Role.SUPERVISOR),
        ):
            with suppress(Refusal), tenant_tx(COUNTY):
                act(case_id=case_id, doing=self._by(role), text="已重新办理，现场核实完毕。")

    def _assess(self, case_id: UUID) -> None:
        """Refuse one in ten, ask about one in ten, classify the others."""
        from onegrid.accounts.terms import Role
        from onegrid.cases import actions
        from onegrid.cases.models import Case

        case = Case.objects.get(pk=case_id)
        kind = int(case.external_id[2:]) % 10
        doing = self._by(Role.DISPATCHER)
        if kind == 3:
            actions.refuse(case_id=case_id, doing=doing, reason="outside", text="属市直部门")
        elif kind == 6 and case.info_waits == 0:
            actions.ask_info(case_id=case_id, doing=doing, text="具体在哪里？")
        else:
            actions.classify(
                case_id=case_id, doing=doing, case_class="general", category_code="power.light"
            )

    def _by(self, role: object) -> object:
        from django.utils import timezone

        from onegrid.cases.actions import Doing

        return Doing(self.people[role], timezone.now(), uuid4())  # type: ignore[index]


def main() -> None:
    """Carry in a thread of its own, work in this one."""
    django.setup()
    threading.Thread(target=carry, daemon=True).start()
    Staff().work()


if __name__ == "__main__":
    main()
