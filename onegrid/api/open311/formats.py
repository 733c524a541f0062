"""Write an answer as JSON or XML: the two shapes the standard has for the same thing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse
from django.utils.timezone import localtime

JSON, XML = "json", "xml"
#: Media types of the formats.
TYPES = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
#: What XML 1.0 cannot carry.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Name of one item of a list, by the name of the list.
_ITEM = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is answered: the name of the root in XML, and the content as JSON has it."""

    root: str
    content: Any


def answer(told: Told, form: str, *, status: int = 200) -> HttpResponse:
    """Return an answer in a format; applications in any browser may read it."""
    body = _xml(told) if form == XML else json.dumps(told.content, ensure_ascii=False).encode()
    return HttpResponse(body, status=status, content_type=TYPES[form])


def moment(at: datetime) -> str:
    """Write a time as W3C says: with its zone, to the second."""
    return localtime(at).isoformat(timespec="seconds")


def known(**values: Any) -> dict[str, Any]:
    """Return what is known; what is not is left out of JSON (both schemas agree on that)."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def _xml(told: Told) -> bytes:
    root = ElementTree.Element(told.root)
    _fill(root, told.root, told.content)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _fill(node: ElementTree.Element, name: str, content: Any) -> None:
    if isinstance(content, Mapping):
        for key, value in content.items():
            _fill(ElementTree.SubElement(node, key), key, value)
    elif isinstance(content, list):
        for item in content:
            _fill(ElementTree.SubElement(node, _ITEM[name]), "", item)
    elif isinstance(content, bool):
        node.text = "true" if content else "false"
    else:
        node.text = _NOT_XML.sub("", str(content))
