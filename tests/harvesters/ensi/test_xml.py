"""ENSI in XML: the same content as in JSON, and nothing that an XML parser must not follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ckanext.opengov_kz.harvesters.ensi import xml_form
from ckanext.opengov_kz.harvesters.ensi.client import ContractError, EnsiClient
from ckanext.opengov_kz.harvesters.ensi.simulator import EnsiSimulator
from ckanext.opengov_kz.harvesters.ensi.simulator_data import generate
from ckanext.opengov_kz.harvesters.ensi.simulator_faults import Fault
from ckanext.opengov_kz.shared.http import GuardedClient

pytestmark = pytest.mark.fast


@pytest.fixture
def agency() -> Iterator[EnsiSimulator]:
    with EnsiSimulator([generate("KATO", 250), generate("OKED", 30)], offers_changes=True) as started:
        yield started


def client_of(agency: EnsiSimulator, form: Any = "xml") -> EnsiClient:
    http = GuardedClient([agency.host_port], sleep=lambda _seconds: None, retries=1)
    return EnsiClient(agency.url, http, 100, form)


def test_both_forms_carry_the_same(agency: EnsiSimulator) -> None:
    agency.change("KATO", renamed=5, closed=2, added=3, replaced=2)
    in_xml, in_json = client_of(agency), client_of(agency, "json")
    assert in_xml.classifiers() == in_json.classifiers()
    assert list(in_xml.pages("KATO")) == list(in_json.pages("KATO"))
    assert list(in_xml.changes("KATO", "1")) == list(in_json.changes("KATO", "1"))
    assert all(request.query.get("format") in {"xml", None} for request in agency.requests)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("broken_json", "broken_xml"),
        ("wrong_encoding", "not_utf8"),
        ("entity_bomb", "unsafe_xml"),
        ("other_version", "version_changed"),
        ("other_total", "total_changed"),
    ],
)
def test_page_that_breaks_the_contract_is_named(agency: EnsiSimulator, kind: Any, code: str) -> None:
    agency.add_fault(Fault(2, kind))
    with pytest.raises(ContractError) as broken:
        list(client_of(agency).pages("KATO"))
    assert broken.value.code == code
    assert broken.value.details["page"] == 2


def answer(inside: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return f'{head}<answer page="1" pages="1" total="1"><items>{inside}</items></answer>'.encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "broken_xml"),
        (b"{}", "broken_xml"),
        (b"<answer>", "broken_xml"),
        (b"<html></html>", "not_an_object"),
        ("<answer>Қ".encode()[:-1], "broken_xml"),
        (answer("").decode().encode("utf-16"), "not_utf8"),
        (answer("", '<?xml version="1.0" encoding="windows-1251"?>'), "not_utf8"),
        (
            answer("<item><code>&x;</code></item>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
            "unsafe_xml",
        ),
        (b"<!DOCTYPE answer SYSTEM 'http://127.0.0.1/x.dtd'><answer/>", "unsafe_xml"),
    ],
)
def test_what_must_not_be_read_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(xml_form.XmlError) as refused:
        xml_form.read(body)
    assert refused.value.code == code


def test_empty_elements_are_null_and_missing_ones_are_missing() -> None:
    read = xml_form.read(answer("<item><code>1</code><valid_to/></item><other/>"))
    assert read["items"] == [{"code": "1", "valid_to": None}, None]
    assert (read["page"], read["pages"], read["total"]) == (1, 1, 1)


def test_numbers_at_page_level_that_are_none_stay_texts() -> None:
    assert xml_form.read(b'<answer page="-1" total="x"/>') == {"page": "-1", "total": "x"}
