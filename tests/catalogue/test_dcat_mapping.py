"""What a passport says in DCAT-AP: plain dicts in, triples out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef

from ckanext.opengov_kz.catalogue import rules
from ckanext.opengov_kz.catalogue.dcat import values
from ckanext.opengov_kz.catalogue.dcat.mapping import Description, Surroundings
from ckanext.opengov_kz.catalogue.dcat.vocabulary import DCATAP, VCARD
from ckanext.opengov_kz.catalogue.dcat.writer import Portal

pytestmark = pytest.mark.fast

PORTAL = Portal(
    base="https://portal.kz",
    title={"kk": "Каталог", "ru": "Каталог", "en": "Catalogue"},
    description={"kk": "Деректер", "ru": "Данные"},
    licences={"kz-open": {"kk": "Тегін", "ru": "Свободно", "en": "Free"}},
    eu_themes={"HEAL": {"kk": "Денсаулық сақтау", "ru": "Здравоохранение", "en": "Health"}},
)
# rdflib's own two are closed and complain when pytest looks into them.
DCAT, XSD = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://www.w3.org/2001/XMLSchema#")
REF = URIRef("https://portal.kz/dataset/d1")
PUBLISHER = {
    "id": "o1",
    "name": "akimat",
    "title_translated": '{"kk": "Астана әкімдігі", "ru": "Акимат Астаны"}',
    "kind": "local",
    "bin": "170340003484",
    "website": "https://astana.example.kz/бет?a=1 2",
    "email": "astana@example.kz",
    "phone": "8 (7172) 55 44 33",
}
HEALTH = {"id": "g1", "name": "health", "title_translated": '{"ru": "Здоровье"}', "kind": "theme", "eu_theme": "HEAL"}
ASTANA = {"id": "g2", "name": "region-astana-city", "kind": "region", "kato": "710000000"}
DATASET: dict[str, Any] = {
    "id": "d1",
    "name": "pharmacies",
    "title": "Дәріханалар",
    "title_translated": {"kk": "Дәріханалар", "ru": "Аптеки"},
    "notes": "Дәріханалар тізімі",
    "notes_translated": {"kk": "Дәріханалар тізімі", "ru": "Список аптек"},
    "metadata_created": "2026-01-02T03:04:05.678901",
    "metadata_modified": "2026-03-01T10:00:00",
    "license_id": "kz-open",
}


def describe(around: Surroundings | None = None, **changes: Any) -> Graph:
    graph = Graph()
    Description(graph, PORTAL).dataset(REF, DATASET | changes, around or Surroundings())
    return graph


def languages(values: Iterable[Any]) -> set[str | None]:
    return {value.language for value in values}


def test_texts_carry_their_language_and_an_absent_language_is_not_invented() -> None:
    graph = describe()
    assert set(graph.objects(REF, DCTERMS.title)) == {Literal("Дәріханалар", "kk"), Literal("Аптеки", "ru")}
    assert languages(graph.objects(REF, DCTERMS.description)) == {"kk", "ru"}


def test_a_dataset_without_translations_says_its_title_once_and_without_a_language() -> None:
    graph = describe(title_translated=None, notes_translated={}, notes="")
    assert list(graph.objects(REF, DCTERMS.title)) == [Literal("Дәріханалар")]
    assert list(graph.objects(REF, DCTERMS.description)) == [Literal("Дәріханалар")]


def test_keywords_are_tagged_and_replace_ckans_own_tags() -> None:
    tags = [{"name": "емдеу"}]
    graph = describe(tags=tags, tags_translated={"kk": ["емдеу", "дәрі"], "ru": ["лечение"]})
    expected = {Literal("емдеу", "kk"), Literal("дәрі", "kk"), Literal("лечение", "ru")}
    assert set(graph.objects(REF, DCAT.keyword)) == expected
    assert list(describe(tags=tags).objects(REF, DCAT.keyword)) == [Literal("емдеу")]


@pytest.mark.parametrize("frequency", rules.FREQUENCIES)
def test_every_frequency_has_its_place_in_the_eu_table(frequency: str) -> None:
    found = list(describe(frequency=frequency).objects(REF, DCTERMS.accrualPeriodicity))
    assert len(found) == 1
    assert str(found[0]).startswith("http://publications.europa.eu/resource/authority/frequency/")


def test_publisher_is_an_agent_with_names_type_number_and_addresses() -> None:
    graph = describe(Surroundings(publisher=PUBLISHER))
    agent = URIRef("https://portal.kz/organization/o1")
    assert list(graph.objects(REF, DCTERMS.publisher)) == [agent]
    assert set(graph.objects(agent, FOAF.name)) == {Literal("Астана әкімдігі", "kk"), Literal("Акимат Астаны", "ru")}
    kind = URIRef("http://purl.org/adms/publishertype/RegionalAuthority")
    assert list(graph.objects(agent, DCTERMS.type)) == [kind]
    assert list(graph.objects(kind, SKOS.prefLabel))
    assert graph.value(agent, DCTERMS.identifier) == Literal("170340003484")
    assert graph.value(agent, FOAF.homepage) == URIRef("https://astana.example.kz/бет?a=1%202")
    assert graph.value(agent, FOAF.phone) == URIRef("tel:+77172554433")


def test_a_publisher_of_which_only_ckans_fields_are_known_is_still_named() -> None:
    graph = describe(organization={"id": "o2", "title": "", "name": "body"})
    assert graph.value(URIRef("https://portal.kz/organization/o2"), FOAF.name) == Literal("body")
    assert list(describe(organization=None).objects(REF, DCTERMS.publisher)) == []


def test_contact_falls_back_from_the_dataset_to_its_publisher() -> None:
    contact = URIRef(f"{REF}#contact")
    around = Surroundings(publisher=PUBLISHER)
    own = describe(around, contact_email="q@example.kz", responsible_unit_translated={"kk": "Бөлім"})
    assert own.value(contact, VCARD.hasEmail) == URIRef("mailto:q@example.kz")
    assert own.value(contact, VCARD["organization-unit"]) == Literal("Бөлім", "kk")
    assert describe(around).value(contact, VCARD.hasEmail) == URIRef("mailto:astana@example.kz")
    assert (contact, None, None) not in describe()


def test_own_category_and_eu_theme_are_concepts_with_names() -> None:
    graph = describe(Surroundings(categories=[HEALTH, ASTANA]))
    eu = URIRef("http://publications.europa.eu/resource/authority/data-theme/HEAL")
    assert set(graph.objects(REF, DCAT.theme)) == {eu, URIRef("https://portal.kz/group/g1")}
    assert languages(graph.objects(eu, SKOS.prefLabel)) == {"kk", "ru", "en"}


def test_territory_is_named_by_its_code_and_lies_in_its_region() -> None:
    names = {"711210000": {"kk": "Алматы ауданы"}, "710000000": {"kk": "Астана қаласы", "ru": "город Астана"}}
    graph = describe(Surroundings(territories=names), territory="711210000")
    place, region = URIRef("https://portal.kz/#kato-711210000"), URIRef("https://portal.kz/#kato-710000000")
    assert list(graph.objects(REF, DCTERMS.spatial)) == [place]
    assert graph.value(place, DCTERMS.identifier) == Literal("711210000")
    assert graph.value(place, SKOS.prefLabel) == Literal("Алматы ауданы", "kk")
    assert graph.value(place, DCTERMS.isPartOf) == region
    assert len(list(graph.objects(region, SKOS.prefLabel))) == 2


def test_without_a_territory_the_regions_of_the_categories_or_the_whole_country_are_named() -> None:
    regional = describe(Surroundings(categories=[HEALTH, ASTANA]))
    assert list(regional.objects(REF, DCTERMS.spatial)) == [URIRef("https://portal.kz/#kato-710000000")]
    country = URIRef("http://publications.europa.eu/resource/authority/country/KAZ")
    assert list(describe().objects(REF, DCTERMS.spatial)) == [country]


def test_legal_basis_is_legislation_and_the_source_system_is_provenance() -> None:
    graph = describe(legal_basis_translated={"kk": "Заң"}, source_system_translated={"ru": "НОБД"})
    act = graph.value(REF, DCATAP.applicableLegislation)
    assert graph.value(act, DCTERMS.title) == Literal("Заң", "kk")
    statement = graph.value(REF, DCTERMS.provenance)
    assert graph.value(statement, RDFS.label) == Literal("Система-источник: НОБД", "ru")
    assert list(graph.objects(REF, DCTERMS.source)) == []


def test_a_table_is_distributed_in_three_forms_and_served_by_the_api() -> None:
    graph = describe(resources=[{"id": "r1", "name_translated": {"kk": "Кесте"}, "datastore_active": True}])
    page = "https://portal.kz/dataset/pharmacies/resource/r1"
    forms = {}
    for node in graph.objects(REF, DCAT.distribution):
        assert graph.value(node, DCAT.accessURL) == URIRef(page)
        assert graph.value(node, DCTERMS.license) == URIRef("https://portal.kz/licence/kz-open")
        assert list(graph.objects(node, DCAT.byteSize)) == []
        forms[str(graph.value(node, DCAT.downloadURL))] = str(graph.value(node, DCAT.mediaType)).rpartition("/")[2]
    assert forms == {
        f"{page}/download-table.csv": "csv",
        f"{page}/download-table.json": "json",
        f"{page}/download-table.xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    service = graph.value(predicate=RDF.type, object=DCAT.DataService)
    assert graph.value(service, DCAT.endpointURL) == URIRef("https://portal.kz/api/3/action/datastore_search")
    assert graph.value(service, DCAT.servesDataset) == REF


def test_prepared_files_of_a_table_are_distributed_in_the_forms_that_it_has_in_no_other_way() -> None:
    files = [{"name": f"table.{kind}", "format": kind, "bytes": 12} for kind in ("csv", "jsonl", "xml", "parquet")]
    table = {"id": "r1", "datastore_active": True}
    graph = describe(Surroundings(prepared={"r1": files}), resources=[table])
    page = "https://portal.kz/dataset/pharmacies/resource/r1"
    found = {
        str(graph.value(node, DCAT.downloadURL)): str(graph.value(node, DCTERMS["format"])).rpartition("/")[2]
        for node in graph.subjects(DCAT.byteSize, Literal(12, datatype=XSD.nonNegativeInteger))
    }
    assert found == {f"{page}/export/table.xml": "XML", f"{page}/export/table.parquet": "PARQUET"}
    assert len(list(graph.objects(REF, DCAT.distribution))) == 5


def test_an_uploaded_file_is_downloaded_and_a_link_is_where_it_leads() -> None:
    upload = {"id": "r1", "url": "https://portal.kz/f.csv", "url_type": "upload", "format": "csv", "size": "12"}
    link = {"id": "r2", "url": "https://elsewhere.kz/service", "format": "WFS"}
    graph = describe(resources=[upload, link])
    file, service = (URIRef(f"https://portal.kz/dataset/d1/resource/{name}") for name in ("r1", "r2"))
    assert graph.value(file, DCAT.downloadURL) == URIRef("https://portal.kz/f.csv")
    assert graph.value(file, DCAT.byteSize) == Literal(12, datatype=XSD.nonNegativeInteger)
    assert graph.value(service, DCAT.accessURL) == URIRef("https://elsewhere.kz/service")
    assert list(graph.objects(service, DCAT.downloadURL)) == []
    assert graph.value(graph.value(service, DCTERMS["format"]), RDFS.label) == Literal("WFS")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "not an address", "http://[::1", "", None, "file:///etc/passwd"]
)
def test_what_is_no_web_address_leads_to_the_resources_page(url: str | None) -> None:
    graph = describe(resources=[{"id": "r1", "url": url}])
    node = URIRef("https://portal.kz/dataset/d1/resource/r1")
    page = URIRef("https://portal.kz/dataset/pharmacies/resource/r1")
    assert list(graph.objects(node, DCAT.accessURL)) == [page]


def test_odd_characters_survive_or_are_dropped_so_that_each_form_can_be_read_again() -> None:
    odd = 'A\x0bB\x00 <b>&amp;</b> "q" \\ \ud800 \U0001f600 ﷽ ]]> </script>' + "ү" * 40_000
    graph = describe(notes_translated={"kk": odd})
    for form in ("turtle", "pretty-xml", "json-ld"):
        written = graph.serialize(format=form)
        again = Graph().parse(data=written, format="xml" if form == "pretty-xml" else form)
        assert set(again) == set(graph), form
    text = str(graph.value(REF, DCTERMS.description))
    assert text.startswith('AB <b>&amp;</b> "q" \\  \U0001f600 ﷽ ]]> </script>ү')
    assert len(text) > 40_000


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("+7 7172 29 91 60", "tel:+77172299160"),
        ("8 (7172) 29-91-60, вн. 123", "tel:+77172299160;ext=123"),
        ("7172 29 91 60", "tel:+77172299160"),
        ("1414", "tel:1414;phone-context=+7"),
        ("+44 20 7946 0000", "tel:+442079460000"),
        ("", None),
        ("жоқ", None),
    ],
)
def test_phones_become_addresses_that_can_be_dialled_from_abroad(written: str, address: str | None) -> None:
    made = values.phone_address(written)
    assert made == (URIRef(address) if address else None)


@pytest.mark.parametrize(
    ("updated", "modified", "expected", "datatype"),
    [
        ("2026-03-02", "2026-03-01T10:00:00", "2026-03-02", XSD.date),
        ("2026-03-01", "2026-03-01T10:00:00", "2026-03-01T10:00:00+00:00", XSD.dateTime),
        (None, "2026-03-01T10:00:00.123", "2026-03-01T10:00:00+00:00", XSD.dateTime),
        ("2026-03-02", None, "2026-03-02", XSD.date),
    ],
)
def test_the_later_of_both_dates_is_the_last_change(
    updated: str | None, modified: str | None, expected: str, datatype: URIRef
) -> None:
    assert values.last_change(updated, modified) == Literal(expected, datatype=datatype)


def test_what_is_no_date_is_left_out() -> None:
    graph = describe(temporal_start="кеше", metadata_created="never", last_update=None, metadata_modified="?")
    assert not [triple for triple in graph if triple[1] in {DCTERMS.temporal, DCTERMS.issued, DCTERMS.modified}]


def test_the_catalogue_names_itself_its_publisher_and_its_themes() -> None:
    graph = Graph()
    catalogue = URIRef("https://portal.kz")
    Description(graph, PORTAL).catalogue(catalogue, {}, "2026-03-01T10:00:00")
    assert languages(graph.objects(catalogue, DCTERMS.title)) == {"kk", "ru", "en"}
    assert len(list(graph.objects(catalogue, DCTERMS.language))) == 3
    assert len(list(graph.objects(catalogue, DCAT.themeTaxonomy))) == 2
    publisher = graph.value(catalogue, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in graph
    assert graph.value(catalogue, FOAF.homepage) == URIRef("https://portal.kz/")
