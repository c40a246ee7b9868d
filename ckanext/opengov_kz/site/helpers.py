"""What the templates of the frame ask for: plain dictionaries and markup."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from ckan.common import _, request
from ckan.plugins import toolkit
from markupsafe import Markup
from werkzeug.exceptions import default_exceptions

from ckanext.opengov_kz.shared.languages import Picked, pick

#: The languages of the portal in their order, each named in itself.
_LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
#: Parameters of a search that are not filters.
_NOT_FILTERS = frozenset({"q", "sort", "page"})


def site_language() -> str:
    """Return the language of the page being made: kk, ru or en."""
    return request.environ.get("CKAN_LANG") or "kk"


def site_languages() -> list[dict[str, Any]]:
    """Return the links of the language switch: this page with its query in each language.

    A page that answers only to a posted form has no address of its own to read in another language:
    its links lead home. `absolute_url` is empty on such pages and where there is no page (404).
    """
    rule = request.url_rule
    readable = rule is None or "GET" in (rule.methods or ())
    path = toolkit.h.current_url() if readable else "/"
    current = site_language()
    return [
        {
            "code": code,
            "name": name,
            "short": name[:3],
            "url": toolkit.h.url_for(path, locale=code),
            "absolute_url": toolkit.h.url_for(path, locale=code, qualified=True) if rule and readable else "",
            "current": code == current,
        }
        for code, name in _LANGUAGE_NAMES.items()
    ]


def site_navigation() -> list[dict[str, Any]]:
    """Return the main navigation: `label`, `url` and `current` (the value of aria-current, or empty)."""
    blueprint = (request.endpoint or "").partition(".")[0]
    items = (
        (_("Open data"), "dataset.search", {"dataset", "dataset_resource"}),
        (
            _("Draft legal acts"),
            "opengov_npa.index",
            {"opengov_npa", "npa", "opengov_npa_office", "opengov_npa_preview"},
        ),
        (_("Publishers"), "organization.index", {"organization"}),
        (_("Categories"), "group.index", {"group"}),
        (_("Navigator"), "opengov_site.guide", set[str]()),
    )
    return [
        {
            "label": label,
            "url": toolkit.url_for(endpoint),
            "current": "page" if request.endpoint == endpoint else "true" if blueprint in blueprints else "",
        }
        for label, endpoint, blueprints in items
    ]


def site_parts() -> list[dict[str, Any]]:
    """Return the five parts of the portal: `title`, `text`, `icon` and `url`, empty where a part is not open yet."""
    return [
        {
            "icon": "dataset",
            "title": _("Open data"),
            "text": _("Find, read and download data of state bodies"),
            "url": toolkit.url_for("dataset.search"),
        },
        {
            "icon": "act",
            "title": _("Draft legal acts"),
            "text": _("Read drafts and leave remarks before they are adopted"),
            "url": toolkit.url_for("opengov_npa.index"),
        },
        {
            "icon": "budget",
            "title": _("Open budgets"),
            "text": _("See what public money is spent on and say what you think"),
            "url": "",
        },
        {
            "icon": "dialogue",
            "title": _("Open dialogue"),
            "text": _("Ask the head of a state body and get an answer"),
            "url": "",
        },
        {
            "icon": "evaluation",
            "title": _("Evaluation"),
            "text": _("Compare how state bodies work and how open they are"),
            "url": "",
        },
    ]


def site_icon(name: str, size: str = "") -> Markup:
    """Return one picture of `icons.svg`, in the colour of the text beside it; `size` is small, large or nothing.

    Icons are decoration: words say the same, so screen readers skip them.
    """
    classes = f"og-icon og-icon-{size}" if size else "og-icon"
    address = toolkit.h.url_for_static("/opengov/icons.svg")
    template = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return Markup(template).format(classes, address, name)  # noqa: S704  # format escapes the three values


def site_text(entity: dict[str, Any] | None, field: str = "title") -> Picked:
    """Return a translated field of a dataset, resource, publisher or category for the reader (`text`, `lang`).

    Reads `<field>_translated`, as a dict or as JSON; where it is absent or empty, `<field>` itself and then the name.
    """
    entity = entity or {}
    translations = entity.get(f"{field}_translated")
    if isinstance(translations, str) and translations.startswith("{"):
        translations = json.loads(translations)
    picked = pick(translations, site_language())
    if picked.text:
        return picked
    plain = entity.get(field) or ((entity.get("display_name") or entity.get("name")) if field != "notes" else "")
    return pick(plain or "", site_language())


def site_group_map(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return publishers and categories by name, with their translations and icons: one query for a whole list."""
    wanted = sorted({name for name in names if name})
    if not wanted:
        return {}
    return {group["name"]: group for group in toolkit.get_action("site_group_list")({}, {"names": wanted})}


