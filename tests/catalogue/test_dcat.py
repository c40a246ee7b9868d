"""The catalogue as other catalogues and search engines read it: real datasets, real pages, the shapes of DCAT-AP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ckan.lib.search import commit
from ckan.plugins import toolkit
from rdflib import Graph, Literal, Namespace
from rdflib.namespace import RDF, SH
from sqlalchemy import event
from sqlalchemy.engine import Engine

from ckanext.opengov_kz.catalogue import rules

pytestmark = pytest.mark.usefixtures("with_plugins", "clean_db", "clean_index", "in_english")

DATASETS, PRIVATE = 50, 4
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
FORMS = {"ttl": "turtle", "xml": "xml", "jsonld": "json-ld"}
ODD = 'Ә<b>&amp;</b> "қ" \\ ]]> </script><script>alert(1)</script> \u200f ﷽ \U0001f600 {{7*7}}'
KATO = (None, "710000000", "711210000", "750000000")


def call(action: str, **data: Any) -> Any:
    """Calls an action as an import does: trusted, and it may lack a language."""
    user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})["name"]
    context: Any = {"user": user, "ignore_auth": True, "opengov_import": True}
    return toolkit.get_action(action)(context, data)


def publishers() -> list[str]:
    """Bodies of every kind, one of which has only what an import knows."""
    texts = {"kk": "Әкімдік", "ru": "Акимат", "en": "Akimat"}
    full = {
        "title_translated": texts, "bin": "170340003484", "website": "https://akimat.example.kz/бет?q=1 2",
        "email": "akimat@example.kz", "phone": "8 (7172) 55-44-33 вн. 12", "region": "710000000",
    }  # fmt: skip
    made = [call("organization_create", name=f"body-{kind}", kind=kind, **full) for kind in
            ("central", "local", "quasi_public", "other")]  # fmt: skip
    made.append(call("organization_create", name="body-imported", title_translated={"ru": "Импорт"}))
    return [body["id"] for body in made]


def categories() -> list[str]:
    """Themes with and without a place in the EU's table, and a region."""
    for name, own in (
        ("health", {"eu_theme": "HEAL", "title_translated": {"kk": "Денсаулық", "ru": "Здоровье", "en": "Health"}}),
        ("medicines", {"eu_theme": "HEAL", "title_translated": {"kk": "Дәрілер", "ru": "Лекарства"}}),
        ("other", {"title_translated": {"ru": "Прочее"}}),
        ("astana", {"kind": "region", "kato": "710000000", "title_translated": {"kk": "Астана", "ru": "Астана"}}),
    ):
        call("group_create", name=name, **own)
    return ["health", "medicines", "other", "astana"]


def varied(number: int, owner: str, groups: list[str]) -> dict[str, Any]:
    """A passport that differs from its neighbours in languages, lengths, dates, places and resources."""
    languages = (("kk", "ru"), ("kk", "ru", "en"), ("kk",), ("ru",), ("ru", "en"))[number % 5]
    texts = {lang: f"{lang} {number} {ODD}" for lang in languages}
    link = {"name_translated": texts, "url": "https://files.example.kz/а b.csv", "format": "CSV", "size": 12}
    page = {"name_translated": texts, "url": "https://example.kz/?q=<x>", "format": "Картa", "mimetype": "text/html"}
    nowhere = {"name_translated": texts, "description_translated": texts, "url": ""}
    return {
        "name": f"dataset-{number}", "type": "dataset", "owner_org": owner, "review_state": "published",
        "title_translated": texts,
        "notes_translated": dict.fromkeys(languages, "ұзақ мәтін " * 3700) if number == 0 else texts,
        "tags_translated": {lang: [f"сөз {number}", "data"] for lang in languages} if number % 3 else {},
        "categories": groups[: number % 5],
        "frequency": rules.FREQUENCIES[number % len(rules.FREQUENCIES)],
        "last_update": None if number % 4 == 0 else f"2026-0{number % 9 + 1}-15",
        "temporal_start": "2020-01-01" if number % 3 else None,
        "temporal_end": "2025-12-31" if number % 2 else None,
        "territory": KATO[number % len(KATO)],
        "language": (["kk"], ["kk", "ru", "en"], [])[number % 3],
        "contact_email": "q+kz@example.kz" if number % 4 == 1 else None,
        "contact_phone": "+7 7172 12 34 56" if number % 2 else None,
        "responsible_unit_translated": texts if number % 3 == 1 else None,
        "legal_basis_translated": texts if number % 2 else None,
        "source_system_translated": texts if number % 3 == 2 else None,
        "resources": [link, page, nowhere][: number % 4],
    }  # fmt: skip


