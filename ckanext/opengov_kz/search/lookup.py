"""Questions to Solr beside the search itself: which words does it know? No text reaches its syntax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pysolr
from ckan.lib.search.common import SearchError, make_connection
from ckan.plugins import toolkit

_KNOWN_FIELDS = "known_words known_kk known_ru"


def known(words: Iterable[str], stems: Iterable[str] = (), pairs: Iterable[tuple[str, str]] = ()) -> set[Any]:
    """Say which words, stems (as the index has them) and pairs of neighbours stand in anything public.

    :returns: those of the given that are known
    :raises SearchError: Solr does not answer
    """
    anywhere = f'{{!edismax qf="{_KNOWN_FIELDS}" pf="" mm=100% cache=false v=$?}}'
    asked: list[tuple[Any, str, str]] = [(word, anywhere, word) for word in dict.fromkeys(words)]
    asked += [(stem, "{!term f=known_kk cache=false v=$?}", stem) for stem in dict.fromkeys(stems)]
    asked += [(pair, anywhere, f'"{pair[0]} {pair[1]}"~2') for pair in dict.fromkeys(pairs)]
    if not asked:
        return set()
    values = {f"w{number}": text for number, (_, _, text) in enumerate(asked)}
    queries = [query.replace("?", f"w{number}") for number, (_, query, _) in enumerate(asked)]
    answer = _select(q="*:*", rows=0, fq=_own_site(), facet="true", **{"facet.query": queries}, **values)
    counts = answer["facet_counts"]["facet_queries"]
    return {thing for (thing, _, _), query in zip(asked, queries, strict=True) if counts[query]}


def select(**params: Any) -> Mapping[str, Any]:
    """Ask /select with own parameters; ``fq`` of the portal, public and active, is added.

    :raises SearchError: Solr does not answer
    """
    visible = ["+capacity:public", "+state:active", _own_site()]
    return _select(**params, fq=[*visible, *params.pop("filters", [])])


def _select(**params: Any) -> Mapping[str, Any]:
    query = params.pop("q")
    try:
        return make_connection(decode_dates=False).search(query, search_method="post", **params).raw_response
    except pysolr.SolrError as error:
        raise SearchError(f"Solr did not answer: {error}") from error


def _own_site() -> str:
    name = toolkit.config["ckan.site_id"].replace("\\", "\\\\").replace('"', '\\"')
    return f'+site_id:"{name}"'
