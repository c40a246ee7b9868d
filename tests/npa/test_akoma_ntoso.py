"""Acts as Akoma Ntoso: valid by the standard's strict schema, with addresses, identities, languages and annexes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from lxml.etree import _Element, fromstring

from ckanext.opengov_kz.npa.akoma_ntoso import About, act_xml, validate
from ckanext.opengov_kz.npa.parts import Part
from ckanext.opengov_kz.npa.versions import identify, identify_both
from tests.npa import trees
from tests.npa.documents import read

pytestmark = pytest.mark.fast

NS = {"a": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
ABOUT = About(
    kind="order",
    number="17",
    begun=date(2026, 11, 2),
    day=date(2026, 11, 20),
    version=2,
    title={"kk": "Мерзімдер туралы", "ru": "О сроках"},
    developer={"kk": "Министрлік", "ru": "Министерство"},
    url="https://portal.example/npa/17",
    developer_url="https://portal.example/organization/ministry",
)
RU = """Министр ПРИКАЗЫВАЕТ:
1. В Законе:
1) пункт изложить в следующей редакции:
«2. Срок <10> дней & больше.
3. Ещё пункт.»;
2) прочее.
Министр
> Приложение 1
> к приказу
# Форма
| № | Имя |
| 1 | Абай |"""
KK = """Министр БҰЙЫРАДЫ:
1. Заңда:
1) тармақ мынадай редакцияда жазылсын:
«2. Мерзім <10> күн & одан көп.
3. Тағы бір тармақ.»;
2) өзгесі.
Министр
> бұйрығына 1-қосымша
# Нысан
| № | Аты |
| 1 | Абай |"""


def found(root: _Element, path: str) -> list[_Element]:
    return root.xpath(path, namespaces=NS)  # type: ignore[return-value]


def both() -> dict[str, _Element]:
    kk, ru, _ = identify_both(read(KK, "kk").parts, read(RU).parts)
    made = {language: act_xml(ABOUT, {"kk": kk, "ru": ru}, language) for language in ("kk", "ru")}
    assert {language: validate(xml) for language, xml in made.items()} == {"kk": [], "ru": []}
    return {language: fromstring(xml) for language, xml in made.items()}


def test_each_language_is_an_expression_of_one_work() -> None:
    roots = both()
    work = {
        root.findtext("x") or found(root, "//a:bill/a:meta//a:FRBRWork/a:FRBRuri/@value")[0] for root in roots.values()
    }
    assert work == {"/akn/kz/bill/order/2026-11-02/17"}
    kk, ru = (
        found(roots[language], "//a:bill/a:meta//a:FRBRExpression/a:FRBRuri/@value")[0] for language in ("kk", "ru")
    )
    assert kk == "/akn/kz/bill/order/2026-11-02/17/kaz@2026-11-20"
    assert found(roots["ru"], "//a:TLCReference[@name='expression']/@href") == [kk]
    assert found(roots["kk"], "//a:TLCReference[@name='expression']/@href") == [ru]
    assert found(roots["ru"], "//a:TLCOrganization[@eId='developer']/@showAs") == ["Министерство"]
    assert found(roots["ru"], "//a:bill/a:meta//a:FRBRversionNumber/@value") == ["2"]


def test_identities_are_the_same_in_both_languages_and_places_too() -> None:
    roots = both()
    kk, ru = (
        {element.get("eId"): element.get("GUID") for element in found(root, "//*[@GUID]")} for root in roots.values()
    )
    assert kk == ru
    assert set(ru) == {
        "preamble_1",
        "para_1",
        "para_1__subpara_1",
        "para_1__subpara_2",
        "al_1",
        "annex_1",
        "annex_1__tbl_1",
    }


def test_the_text_is_there_with_what_xml_would_take_for_its_own() -> None:
    root = both()["ru"]
    lines = [line.text for line in found(root, "//a:subparagraph[@eId='para_1__subpara_1']//a:p")]
    assert lines == ["пункт изложить в следующей редакции:", "«2. Срок <10> дней & больше.", "3. Ещё пункт.»;"]
    assert [cell.text for cell in found(root, "//a:td/a:p")] == ["№", "Имя", "1", "Абай"]
    assert [line.text for line in found(root, "//a:conclusions/a:p")] == ["Министр"]


def test_an_annex_is_a_component_with_its_own_address() -> None:
    root = both()["kk"]
    this = found(root, "//a:attachment//a:FRBRExpression/a:FRBRthis/@value")
    assert this == ["/akn/kz/bill/order/2026-11-02/17/kaz@2026-11-20/!annex_1"]
    assert found(root, "//a:attachment//a:FRBRWork/a:FRBRalias/@value") == ["Нысан"]


@pytest.mark.parametrize("seed", range(25))
def test_every_act_is_valid(seed: int) -> None:
    parts, _ = identify(trees.act(trees.seeded(seed)))
    for given in (parts, tuple(replace(part, identity="") for part in parts)):
        assert validate(act_xml(ABOUT, {"ru": given}, "ru")) == []


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (Part("preamble", "", "", "Только преамбула", 0),),
        (Part("paragraph", "", "", "Только абзац", 0), Part("paragraph", "", "", "и ещё один", 0)),
        (Part("annex", "", "", "", 0),),
        (Part("table", "", "", "", 0),),
        (Part("table", "", "", "", 0, rows=((), ("а",))),),
        (Part("item", "5 /\u00a01", "", "Пункт.", 0),),
        (Part("item", "1", "", "знак \x0b и \x00", 0),),
    ],
)
def test_the_smallest_texts_are_valid_too(parts: tuple[Part, ...]) -> None:
    assert validate(act_xml(ABOUT, {"kk": parts}, "kk")) == []


@pytest.mark.parametrize("wrong", [{"kind": "Приказ"}, {"number": "17/2"}, {"number": ""}])
def test_what_does_not_fit_an_address_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="kind and number"):
        act_xml(replace(ABOUT, **wrong), {"ru": ()}, "ru")


def test_what_is_wrong_is_told_by_line() -> None:
    xml = act_xml(ABOUT, {"ru": read(RU).parts}, "ru")
    assert "verse" in validate(xml.replace(b"<paragraph ", b"<verse ").replace(b"</paragraph>", b"</verse>"))[0]
    assert validate(b"no xml")
    twice = xml.replace(b'eId="para_1__subpara_2"', b'eId="para_1__subpara_1"')
    assert validate(twice), "a repeated eId is against the strict schema"
