"""``open311``: other cities, and the further questions of the county's own services."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from onegrid.cases.actions.questions import define_question, question_from
from onegrid.commands.kinds import county_of, spoken
from onegrid.commands.terminal import say, show
from onegrid.common.refusal_texts import text
from onegrid.common.refusals import Refusal
from onegrid.common.tenancy.context import tenant_tx
from onegrid.integrations.open311.running import exchanged
from onegrid.integrations.open311.setup import active_codes, define_neighbour, switch
from onegrid.integrations.outgoing import Outgoing
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.words import words

_COLUMNS = (
    "category", "code", "datatype", "required", "asks", "text", "text_en", "hint", "hint_en",
    "choices",
)  # fmt: skip


def add(
    *,
    county: int,
    code: str,
    name: str,
    url: str,
    form: str,
    jurisdiction_id: str,
    api_key: str,
    services: Sequence[str],
    tells_updates: bool,
) -> None:
    """Enter another city, or change it."""
    with spoken(), tenant_tx(county_of(county)):
        define_neighbour(
            code=code,
            name=name,
            url=url,
            form=form,
            jurisdiction_id=jurisdiction_id,
            api_key=api_key,
            services=dict(_pair(item) for item in services),
            tells_updates=tells_updates,
        )
        switch(code=code, on=True)


def _pair(item: str) -> tuple[str, str]:
    theirs, sign, ours = item.partition("=")
    if not sign:
        raise Refused(
            words(f"--service {item}: write THEIRS=OURS", f"--service {item}：请写成 对方=本县"),
            Exit.USAGE,
        )
    return theirs.strip(), ours.strip()


def exchange(*, county: int, codes: Sequence[str]) -> int:
    """Exchange with some or all cities now; return the exit code."""
    tenant_id, failed = county_of(county), False
    outgoing = Outgoing(private_hosts=settings.PRIVATE_HOSTS)
    with tenant_tx(tenant_id):
        wanted = codes or active_codes()
    try:
        for code in wanted:
            with spoken():
                now = timezone.now()
                done = exchanged(tenant_id=tenant_id, code=code, outgoing=outgoing, now=now)
            counted = ", ".join(f"{word} {n}" for word, n in sorted(done.counts.items()))
            show(f"{code}: {counted or '-'}{f'; {done.error}' if done.error else ''}")
            failed = failed or bool(done.error)
    finally:
        outgoing.close()
    return Exit.FAILURE if failed else Exit.OK


def questions(*, county: int, file: Path) -> int:
    """Bring the further questions of categories in: all rows, or none; return the exit code."""
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    missing = set(_COLUMNS) - set(rows[0] if rows else ())
    if missing:
        named = ", ".join(sorted(missing))
        raise Refused(words(f"Columns are missing: {named}", f"缺少列：{named}"), Exit.BAD_ROWS)
    with spoken(), tenant_tx(county_of(county)):
        for position, row in enumerate(rows):
            try:
                define_question(
                    category=row["category"], question=question_from(row), position=position
                )
            except Refusal as refusal:
                where = words(f"Line {position + 2}", f"第 {position + 2} 行")
                raise Refused(f"{where}: {text(refusal)}", Exit.BAD_ROWS) from refusal
    say(words(f"{len(rows)} questions", f"{len(rows)} 个问题"))
    return Exit.OK
