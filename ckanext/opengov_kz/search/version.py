"""Whether Solr has the configset of this version of the extension: told once by every process that starts."""

from __future__ import annotations

import logging
from typing import Any

from ckanext.opengov_kz.search import configset, cores

log = logging.getLogger(__name__)

#: A start does not wait for a Solr that hangs.
_SECONDS = 5


def compare() -> dict[str, Any]:
    """Compare the names of both schemas.

    :returns: ``expected`` (the extension's), ``actual`` (Solr's, None when it does not answer), ``matches``, ``error``
    """
    expected = configset.name()
    try:
        actual = cores.schema_name(seconds=_SECONDS)
    except cores.CoreError as error:
        return {"expected": expected, "actual": None, "matches": False, "error": str(error)}
    return {"expected": expected, "actual": actual, "matches": actual == expected, "error": None}


def tell() -> None:
    """Log a mismatch and what to do about it; a Solr that is away is CKAN's own message."""
    found = compare()
    if found["matches"] or found["actual"] is None:
        return
    log.warning(
        "Solr's configset is %s, this version of the extension has %s: searches may fail or find less. Write it with"
        " `ckan search configset FOLDER` into Solr's configsets, then run `ckan search rebuild`"
        " (SolrCloud: upload it, reload the collection, `ckan search-index rebuild`).",
        found["actual"],
        found["expected"],
    )
