"""How long does a search among 30,000 datasets take? Ours, with all it asks of Solr, beside plain CKAN's.

The same passports are posted to two cores, one with CKAN's schema and one with ours. Two times are compared, at the
95th percentile: what Solr itself counts (QTime, summed over the requests of one search), and the action's whole time.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

import requests
from ckan import model
from ckan.common import config
from ckan.logic.action.get import package_search as ckan_package_search
from ckan.plugins import toolkit
from ckan.types import Context

from benchmarks import search_quality, solr_documents
from benchmarks.result import Result
from ckanext.opengov_kz.catalogue import facets, reference
from ckanext.opengov_kz.search import cores

DATASETS = 30_000
ROUNDS = 3
#: The tests look for new words before each search, the portal once a minute.
PRODUCTION_SECONDS = 60
ROWS = 20
#: Words that thousands of the datasets have, which is what costs time.
COMMON = [
    "Абай облысы",
    "Алматы қаласы",
    "облысы бойынша деректер",
    "мемлекеттік тізілім",
    "область",
    "статистика по области",
    "город Астана школы",
    "Реестр 2010",
    "мектептер Абай облысы",
    "бюджет 2001",
]
#: What CKAN's own page of datasets counts.
PLAIN_FACETS = ["organization", "groups", "tags", "res_format", "license_id"]


def passports() -> Iterator[dict[str, Any]]:
    """The corpus again and again, each time about another region and year."""
    regions = reference.load("regions")
    for number, passport in enumerate(islice(cycle(search_quality.passports()), DATASETS)):
        region, year = regions[number % len(regions)], 1990 + number // 1000
        names = region["title_translated"]
        yield passport | {
            "name": f"{passport['name']}-{number}",
            "title": {lang: f"{text}, {names[lang]}, {year}" for lang, text in passport["title"].items()},
            "groups": [{"name": region["name"]}],
            "organization": {"name": f"publisher-{number % 500}"},
            "formats": [("CSV", "XLSX", "JSON")[number % 3]],
            "frequency": ("DAILY", "MONTHLY", "YEARLY")[number % 3],
            "modified": f"{year}-01-01T00:00:00Z",
        }


def ours(text: str) -> Any:
    """The portal's search, with the filters of its page."""
    return toolkit.get_action("package_search")(Context(ignore_auth=True), _asked(text, list(facets.titles())))


def plain(text: str) -> Any:
    """CKAN's own search, with the filters of its page."""
    return ckan_package_search(
        Context(ignore_auth=True, user="", session=model.Session),
        _asked(text.replace(":", " "), PLAIN_FACETS),
    )


def run() -> list[Result]:
    """Compares the 95th percentiles: of common words, of queries that both answer, and of all kinds.

    Of the last CKAN answers one in four; an empty answer takes it no time.
    """
    asked = search_quality.queries()
    everything = [query.text for query in asked]
    results = []
    with solr_documents.two_cores():
        solr_documents.post(passports())
        config["opengov.search.vocabulary_seconds"] = PRODUCTION_SECONDS
        found = [query.text for query in asked if search_quality.plain(query.text)]
        for name, texts in (("common words", COMMON * 20), ("that both find", found), ("of all kinds", everything)):
            own, theirs = _measured(texts)
            for what, mine, base in (("Solr's QTime", own.solr, theirs.solr), ("the action", own.whole, theirs.whole)):
                question = f"p95 of a search among {DATASETS:,}: {what}, {name}"
                results.append(Result(question, _p95(mine), _p95(base)))
    return results


def _asked(text: str, counted: list[str]) -> dict[str, Any]:
    return {"q": text, "rows": ROWS, "facet.field": counted, "facet.limit": 50}


@dataclass
class Times:
    """Seconds of Solr, summed over the requests of one search, and of the whole action."""

    solr: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)


def _measured(texts: list[str]) -> tuple[Times, Times]:
    """Ask both each query in turn, so that neither profits from a warmer machine; the first round does not count."""
    own, theirs = Times(), Times()
    for counted in (False, *(True,) * ROUNDS):
        for text in texts:
            for action, core, times in ((ours, solr_documents.OURS, own), (plain, solr_documents.PLAIN, theirs)):
                config["solr_url"] = cores.beside(core)
                with _solr_times() as solr:
                    began = time.perf_counter()
                    action(text)
                    whole = time.perf_counter() - began
                if counted:
                    times.solr.append(sum(solr))
                    times.whole.append(whole)
    return own, theirs


@contextmanager
def _solr_times() -> Iterator[list[float]]:
    """Collects in seconds what Solr says it needed for each request."""
    times: list[float] = []
    send = requests.Session.send

    def listening(self: requests.Session, *words: Any, **named: Any) -> requests.Response:
        answer = send(self, *words, **named)
        times.append(answer.json()["responseHeader"]["QTime"] / 1000)
        return answer

    requests.Session.send = listening  # type: ignore[method-assign]
    try:
        yield times
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


def _p95(seconds: list[float]) -> float:
    # Solr counts whole milliseconds: none is less than one.
    return max(statistics.quantiles(seconds, n=20)[-1], 0.001)
