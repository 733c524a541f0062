"""Elements of a page: what goes in is escaped, nothing is pasted together."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring

Child = Element | str | None


def tag(name: str, /, *children: Child, **attributes: object) -> Element:
    """Return an element; ``class_`` names ``class``, ``stroke_width`` ``stroke-width``."""
    given = {
        key.rstrip("_").replace("_", "-"): str(value)
        for key, value in attributes.items()
        if value is not None
    }
    element = Element(name, given)
    for child in children:
        add(element, child)
    return element


def add(element: Element, child: Child) -> None:
    """Put text or an element at the end of an element."""
    if child is None:
        return
    if isinstance(child, Element):
        element.append(child)
    elif len(element):
        last = element[-1]
        last.tail = (last.tail or "") + child
    else:
        element.text = (element.text or "") + child


def table(
    heads: Iterable[str], rows: Iterable[Iterable[Child]], *, numbers: Iterable[int] = ()
) -> Element:
    """Return a table that can be moved sideways on a small screen.

    Args:
        numbers: columns from 0 whose cells are set to the right.
    """
    right = set(numbers)
    kind = {True: "number", False: None}
    head = [tag("th", text, scope="col", class_=kind[i in right]) for i, text in enumerate(heads)]
    body = [
        tag("tr", *(tag("td", cell, class_=kind[i in right]) for i, cell in enumerate(row)))
        for row in rows
    ]
    inside = tag("table", tag("thead", tag("tr", *head)), tag("tbody", *body))
    return tag("div", inside, class_="wide many" if len(head) > 3 else "wide", tabindex="0")


def text_of(root: Element) -> str:
    """Return a page as HTML."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html")