@contextmanager
def one_commit() -> Iterator[None]:
    """Lets Solr commit once, at the end."""
    toolkit.config["ckan.search.solr_commit"] = False
    try:
        yield
    finally:
        toolkit.config["ckan.search.solr_commit"] = True
        commit()


def publish(number: int, **changes: Any) -> dict[str, Any]:
    made = {key: value for key, value in (varied(number, "", []) | changes).items() if value is not None}
    return call("package_create", **made)


def add_table(dataset: dict[str, Any]) -> str:
    resource = call("resource_create", package_id=dataset["id"], name_translated={"kk": "Кесте", "ru": "Таблица"})
    fields = [{"id": "code", "type": "text"}]
    call("datastore_create", resource_id=resource["id"], force=True, fields=fields, records=[{"code": "1"}])
    return resource["id"]


def read(app: Any, address: str, status: int = 200) -> Graph:
    form = FORMS[re.split(r"[.?]", address)[1]]
    return Graph().parse(data=app.get(address, status=status).body, format=form)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Counts SQL statements while it is open: `with statements() as seen: …; len(seen)`."""

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", 20)
def test_fifty_varied_datasets_have_no_result_by_the_shapes_of_dcat_ap(app: Any, shared_data: Path) -> None:
    shacl = pytest.importorskip("pyshacl", reason="dev-requirements.txt are not installed")
    groups, owners = categories(), publishers()
    with one_commit():
        made = [publish(n, owner_org=owners[n % 5], categories=groups[: n % 5]) for n in range(DATASETS)]
        for n in range(PRIVATE):
            publish(n, name=f"secret-{n}", owner_org=owners[n], review_state="draft")
        table = add_table(made[7])

    whole, address, pages = Graph(), "/catalog.ttl?page=1", 0
    while address:
        graph = read(app, address)
        whole += graph
        pages += 1
        following = [str(value) for value in graph.objects(predicate=HYDRA.next)]
        address = following[0][following[0].index("/catalog") :] if following else ""
    assert pages == 3
    found = set(whole.subjects(RDF.type, DCAT.Dataset))
    assert {str(whole.value(ref, DCT.identifier)) for ref in found} == {dataset["id"] for dataset in made}
    assert "secret-" not in whole.serialize(format="nt")
    titles = [title for ref in found for title in whole.objects(ref, DCT.title)]
    assert [title for title in titles if not (isinstance(title, Literal) and title.language)] == []
    forms = {str(node).rpartition("#")[2] for node in whole.objects(predicate=DCAT.distribution) if table in str(node)}
    assert forms == {"csv", "json", "xlsx"}

    shapes = Graph().parse(shared_data / "dcat-ap-3.0.1-shacl.ttl")
    for shape in set(shapes.objects(predicate=SH.property)):
        if (shape, None, None) not in shapes:
            # The shapes of SEMIC name two properties of a data service that they define nowhere.
            shapes.remove((None, SH.property, shape))
    conforms, _results, report = shacl.validate(whole, shacl_graph=shapes)
    assert conforms, report


def test_a_page_of_the_catalogue_asks_no_query_for_each_dataset(app: Any, ckan_config: Any) -> None:
    groups = categories()
    with one_commit():
        for n in range(8):
            owner = call("organization_create", name=f"body-{n}", title_translated={"kk": f"Мекеме {n}"})
            publish(n, owner_org=owner["id"], categories=groups)
    seen = {}
    for size in (2, 8):
        ckan_config["ckanext.dcat.datasets_per_page"] = size
        app.get("/catalog.ttl")
        with statements() as made:
            graph = read(app, "/catalog.ttl")
        assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == size
        seen[size] = len(made)
    assert seen[8] == seen[2], seen


def test_every_form_of_a_dataset_says_the_same(app: Any) -> None:
    owner = publishers()[0]
    dataset = publish(1, owner_org=owner, categories=categories())
    graphs = {form: read(app, f"/dataset/{dataset['name']}.{form}") for form in FORMS}
    for form, graph in graphs.items():
        ref = graph.value(predicate=RDF.type, object=DCAT.Dataset)
        assert str(ref).endswith(f"/dataset/{dataset['id']}")
        title = dataset["title_translated"]
        assert set(graph.objects(ref, DCT.title)) == {Literal(title[lang], lang) for lang in ("kk", "ru", "en")}, form
        assert len(set(graph.objects(ref, DCAT.theme))) == 4, form
        names = set(graph.objects(graph.value(ref, DCT.publisher), FOAF.name))
        assert names == {Literal("Әкімдік", "kk"), Literal("Акимат", "ru"), Literal("Akimat", "en")}, form
    assert len({len(graph) for graph in graphs.values()}) == 1


def test_the_downloads_that_a_description_names_are_there(app: Any) -> None:
    dataset = publish(1, owner_org=publishers()[0])
    add_table(dataset)
    graph = read(app, f"/dataset/{dataset['name']}.ttl")
    downloads = {str(address) for address in graph.objects(predicate=DCAT.downloadURL)}
    assert len(downloads) == 3
    for address in downloads:
        app.get(urlsplit(address).path, status=200)


def test_content_negotiation_gives_the_form_that_is_asked_for(app: Any) -> None:
    dataset = publish(1, owner_org=publishers()[0])
    answer = app.get(f"/dataset/{dataset['name']}", headers={"Accept": "text/turtle"})
    assert answer.headers["Content-Type"].startswith("text/turtle")
    assert len(Graph().parse(data=answer.body, format="turtle")) > 20


def test_a_draft_is_not_given_to_strangers_in_any_form(app: Any) -> None:
    dataset = publish(1, owner_org=publishers()[0], review_state="draft")
    for form in FORMS:
        app.get(f"/dataset/{dataset['name']}.{form}", status=403)
        assert dataset["id"] not in app.get(f"/catalog.{form}").body


def test_bad_addresses_get_their_status_and_no_error_of_the_server(app: Any) -> None:
    publish(1, owner_org=publishers()[0])
    expected = {
        "/dataset/nothing.ttl": 404,
        "/dataset/dataset-1.csv": 404,
        "/dataset/dataset-1.html": 404,
        "/catalog.nt": 404,
        "/catalog.ttl?page=0": 409,
        "/catalog.ttl?page=x": 409,
        "/catalog.ttl?modified_since=yesterday": 409,
        "/catalog.ttl?profiles=nothing": 409,
        "/catalog.ttl?page=99": 200,
        "/catalog.ttl?page=99999999999999999": 409,
        "/catalog.ttl?q=title:(": 409,
        "/catalog.ttl?fq=[x": 409,
        "/licence/nothing": 404,
    }
    found = {address: app.get(address, status=None).status_code for address in expected}
    assert found == expected


def structured(body: str) -> str:
    """The block of JSON-LD in a page."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert len(found) == 1
    return found[0]


