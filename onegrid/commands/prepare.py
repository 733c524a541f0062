"""The steps before serving, inside Django: messages, static files, tables, the demo county."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from django.core.management import call_command
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from onegrid.accounts.queries import real_counties
from onegrid.commands import demo_files, steps
from onegrid.common.tenancy.backend.base import as_owner
from onegrid.demo import logins
from onegrid.demo.build import build
from onegrid.integrations.sms.catalogue import filed_texts
from onegrid.locale.build import compile_messages
from onegrid.runtime.exits import Exit, Refused
from onegrid.runtime.paths import var_folder
from onegrid.runtime.words import words

Report = Callable[[str, int, int], None]


def prepare(wanted: Sequence[str], *, full: bool) -> None:
    """Do the named steps in their order.

    Args:
        wanted: names out of `steps.ORDER`.
        full: build the whole demo county.
    """
    doing: dict[str, Callable[[], object]] = {
        steps.PLANNER: planner,
        steps.MESSAGES: compile_messages,
        steps.STATIC: static,
        steps.MIGRATE: migrate,
        steps.TEXTS: texts,
        steps.DEMO: lambda: demo(full=full),
    }
    for step in steps.ORDER:
        if step in wanted:
            doing[step]()


def planner() -> None:
    """Compile the planner by a first small plan, so that nobody waits for it at work."""
    from onegrid.core.planning.first import first_plan

    first_plan()


def static() -> None:
    """Collect, name by content and compress the static files."""
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)


def migrate() -> None:
    """Bring the tables to this code, as their owner."""
    with as_owner():
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def texts() -> None:
    """Write down for the demo phone how the texts of messages are filed."""
    path = var_folder() / demo_files.TEMPLATES
    path.write_text(json.dumps(filed_texts(), ensure_ascii=False, indent=1))


def demo(*, full: bool) -> None:
    """Build the demo county through the product's own actions and note the ready logins."""
    with progress_bar() as report:
        build(full=full, progress=report)
    rows = [{name: str(value) for name, value in asdict(login).items()} for login in logins()]
    (var_folder() / demo_files.LOGINS).write_text(json.dumps(rows, ensure_ascii=False, indent=1))


def refuse_over_real_data() -> None:
    """Refuse when any county here is not a demo.

    Raises:
        Refused: there is one (exit code 5).
    """
    if "accounts_county" not in connection.introspection.table_names():
        return
    found = real_counties()
    if found:
        listed = ", ".join(map(str, found))
        raise Refused(
            words(
                f"Here are real data ({listed}). Set ONEGRID_VAR to another folder for a demo.",
                f"此处有真实数据（{listed}）。演示请将 ONEGRID_VAR 设为另一个目录。",
            ),
            Exit.REFUSED,
        )


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Show how far a long step is; yields ``report(what, done, total)``."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total
        )
