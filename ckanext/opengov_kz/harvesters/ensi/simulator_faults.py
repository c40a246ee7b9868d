"""What goes wrong at real agencies, for ENSI's simulator to do on demand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

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
_EVERY_REQUEST = -1
# The billion laughs: few bytes that an unwary parser turns into gigabytes.
_BOMB = b"<!DOCTYPE answer [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)


@dataclass
class Fault:
    """What goes wrong, where and how often.

    - ``where``: a page number of the items, or the beginning of a path;
    - ``times``: how many requests it strikes, -1 for all;
    - ``status`` and ``retry_after`` (seconds) for ``status``; ``seconds`` for ``slow``; ``location``
      for ``redirect``; ``body``, sent as it is, for ``body``;
    - ``broken_json`` cuts the text in half in either form, ``wrong_encoding`` and ``entity_bomb`` are faults of XML.
    """

    where: int | str
    kind: FaultKind = "status"
    times: int = 1
    status: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    location: str = ""
    body: bytes = b""

    def strikes(self, path: str, page: int) -> bool:
        """Say whether this request is struck."""
        if self.times == 0:
            return False
        if isinstance(self.where, int):
            return page == self.where and ITEMS_PATH.fullmatch(path) is not None
        return path.startswith(self.where)

    def count(self) -> None:
        """Use up one of the times."""
        if self.times != _EVERY_REQUEST:
            self.times -= 1


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
