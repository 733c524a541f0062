"""The ``onegrid`` command: thin declarations; the work is in `onegrid.commands`.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a system package is missing, 4 already running or
busy, 5 refused because of real data, 6 rows of a file are bad.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from onegrid.commands import county
from onegrid.commands.plan.options import plan
from onegrid.commands.setup import with_django
from onegrid.commands.terminal import say
from onegrid.runtime.exits import Exit, Refused

app = typer.Typer(
    help=__doc__.partition("\n")[0] if __doc__ else None,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
imports = typer.Typer(help="Bring rows of a file in.", no_args_is_help=True)
app.add_typer(imports, name="import")
cities = typer.Typer(help="Exchange with other cities by Open311.", no_args_is_help=True)
app.add_typer(cities, name="open311")

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65534, help="Port to listen on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


@app.command()
def demo(
    full: Annotated[bool, typer.Option("--full", help="The whole county.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Drop the demo data first.")] = False,
    host: Host = "127.0.0.1",
    port: Port = 8000,
) -> None:
    """Run a demo county; the first start builds it, later starts keep its data."""
    county.run(county.Wish(host=host, port=port, demo=True, full=full, reset=reset))


@app.command()
def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the counties of this installation: database, web and worker."""
    county.run(county.Wish(host=host, port=port))


@app.command()
def work() -> None:
    """Run the worker of background jobs alone."""
    with with_django("work"):
        from onegrid.commands.jobs import work as work_on

        work_on()


@app.command(hidden=True)
def plan_draft(tenant_id: int, run_id: UUID) -> None:
    """Make the plan of a draft; called by the worker."""
    with with_django("plan-draft"):
        from onegrid.commands.jobs import plan_draft as make_plan

        make_plan(tenant_id=tenant_id, run_id=run_id)


@app.command(hidden=True)
def find_sites(tenant_id: int, siting_id: UUID) -> None:
    """Compute a siting draft; called by the worker."""
    with with_django("find-sites"):
        from onegrid.commands.jobs import find_sites as compute

        compute(tenant_id=tenant_id, siting_id=siting_id)


@app.command()
def migrate() -> None:
    """Bring the tables to this code."""
    with with_django("migrate"):
        from onegrid.commands import prepare as preparing

        preparing.migrate()


@app.command()
def doctor(
    as_json: AsJson = False,
    lang: Annotated[str, typer.Option(help="zh or en; default: the terminal's language.")] = "",
) -> None:
    """Check this installation and say what to do about what is wrong."""
    from onegrid.commands.doctor import examine

    raise typer.Exit(examine(as_json=as_json, lang=lang))


@app.command(hidden=True)
def prepare(steps: list[str], full: Annotated[bool, typer.Option("--full")] = False) -> None:
    """Do steps before serving; called by demo and serve."""
    with with_django("prepare"):
        from onegrid.commands import prepare as preparing

        preparing.prepare(steps, full=full)


@app.command(hidden=True)
def guard_demo() -> None:
    """Fail when there are real data; called by demo."""
    with with_django("guard-demo"):
        from onegrid.commands import prepare as preparing

        preparing.refuse_over_real_data()


