"""The sitemap's cut into parts, and its XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from ckanext.opengov_kz.catalogue import sitemap

pytestmark = pytest.mark.fast

PREFIXES = {"kk": "https://portal.kz/kk", "ru": "https://portal.kz/ru", "en": "https://portal.kz/en"}
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_every_page_stands_in_exactly_one_part() -> None:
    counts = {"static": 7, "group": 0, "organization": 1_230, "dataset": 9_000}
    seen: dict[str, list[int]] = {kind: [] for kind in counts}
    per_part = sitemap.pages_per_part(3)
    parts = sitemap.part_count(sum(counts.values()), per_part)
    for part in range(1, parts + 1):
        pieces = sitemap.slices(counts, part, per_part)
        assert 0 < sum(piece.limit for piece in pieces) <= per_part
        for piece in pieces:
            seen[piece.kind] += range(piece.offset, piece.offset + piece.limit)
    assert seen == {kind: list(range(count)) for kind, count in counts.items()}
    assert sitemap.slices(counts, parts + 1, per_part) == []


def test_a_part_has_at_most_ten_thousand_addresses() -> None:
    pages = [sitemap.Page(f"/dataset/{number}") for number in range(sitemap.pages_per_part(3))]
    text = "".join(sitemap.part_xml(pages, PREFIXES, "https://portal.kz"))
    assert 9_990 < text.count("<loc>") <= 10_000
    assert len(text) < 50_000_000


@pytest.mark.parametrize(("pages", "parts"), [(0, 1), (1, 1), (3_333, 1), (3_334, 2), (10_000, 4)])
def test_an_empty_portal_has_one_part_and_a_full_one_as_many_as_needed(pages: int, parts: int) -> None:
    assert sitemap.part_count(pages, sitemap.pages_per_part(3)) == parts


def test_a_page_is_listed_in_each_language_with_all_its_alternates() -> None:
    text = "".join(
        sitemap.part_xml([sitemap.Page("/dataset/a", "2026-01-02T03:04:05Z")], PREFIXES, "https://portal.kz")
    )
    urls = ET.fromstring(text.encode()).findall("s:url", NAMES)  # noqa: S314  # our own text
    assert [url.findtext("s:loc", "", NAMES) for url in urls] == [f"{start}/dataset/a" for start in PREFIXES.values()]
    for url in urls:
        assert url.findtext("s:lastmod", "", NAMES) == "2026-01-02T03:04:05Z"
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)}
        expected = {lang: f"{start}/dataset/a" for lang, start in PREFIXES.items()}
        assert links == expected | {"x-default": "https://portal.kz/dataset/a"}


def test_markup_in_an_address_is_escaped_and_an_unknown_date_left_out() -> None:
    text = "".join(sitemap.part_xml([sitemap.Page('/dataset/a&b<c>"d')], PREFIXES, "https://portal.kz"))
    (url, *_rest) = ET.fromstring(text.encode()).findall("s:url", NAMES)  # noqa: S314  # our own text
    assert url.findtext("s:loc", "", NAMES) == 'https://portal.kz/kk/dataset/a&b<c>"d'
    assert url.find("s:lastmod", NAMES) is None


def test_the_index_lists_the_parts() -> None:
    text = "".join(sitemap.index_xml(["https://portal.kz/sitemap-1.xml", "https://portal.kz/sitemap-2.xml"]))
    found = ET.fromstring(text.encode()).findall("s:sitemap/s:loc", NAMES)  # noqa: S314  # our own text
    assert [node.text for node in found] == ["https://portal.kz/sitemap-1.xml", "https://portal.kz/sitemap-2.xml"]
