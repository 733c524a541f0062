"""The options of ``plan``: a thin declaration, cheap to import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Town = Annotated[
    Path, typer.Argument(help="Buildings: .geojson .gpkg .shp .zip .kml .parquet .csv .xlsx")
]
Grids = Annotated[str, typer.Option(help="Households of a grid, e.g. 300:500.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="plan.gpkg or plan.geojson")]
Report = Annotated[Path | None, typer.Option(help="plan.html or plan.pdf")]
Communities = Annotated[str, typer.Option(help="Households of a community, e.g. 3000:5000.")]
Barriers = Annotated[
    list[str] | None, typer.Option(help="FILE or FILE:main_road|river|railway, repeated.")
]
Compounds = Annotated[str | None, typer.Option(help="A file of areas, or a column.")]
Today = Annotated[str | None, typer.Option(help="Today's grids: a file, or a column.")]
Stations = Annotated[
    Path | None, typer.Option(help="Where people are served; the walk there is measured.")
]
Outline = Annotated[Path | None, typer.Option(help="A file with the area to be divided.")]
Households = Annotated[str | None, typer.Option(help="Column with the households.")]
Layer = Annotated[str | None, typer.Option(help="Layer of a GeoPackage.")]
Crs = Annotated[
    list[str] | None,
    typer.Option(help="wgs84, gcj02, bd09 or EPSG:4547; FILE=SYSTEM for one file."),
]
Repair = Annotated[bool, typer.Option("--repair", help="Mend invalid shapes.")]
Wish = Annotated[
    list[str] | None,
    typer.Option(help="change=0.5, borders=0.2, workload=0.3, station=0.5; repeated."),
]
Most = Annotated[int | None, typer.Option(min=1, help="At most so many grids.")]
By = Annotated[
    str | None, typer.Option(help="Column of counties: each is planned by itself, side by side.")
]
Spread = Annotated[str, typer.Option(help="How these are spread: processes or ray.")]
Seconds = Annotated[float, typer.Option(min=0, help="Time to improve.")]
Rounds = Annotated[
    int | None, typer.Option(min=0, help="Rounds instead of time: the same seed, the same plan.")
]
Bound = Annotated[
    float, typer.Option(min=0, help="Seconds to find out how far from the best possible it is.")
]
Prefix = Annotated[str, typer.Option(help="How the codes begin, e.g. 370725001001.")]
Name = Annotated[str, typer.Option(help="Name of the town, for the report.")]
Language = Annotated[str, typer.Option(help="Of the report: zh-hans, zh-hant or en.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


def plan(
    town: Town,
    *,
    grids: Grids,
    out: Out = None,
    report: Report = None,
    communities: Communities = "",
    barriers: Barriers = None,
    compounds: Compounds = None,
    today: Today = None,
    stations: Stations = None,
    outline: Outline = None,
    households: Households = None,
    layer: Layer = None,
    crs: Crs = None,
    repair: Repair = False,
    wish: Wish = None,
    most: Most = None,
    by: By = None,
    spread: Spread = "processes",
    seconds: Seconds = 30.0,
    rounds: Rounds = None,
    seed: int = 0,
    bound: Bound = 0.0,
    prefix: Prefix = "",
    name: Name = "",
    language: Language = "zh-hans",
    as_json: AsJson = False,
) -> None:
    """Cut a town into grids: from files to a plan and a report; needs no database."""
    from onegrid.commands.plan.run import run
    from onegrid.commands.plan.wanted import Wanted

    wanted = Wanted(
        file=town, grids=grids, communities=communities, layer=layer, crs=crs or [],
        households=households, barriers=barriers or [], compounds=compounds, today=today,
        stations=stations, outline=outline, repair=repair, wishes=wish or [], most=most, by=by,
        spread=spread, seconds=None if rounds is not None else seconds, rounds=rounds,
        seed=seed, bound=bound, prefix=prefix, name=name, out=out, report=report,
        language=language, as_json=as_json,
    )  # fmt: skip
    raise typer.Exit(run(wanted))
