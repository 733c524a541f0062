"""What looks personal is found, and what does not is left alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onegrid.core.redaction import BLACK, Sort, findings, redacted


@pytest.mark.parametrize(
    ("text", "sort", "piece"),
    [
        ("请打13812345678找我", Sort.PHONE, "13812345678"),
        ("号码138 1234 5678。", Sort.PHONE, "138 1234 5678"),
        ("１３８１２３４５６７８", Sort.PHONE, "１３８１２３４５６７８"),
        ("家里座机0536-6221234没人接", Sort.PHONE, "0536-6221234"),
        ("电话：6221234", Sort.PHONE, "6221234"),
        ("身份证370725199001011234", Sort.ID_NUMBER, "370725199001011234"),
        ("身份证37072519900101123X，", Sort.ID_NUMBER, "37072519900101123X"),
        ("卡号6222 0200 0011 2233 445", Sort.CARD, "6222 0200 0011 2233 445"),
        ("鲁VA1234挡住了路", Sort.PLATE, "鲁VA1234"),
        ("新能源车鲁G·D12345", Sort.PLATE, "鲁G·D12345"),
        ("写到li.lei@example.cn", Sort.EMAIL, "li.lei@example.cn"),
        ("微信号：lilei_2020", Sort.ACCOUNT, "lilei_2020"),
        ("3号楼2单元501室漏水", Sort.DWELLING, "2单元501室"),
        ("5号楼302室", Sort.DWELLING, "302室"),
        ("楼上王大爷", Sort.NAME, "王大爷"),
        ("李建国先生说", Sort.NAME, "李建国先生"),
        ("我叫张小明，住在", Sort.NAME, "张小明"),
        ("联系人：刘洋", Sort.NAME, "刘洋"),
    ],
)
def test_what_looks_personal_is_found(text: str, sort: Sort, piece: str) -> None:
    found = findings(text)
    assert (sort, piece) in [(one.sort, one.text) for one in found]
    assert piece not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "和平小区3号楼下水管漏水，已经两天了",
        "12345接单后30分钟到场",
        "路灯2026年3月2日起不亮，共15盏",
        "费用一共 1280.50 元",
        "高压线下堆放杂物",
    ],
)
def test_what_is_not_personal_is_left_alone(text: str) -> None:
    assert findings(text) == ()
    assert redacted(text) == text


def test_a_known_name_is_found_wherever_it_stands() -> None:
    assert redacted("昨天欧阳娜娜来过，欧阳娜娜很生气", ["欧阳娜娜"]) == (
        f"昨天{BLACK * 2}来过，{BLACK * 2}很生气"
    )


@given(st.text(max_size=200), st.lists(st.text(min_size=2, max_size=6), max_size=3))
def test_findings_never_overlap_and_name_their_text(text: str, names: list[str]) -> None:
    found = findings(text, names)
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
