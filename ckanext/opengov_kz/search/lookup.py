"""Questions to Solr beside the search itself: which words does it know? No text reaches its syntax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import requests
from ckan.lib.search.common import SearchError, SolrConnectionError, make_connection
from ckan.plugins import toolkit

#: One for all: its connections to Solr stay open.
_SESSION = requests.Session()
#: A large catalogue has 100,000; what is rarer among more is a number or a misprint.
_MOST_TERMS = 200_000


class AwayError(SearchError, SolrConnectionError):
    """Solr does not answer at all."""


def all_terms(*fields: str) -> list[list[str]]:
    """Give the terms of fields of public things, as the index has them: folded or stemmed; the commonest first.

    :raises SearchError: Solr does not answer
    """
    found = _ask("/terms", {"terms.fl": fields, "terms.limit": _MOST_TERMS})["terms"]
    return [found.get(field, [])[::2] for field in fields]


def index_version() -> int:
    """Give a number that changes with the index.

    :raises SearchError: Solr does not answer
    """
    return _ask("/admin/luke", {"show": "index", "numTerms": 0})["index"]["version"]


def together(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Say which pairs of words stand side by side in public things.

    :raises SearchError: Solr does not answer
    """
    asked = list(dict.fromkeys(pairs))
    if not asked:
        return set()
    values = {f"w{number}": f'"{left} {right}"~2' for number, (left, right) in enumerate(asked)}
    query = '{!edismax qf="known_words known_kk known_ru" pf="" cache=false v=$%s}'
    queries = [query % name for name in values]
    answer = _ask(
        "/select", {"q": "*:*", "rows": 0, "fq": own_site(), "facet": "true", "facet.query": queries, **values}
    )
    counts = answer["facet_counts"]["facet_queries"]
    return {pair for pair, each in zip(asked, queries, strict=True) if counts[each]}


def select(**params: Any) -> Mapping[str, Any]:
    """Ask /select with own parameters; ``fq`` of the portal, public and active, is added to `filters`.

    :raises SearchError: Solr does not answer
    """
    visible = ["+capacity:public", "+state:active", own_site(), *params.pop("filters", [])]
    return _ask("/select", {**params, "fq": visible})


def _ask(handler: str, params: dict[str, Any]) -> Mapping[str, Any]:
    connection = make_connection(decode_dates=False)
    try:
        url = f"{connection.url.rstrip('/')}{handler}"
        answer = _SESSION.post(url, data=params | {"wt": "json"}, timeout=connection.timeout)
        answer.raise_for_status()
        return answer.json()
    except requests.RequestException as error:
        kind = SearchError if isinstance(error, requests.HTTPError) else AwayError
        raise kind(f"Solr did not answer: {type(error).__name__}") from error


def own_site() -> str:
    """Give the filter of this portal's documents: a Solr may serve several."""
    name = toolkit.config["ckan.site_id"].replace("\\", "\\\\").replace('"', '\\"')
    return f'+site_id:"{name}"'
