"""A part of a text as HTML: escaped here, once, since a page has thousands of them and a template for each is slow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit
from markupsafe import Markup, escape

from .parts import Part, label

_HEADED = frozenset({"section", "subsection", "chapter", "subchapter", "article", "annex"})


def words(row: Mapping[str, Any], language: str) -> Markup:
    """What a part says in a language: its heading or number, its text, its table."""
    side = row[language]
    if side is None:
        return Markup('<p class="og-muted">{}</p>').format(toolkit._("This part is missing in this language."))
    if side["kind"] in _HEADED:
        head = label(Part(side["kind"], side["number"], "", "", 0), language)
        said = Markup("<h3>{}{}</h3>").format(head, f". {side['title']}" if side["title"] else "")
        text = side["text"]
    else:
        dot = "." if side["kind"] == "item" and side["number"] else ""
        said = Markup("<b>{}{}</b> ").format(side["number"], dot) if side["number"] else Markup("")
        return _paragraphs(said, " ".join(filter(None, (side["title"], side["text"])))) + _table(row, side, language)
    return said + _paragraphs(Markup(""), text) + _table(row, side, language)


def _paragraphs(before: Markup, text: str) -> Markup:
    if not text and not before:
        return Markup("")
    lines = [escape(line) for line in text.split("\n")]
    return Markup("<p>") + before + Markup("<br>").join(lines) + Markup("</p>")


def _table(row: Mapping[str, Any], side: Mapping[str, Any], language: str) -> Markup:
    lines = side.get("rows")
    if not lines:
        return Markup("")
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in line))
        for line in lines
    )
    return Markup(
        '<div class="og-table-frame" role="region" tabindex="0" aria-label="{}">'
        '<table class="og-table">{}</table></div>'
    ).format(row["label"].get(language, ""), body)
