"""The hotline's page: its orders, and a form for a new one, for people who try the product out."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path

from onegrid.integrations.hotline12345.demo.book import Order

_CHINA = timezone(timedelta(hours=8))
STYLE = Path(__file__).with_name("hotline.css").read_bytes()

#: What a state is called, in Chinese and English.
_STATES = {
    "sent": ("已派出", "sent"),
    "received": ("县已接收", "received"),
    "consulting": ("待补充", "waiting for information"),
    "returned": ("已退回", "returned"),
    "dispatched": ("已派单", "dispatched"),
    "accepted": ("已签收", "signed for"),
    "in_progress": ("办理中", "being handled"),
    "on_hold": ("挂起", "on hold"),
    "finished": ("已答复", "answered"),
    "reopening": ("申请重办", "reopening asked for"),
    "closed": ("已办结", "closed"),
    "recalled": ("已撤回", "recalled"),
}


def render(orders: list[Order], waiting: int, troubles: list[tuple[str, str, str]]) -> str:
    """Return the page."""
    rows = "".join(_row(order) for order in orders)
    table = (
        '<table><thead><tr><th scope="col">工单号 <small lang="en">Order</small></th>'
        '<th scope="col">事项 <small lang="en">Matter</small></th>'
        '<th scope="col">状态 <small lang="en">State</small></th>'
        '<th scope="col">县受理编号 <small lang="en">County number</small></th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
        if rows
        else '<p class="soft">还没有工单。<span lang="en">No orders yet.</span></p>'
    )
    trouble = "".join(
        f"<li>{escape(order)} · {escape(kind)} · {escape(said)}</li>"
        for order, kind, said in troubles
    )
    return (
        '<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<title>演示热线 · Demo hotline</title><link rel="stylesheet" href="/style.css"></head>'
        '<body><header><h1>演示热线12345 <small lang="en">Demo hotline 12345</small></h1>'
        '<p class="soft">这里是另一套系统：有自己的账本，工单通过接口送到县里。'
        '<span lang="en">Another system with books of its own; orders reach the county by '
        f"messages.</span></p><p>待送达消息 {waiting} "
        f'<small lang="en">messages on their way</small></p></header><main>{_FORM}{table}'
        f"{f'<h2>未办成 <small>refused</small></h2><ul>{trouble}</ul>' if trouble else ''}"
        "</main></body></html>"
    )


_FORM = (
    '<details><summary>新建工单 <small lang="en">New order</small></summary>'
    '<form method="post" action="/new">'
    '<label>标题 <small lang="en">Title</small><input name="title" maxlength="60"></label>'
    '<label>来电内容 <small lang="en">What the caller said</small>'
    '<textarea name="text" required rows="4" maxlength="2000"></textarea></label>'
    '<label>地点 <small lang="en">Place</small><input name="address" maxlength="200"></label>'
    '<button>派出 <small lang="en">Send</small></button></form></details>'
)


def _row(order: Order) -> str:
    at = datetime.fromtimestamp(order.at, _CHINA)
    name, english = _STATES.get(order.state, (order.state, ""))
    return (
        f'<tr><th scope="row">{escape(order.id)}<br><small>{at:%m-%d %H:%M}</small></th>'
        f"<td>{escape(order.title)}</td>"
        f'<td>{escape(name)} <small lang="en">{escape(english)}</small></td>'
        f"<td>{escape(order.number)}</td></tr>"
    )