def test_search_engines_read_the_dataset_in_the_language_of_the_page(app: Any) -> None:
    texts = {"kk": "Дәріханалар", "ru": "Аптеки", "en": "Pharmacies"}
    dataset = publish(1, owner_org=publishers()[0], title_translated=texts, notes_translated=texts)
    table = add_table(dataset)
    sdo = Namespace("https://schema.org/")
    for lang, body_name in (("kk", "Әкімдік"), ("ru", "Акимат"), ("en", "Akimat")):
        graph = Graph().parse(data=structured(app.get(f"/{lang}/dataset/{dataset['name']}").body), format="json-ld")
        ref = graph.value(predicate=RDF.type, object=sdo.Dataset)
        assert list(graph.objects(ref, sdo.name)) == [Literal(texts[lang], lang)]
        assert set(graph.objects(ref, sdo.alternateName)) == {Literal(t, c) for c, t in texts.items() if c != lang}
        description = graph.value(ref, sdo.description)
        assert isinstance(description, Literal)
        assert description.language == lang
        assert texts[lang] in description
        assert len(description) <= 5_000
        assert graph.value(graph.value(ref, sdo.creator), sdo.name) == Literal(body_name, lang)
        assert str(graph.value(ref, sdo.license)).endswith("/licence/kz-open")
        assert graph.value(ref, sdo.temporalCoverage) == Literal("2020-01-01/2025-12-31")
        assert {str(value) for value in graph.objects(ref, sdo.inLanguage)} == {"kk", "ru", "en"}
        for predicate in (sdo.keywords, sdo.spatialCoverage, sdo.includedInDataCatalog):
            assert list(graph.objects(ref, predicate)), predicate
        addresses = {str(graph.value(node, sdo.contentUrl)) for node in graph.objects(ref, sdo.distribution)}
        prefix = "" if lang == "kk" else f"/{lang}"
        assert any(a.endswith(f"{prefix}/dataset/dataset-1/resource/{table}/download-table.csv") for a in addresses)


def test_script_in_a_passport_stays_text_in_the_page(app: Any) -> None:
    evil = "</script><script>alert(1)</script><!--"
    texts = {"kk": evil, "ru": evil}
    dataset = publish(1, owner_org=publishers()[0], title_translated=texts, notes_translated=texts)
    body = app.get(f"/dataset/{dataset['name']}").body
    assert "<script>alert(1)" not in body
    block = structured(body)
    assert not set("<>&") & set(block)
    assert evil in json.dumps(json.loads(block), ensure_ascii=False)


def test_the_licence_that_descriptions_name_is_a_page_in_each_language(app: Any) -> None:
    words = {"kk": "Тегін", "ru": "Свободное", "en": "Free re-use"}
    for lang, word in words.items():
        assert word in app.get(f"/{lang}/licence/kz-open").body
