"""Invented orders of the demo hotline: one mapped, one at a point, one that nobody has mapped."""

from __future__ import annotations

from typing import Any

SAMPLES: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "WF2600000001",
        {
            "title": "小区门口路灯不亮",
            "text": "来电人反映小区东门外三盏路灯不亮已一周，老人晚上出行不便，请尽快维修。",
            "category": {"code": "0301", "name": "路灯照明"},
            "place": {"code": "CL-01", "name": "城区", "address": "小区东门外"},
            "reporter": {"name": "王女士", "phone": "14100000091"},
        },
    ),
    (
        "WF2600000002",
        {
            "title": "自来水管漏水",
            "text": "来电人反映楼前自来水主管漏水，地面已经结冰，担心行人滑倒。",
            "category": {"code": "0201", "name": "供水"},
            "place": {"address": "楼前主路"},
            "reporter": {"name": "刘先生", "phone": "14100000092"},
        },
    ),
    (
        "WF2600000003",
        {
            "title": "咨询社保卡补办",
            "text": "来电人咨询社会保障卡丢失后在哪里补办、需要带什么材料。",
            "kind": "inquiry",
            "category": {"code": "9907", "name": "社保卡业务"},
            "place": {"code": "CL-99", "name": "不详"},
            "reporter": {"name": "张女士", "phone": "14100000093"},
        },
    ),
)
