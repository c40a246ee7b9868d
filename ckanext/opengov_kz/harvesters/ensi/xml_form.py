"""ENSI's answers in XML, read into the very shape of the answers in JSON, so that one set of checks serves both.

::

    <?xml version="1.0" encoding="UTF-8"?>
    <answer page="1" pages="16" total="15594" classifier="KATO" version="NK RK 11-2025">
      <items>
        <item><code>100000000</code><parent_code nil="true"/><name_kaz>Абай облысы</name_kaz>…</item>
      </items>
    </answer>

- what stands at page level in JSON is an attribute of the root, a number in digits;
- an entry's keys are its child elements; an empty element is null, a missing one is a missing key;
- the encoding is UTF-8, and there is no document type: entities, and files of the reader's that they could name, have
  no place in data (OWASP, "XML External Entity Prevention").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

XmlFault = Literal["broken_xml", "unsafe_xml", "not_utf8", "not_an_object"]

_NUMBERS = ("page", "pages", "total")
#: What the list of classifiers gives as a number or as a flag in JSON.
_ENTRY_NUMBERS = frozenset({"size", "level"})
_ENTRY_FLAGS = {"true": True, "false": False}
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UTF8 = frozenset({b"utf-8", b"utf8"})


class XmlError(Exception):
    """The body cannot be read as an answer; ``code`` says why."""

    def __init__(self, code: XmlFault) -> None:
        super().__init__(code)
        self.code: XmlFault = code


def read(body: bytes) -> dict[str, Any]:
    """Read an answer.

    :raises XmlError: ``unsafe_xml`` for a document type or an entity, ``not_utf8`` for another encoding, declared or
        actual, ``broken_xml`` for what is no XML or breaks off, ``not_an_object`` for another root.
    """
    # The marks of UTF-16 are no text of ours either; a parser would follow them.
    declared = _DECLARED.match(body.removeprefix(b"\xef\xbb\xbf")[:200])
    if declared and declared.group(1).lower() not in _UTF8:
        raise XmlError("not_utf8")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # Half a letter at the very end is a body that broke off, not one in another encoding.
        raise XmlError("broken_xml" if error.end == len(body) else "not_utf8") from error
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise XmlError("unsafe_xml") from error
    except (ParseError, RecursionError) as error:
        raise XmlError("broken_xml") from error
    if root.tag != "answer":
        raise XmlError("not_an_object")
    return _answer(root)


def write(answer: Mapping[str, Any]) -> bytes:
    """Write an answer in this form, as the agency does: for its stand-in."""
    root = Element("answer", {key: str(value) for key, value in answer.items() if key != "items"})
    items = SubElement(root, "items")
    for entry in answer["items"]:
        element = SubElement(items, "item")
        for key, value in entry.items():
            text = str(value).lower() if isinstance(value, bool) else value
            SubElement(element, key).text = None if text is None else str(text)
    return tostring(root, encoding="UTF-8", xml_declaration=True)


def _answer(root: Element) -> dict[str, Any]:
    answer: dict[str, Any] = dict(root.attrib)
    for key in _NUMBERS:
        if answer.get(key, "").isdecimal():
            answer[key] = int(answer[key])
    items = root.find("items")
    if items is not None:
        answer["items"] = [_entry(element) for element in items]
    return answer


def _entry(element: Element) -> dict[str, Any] | None:
    if element.tag != "item":
        return None
    return {child.tag: _value(child) for child in element}


def _value(element: Element) -> Any:
    # An element with parts of its own is nothing that the contract knows: kept as it is, its fault is found later.
    if len(element):
        return [_value(child) for child in element]
    text = element.text
    if text is None:
        return None
    if element.tag in _ENTRY_NUMBERS and text.strip().isdecimal():
        return int(text)
    if element.tag == "changes":
        return _ENTRY_FLAGS.get(text.strip().lower(), text)
    return text
