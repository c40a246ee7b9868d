"""What the database has and what the index has, in the terms of `rules.py`; and writing into any core."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pysolr
from ckan import logic, model
from ckan.lib.search.common import SearchIndexError
from ckan.plugins import PluginImplementations, toolkit
from sqlalchemy.exc import SQLAlchemyError

from ckanext.opengov_kz.search import configset, cores, lookup, popularity
from ckanext.opengov_kz.search.interfaces import IExpectedInIndex
from ckanext.opengov_kz.search.rules import Expected, Indexed, Stored, read_time

_PAGE = 1000
#: What a broken dataset, or a plugin that stumbles over it, can raise while it is indexed.
_BROKEN = (
    logic.ActionError,
    SearchIndexError,
    SQLAlchemyError,
    pysolr.SolrError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def stored(ids: Collection[str] | None = None) -> dict[str, Stored]:
    """Read what belongs into the index: all datasets, of any state but deleted (as `ckan search-index` has it)."""
    package = model.Package
    query = model.Session.query(package.id, package.name, package.metadata_modified)
    if toolkit.config["ckan.search.remove_deleted_packages"]:
        query = query.filter(package.state != model.State.DELETED)
    if ids is not None:
        query = query.filter(package.id.in_(ids))
    found = {id_: Stored(name, modified) for id_, name, modified in query}
    # The next question is answered by what stands in the database then, not by this transaction.
    model.Session.commit()
    return found


def indexed(core: str, fields: Collection[str] = (), ids: Collection[str] | None = None) -> dict[str, Indexed]:
    """Read all documents of this portal in a core, in pages.

    :param fields: more stored fields that are wanted
    :raises CoreError: Solr does not answer
    """
    if ids is not None:
        parts = sorted(ids)
        pages = [parts[start : start + _PAGE] for start in range(0, len(parts), _PAGE)]
        return {key: one for page in pages for key, one in _read(core, fields, page)}
    return dict(_read(core, fields, None))


def expected(core: str) -> Expected:
    """Gather from all plugins which values documents should have now; and the configset and the popularity.

    A core with another configset is told elsewhere; its documents are not written again and again.
    """
    found: dict[str, Any] = {}
    for plugin in PluginImplementations(IExpectedInIndex):
        found |= plugin.expected_in_index()
    if cores.schema_name(core) == configset.name():
        reads = popularity.reads(popularity.today())
        found["configset"] = {id_: [configset.name()] for id_ in stored()}
        found["popularity"] = {id_: [str(popularity.level(reads.get(id_, 0)))] for id_ in found["configset"]}
    return found


def put(id_: str) -> str | None:
    """Index one dataset, without a commit.

    :returns: why it could not be, None when it was
    :raises CoreError: Solr itself is away
    """
    try:
        logic.index_update_package({"ignore_auth": True}, id_, defer_commit=True)
    except logic.NotFound:
        model.Session.rollback()  # Purged a moment ago.
    except _BROKEN as error:
        model.Session.rollback()
        cores.schema_name()
        return f"{type(error).__name__}: {error}"[:300]
    return None


def drop(core: str, ids: Collection[str]) -> None:
    """Delete documents by dataset, without a commit."""
    connection = cores.connection(core)
    for id_ in ids:
        connection.delete(q=f'+id:"{_quoted(id_)}" +{lookup.own_site().lstrip("+")}', commit=False)


def drop_all(core: str) -> None:
    """Empty a core."""
    cores.connection(core).delete(q="*:*", commit=True)


def commit(core: str) -> None:
    """Make everything so far visible, and wait until it is.

    :raises CoreError: Solr does not answer
    """
    try:
        cores.connection(core).commit(waitSearcher=True)
    except pysolr.SolrError as error:
        raise cores.CoreError(str(error)) from error


@contextmanager
def into(core: str) -> Iterator[None]:
    """Let this process, and no other, index into another core."""
    before = toolkit.config["solr_url"]
    toolkit.config["solr_url"] = cores.beside(core)
    try:
        yield
    finally:
        toolkit.config["solr_url"] = before


def _read(core: str, fields: Collection[str], ids: Collection[str] | None) -> Iterator[tuple[str, Indexed]]:
    connection = cores.connection(core)
    params: dict[str, Any] = {
        "fq": ["+entity_type:package", lookup.own_site()],
        "fl": ["id", "name", "metadata_modified", "indexed_ts", *fields],
        "sort": "index_id asc",
        "rows": _PAGE,
    }
    if ids is not None:
        params["fq"].append("{!terms f=id}" + ",".join(ids))
    mark, following = "", "*"
    while mark != following:
        mark = following
        try:
            answer = connection.search("*:*", search_method="post", cursorMark=mark, **params).raw_response
        except pysolr.SolrError as error:
            raise cores.CoreError(str(error)) from error
        for one in answer["response"]["docs"]:
            modified, written = read_time(one.get("metadata_modified")), read_time(one.get("indexed_ts"))
            values = {name: one.get(name) for name in fields}
            yield one["id"], Indexed(one.get("name", one["id"]), modified, written, values)
        following = answer["nextCursorMark"]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
