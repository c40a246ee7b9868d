"""The profile `opengov_schema_org` of ckanext-dcat: what search engines read in a dataset's page.

Follows Google's guide for datasets: a name and a description of 50 to 5,000 characters in the page's language (the
other languages as `alternateName`), licence, creator, downloads, period, place. https://schema.org/Dataset
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ckanext.dcat.profiles.base import RDFProfile
from rdflib import RDF, SDO, Graph, Literal, URIRef

from ckanext.opengov_kz.catalogue import display
from ckanext.opengov_kz.catalogue.dcat import lookup
from ckanext.opengov_kz.catalogue.dcat.mapping import TABLE_FORMATS, Surroundings, territory_codes
from ckanext.opengov_kz.catalogue.dcat.values import Translations, moment, names_of, text, translations, web_address
from ckanext.opengov_kz.catalogue.dcat.vocabulary import KAZAKHSTAN_NAMES, known_format
from ckanext.opengov_kz.catalogue.dcat.writer import Portal, Writer
from ckanext.opengov_kz.shared.languages import LANGUAGES, pick

_SHORTEST, _LONGEST = 50, 5_000


class OpengovSchemaOrgProfile(RDFProfile):
    """Writes a dataset for search engines, in the language of the page."""

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add the dataset to the graph."""
        found = lookup.of_dataset(self.g)
        lang = display.reader_language()
        StructuredData(self.g, found.portal, lang).dataset(dataset_ref, dataset_dict, found.around(dataset_dict))


