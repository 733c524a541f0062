"""How long a desk waits for the Excel file of its queue, through the real page.

Run: ``python -m benchmarks.export [--cases 100000] [--rows 1000] [--json FILE]``. It builds the
demo county in a database of its own, multiplies its cases, starts the web server, signs in by the
form and asks for the file of a filter that finds ``rows`` cases or a few more, all of one
community: as its clerk, who sees nothing else, and as a dispatcher, who names it in the filter.
Each file is opened and its rows are counted.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
from openpyxl import load_workbook

from benchmarks.county import BASE, County, Figure, county, served, settings, show
from onegrid.demo import PASSWORD

GOAL_S = 3.0
CLERK, DISPATCHER = "shequ", "diaodu"
TIMES = 7
#: Columns of the file.
_NUMBER, _COMMUNITY = 0, 5


def signed_in(username: str) -> httpx.Client:
    """Return a browser whose user has just signed in by the form."""
    client = httpx.Client(base_url=BASE, timeout=60, follow_redirects=True)
    page = client.get("/account/login/").text
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None, "the form for signing in has no token"
    form = {"csrfmiddlewaretoken": found[1], "login": username, "password": PASSWORD}
    answer = client.post("/account/login/", data=form)
    assert answer.url.path.startswith("/desk/"), (username, answer.status_code, answer.url)
    return client


def narrowed(url: str, rows: int) -> tuple[UUID, dict[str, str], int]:
    """Return the clerk's community, a filter that finds so many of its cases, and how many."""
    with psycopg.connect(url) as connection:
        clerk = connection.execute(
            "SELECT area_id FROM accounts_rolegrant one JOIN accounts_user u ON u.id = one.user_id "
            "WHERE u.username = %s",
            [CLERK],
        ).fetchone()
        assert clerk is not None, "the clerk has no community"
        days = connection.execute(
            "SELECT (opened_at AT TIME ZONE 'Asia/Shanghai')::date, count(*) "
            "FROM cases_case WHERE community_id = %s AND closed_at IS NOT NULL AND batch = '' "
            "GROUP BY 1 ORDER BY 1",
            [clerk[0]],
        ).fetchall()
    sums = list(accumulate(count for _, count in days))
    last = next((n for n, found in enumerate(sums) if found >= rows), len(sums) - 1)
    span = {"which": "closed", "from": f"{days[0][0]}", "to": f"{days[last][0]}"}
    return clerk[0], span, sums[last]


def asked(username: str, query: dict[str, str], wanted: int) -> list[Figure]:
    """Return how long the file took; every row must be there once, and of one community."""
    client = signed_in(username)
    spent: list[float] = []
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = client.get("/desk/export/", params=query)
        spent.append(time.perf_counter() - start)
        assert answer.status_code == 200, (username, answer.status_code)
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len({row[_NUMBER] for row in rows}) == wanted, (username, len(rows), wanted)
    assert len({row[_COMMUNITY] for row in rows}) == 1
    return [
        Figure(f"{username}: {wanted} rows, slowest of {TIMES}", max(spent), "s", GOAL_S),
        Figure(f"{username}: {wanted} rows, median", statistics.median(spent), "s"),
        Figure(f"{username}: size of the file", len(answer.content) / 1000, "kB"),
    ]


def figures(found: County, rows: int) -> list[Figure]:
    """Serve a county and return how long its desks wait."""
    community, span, wanted = narrowed(found.owner, rows)
    with served(found):
        return [
            *asked(CLERK, span, wanted),
            *asked(DISPATCHER, {**span, "community": str(community)}, wanted),
            Figure("cases", found.cases, ""),
        ]


def main() -> None:
    """Print the table and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    settings()
    with county(options.cases) as found:
        show(figures(found, options.rows), options.json)


if __name__ == "__main__":
    main()
