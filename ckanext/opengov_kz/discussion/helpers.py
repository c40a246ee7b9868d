"""What the templates ask of the discussion: its words, threads as the address of the page asks for them, safe text."""

from __future__ import annotations

from typing import Any

from ckan.common import request
from ckan.plugins import toolkit
from jinja2.utils import urlize
from markupsafe import Markup

from ckanext.opengov_kz.shared.languages import pick

from . import rules
from .attachment_checks import KINDS
from .calling import number
from .words import (
    discussion_kind,
    discussion_outcome,
    discussion_reply_state,
    discussion_rule,
    discussion_sort,
    discussion_term,
)

__all__ = [
    "discussion_hiding_rules",
    "discussion_kind",
    "discussion_outcome",
    "discussion_outcomes",
    "discussion_reply_state",
    "discussion_rule",
    "discussion_sort",
    "discussion_sorts",
    "discussion_term",
    "discussion_text",
    "discussion_thread",
    "discussion_title",
    "discussion_typed",
    "discussion_uploads",
]


def discussion_text(text: str) -> Markup:
    """Plain text of a person as HTML: nothing of it is markup, addresses become links that search engines ignore."""
    return Markup(urlize(text, rel="nofollow ugc noopener"))  # noqa: S704 - escaped by urlize


def discussion_title(texts: dict[str, str]) -> Any:
    """A title in the reader's language, or visibly in another."""
    return pick(texts, toolkit.h.lang())


def discussion_sorts() -> list[str]:
    """The orders of a thread."""
    return list(rules.SORTS)


def discussion_outcomes() -> list[str]:
    """What may become of a comment."""
    return list(rules.OUTCOMES)


def discussion_hiding_rules() -> list[str]:
    """The rules under which a comment may be hidden."""
    return list(rules.HIDING_RULES)


def discussion_uploads() -> dict[str, Any]:
    """What may hang on a comment: `most` files, each of `megabytes`, as `accept` tells a browser."""
    return {
        "most": toolkit.config["opengov.discussion.attachments_max"],
        "megabytes": toolkit.config["opengov.discussion.attachment_megabytes"],
        "accept": ",".join(f".{kind}" for kind in KINDS),
        "kinds": ", ".join(kind.upper() for kind in KINDS if kind != "jpeg"),
    }


def discussion_typed(subject_type: str, subject_id: str, place: str = "") -> dict[str, Any]:
    """What the reader was typing at a place, with their public name; nothing for those who have not signed in."""
    if toolkit.current_user.is_anonymous:
        return {}
    named = {"subject_type": subject_type, "subject_id": subject_id}
    drafts = toolkit.get_action("discussion_draft_list")({}, named)
    return drafts["drafts"].get(place, {}) | {"author_name": drafts["public_name"]}


def discussion_thread(subject_type: str, subject_id: str, part_id: str | None = None) -> dict[str, Any]:
    """A thread as the address of the page asks for it: `sort`, `kind`, `page`; with counts and pages."""
    size = toolkit.config["opengov.discussion.page_size"]
    page = number("page", 1)
    sort = request.args.get("sort", "new")
    kind = request.args.get("kind", "")
    asked = {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "sort": sort if sort in rules.SORTS else "new",
        "kind": kind if kind in rules.KINDS else "",
        "limit": size,
        "offset": (page - 1) * size,
    }
    if part_id is not None:
        asked["part_id"] = part_id
    thread = toolkit.get_action("discussion_thread_show")({}, asked)
    named = {"subject_type": subject_type, "subject_id": subject_id}
    # Those of the whole stand above the thread of the whole alone.
    counts = None if part_id else toolkit.get_action("discussion_counts")({}, named)
    last = max(1, -(-thread["count"] // size))
    return thread | {"counts": counts, "sort": asked["sort"], "kind": asked["kind"], "page": page, "last": last}
