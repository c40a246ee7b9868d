"""Is the wanted dataset among the first three? Ours beside plain CKAN's, by kind of query.

The corpus is `search_corpus.yaml` and the datasets of the demonstration; the queries are `search_queries.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from ckan.lib.search.query import solr_literal
from ckan.plugins import toolkit
from ckan.types import Context

from benchmarks import solr_documents
from benchmarks.result import Result
from ckanext.opengov_kz import catalogue
from ckanext.opengov_kz.search import cores

HERE = Path(__file__).parent
SHOWN = 3


@dataclass(frozen=True)
class Query:
    """What somebody types, what he wants, and for traps what must not come before it."""

    text: str
    kind: str
    wanted: frozenset[str]
    stranger: str | None

    def is_hit(self, names: list[str]) -> bool:
        """Whether the wanted is among the first three; for a trap the very first, before the stranger."""
        if self.stranger is not None:
            return bool(names) and names[0] in self.wanted
        return bool(self.wanted.intersection(names[:SHOWN]))


def queries() -> list[Query]:
    """The evaluation set, by kind."""
    given = yaml.safe_load((HERE / "search_queries.yaml").read_text(encoding="utf-8"))
    read = [Query(str(q["q"]), q["kind"], frozenset(q["wanted"]), q.get("stranger")) for q in given]
    return sorted(read, key=lambda query: query.kind)


def passports() -> list[dict[str, Any]]:
    """The corpus: the demonstration's datasets and those written for this evaluation."""
    shown = yaml.safe_load((Path(catalogue.__file__).parent / "demo/datasets.yaml").read_text(encoding="utf-8"))
    own = yaml.safe_load((HERE / "search_corpus.yaml").read_text(encoding="utf-8"))
    names = {"title_translated": "title", "notes_translated": "notes", "tags_translated": "keywords"}
    return [
        {"name": each["name"]} | {short: each[long] for long, short in names.items() if each.get(long)}
        for each in shown
    ] + own


def ours(text: str) -> list[str]:
    """The names that the portal's search finds, in its order."""
    found = toolkit.get_action("package_search")(Context(ignore_auth=True), {"q": text, "rows": 10})
    return [hit["name"] for hit in found["results"]]


def plain(text: str) -> list[str]:
    """The names that CKAN's own search finds with its own schema."""
    answer = cores.connection(solr_documents.PLAIN).search(
        text.replace(":", " "),
        defType="dismax",
        qf="name^4 title^4 tags^2 groups^2 text",
        mm="2<-1 5<80%",
        tie="0.1",
        fq=f"+site_id:{solr_literal(toolkit.config['ckan.site_id'])} +state:active",
        fl="name",
        rows=10,
    )
    return [document["name"] for document in answer]


def run() -> list[Result]:
    """Prints hit@3 by kind, ours beside plain CKAN's, and the queries that ours misses."""
    asked = queries()
    with solr_documents.two_cores():
        solr_documents.post(passports())
        found = [(query, query.is_hit(ours(query.text)), query.is_hit(plain(query.text))) for query in asked]
    print(f"{'hit@3 by kind of query':26} {'queries':>8} {'ours':>7} {'plain CKAN':>11}")
    groups = [*((kind, list(group)) for kind, group in groupby(found, lambda each: each[0].kind)), ("all", found)]
    for kind, group in groups:
        own, theirs = (sum(bool(each[column]) for each in group) / len(group) for column in (1, 2))
        print(f"{kind:26} {len(group):8} {own:7.1%} {theirs:11.1%}")
    for query, own, _ in found:
        if not own:
            print(f"  missed: {query.kind}: «{query.text}», wanted {', '.join(sorted(query.wanted))}")
    print()
    return []
