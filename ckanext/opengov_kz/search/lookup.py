"""Questions to Solr beside the search itself: which words does it know? No text reaches its syntax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import requests
from ckan.lib.search.common import SearchError, SolrConnectionError, make_connection
from ckan.plugins import toolkit

#: One for all: its connections to Solr stay open.
_SESSION = requests.Session()


class AwayError(SearchError, SolrConnectionError):
    """Solr does not answer at all."""


def terms(candidates: Iterable[str], *fields: str) -> list[set[str]]:
    """Say which terms stand in the index of public things, as it has them: folded or stemmed.

    :returns: those of the candidates that are known, for each field
    :raises SearchError: Solr does not answer
    """
    asked = list(dict.fromkeys(candidates))
    if not asked:
        return [set() for _ in fields]
    found = _ask("/terms", {"terms.fl": fields, "terms.list": ",".join(asked), "terms.limit": -1})["terms"]
    return [set(found.get(field, [])[::2]) for field in fields]


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


def similar(stems: Iterable[str]) -> dict[str, list[str]]:
    """Find the Kazakh and Russian stems of public things that come nearest to given ones: two wrong letters at most.

    :raises SearchError: Solr does not answer
    """
    asked = list(dict.fromkeys(stem for stem in stems if stem))
    if not asked:
        return {}
    answer = _ask("/spell", {"spellcheck.q": " ".join(asked), "spellcheck.dictionary": ["kk", "ru"]})
    suggestions = answer["spellcheck"]["suggestions"]
    pairs = zip(suggestions[::2], suggestions[1::2], strict=True)
    return {stem: [each["word"] for each in found["suggestion"]] for stem, found in pairs}


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
