"""What an operator enters: cities, and the further questions of categories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onegrid.cases.models import CategoryQuestion
from onegrid.cases.questions import questions_by_code
from onegrid.commands import open311
from onegrid.common.sealed import unseal
from onegrid.integrations.open311.models import Neighbour
from onegrid.runtime.exits import Exit, Refused
from tests.county import COUNTY, Town
from tests.open311.twin import running_city

HEAD = "category,code,datatype,required,asks,text,text_en,hint,hint_en,choices\n"


def test_e13_a_city_is_entered_and_exchanged_with(
    town: Town, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PRIVATE_HOSTS = ["127.0.0.1"]
    with running_city() as city:
        open311.add(
            county=COUNTY,
            code="qingzhou",
            name="青州市",
            url=city.url,
            form="xml",
            jurisdiction_id="",
            api_key="secret",
            services=["17=power.light"],
            tells_updates=False,
        )
        assert open311.exchange(county=COUNTY, codes=[]) == Exit.OK
        city.answer = b"<html>"
        assert open311.exchange(county=COUNTY, codes=["qingzhou"]) == Exit.FAILURE
    row = Neighbour.objects.get()
    assert (row.services, unseal(row.api_key)) == ({"17": "power.light"}, "secret")
    assert capsys.readouterr().out.splitlines()[0] == "qingzhou: -"
    with pytest.raises(Refused):
        open311.exchange(county=COUNTY, codes=["nothing"])


def test_e6_questions_come_out_of_a_table_all_or_none(town: Town, tmp_path: Path) -> None:
    before = CategoryQuestion.objects.count()
    table = tmp_path / "q.csv"
    good = (
        "water.sewer,smell,singlevaluelist,yes,yes,有臭味吗？,Does it smell?,,,y=有|Yes;n=没有|No\n"
    )
    table.write_text(HEAD + good + "nothing,x,string,no,yes,?,?,,,\n", "utf-8")
    with pytest.raises(Refused) as refused:
        open311.questions(county=COUNTY, file=table)
    assert refused.value.code == Exit.BAD_ROWS and "3" in refused.value.message
    table.write_text(HEAD + good, "utf-8")
    assert open311.questions(county=COUNTY, file=table) == Exit.OK
    assert [row.asked.code for row in questions_by_code("water.sewer")] == ["smell"]
    assert CategoryQuestion.objects.count() == before + 1
    table.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(Refused):
        open311.questions(county=COUNTY, file=table)
