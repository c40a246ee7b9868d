"""Publishers and categories: their fields, their tree, and the real ones of data.egov.kz as imports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy import event

from ckanext.opengov_kz.catalogue import publishers, rules
from ckanext.opengov_kz.shared.languages import slug
from tests.catalogue.records import act, category, dataset, publisher, refusal, unique

pytestmark = pytest.mark.usefixtures("with_plugins", "in_english")

FIELDS: dict[str, Any] = {
    "description_translated": {"kk": "Мектептер.", "ru": "Школы."},
    "kind": "local",
    "holder_category": "state_body",
    "bin": "170340003484",
    "region": "710000000",
    "head_name": "Серікбаева Айнұр",
    "head_position_translated": {"kk": "Басшы", "ru": "Руководитель"},
    "email": "edu@example.kz",
    "phone": "+7 7172 12 34 56",
    "address_translated": {"kk": "Астана", "ru": "Астана"},
    "website": "https://edu.example.kz",
}
FILES = {"central": "bycgogovagencies", "local": "bymiogovagencies", "quasi_public": "byquasiorganizations"}


def test_every_field_of_a_publisher_comes_back_as_it_was_given() -> None:
    made = publisher(**FIELDS)
    shown = act("organization_show", id=made["id"])
    assert {name: shown[name] for name in FIELDS} == FIELDS
    assert shown["title"] == "Білім басқармасы"
    assert shown["display_name"] == "Білім басқармасы"


def test_translations_of_a_publisher_survive_an_update_of_something_else() -> None:
    made = publisher(**FIELDS)
    act("organization_patch", id=made["id"], phone="+7 701 000 00 00")
    shown = act("organization_show", id=made["id"])
    assert shown["title_translated"] == made["title_translated"]
    assert shown["description_translated"] == FIELDS["description_translated"]


def test_all_faults_of_a_publisher_are_told_at_once() -> None:
    wrong = {"bin": "170340003485", "region": "990000000", "kind": "royal", "holder_category": "x", "email": "x",
             "phone": "x", "parent": "no-such-body", "title_translated": {"kk": "Атауы"}}  # fmt: skip
    with pytest.raises(toolkit.ValidationError) as refused:
        publisher(**wrong)
    assert set(refusal(refused)) == {*wrong, "title_translated-ru"}


def test_a_parent_is_named_by_its_name_also_after_it_was_renamed() -> None:
    parent = publisher()
    child = publisher(parent=parent["name"])
    renamed = unique("renamed")
    act("organization_patch", id=parent["id"], name=renamed)
    assert act("organization_show", id=child["id"])["parent"] == renamed


def test_no_publisher_stands_above_itself() -> None:
    top = publisher()
    middle = publisher(parent=top["name"])
    low = publisher(parent=middle["name"])
    for above in (top, low):
        with pytest.raises(toolkit.ValidationError) as refused:
            act("organization_patch", id=top["id"], parent=above["name"])
        assert "already under this publisher" in refusal(refused)["parent"][0]


def test_the_tree_counts_datasets_below_and_keeps_those_above_what_a_search_finds() -> None:
    word = unique("Ақмаңдай")
    top = publisher()
    low = publisher(parent=top["name"], title_translated={"kk": word, "ru": "Нижний"})
    dataset(owner_org=low["id"])
    roots = publishers.tree("ru", word.upper())
    assert [root.name for root in roots] == [top["name"]]
    assert (roots[0].datasets, roots[0].total) == (0, 1)
    assert [child.text for child in roots[0].children] == ["Нижний"]


def test_the_tree_takes_the_same_number_of_queries_however_many_publishers_there_are() -> None:
    def queries() -> int:
        seen: list[str] = []
        listener = lambda *given: seen.append(given[2])  # noqa: E731
        event.listen(model.meta.engine, "before_cursor_execute", listener)
        try:
            publishers.tree("kk")
        finally:
            event.remove(model.meta.engine, "before_cursor_execute", listener)
        return len(seen)

    publishers.tree("kk")
    before = queries()
    top = publisher()
    for _number in range(5):
        publisher(parent=top["name"])
    assert queries() == before


def test_a_category_keeps_its_icon_theme_and_region() -> None:
    fields = {"kind": "region", "icon": "region", "eu_theme": "REGI", "kato": "710000000"}
    made = category(**fields)
    shown = act("group_show", id=made["id"])
    assert {name: shown[name] for name in fields} == fields
    with pytest.raises(toolkit.ValidationError) as refused:
        category(eu_theme="XXXX", icon="../x", kind="planet", kato="5")
    assert set(refusal(refused)) == {"eu_theme", "icon", "kind", "kato"}


def test_a_publisher_and_a_category_without_a_name_get_one_from_the_title() -> None:
    word = unique("q")
    title = {"kk": f"Қала {word}", "ru": "Город"}
    assert publisher(title_translated=title, name="")["name"] == f"qala-{word}"
    assert category(title_translated=title, name="")["name"] == f"qala-{word}-2"


def real(shared_data: Path) -> list[tuple[str, dict[str, str]]]:
    """The publishers of data.egov.kz: kind and names; of a Russian name repeated as Kazakh nothing is known."""
    found = []
    for kind, file in FILES.items():
        for record in json.loads((shared_data / f"getstatistics{file}.json").read_text(encoding="utf-8")):
            names = {"ru": record["nameRu"], "kk": record["nameKk"], "en": record["nameEn"]}
            if names["kk"] == names["ru"]:
                del names["kk"]
            found.append((kind, names))
    return found


def test_all_real_publishers_are_read_and_get_an_address(shared_data: Path) -> None:
    records = real(shared_data)
    assert len(records) == 32 + 20 + 1178
    for _kind, names in records:
        texts = rules.read_translations(names, {})
        assert texts["ru"]
        assert 2 <= len(slug(rules.core_text(texts))) <= 100
        assert max(map(len, texts.values())) <= 300


def test_real_publishers_are_imported_and_marked_where_a_language_is_missing(shared_data: Path) -> None:
    for number, (kind, names) in enumerate(real(shared_data)[::60]):
        made = act(
            "organization_create", imported=True, title_translated=names, kind=kind, name=unique(f"real-{number}")
        )
        assert made["translation_missing"] == ([] if "kk" in names else ["kk"])
        assert made["title"] == (names.get("kk") or names["ru"]).strip()
