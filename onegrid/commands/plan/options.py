"""The options of ``plan``: a thin declaration, cheap to import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def plan(
    town: Annotated[
        Path, typer.Argument(help="Buildings: .geojson .gpkg .shp .zip .kml .parquet .csv .xlsx")
    ],
    *,
    grids: Annotated[str, typer.Option(help="Households of a grid, e.g. 300:500.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="plan.gpkg or plan.geojson")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="plan.html or plan.pdf")] = None,
    communities: Annotated[
        str, typer.Option(help="Households of a community, e.g. 3000:5000.")
    ] = "",
    barriers: Annotated[
        list[str] | None, typer.Option(help="FILE or FILE:main_road|river|railway, repeated.")
    ] = None,
    compounds: Annotated[str | None, typer.Option(help="A file of areas, or a column.")] = None,
    today: Annotated[str | None, typer.Option(help="Today's grids: a file, or a column.")] = None,
    outline: Annotated[
        Path | None, typer.Option(help="A file with the area to be divided.")
    ] = None,
    households: Annotated[str | None, typer.Option(help="Column with the households.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of a GeoPackage.")] = None,
    crs: Annotated[
        list[str] | None,
        typer.Option(help="wgs84, gcj02, bd09 or EPSG:4547; FILE=SYSTEM for one file."),
    ] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend invalid shapes.")] = False,
    wish: Annotated[
        list[str] | None, typer.Option(help="change=0.5, borders=0.2, workload=0.3; repeated.")
    ] = None,
    most: Annotated[int | None, typer.Option(min=1, help="At most so many grids.")] = None,
    seconds: Annotated[float, typer.Option(min=0, help="Time to improve.")] = 30.0,
    rounds: Annotated[
        int | None,
        typer.Option(min=0, help="Rounds instead of time: the same seed, the same plan."),
    ] = None,
    seed: int = 0,
    bound: Annotated[
        float, typer.Option(min=0, help="Seconds to find out how far from the best possible it is.")
    ] = 0.0,
    prefix: Annotated[str, typer.Option(help="How the codes begin, e.g. 370725001001.")] = "",
    name: Annotated[str, typer.Option(help="Name of the town, for the report.")] = "",
    language: Annotated[str, typer.Option(help="Of the report: zh-hans, zh-hant or en.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Cut a town into grids: from files to a plan and a report; needs no database."""
    from onegrid.commands.plan.run import run
    from onegrid.commands.plan.wanted import Wanted

    raise typer.Exit(
        run(
            Wanted(
                file=town, grids=grids, communities=communities, layer=layer, crs=crs or [],
                households=households, barriers=barriers or [], compounds=compounds, today=today,
                outline=outline, repair=repair, wishes=wish or [], most=most,
                seconds=None if rounds is not None else seconds, rounds=rounds, seed=seed,
                bound=bound, prefix=prefix, name=name, out=out, report=report, language=language,
                as_json=as_json,
            )
        )
    )  # fmt: skip
