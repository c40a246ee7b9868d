"""What the templates of draft acts ask for: words, the page of an act, what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ckan.plugins import toolkit
from markupsafe import Markup

from ckanext.opengov_kz.shared.languages import pick

from . import acts, conclusions, following, pages, rendering, rules, viewing
from .parts import KINDS
from .words import (
    npa_breach,
    npa_conclusion_kind,
    npa_conclusion_outcome,
    npa_docx_refusal,
    npa_kind,
    npa_part_kind,
    npa_problem,
    npa_refusal,
    npa_stage,
    npa_state,
    npa_step,
)

__all__ = [
    "humanize_entity_type",
    "npa_amends",
    "npa_anchor",
    "npa_breach",
    "npa_conclusion_kind",
    "npa_conclusion_kinds",
    "npa_conclusion_outcome",
    "npa_conclusion_outcomes",
    "npa_docx_refusal",
    "npa_follows",
    "npa_kind",
    "npa_kinds",
    "npa_languages",
    "npa_my_roles",
    "npa_of_call",
    "npa_page",
    "npa_part_kind",
    "npa_part_kinds",
    "npa_problem",
    "npa_refusal",
    "npa_sphere",
    "npa_sphere_choices",
    "npa_spheres",
    "npa_stage",
    "npa_stages",
    "npa_state",
    "npa_step",
    "npa_title",
    "npa_words",
]


def npa_page(package: Mapping[str, Any]) -> dict[str, Any]:
    """All that the page of an act shows; reading it is counted."""
    if not package.get("private"):
        viewing.count(package["id"])
    return pages.page(package)


def npa_languages(asked: str | None) -> list[str]:
    """The languages of a text that a page shows."""
    return pages.languages_shown(asked, toolkit.h.lang())


def npa_anchor(part_id: str) -> str:
    """The place of a part on the page."""
    return pages.anchor(part_id)


def npa_words(row: Mapping[str, Any], language: str) -> Markup:
    """What a part says in a language, as HTML."""
    return rendering.words(row, language)


def npa_title(texts: Mapping[str, str]) -> Any:
    """A text by language in the reader's, or visibly in another."""
    return pick(texts, toolkit.h.lang())


def npa_sphere_choices(field: Mapping[str, Any]) -> list[dict[str, Any]]:  # noqa: ARG001 - scheming's signature
    """The spheres for the passport's form."""
    return [{"value": name, "label": title} for name, title in following.spheres().items()]


def npa_spheres() -> list[dict[str, str]]:
    """The spheres in the reader's language, by name."""
    named = [{"name": name, "title": npa_title(title).text} for name, title in following.spheres().items()]
    return sorted(named, key=lambda one: one["title"])


def npa_sphere(name: str) -> str:
    """A sphere in the reader's language."""
    return npa_title(following.spheres().get(name, {"kk": name})).text


def npa_kinds() -> list[str]:
    """The kinds of acts."""
    return list(rules.KINDS)


def npa_stages() -> list[str]:
    """The stages that a list can be narrowed to."""
    return [stage for stage in rules.STAGES if stage != "draft"]


def npa_part_kinds() -> list[str]:
    """The kinds of parts that an officer chooses from."""
    return list(KINDS)


def npa_conclusion_kinds() -> list[str]:
    """The kinds of conclusions."""
    return list(rules.CONCLUSION_KINDS)


def npa_conclusion_outcomes() -> list[str]:
    """What a conclusion comes to."""
    return list(rules.CONCLUSION_OUTCOMES)


def npa_amends(lines: str | None) -> list[dict[str, str]]:
    """The acts that a draft amends, out of lines of a title and a link each."""
    found = []
    for line in (lines or "").splitlines():
        title, _, url = line.rpartition(" ")
        found.append({"title": title or url, "url": url})
    return found


def npa_my_roles() -> list[dict[str, Any]]:
    """The verified roles of the reader."""
    user = toolkit.current_user
    return [] if user.is_anonymous else conclusions.roles(user.id)


def npa_follows(what: str, value: str) -> bool:
    """Whether the reader follows a body, a sphere or an act."""
    user = toolkit.current_user
    return not user.is_anonymous and following.does(user.id, what, value)


@toolkit.chained_helper
def humanize_entity_type(
    next_helper: Callable[[str, str, str], str | None], entity_type: str, object_type: str, purpose: str
) -> str | None:
    """What CKAN's own pages call acts and calls for ideas; it would make words of the type's name otherwise."""
    if entity_type != "package" or object_type not in {acts.TYPE, acts.CALL}:
        return next_helper(entity_type, object_type, purpose)
    is_act = object_type == acts.TYPE
    known = {
        "update label": toolkit._("Save"),
        "view label": toolkit._("View"),
        "edit label": toolkit._("Edit"),
        "delete confirmation": toolkit._("Are you sure you want to delete this?"),
        "create label": toolkit._("New draft act") if is_act else toolkit._("New call for ideas"),
    }
    return known.get(purpose) or (toolkit._("Draft legal acts") if is_act else toolkit._("Calls for ideas"))


def npa_of_call(package_id: str) -> list[dict[str, Any]]:
    """The acts that came of a call for ideas, with what was taken up."""
    found = toolkit.get_action("npa_act_list")({}, {"call": package_id, "limit": 100})["acts"]
    taken = acts.taken_up([act["id"] for act in found])
    return [act | {"taken_up": taken.get(act["id"], {})} for act in found]
