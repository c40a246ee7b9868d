"""Says in triples of DCAT-AP 3.0.1 what the catalogue and its datasets are; knows no CKAN.

Every resource that a description names carries its class, as the shapes of DCAT-AP ask ("class" constraints), and
has an address: parts of a dataset are named ``<dataset>#contact`` and so on, since blank nodes would be doubled
wherever two pages of the catalogue are put together. Texts are literals with their language, a language that is
absent is not invented. https://semiceu.github.io/DCAT-AP/releases/3.0.1/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, BNode, Literal, URIRef
from rdflib.term import Node

from ckanext.opengov_kz.catalogue import rules
from ckanext.opengov_kz.catalogue.dcat import vocabulary
from ckanext.opengov_kz.catalogue.dcat.values import (
    Translations,
    last_change,
    mail_address,
    moment,
    names_of,
    phone_address,
    text,
    translations,
    untagged,
    web_address,
)
from ckanext.opengov_kz.catalogue.dcat.vocabulary import DCATAP, ELI, FORMATS, VCARD, Format
from ckanext.opengov_kz.catalogue.dcat.writer import Writer
from ckanext.opengov_kz.shared.languages import LANGUAGES

#: A table of the DataStore is downloaded in each of these forms, from ``<resource>/download-table.<extension>``.
TABLE_FORMATS: Final = {"csv": FORMATS["CSV"], "json": FORMATS["JSON"], "xlsx": FORMATS["XLSX"]}
#: Prepared files of a table are downloaded from ``<resource>/export/<file>``; JSON Lines has no code of the EU's.
PREPARED_FORMATS: Final = {"xml": FORMATS["XML"], "parquet": FORMATS["PARQUET"]}
_SERVICE_DOCUMENTATION: Final = URIRef("https://docs.ckan.org/en/2.12/maintaining/datastore.html")
_SERVICE_TITLE: Final = {"kk": "Кестелер API-і", "ru": "API таблиц", "en": "API of tables"}
_SOURCE_SYSTEM: Final = {"kk": "Дереккөз жүйе", "ru": "Система-источник", "en": "Source system"}
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
_OWN_THEMES: Final = {"kk": "Портал санаттары", "ru": "Категории портала", "en": "Categories of the portal"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a dataset's description takes from elsewhere, each as CKAN's dict or empty.

    - ``publisher``: the organization with its own fields (schemas/organization.yaml);
    - ``categories``: the groups with theirs (schemas/group.yaml);
    - ``territories``: names by language of the KATO codes that the dataset or its regions name;
    - ``prepared``: the prepared files (``name``, ``format``, ``bytes``) of the dataset's tables, by resource.
    """

    publisher: Mapping[str, Any] = field(default_factory=dict)
    categories: Sequence[Mapping[str, Any]] = ()
    territories: Mapping[str, Translations] = field(default_factory=dict)
    prepared: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def region_of(code: str) -> str:
    """Name the region of a KATO code: its first two digits."""
    return f"{code[:2]}0000000"


