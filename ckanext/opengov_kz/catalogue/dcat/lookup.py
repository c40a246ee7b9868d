"""Finds in the portal what descriptions take from outside a dataset's own dict, in few queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from ckanext.dcat.utils import catalog_uri
from rdflib import Graph

from ckanext.opengov_kz.catalogue import reference, territories
from ckanext.opengov_kz.catalogue.dcat.mapping import Surroundings, region_of, territory_codes
from ckanext.opengov_kz.catalogue.dcat.values import translations
from ckanext.opengov_kz.catalogue.dcat.writer import Portal
from ckanext.opengov_kz.publishing import exports

#: What descriptions use of the own fields of publishers and categories.
_FIELDS: Final = ("title_translated", "kind", "bin", "website", "email", "phone", "eu_theme", "kato")


class Lookup:
    """The publishers, categories and territories of one serialisation.

    For one dataset its own are read, in one query. For a page of the catalogue, whose datasets are not known
    beforehand, the first dataset reads all of them, also in one query.
    """

    def __init__(self, *, whole: bool) -> None:
        self.portal = portal()
        self._whole = whole
        self._groups: dict[str, dict[str, Any]] | None = None

    def around(self, dataset: Mapping[str, Any]) -> Surroundings:
        """Gather what the description of a dataset needs."""
        organization = dataset.get("organization") or {}
        ids = [group["id"] for group in dataset.get("groups") or ()]
        publisher_id = organization.get("id") or dataset.get("owner_org")
        known = self._known([*ids, publisher_id] if publisher_id else ids)
        categories = [known[identity] for identity in ids if identity in known]
        return Surroundings(
            publisher=known.get(publisher_id or "", organization),
            categories=categories,
            territories=self._territories(territory_codes(dataset, categories)),
            prepared=_prepared(dataset),
        )

    def publisher(self, name: str) -> Mapping[str, Any]:
        """Find a publisher by its name; empty where there is none."""
        return next((group for group in self._known(()).values() if group["name"] == name), {})

    def _known(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        if self._groups is None:
            self._groups = {group["id"]: group for group in _stored(None if self._whole else ids)}
        return self._groups

    def _territories(self, codes: Iterable[str]) -> dict[str, Mapping[str, str]]:
        regions = _regions()
        found: dict[str, Mapping[str, str]] = {}
        for code in codes:
            region = region_of(code)
            found[region] = regions.get(region, {})
            if code != region and not self._whole:
                # In a page of the catalogue this would be a search for each dataset; the region is named there.
                found[code] = translations(territories.names(code))
        return found


def _prepared(dataset: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    store = exports.store()
    tables = [found["id"] for found in dataset.get("resources") or () if found.get("datastore_active")]
    return {name: (store.manifest(name) or {}).get("files", []) for name in tables}


_lookups: WeakKeyDictionary[Graph, Lookup] = WeakKeyDictionary()


def of_catalogue(graph: Graph) -> Lookup:
    """Begin the lookup of a whole page of the catalogue, which is written into one graph."""
    found = _lookups[graph] = Lookup(whole=True)
    return found


def of_dataset(graph: Graph) -> Lookup:
    """Give the lookup of the graph that a dataset is written into."""
    found = _lookups.get(graph)
    if found is None:
        found = _lookups[graph] = Lookup(whole=False)
    return found


def portal() -> Portal:
    """Say what all descriptions share."""
    about = reference.load("portal")
    register = model.Package.get_license_register()
    return Portal(
        base=catalog_uri().rstrip("/"),
        title=about["title_translated"],
        description=about["description_translated"],
        licences={licence.id: _licence_names(licence) for licence in register.values()},
        eu_themes=_eu_themes(),
    )


def _licence_names(licence: Any) -> dict[str, str]:
    return translations(getattr(licence, "title_translated", None)) or {"en": licence.title}


def _stored(ids: Iterable[str] | None) -> list[dict[str, Any]]:
    wanted = None if ids is None else sorted(set(ids))
    if wanted == []:
        return []
    group = model.group_table
    own = [group.c.extras[name].astext.label(name) for name in _FIELDS]
    query = sa.select(group.c.id, group.c.name, group.c.title, *own).where(group.c.state == model.State.ACTIVE)
    if wanted is not None:
        query = query.where(group.c.id.in_(wanted))
    return [dict(row._mapping) for row in model.Session.execute(query)]  # noqa: SLF001  # SQLAlchemy's public name


@cache
def _regions() -> dict[str, Mapping[str, str]]:
    return {region["kato"]: region["title_translated"] for region in reference.load("regions")}


def _eu_themes() -> dict[str, Mapping[str, str]]:
    schema = toolkit.h.scheming_get_group_schema("group") or {}
    fields = (field for field in schema.get("fields", ()) if field["field_name"] == "eu_theme")
    return {choice["value"]: choice["label"] for field in fields for choice in field["choices"]}
