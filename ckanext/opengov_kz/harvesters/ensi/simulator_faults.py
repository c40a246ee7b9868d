"""What goes wrong at real agencies, for ENSI's simulator to do on demand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ckanext.opengov_kz.harvesters import simulating
from ckanext.opengov_kz.harvesters.simulating import Answer

FaultKind = Literal[
    "status",
    "cut_body",
    "broken_json",
    "item_without_key",
    "slow",
    "redirect",
    "other_version",
    "other_total",
    "body",
    "wrong_encoding",
    "entity_bomb",
]

ITEMS_PATH = re.compile(r"/api/classifiers/([^/]+)/(items|changes)")
# The billion laughs: few bytes that an unwary parser turns into gigabytes.
_BOMB = b"<!DOCTYPE answer [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)


@dataclass
class Fault(simulating.Fault):
    """What goes wrong, where and how often: faults of transport, and those of ENSI's answers.

    - ``where``: a page number of the items, or the beginning of a path;
    - ``location`` for ``redirect``; ``body``, sent as it is, for ``body``;
    - ``broken_json`` cuts the text in half in either form, ``wrong_encoding`` and ``entity_bomb`` are faults of XML.
    """

    where: int | str
    kind: FaultKind = "status"
    location: str = ""
    body: bytes = b""

    def concerns(self, path: str, query: Mapping[str, str]) -> bool:
        """Say whether the fault is of this request."""
        if isinstance(self.where, int):
            page = query.get("page", "1")
            return page.isdecimal() and int(page) == self.where and ITEMS_PATH.fullmatch(path) is not None
        return path.startswith(self.where)


def struck(answer: Answer, fault: Fault) -> Answer:
    """Spoil what an answer says or its bytes, or send something else."""
    match fault.kind:
        case "status":
            return Answer(b"", fault.status)
        case "redirect":
            return Answer(b"", 302, headers={"Location": fault.location})
        case "body":
            return replace(answer, body=fault.body)
        case "broken_json":
            whole = answer.encoded()
            return replace(answer, body=whole[: len(whole) // 2])
    if isinstance(answer.body, dict):
        answer = replace(answer, body=distorted(answer.body, fault))
    return replace(answer, body=distorted_xml(answer.encoded(), fault)) if "xml" in answer.kind else answer


def distorted(answer: dict[str, Any], fault: Fault) -> dict[str, Any]:
    """Change a good answer as the fault says; faults of transport leave it as it is."""
    if fault.kind == "item_without_key" and answer["items"]:
        first, *others = answer["items"]
        keyless = {key: value for key, value in first.items() if key != "code"}
        return answer | {"items": [keyless, *others]}
    if fault.kind == "other_version":
        return answer | {"version": f"{answer['version']} bis"}
    if fault.kind == "other_total":
        return answer | {"total": answer["total"] + 1}
    return answer


def distorted_xml(body: bytes, fault: Fault) -> bytes:
    """Spoil the bytes of an answer in XML: another encoding than it says, or entities that grow without end."""
    if fault.kind == "wrong_encoding":
        # Kazakh letters have no place in windows-1251.
        return body.decode().encode("windows-1251", "replace")
    if fault.kind == "entity_bomb":
        head, mark, rest = body.partition(b"?>")
        return head + mark + _BOMB + b"]>" + rest.replace(b"</items>", b"<item><code>&j;</code></item></items>")
    return body
