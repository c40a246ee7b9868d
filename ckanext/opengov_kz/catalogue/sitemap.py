"""What search engines are told of the portal's pages: which stand in which part of the sitemap, and its XML.

The pages of all kinds stand in one long row, cut into parts; each page is listed once in every language with its
alternates. https://www.sitemaps.org/protocol.html allows 50,000 addresses and 50 MB in a part; 10,000 are about 8 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

ADDRESSES_PER_PART: Final = 10_000
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML: Final = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its path without a language (``/dataset/schools``), and the ISO date of its last change if known."""

    path: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Slice:
    """Some pages of one kind: ``limit`` of them after the first ``offset``."""

    kind: str
    offset: int
    limit: int


def pages_per_part(languages: int) -> int:
    """Tell how many pages fit in a part when each has an address in every language."""
    return ADDRESSES_PER_PART // languages


def part_count(pages: int, per_part: int) -> int:
    """Tell how many parts the pages fill; an empty portal still has one."""
    return max(1, -(-pages // per_part))


def slices(counts: Mapping[str, int], part: int, per_part: int) -> list[Slice]:
    """Tell which pages stand in a part, numbered from 1: ``counts`` is how many there are of each kind, in order."""
    start, end = (part - 1) * per_part, part * per_part
    found, before = [], 0
    for kind, count in counts.items():
        first, last = max(start, before), min(end, before + count)
        if first < last:
            found.append(Slice(kind, first - before, last - first))
        before += count
    return found


def index_xml(addresses: Iterable[str]) -> Iterator[str]:
    """Write the index of the parts' addresses."""
    yield f'{_HEAD}<sitemapindex xmlns="{_SITEMAP}">\n'
    for address in addresses:
        yield f"<sitemap><loc>{escape(address)}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def part_xml(pages: Iterable[Page], prefixes: Mapping[str, str], default: str) -> Iterator[str]:
    """Write a part, page by page.

    :param prefixes: what stands before a page's path in each language (``https://portal.kz/ru``)
    :param default: the same for a reader whose language is not known
    """
    yield f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">\n'
    for page in pages:
        addresses = {lang: prefix + page.path for lang, prefix in prefixes.items()}
        links = "".join(_link(lang, address) for lang, address in addresses.items())
        links += _link("x-default", default + page.path)
        changed = f"<lastmod>{escape(page.changed)}</lastmod>" if page.changed else ""
        for address in addresses.values():
            yield f"<url><loc>{escape(address)}</loc>{changed}{links}</url>\n"
    yield "</urlset>\n"


def _link(lang: str, address: str) -> str:
    return f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(address)}/>'
