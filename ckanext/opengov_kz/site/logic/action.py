"""Reads for the frame, each in a fixed number of queries however many datasets and publishers there are."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckan.types import Context
from redis.exceptions import RedisError

#: What home shows of each kind.
_NEWEST = 6
_PUBLISHERS = 8
_CATEGORIES = 12
_RECENTLY = "metadata_modified:[NOW-30DAYS TO NOW]"
_CACHE_KEY = "opengov:site:home"


@toolkit.side_effect_free
def site_home_show(context: Context, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of home: two searches and one SQL query, kept for `opengov.site.home_cache_seconds`.

    - ``datasets``, ``publishers``, ``updated``: numbers of public datasets, of publishers that have some,
      and of datasets changed in the last 30 days;
    - ``newest``: the dataset dicts changed last;
    - ``categories``: all themes and regions as `site_group_list` gives them, with ``count``, in that list's order;
    - ``top_categories``: names of the fullest themes;
    - ``top_publishers``: publishers with ``count``, the most datasets first.
    """
    toolkit.check_access("site_home_show", context, data_dict)
    seconds = toolkit.config["opengov.site.home_cache_seconds"]
    kept = _kept() if seconds else None
    if kept is not None:
        return kept
    figures = _figures()
    if seconds:
        _keep(figures, seconds)
    return figures


@toolkit.side_effect_free
def site_group_list(context: Context, data_dict: dict[str, Any]) -> list[dict[str, Any]]:
    """Return names of publishers and categories in all languages, in one SQL query.

    ``names`` (list of strings) asks for these; ``categories`` (boolean) for all categories besides. Each item has
    ``name``, ``title``, ``title_translated``, ``description_translated`` (dicts by language, maybe empty), ``icon``,
    ``kind`` (of a category: theme or region) and ``is_organization``. Names that nobody bears are left out.
    """
    toolkit.check_access("site_group_list", context, data_dict)
    group = model.Group
    wanted = group.name.in_(data_dict.get("names", []))
    if data_dict.get("categories"):
        wanted = sa.or_(wanted, group.is_organization.is_(False))
    query = sa.select(group.name, group.title, group.is_organization, group.extras).where(
        group.state == "active", wanted
    )
    return [_group(*row) for row in model.Session.execute(query.order_by(group.created, group.name))]


def _group(name: str, title: str, is_organization: bool, extras: dict[str, str] | None) -> dict[str, Any]:
    extras = extras or {}
    return {
        "name": name,
        "title": title or name,
        "title_translated": _translations(extras.get("title_translated")),
        "description_translated": _translations(extras.get("description_translated")),
        "icon": extras.get("icon", ""),
        "kind": extras.get("kind", ""),
        "is_organization": is_organization,
    }


def _translations(text: str | None) -> dict[str, str]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _figures() -> dict[str, Any]:
    # Home is the same for everyone: what a signed-in person may see beyond it is left out, so that it can be kept.
    public: Context = {"user": "", "ignore_auth": False}
    search = toolkit.get_action("package_search")
    found = search(
        public.copy(),
        {
            "rows": _NEWEST,
            "sort": "metadata_modified desc",
            "fq": "dataset_type:dataset",
            "facet.field": ["organization", "groups"],
            "facet.limit": -1,
        },
    )
    updated = search(public.copy(), {"rows": 0, "fq": f"dataset_type:dataset {_RECENTLY}"})["count"]
    counts = {name: facet["items"] for name, facet in found["search_facets"].items()}
    of_publishers = {item["name"]: item["count"] for item in counts.get("organization", [])}
    of_categories = {item["name"]: item["count"] for item in counts.get("groups", [])}
    top = sorted(of_publishers, key=lambda name: (-of_publishers[name], name))[:_PUBLISHERS]
    groups = toolkit.get_action("site_group_list")(public.copy(), {"names": top, "categories": True})
    categories = [
        {**group, "count": of_categories.get(group["name"], 0)} for group in groups if not group["is_organization"]
    ]
    themes = [category for category in categories if category["kind"] != "region"]
    fullest = sorted(themes, key=lambda theme: -theme["count"])
    by_name = {group["name"]: group for group in groups}
    return {
        "datasets": found["count"],
        "publishers": len(of_publishers),
        "updated": updated,
        "newest": found["results"],
        "categories": categories,
        "top_categories": [category["name"] for category in fullest[:_CATEGORIES]],
        "top_publishers": [{**by_name[name], "count": of_publishers[name]} for name in top if name in by_name],
    }


def _kept() -> dict[str, Any] | None:
    try:
        text = connect_to_redis().get(_CACHE_KEY)
    except RedisError:
        return None
    return json.loads(text) if isinstance(text, bytes) else None


def _keep(figures: dict[str, Any], seconds: int) -> None:
    try:
        connect_to_redis().setex(_CACHE_KEY, seconds, json.dumps(figures))
    except RedisError:
        # Without the cache home costs three queries, which is no reason to refuse it.
        return