def territory_codes(dataset: Mapping[str, Any], categories: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the KATO codes of a dataset: its territory, else the regions of its categories; none for the country."""
    own = text(dataset.get("territory"))
    return [own] if own else [code for category in categories if (code := text(category.get("kato")))]


class Description(Writer):
    """Describes the catalogue and its datasets in a graph."""

    prefixes = MappingProxyType({"dct": DCTERMS, "dcatap": DCATAP, "eli": ELI, "vcard": VCARD})

    def catalogue(self, catalogue: URIRef, publisher: Mapping[str, Any], modified: Any) -> None:
        """Add the catalogue itself: its names, its publisher, its vocabularies of themes, its service."""
        self.graph.add((catalogue, RDF.type, DCAT.Catalog))
        self.texts(catalogue, DCTERMS.title, self.portal.title)
        self.texts(catalogue, DCTERMS.description, self.portal.description)
        self.node(catalogue, FOAF.homepage, URIRef(f"{self.portal.base}/"), FOAF.Document)
        for lang in LANGUAGES:
            self.code(catalogue, DCTERMS.language, rules.eu_language(lang), DCTERMS.LinguisticSystem)
        self._location(catalogue, vocabulary.KAZAKHSTAN, vocabulary.KAZAKHSTAN_NAMES)
        self._licence(catalogue, "kz-open")
        for scheme, names in (
            (vocabulary.EU_THEMES, vocabulary.EU_THEMES_NAMES),
            (self.portal.address("group"), _OWN_THEMES),
        ):
            self.node(catalogue, DCAT.themeTaxonomy, scheme, SKOS.ConceptScheme)
            self.texts(scheme, DCTERMS.title, names)
        if publisher.get("id"):
            self._publisher(catalogue, publisher)
        else:
            agent = self.portal.address("#publisher")
            self.node(catalogue, DCTERMS.publisher, agent, FOAF.Agent)
            self.texts(agent, FOAF.name, self.portal.title)
        if changed := moment(modified):
            self.graph.add((catalogue, DCTERMS.modified, changed))
        self.graph.add((catalogue, DCAT.service, self._service()))

    def dataset(self, ref: URIRef, dataset: Mapping[str, Any], around: Surroundings) -> None:
        """Add a dataset with its publisher, contact, themes and distributions."""
        title = names_of(dataset)
        self.graph.add((ref, RDF.type, DCAT.Dataset))
        self.graph.add((ref, DCTERMS.identifier, Literal(dataset["id"])))
        self.texts(ref, DCTERMS.title, title)
        notes = translations(dataset.get("notes_translated")) or untagged(dataset.get("notes"))
        # A description is mandatory in DCAT-AP; what has none is still described by its title.
        self.texts(ref, DCTERMS.description, notes or title)
        self._keywords(ref, dataset)
        self.node(ref, DCAT.landingPage, self.portal.address("dataset", dataset["name"]), FOAF.Document)
        self.node(ref, DCTERMS.accessRights, vocabulary.PUBLIC, DCTERMS.RightsStatement)
        frequency = rules.eu_frequency(str(dataset.get("frequency")))
        self.code(ref, DCTERMS.accrualPeriodicity, frequency, DCTERMS.Frequency)
        for lang in dataset.get("language") or ():
            self.code(ref, DCTERMS.language, rules.eu_language(lang), DCTERMS.LinguisticSystem)
        if issued := moment(dataset.get("metadata_created")):
            self.graph.add((ref, DCTERMS.issued, issued))
        if modified := last_change(dataset.get("last_update"), dataset.get("metadata_modified")):
            self.graph.add((ref, DCTERMS.modified, modified))
        self._period(ref, dataset)
        self._places(ref, dataset, around)
        self._themes(ref, around.categories)
        publisher = around.publisher or dataset.get("organization") or {}
        if publisher.get("id"):
            self._publisher(ref, publisher)
        self._contact(ref, dataset, publisher, title)
        self._origin(ref, dataset)
        for resource in dataset.get("resources") or ():
            self._distributions(ref, dataset, resource)
            self._prepared(ref, dataset, resource, around.prepared.get(resource["id"], ()))

    def _keywords(self, ref: URIRef, dataset: Mapping[str, Any]) -> None:
        words = dataset.get("tags_translated")
        if isinstance(words, Mapping) and any(words.values()):
            tagged = [(word, lang) for lang in LANGUAGES for word in words.get(lang) or ()]
        else:
            tagged = [(tag.get("name"), None) for tag in dataset.get("tags") or ()]
        for word, lang in tagged:
            if cleaned := text(word):
                self.graph.add((ref, DCAT.keyword, Literal(cleaned, lang=lang)))

    def _period(self, ref: URIRef, dataset: Mapping[str, Any]) -> None:
        start, end = moment(dataset.get("temporal_start")), moment(dataset.get("temporal_end"))
        if start is None and end is None:
            return
        period = URIRef(f"{ref}#period")
        self.node(ref, DCTERMS.temporal, period, DCTERMS.PeriodOfTime)
        for predicate, day in ((DCAT.startDate, start), (DCAT.endDate, end)):
            if day is not None:
                self.graph.add((period, predicate, day))

    def _places(self, ref: URIRef, dataset: Mapping[str, Any], around: Surroundings) -> None:
        codes = territory_codes(dataset, around.categories)
        for code in codes:
            place = self.portal.address(f"#kato-{code}")
            self._location(ref, place, around.territories.get(code, {}))
            self.graph.add((place, DCTERMS.identifier, Literal(code)))
            region = region_of(code)
            if region != code:
                above = self.portal.address(f"#kato-{region}")
                self._location(place, above, around.territories.get(region, {}), DCTERMS.isPartOf)
                self.graph.add((above, DCTERMS.identifier, Literal(region)))
        if not codes:
            self._location(ref, vocabulary.KAZAKHSTAN, vocabulary.KAZAKHSTAN_NAMES)

    def _location(self, subject: Node, place: URIRef, names: Translations, predicate: URIRef = DCTERMS.spatial) -> None:
        self.node(subject, predicate, place, DCTERMS.Location)
        self.texts(place, SKOS.prefLabel, names)

    def _themes(self, ref: URIRef, categories: Iterable[Mapping[str, Any]]) -> None:
        for category in categories:
            if category.get("kind") == "region":
                continue
            own = self.portal.address("group", str(category["id"]))
            names = names_of(category)
            self.concept(ref, DCAT.theme, own, names, self.portal.address("group"))
            code = str(category.get("eu_theme"))
            address = rules.eu_theme(code)
            if address:
                labels = self.portal.eu_themes.get(code) or {"en": code}
                self.concept(ref, DCAT.theme, URIRef(address), labels, vocabulary.EU_THEMES)

    def _publisher(self, subject: URIRef, publisher: Mapping[str, Any]) -> None:
        agent = self.portal.address("organization", str(publisher["id"]))
        described = (agent, RDF.type, FOAF.Agent) in self.graph
        self.graph.add((subject, DCTERMS.publisher, agent))
        if described:
            return
        self.graph.add((agent, RDF.type, FOAF.Agent))
        self.graph.add((agent, RDF.type, FOAF.Organization))
        self.texts(agent, FOAF.name, names_of(publisher))
        if number := text(publisher.get("bin")):
            self.graph.add((agent, DCTERMS.identifier, Literal(number)))
        if kind := vocabulary.PUBLISHER_TYPES.get(str(publisher.get("kind"))):
            self.concept(agent, DCTERMS.type, kind[0], {"en": kind[1]})
        for predicate, address in (
            (FOAF.homepage, web_address(publisher.get("website"))),
            (FOAF.mbox, mail_address(publisher.get("email"))),
            (FOAF.phone, phone_address(publisher.get("phone"))),
        ):
            if address is not None:
                self.graph.add((agent, predicate, address))

    def _contact(
        self, ref: URIRef, dataset: Mapping[str, Any], publisher: Mapping[str, Any], title: Translations
    ) -> None:
        """Add whom to ask: the contact for questions, else the responsible officer's, else the publisher's."""
        mails = (dataset.get("contact_email"), dataset.get("responsible_email"), publisher.get("email"))
        phones = (dataset.get("contact_phone"), dataset.get("responsible_phone"), publisher.get("phone"))
        mail, phone = _first(mail_address, mails), _first(phone_address, phones)
        unit = translations(dataset.get("responsible_unit_translated"))
        if mail is None and phone is None and not unit:
            return
        contact = URIRef(f"{ref}#contact")
        self.node(ref, DCAT.contactPoint, contact, VCARD.Kind)
        self.graph.add((contact, RDF.type, VCARD.Organization))
        self.texts(contact, VCARD.fn, names_of(publisher) or title)
        self.texts(contact, VCARD["organization-unit"], unit)
        for predicate, address in ((VCARD.hasEmail, mail), (VCARD.hasTelephone, phone)):
            if address is not None:
                self.graph.add((contact, predicate, address))

    def _origin(self, ref: URIRef, dataset: Mapping[str, Any]) -> None:
        """Add the act by which the data are published, and the system from which they come.

        Both are texts in the passport. dct:source and dct:conformsTo are about datasets and standards, so the act is a
        eli:LegalResource with a title, and the system stands in a statement of provenance.
        """
        if basis := translations(dataset.get("legal_basis_translated")):
            act = URIRef(f"{ref}#legal-basis")
            self.node(ref, DCATAP.applicableLegislation, act, ELI.LegalResource)
            self.texts(act, DCTERMS.title, basis)
        if system := translations(dataset.get("source_system_translated")):
            statement = URIRef(f"{ref}#provenance")
            self.node(ref, DCTERMS.provenance, statement, DCTERMS.ProvenanceStatement)
            labels = {lang: f"{_SOURCE_SYSTEM[lang]}: {name}" for lang, name in system.items()}
            self.texts(statement, RDFS.label, labels)

    def _distributions(self, ref: URIRef, dataset: Mapping[str, Any], resource: Mapping[str, Any]) -> None:
        """Add the resource's own file or link, and its table in every form in which it is downloaded."""
        node = self.portal.address("dataset", dataset["id"], "resource", resource["id"])
        page = self.portal.address("dataset", dataset["name"], "resource", resource["id"])
        link = None if resource.get("url_type") == "datastore" else web_address(resource.get("url"))
        has_table = bool(resource.get("datastore_active"))
        if has_table:
            for extension, file_format in TABLE_FORMATS.items():
                table = URIRef(f"{node}#{extension}")
                self._distribution(ref, table, dataset, resource)
                self.graph.add((table, DCAT.accessURL, page))
                self.graph.add((table, DCAT.downloadURL, URIRef(f"{page}/download-table.{extension}")))
                self._format(table, file_format)
            service = self._service()
            self.graph.add((service, DCAT.servesDataset, ref))
            self.graph.add((URIRef(f"{node}#json"), DCAT.accessService, service))
        if link is None and has_table:
            return
        self._distribution(ref, node, dataset, resource)
        is_file = resource.get("url_type") == "upload"
        self.graph.add((node, DCAT.accessURL, page if is_file else link or page))
        if is_file and link:
            self.graph.add((node, DCAT.downloadURL, link))
        self._size(node, resource.get("size"))
        found = vocabulary.known_format(resource.get("format"))
        if found:
            self._format(node, found)
            return
        if name := text(resource.get("format")):
            unknown = BNode()
            self.node(node, DCTERMS["format"], unknown, DCTERMS.MediaTypeOrExtent)
            self.graph.add((unknown, RDFS.label, Literal(name)))
        media_type = text(resource.get("mimetype"))
        if _MEDIA_TYPE.fullmatch(media_type):
            self.node(node, DCAT.mediaType, vocabulary.media_type_uri(media_type), DCTERMS.MediaType)

    def _prepared(
        self,
        ref: URIRef,
        dataset: Mapping[str, Any],
        resource: Mapping[str, Any],
        files: Iterable[Mapping[str, Any]],
    ) -> None:
        """Add the prepared files of the resource's table in the forms that it has in no other way."""
        node = self.portal.address("dataset", dataset["id"], "resource", resource["id"])
        page = self.portal.address("dataset", dataset["name"], "resource", resource["id"])
        for file in files:
            if known := PREPARED_FORMATS.get(str(file["format"])):
                prepared = URIRef(f"{node}#{file['format']}")
                self._distribution(ref, prepared, dataset, resource)
                self.graph.add((prepared, DCAT.accessURL, page))
                self.graph.add((prepared, DCAT.downloadURL, URIRef(f"{page}/export/{file['name']}")))
                self._size(prepared, file["bytes"])
                self._format(prepared, known)

    def _distribution(
        self,
        ref: URIRef,
        node: URIRef,
        dataset: Mapping[str, Any],
        resource: Mapping[str, Any],
    ) -> None:
        self.node(ref, DCAT.distribution, node, DCAT.Distribution)
        self.texts(
            node,
            DCTERMS.title,
            translations(resource.get("name_translated")) or untagged(resource.get("name")),
        )
        description = translations(resource.get("description_translated")) or untagged(resource.get("description"))
        self.texts(node, DCTERMS.description, description)
        self._licence(node, str(dataset.get("license_id") or ""))
        if issued := moment(resource.get("created")):
            self.graph.add((node, DCTERMS.issued, issued))
        if modified := moment(resource.get("last_modified") or resource.get("metadata_modified")):
            self.graph.add((node, DCTERMS.modified, modified))

    def _format(self, node: URIRef, file_format: Format) -> None:
        self.node(node, DCTERMS["format"], file_format.file_type_uri, DCTERMS.MediaTypeOrExtent)
        self.node(node, DCAT.mediaType, file_format.media_type_uri, DCTERMS.MediaType)

    def _size(self, node: URIRef, size: Any) -> None:
        try:
            number = int(size)
        except (TypeError, ValueError):
            return
        if number >= 0:
            self.graph.add((node, DCAT.byteSize, Literal(number, datatype=XSD.nonNegativeInteger)))

    def _service(self) -> URIRef:
        """Add the API of the DataStore, one for the whole self.portal."""
        service = self.portal.address("api", "3", "action", "datastore_search")
        if (service, RDF.type, DCAT.DataService) not in self.graph:
            self.graph.add((service, RDF.type, DCAT.DataService))
            self.texts(service, DCTERMS.title, _SERVICE_TITLE)
            self.graph.add((service, DCAT.endpointURL, service))
            self.graph.add((service, DCAT.endpointDescription, _SERVICE_DOCUMENTATION))
            self.node(service, DCTERMS.accessRights, vocabulary.PUBLIC, DCTERMS.RightsStatement)
            self.node(service, DCTERMS["format"], FORMATS["JSON"].file_type_uri, DCTERMS.MediaTypeOrExtent)
        return service

    def _licence(self, subject: URIRef, licence_id: str) -> None:
        names = self.portal.licences.get(licence_id)
        if names is None:
            return
        licence = self.portal.address("licence", licence_id)
        self.node(subject, DCTERMS.license, licence, DCTERMS.LicenseDocument)
        self.texts(licence, DCTERMS.title, names)
        if licence_id == "kz-open":
            kind, label = vocabulary.ATTRIBUTION
            self.concept(licence, DCTERMS.type, kind, {"en": label})


def _first(make: Callable[[Any], URIRef | None], values: Iterable[Any]) -> URIRef | None:
    return next((made for value in values if (made := make(value)) is not None), None)