class StructuredData(Writer):
    """Describes a dataset in one language."""

    prefixes = MappingProxyType({"schema": SDO})

    def __init__(self, graph: Graph, portal: Portal, lang: str) -> None:
        super().__init__(graph, portal)
        self.lang = lang

    def dataset(self, ref: URIRef, dataset: Mapping[str, Any], around: Surroundings) -> None:
        """Add the dataset, its publisher, its place and its downloads."""
        publisher = around.publisher or dataset.get("organization") or {}
        self.graph.add((ref, RDF.type, SDO.Dataset))
        titles = names_of(dataset)
        self._chosen(ref, SDO.name, titles)
        chosen = pick(titles, self.lang).lang
        self.texts(ref, SDO.alternateName, {lang: title for lang, title in titles.items() if lang and lang != chosen})
        self._description(ref, dataset, publisher)
        self._values(ref, dataset)
        self._keywords(ref, dataset)
        self._period(ref, dataset)
        self._places(ref, dataset, around)
        self._catalogue(ref)
        if publisher.get("id"):
            self._publisher(ref, publisher)
        for resource in dataset.get("resources") or ():
            self._downloads(ref, dataset, resource)

    def _description(self, ref: URIRef, dataset: Mapping[str, Any], publisher: Mapping[str, Any]) -> None:
        picked = pick(translations(dataset.get("notes_translated")) or text(dataset.get("notes")), self.lang)
        words = picked.text
        if len(words) < _SHORTEST:
            # A few words say little to a search engine: the title and the publisher stand before them.
            parts = (pick(names_of(entity), picked.lang or self.lang).text for entity in (dataset, publisher))
            words = ". ".join(part.rstrip(".") for part in (*parts, words) if part)
        if len(words) > _LONGEST:
            words = f"{words[: _LONGEST - 1].rstrip()}…"
        self.graph.add((ref, SDO.description, Literal(words, lang=picked.lang or None)))

    def _values(self, ref: URIRef, dataset: Mapping[str, Any]) -> None:
        page = self._page("dataset", dataset["name"])
        plain = ((SDO.identifier, dataset["id"]), (SDO.url, page), (SDO.isAccessibleForFree, True))
        for predicate, value in plain:
            self.graph.add((ref, predicate, Literal(value)))
        for lang in dataset.get("language") or ():
            self.graph.add((ref, SDO.inLanguage, Literal(lang)))
        for predicate, field in ((SDO.datePublished, "metadata_created"), (SDO.dateModified, "metadata_modified")):
            if (at := moment(dataset.get(field))) is not None:
                self.graph.add((ref, predicate, Literal(str(at))))
        licence = str(dataset.get("license_id") or "")
        if licence in self.portal.licences:
            self.graph.add((ref, SDO.license, self.portal.address("licence", licence)))

    def _keywords(self, ref: URIRef, dataset: Mapping[str, Any]) -> None:
        words = dataset.get("tags_translated")
        words = words if isinstance(words, Mapping) else {}
        lang = next((lang for lang in (self.lang, *LANGUAGES) if words.get(lang)), "")
        for word in words.get(lang) or [tag.get("name") for tag in dataset.get("tags") or ()]:
            if cleaned := text(word):
                self.graph.add((ref, SDO.keywords, Literal(cleaned, lang=lang or None)))

    def _period(self, ref: URIRef, dataset: Mapping[str, Any]) -> None:
        start, end = (str(moment(dataset.get(field)) or "") for field in ("temporal_start", "temporal_end"))
        if start or end:
            # ISO 8601: two dots stand for an open end.
            self.graph.add((ref, SDO.temporalCoverage, Literal(f"{start or '..'}/{end or '..'}")))

    def _places(self, ref: URIRef, dataset: Mapping[str, Any], around: Surroundings) -> None:
        codes = territory_codes(dataset, around.categories)
        for code in codes:
            place = self.portal.address(f"#kato-{code}")
            self.node(ref, SDO.spatialCoverage, place, SDO.Place)
            self._chosen(place, SDO.name, around.territories.get(code, {}))
            self.graph.add((place, SDO.identifier, Literal(f"KATO {code}")))
        if not codes:
            place = self.portal.address("#country")
            self.node(ref, SDO.spatialCoverage, place, SDO.Place)
            self._chosen(place, SDO.name, KAZAKHSTAN_NAMES)

    def _catalogue(self, ref: URIRef) -> None:
        catalogue = URIRef(self.portal.base)
        self.node(ref, SDO.includedInDataCatalog, catalogue, SDO.DataCatalog)
        self._chosen(catalogue, SDO.name, self.portal.title)
        self.graph.add((catalogue, SDO.url, Literal(self._page())))

    def _publisher(self, ref: URIRef, publisher: Mapping[str, Any]) -> None:
        agent = self.portal.address("organization", str(publisher["id"]))
        for predicate in (SDO.creator, SDO.publisher):
            self.node(ref, predicate, agent, SDO.GovernmentOrganization)
        self._chosen(agent, SDO.name, names_of(publisher))
        site = web_address(publisher.get("website"))
        self.graph.add((agent, SDO.url, Literal(str(site or self._page("organization", publisher["name"])))))

    def _downloads(self, ref: URIRef, dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> None:
        node = self.portal.address("dataset", dataset["id"], "resource", resource["id"])
        page = self._page("dataset", dataset["name"], "resource", resource["id"])
        names = translations(resource.get("name_translated")) or {"": text(resource.get("name"))}
        found: list[tuple[URIRef, str, str]] = []
        if resource.get("datastore_active"):
            for extension, file_format in TABLE_FORMATS.items():
                found.append(
                    (URIRef(f"{node}#{extension}"), f"{page}/download-table.{extension}", file_format.media_type)
                )
        link = web_address(resource.get("url"))
        if link is not None and resource.get("url_type") != "datastore":
            known = known_format(resource.get("format"))
            found.append((node, str(link), known.media_type if known else text(resource.get("format"))))
        for download, address, encoding in found:
            self.node(ref, SDO.distribution, download, SDO.DataDownload)
            self.graph.add((download, SDO.contentUrl, Literal(address)))
            self._chosen(download, SDO.name, names)
            if encoding:
                self.graph.add((download, SDO.encodingFormat, Literal(encoding)))

    def _chosen(self, subject: URIRef, predicate: URIRef, texts: Translations) -> None:
        """Add the text for the reader of the page, with the language it is in."""
        picked = pick(texts if any(texts) else texts.get(""), self.lang)
        if picked.text:
            self.graph.add((subject, predicate, Literal(picked.text, lang=picked.lang or None)))

    def _page(self, *path: str) -> str:
        """Give the address of a page in the reader's language."""
        first = () if self.lang == LANGUAGES[0] else (self.lang,)
        return str(self.portal.address(*first, *path)) if path or first else f"{self.portal.base}/"