@app.command()
def init(
    code: Annotated[int, typer.Option("--county", help="GB/T 2260 code, e.g. 370725.")],
    name: Annotated[str, typer.Option(help="Name of the county.")],
    host: Annotated[list[str] | None, typer.Option(help="Host name it answers at.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create a county with its reference lists."""
    with with_django("init"):
        from onegrid.commands.people import create_county

        create_county(code=code, name=name, hosts=host or [], as_json=as_json)


@app.command()
def createuser(
    username: str,
    *,
    code: Annotated[int, typer.Option("--county", help="County the person works in.")],
    full_name: Annotated[str, typer.Option("--name", help="The person's name.")],
    role: Annotated[str, typer.Option(help="A role, e.g. system_admin.")],
    phone: Annotated[str, typer.Option(help="Phone number.")] = "",
    one_time: Annotated[
        bool, typer.Option("--one-time", help="Draw a password to be changed at first sign-in.")
    ] = False,
) -> None:
    """Create a member of staff; asks for the password unless one is drawn."""
    password = (
        None if one_time else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with with_django("createuser"):
        from onegrid.commands.people import create_user

        create_user(
            username=username,
            code=code,
            full_name=full_name,
            role=role,
            phone=phone,
            password=password,
        )


County = Annotated[int, typer.Option("--county", help="Which county; default: the only one.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


Table = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
Dry = Annotated[bool, typer.Option("--dry-run", help="Check only.")]
Batch = Annotated[str, typer.Option(help="Name of the batch; default: the file's.")]
BadFile = Annotated[Path | None, typer.Option(help="Where bad rows are written.")]


@cities.command("add")
def add_city(
    city: Annotated[str, typer.Argument(help="A short code, e.g. qingzhou.")],
    name: Annotated[str, typer.Argument(help="Its name, as cases are handed over to it.")],
    url: Annotated[str, typer.Argument(help="Its endpoint, e.g. https://…/open311/v2.")],
    *,
    code: County = 0,
    form: Annotated[str, typer.Option("--format", help="json or xml.")] = "json",
    jurisdiction: Annotated[str, typer.Option(help="Its jurisdiction_id.")] = "",
    key: Annotated[str, typer.Option(help="Our api_key there.", envvar="OPEN311_KEY")] = "",
    service: Annotated[list[str] | None, typer.Option(help="THEIRS=OURS, repeated.")] = None,
    updates: Annotated[bool, typer.Option("--updates", help="It knows updated_after.")] = False,
) -> None:
    """Enter another city, or change it."""
    with with_django("open311"):
        from onegrid.commands import open311

        open311.add(
            county=code,
            code=city,
            name=name,
            url=url,
            form=form,
            jurisdiction_id=jurisdiction,
            api_key=key,
            services=service or [],
            tells_updates=updates,
        )


@cities.command("exchange")
def exchange_cities(
    cities_wanted: Annotated[list[str] | None, typer.Argument(metavar="CITY…")] = None,
    *,
    code: County = 0,
) -> None:
    """Exchange now instead of at the next five minutes."""
    with with_django("open311"):
        from onegrid.commands import open311

        raise typer.Exit(open311.exchange(county=code, codes=cities_wanted or []))


@cities.command("questions")
def import_questions(file: Table, *, code: County = 0) -> None:
    """Bring the further questions of categories in: a CSV table."""
    with with_django("open311"):
        from onegrid.commands import open311

        raise typer.Exit(open311.questions(county=code, file=file))


@imports.command("requests")
def import_requests(
    file: Table,
    *,
    code: County = 0,
    replay: Annotated[bool, typer.Option("--replay", help="At their real times.")] = False,
    dry: Dry = False,
    yes: Yes = False,
    batch: Batch = "",
    bad_file: BadFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring requests of a table in through the product's own actions."""
    _bring_in("requests", file, code, replay, dry, yes, as_json, batch, bad_file)


@imports.command("places")
def import_places(
    file: Table,
    *,
    code: County = 0,
    dry: Dry = False,
    yes: Yes = False,
    batch: Batch = "",
    bad_file: BadFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring streets, communities and grids in: CSV, Excel or GeoJSON."""
    _bring_in("places", file, code, False, dry, yes, as_json, batch, bad_file)


@imports.command("buildings")
def import_buildings(
    file: Table,
    *,
    code: County = 0,
    dry: Dry = False,
    yes: Yes = False,
    batch: Batch = "",
    bad_file: BadFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring buildings with households in: CSV, Excel or GeoJSON."""
    _bring_in("buildings", file, code, False, dry, yes, as_json, batch, bad_file)


@imports.command("units")
def import_units(
    file: Table,
    *,
    code: County = 0,
    dry: Dry = False,
    yes: Yes = False,
    batch: Batch = "",
    bad_file: BadFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring units in, or change them: CSV or Excel."""
    _bring_in("units", file, code, False, dry, yes, as_json, batch, bad_file)


@imports.command("duties")
def import_duties(
    file: Table,
    *,
    code: County = 0,
    dry: Dry = False,
    yes: Yes = False,
    batch: Batch = "",
    bad_file: BadFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring lists of duties in as new versions: CSV or Excel."""
    _bring_in("duties", file, code, False, dry, yes, as_json, batch, bad_file)


@imports.command("estates")
def import_estates(
    file: Table,
    *,
    code: County = 0,
    dry: Dry = False,
    yes: Yes = False,
    batch: Batch = "",
    bad_file: BadFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring a register of old estates in: CSV or Excel."""
    _bring_in("estates", file, code, False, dry, yes, as_json, batch, bad_file)


def _bring_in(what: str, file: Path, *wanted: Any) -> None:
    with with_django("import"):
        from onegrid.commands import rows

        raise typer.Exit(rows.bring_in(what, file, rows.Wanted(*wanted)))


class What(StrEnum):
    """Kinds of tables."""

    REQUESTS = "requests"
    PLACES = "places"
    BUILDINGS = "buildings"
    UNITS = "units"
    DUTIES = "duties"
    ESTATES = "estates"


@imports.command("template")
def import_template(what: Annotated[What, typer.Argument()] = What.REQUESTS) -> None:
    """Print an empty table to fill in."""
    with with_django("import"):
        from onegrid.commands import rows

        rows.template(what.value)


@imports.command("list")
def import_list(code: County = 0, as_json: AsJson = False) -> None:
    """List what was imported."""
    with with_django("import"):
        from onegrid.commands import rows

        rows.list_batches(code=code, as_json=as_json)


@imports.command("undo")
def import_undo(batch: str, code: County = 0, yes: Yes = False) -> None:
    """Take a batch back that nobody has worked on."""
    with with_django("import"):
        from onegrid.commands import rows

        raise typer.Exit(rows.undo(batch, code=code, ask=lambda words: yes or typer.confirm(words)))


app.command()(plan)


def main() -> None:
    """Run a command; turn refusals into their text and exit code."""
    try:
        app()
    except Refused as refused:
        if refused.message:
            say(refused.message)
        sys.exit(int(refused.code))
    except KeyboardInterrupt:
        sys.exit(int(Exit.FAILURE))


if __name__ == "__main__":
    main()
