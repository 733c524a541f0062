"""The county's side of the storm: carries messages and plays the staff; may be killed any time.

Run by `benchmarks.storm` as ``python -m benchmarks.storm_staff``, with the database in its
environment. An outage or a failure ends neither half: it is logged and tried again after a pause,
and only after `MOST_FAILURES` rounds in a row that failed does the process end, for all to see.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from uuid import UUID, uuid4

import django

COUNTY = 370725
PAUSE_S = 0.02
MOST_FAILURES = 20
LONGEST_PAUSE_S = 5.0

logger = logging.getLogger("storm.staff")


def keep_on(work: Callable[[], bool]) -> None:
    """Work for ever, in rounds that tell whether there was anything to do.

    A round that fails is logged; the connection is given up and the next round waits, longer each
    time. After `MOST_FAILURES` in a row the whole process ends, so that whoever watches it sees it.
    """
    from django.db import connection

    failures = 0
    while True:
        try:
            busy = work()
        except Exception:
            failures += 1
            logger.exception("round failed, %s in a row", failures)
            with suppress(Exception):
                connection.close()
            if failures >= MOST_FAILURES:
                os._exit(1)
            time.sleep(min(LONGEST_PAUSE_S, 0.1 * 2**failures))
        else:
            failures = 0
            if not busy:
                time.sleep(PAUSE_S)


class Carriage:
    """Carries messages to the hotline."""

    def __init__(self) -> None:
        from onegrid.exchange.patience import Patience
        from onegrid.integrations.hotline12345 import adapter

        self.patience = Patience(
            lease=timedelta(seconds=3),
            first=timedelta(milliseconds=100),
            longest=timedelta(seconds=1),
            attempts=10_000,
        )
        self.carriers = {"hotline12345": adapter.from_settings()}

    def work(self) -> bool:
        """Carry what is due; tell whether anything was."""
        from django.utils import timezone

        from onegrid.exchange.actions import deliver_due

        run = deliver_due(
            tenant_id=COUNTY,
            now=timezone.now(),
            carriers=self.carriers,
            limit=50,
            patience=self.patience,
        )
        return run.total > 0


class Staff:
    """Everybody in the county centre and one unit, doing what the state of a case asks for."""

    def __init__(self) -> None:
        from onegrid.accounts.terms import Role, ScopeLevel
        from onegrid.accounts.viewer import Grant, Viewer
        from onegrid.cases import actions  # noqa: F401 - imported before the thread starts
        from onegrid.common.tenancy.context import tenant_tx
        from onegrid.exchange.actions import deliver_due  # noqa: F401
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

    def work(self) -> bool:
        """Do what each case asks for, and answer for those under supervision.

        What fails for one case holds up no other; the first failure is raised at the end.
        """
        from onegrid.cases.models import Case, Supervision
        from onegrid.common.tenancy.context import tenant_tx

        acts = self.acts()
        with tenant_tx(COUNTY):
            rows = Case.objects.filter(batch="hotline12345", state__in=list(acts))
            todo = list(rows.order_by("changed_at").values_list("pk", "state")[:50])
            orders = Supervision.objects.filter(case__batch="hotline12345")
            waiting = orders.filter(state__in=["open", "replied"]).order_by("?")
            owed = list(waiting.values_list("case_id", "pk", "state")[:50])
        failed: list[Exception] = []
        for case_id, state in todo:
            with self._tried(failed):
                acts[state](case_id)
        for case_id, order_id, state in owed:
            with self._tried(failed):
                self._answer(case_id, order_id, state)
        if failed:
            raise failed[0]
        return bool(todo or owed)

    @contextmanager
    def _tried(self, failed: list[Exception]) -> Iterator[None]:
        """Do something in a transaction of its own; a refusal is no failure."""
        from onegrid.common.refusals import Refusal
        from onegrid.common.tenancy.context import tenant_tx

        try:
            with tenant_tx(COUNTY):
                yield
        except Refusal:
            pass
        except Exception as error:  # noqa: BLE001 - raised by the round, after the others
            failed.append(error)

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
            "reopen_req": self._reopen,
            "reopened": lambda n: actions.dispatch(
                case_id=n, doing=self._by(dispatcher), unit_id=self.unit
            ),
        }

    def _answer(self, case_id: UUID, order_id: UUID, state: str) -> None:
        """Reply to a supervision as the unit, or accept the reply as the supervisor."""
        from onegrid.accounts.terms import Role
        from onegrid.cases import actions

        replied = state == "replied"
        act = actions.settle_supervision if replied else actions.reply_supervision
        role = Role.SUPERVISOR if replied else Role.UNIT_MEMBER
        words = "已重新办理，现场核实完毕。"
        act(case_id=case_id, doing=self._by(role), text=words, supervision_id=order_id)

    def _reopen(self, case_id: UUID) -> None:
        """Reopen as the supervisor; from the third time on the office has met before."""
        from django.utils import timezone

        from onegrid.accounts.terms import Role
        from onegrid.cases import actions
        from onegrid.cases.models import Case

        by = Role.SUPERVISOR
        if Case.objects.get(pk=case_id).round >= 3:
            actions.record_meeting(
                case_id=case_id, doing=self._by(by), kind="office", held_at=timezone.now(),
                unit_ids=[self.unit], minutes="逐条研究", ruling="重办",
            )  # fmt: skip
        actions.decide_reopen(case_id=case_id, doing=self._by(by), ok=True, text="重办")

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
    """Carry in a thread of its own, work in this one.

    Both halves are made before the thread starts: two threads that import the same packages at the
    same time may see one half made.
    """
    django.setup()
    logging.basicConfig(level=logging.WARNING)
    carriage, staff = Carriage(), Staff()
    threading.Thread(target=keep_on, args=(carriage.work,), daemon=True).start()
    keep_on(staff.work)


if __name__ == "__main__":
    main()