def site_groups_of(packages: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the publishers and categories of all datasets in a list, by name: see `site_group_map`."""
    names: set[str] = set()
    for package in packages:
        names.add((package.get("organization") or {}).get("name", ""))
        names.update(group["name"] for group in package.get("groups") or ())
    return site_group_map(names)


def site_category_icon(package: dict[str, Any], groups: dict[str, dict[str, Any]]) -> str:
    """Return the picture of a dataset's theme, or of its region; `groups` as `site_groups_of` gives them."""
    own = [groups.get(group["name"], {}) for group in package.get("groups") or ()]
    icons = [
        group["icon"] for group in sorted(own, key=lambda group: group.get("kind") != "theme") if group.get("icon")
    ]
    return icons[0] if icons else "dataset"


def site_formats(package: dict[str, Any]) -> list[str]:
    """Return the formats of a dataset's files, each once, in their order."""
    formats = (str(resource.get("format") or "").upper() for resource in package.get("resources") or ())
    return list(dict.fromkeys(name for name in formats if name))


def site_date(value: str | date | None) -> str:
    """Return a date in words of the reader's language (19 маусым 2026 ж.); empty for what is no ISO date."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return ""
    return format_date(value, format="long", locale=site_language()) if value else ""


def site_facet_items(name: str, search_facets: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the values of a filter: `name kind label count active url`; the address adds or removes it.

    Publishers and categories are named in the reader's language. Active values stand first, then by number.
    """
    items = toolkit.h.get_facet_items_dict(name, search_facets)
    named = site_group_map(item["name"] for item in items) if name in ("organization", "groups") else {}
    result = []
    for item in items:
        group = named.get(item["name"])
        if item["active"]:
            url = toolkit.h.remove_url_param(name, item["name"])
        else:
            url = toolkit.h.add_url_param(new_params={name: item["name"]})
        result.append(
            {
                "name": item["name"],
                "kind": group["kind"] if group else "",
                "label": site_text(group).text if group else item["display_name"],
                "count": item["count"],
                "active": item["active"],
                "url": url,
            }
        )
    return sorted(result, key=lambda item: not item["active"])


def site_facets(facet_titles: dict[str, str], search_facets: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the filters that have values: `name`, `title`, `items` (`site_facet_items`).

    Regions are a filter of their own, and no categories beside the themes; kinds are tabs where there are several.
    """
    panels = []
    for name, title in facet_titles.items():
        if name == "dataset_type":
            continue
        items = [item for item in site_facet_items(name, search_facets) if item["kind"] != "region"]
        panels.append({"name": name, "title": title, "items": items})
    return [panel for panel in panels if panel["items"]]


def site_sort_url(value: str) -> str:
    """Return the address of this list in another order, from its first page on."""
    return _here(sort=value, page=None)


def site_page_url(number: int) -> str:
    """Return the address of another page of this list, with its search, filters and order."""
    return _here(page=number if number > 1 else None)


def _here(**changes: Any) -> str:
    args = [(key, value) for key, value in request.args.items(multi=True) if key not in changes]
    args += [(key, str(value)) for key, value in changes.items() if value is not None]
    path = toolkit.h.url_for(toolkit.h.current_url().partition("?")[0])
    return f"{path}?{urlencode(args)}" if args else path


def site_page_numbers(current: int, last: int) -> list[int]:
    """Return the numbers of the pages to link: the first, the last, two around the current one; 0 stands for a gap."""
    shown = sorted({1, last, *range(max(1, current - 2), min(last, current + 2) + 1)})
    result: list[int] = []
    for number in shown:
        gap = number - result[-1] - 1 if result else 0
        if gap:
            # Three dots in the place of a single page would only hide its number.
            result.append(number - 1 if gap == 1 else 0)
        result.append(number)
    return result


def site_is_filtered() -> bool:
    """Tell whether the search of this page is narrowed by a filter."""
    return any(key not in _NOT_FILTERS and not key.startswith("_") for key in request.args)


def site_error(code: Any, content: str | None) -> dict[str, str]:
    """Return the words of an error page: `title`, `text` (what to do) and `detail` (what the view said).

    The default descriptions of HTTP errors are English and for programmers: they are not shown.
    """
    number = int(code[0] if isinstance(code, list) else code or 500)
    titles = {
        400: (_("The request was not understood"), _("Check the address or fill in the form again.")),
        401: (_("Please sign in"), _("This page is for people who are signed in.")),
        403: (_("No access to this page"), _("Sign in with an account that may see it, or return to the home page.")),
        404: (_("There is no such page"), _("It may have been moved or removed. Try the search below.")),
        405: (_("This page cannot be opened like that"), _("Return to the previous page and try again.")),
        409: (_("Somebody was faster"), _("The data changed meanwhile. Open the page again and repeat.")),
        413: (_("The file is too large"), _("Choose a smaller file.")),
        503: (_("The search does not work at the moment"), _("Please try again in a few minutes.")),
        429: (_("Too many requests"), _("Wait a minute and try again.")),
    }
    title, text = titles.get(
        number, (_("Something went wrong"), _("We are already looking into it. Please try again in a few minutes."))
    )
    standard = default_exceptions[number].description if number in default_exceptions else None
    detail = str(content) if content and content != standard and number < HTTPStatus.INTERNAL_SERVER_ERROR else ""
    return {"code": str(number), "title": title, "text": text, "detail": detail}


def site_contact_email() -> str:
    """Return the address of the support desk (`opengov.site.contact_email`), empty where none is set."""
    return toolkit.config["opengov.site.contact_email"]
