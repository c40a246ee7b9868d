"""What the templates of the frame ask for: plain dictionaries and markup, nothing from the database."""

from __future__ import annotations

from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from markupsafe import Markup

#: The languages of the portal in their order, each named in itself.
LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}


def site_language() -> str:
    """The language of the page being made: kk, ru or en."""
    return toolkit.request.environ.get("CKAN_LANG") or "kk"


def site_languages() -> list[dict[str, Any]]:
    """The links of the language switch: this page with its query in each language.

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
            "url": toolkit.h.url_for(path, locale=code),
            "absolute_url": toolkit.h.url_for(path, locale=code, qualified=True) if rule and readable else "",
            "current": code == current,
        }
        for code, name in LANGUAGE_NAMES.items()
    ]


def site_navigation() -> list[dict[str, Any]]:
    """The main navigation: `label`, `url` and `current` (the value of aria-current, or empty)."""
    blueprint, _separator, view = (request.endpoint or "").partition(".")
    items = (
        (_("Open data"), "dataset.search", {"dataset"}),
        (_("Publishers"), "organization.index", {"organization"}),
        (_("Categories"), "group.index", {"group"}),
        (_("Navigator"), "opengov_site.navigator", {"opengov_site"}),
    )
    result = []
    for label, endpoint, blueprints in items:
        inside = blueprint in blueprints
        current = "page" if request.endpoint == endpoint else "true" if inside and view else ""
        result.append({"label": label, "url": toolkit.url_for(endpoint), "current": current})
    return result


def site_icon(name: str, size: str = "") -> Markup:
    """One picture of `icons.svg`, in the colour of the text beside it; `size` is small, large or nothing.

    Icons are decoration: words say the same, so screen readers skip them.
    """
    classes = f"og-icon og-icon-{size}" if size else "og-icon"
    address = toolkit.h.url_for_static("/opengov/icons.svg")
    template = '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    return Markup(template).format(classes, address, name)  # noqa: S704  # the three values are escaped by format
