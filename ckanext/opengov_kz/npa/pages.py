"""What the page of an act shows: its text by sheets, the table of contents with the number of comments, its stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ckan.common import request
from ckan.plugins import toolkit

from . import texts

#: What a table of contents names; items stand in it only where there is nothing above them.
_NAMED = frozenset({"annex", "section", "subsection", "chapter", "subchapter", "article"})
_WAY = ("discussion", "consideration", "report")
ANCHOR = 12


def anchor(part_id: str) -> str:
    """The place of a part on the page."""
    return f"p-{part_id[:ANCHOR]}"


def languages_shown(asked: str | None, reader: str) -> list[str]:
    """Which languages of the text stand on the page: both, or the reader's own (Kazakh for an English page)."""
    if asked == "both":
        return list(texts.LANGUAGES)
    return [asked if asked in texts.LANGUAGES else reader if reader in texts.LANGUAGES else "kk"]


def contents(rows: Sequence[texts.Row], counts: Mapping[str, int], language: str) -> list[dict[str, Any]]:
    """The table of contents: `id`, `kind`, `depth`, `label`, `title`, and `comments` on all that lies in each entry."""
    kinds = _NAMED if any(row["kind"] in _NAMED for row in rows) else {"item"}
    found: list[dict[str, Any]] = []
    for row in rows:
        if row["kind"] in kinds:
            side = row[language] or row["kk"] or row["ru"]
            entry = {"id": row["id"], "kind": row["kind"], "depth": row["depth"], "comments": 0}
            found.append(entry | {"label": _short(row, language), "title": side["title"] or _beginning(side["text"])})
        if found:
            found[-1]["comments"] += counts.get(row["id"], 0)
    return found


def _short(row: texts.Row, language: str) -> str:
    """The last step of a label: «Статья 5», not «Приложение 1, статья 5»."""
    label = row["label"].get(language) or row["label"]["kk"]
    last = label.rsplit(", ", 1)[-1]
    return f"{last[:1].upper()}{last[1:]}"


def _beginning(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60].rsplit(' ', 1)[0]} …"  # noqa: PLR2004 - of a line of the contents


def sheet_of(sheets: Sequence[tuple[int, int]], rows: Sequence[texts.Row], asked: Any, part_id: str | None) -> int:
    """Which sheet of a long text is shown, from 0: the one that holds the part, else the one that was asked for."""
    if part_id:
        for number, (start, end) in enumerate(sheets):
            if any(row["id"] == part_id for row in rows[start:end]):
                return number
    number = int(asked) - 1 if str(asked or "").isdecimal() else 0
    return min(max(number, 0), len(sheets) - 1)


def part_named(rows: Sequence[texts.Row], asked: str | None) -> str | None:
    """The part that an address names, by its identity or its path ("article-5/item-2")."""
    if not asked:
        return None
    return next((row["id"] for row in rows if asked in {row["id"], row["path"]}), None)


def way(act: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The bar of stages: `stage`, `day`, `until`, and whether it is `done`, `now` or still `ahead`."""
    end = act["stage"] if act["stage"] in {"withdrawn", "archive"} else "adopted"
    if act["stage"] == "archive":
        end = "withdrawn" if act["withdrawn"] else "adopted"
    days = {
        "discussion": act["published"],
        "consideration": act["considered"],
        "report": act["reported"],
        "adopted": act["adopted"],
        "withdrawn": act["withdrawn"],
    }
    stages = [*_WAY, end]
    here = stages.index(act["stage"]) if act["stage"] in stages else (len(stages) if act["stage"] == "archive" else -1)
    return [
        {
            "stage": stage,
            "day": days[stage],
            "until": act["closes"] if stage == "discussion" else None,
            "state": "now" if place == here else "done" if days[stage] and place < here else "ahead",
        }
        for place, stage in enumerate(stages)
    ]


def page(package: Mapping[str, Any]) -> dict[str, Any]:
    """All that the page of an act asks for; the same number of queries for any length of its text and discussion."""
    act = toolkit.get_action("npa_act_show")({}, {"id": package["id"]})
    named = {"subject_type": "npa", "subject_id": package["id"]}
    shown: dict[str, Any] = {"act": act, "way": way(act), "counts": toolkit.get_action("discussion_counts")({}, named)}
    if not act["version"]:
        return shown | {"rows": [], "contents": [], "languages": [], "part": None}
    wanted = request.args.get("version", type=int)
    is_old = wanted is not None and 0 < wanted < act["version"]
    text = toolkit.get_action("npa_text_show")(
        {}, {"id": package["id"], "version": wanted if is_old else act["version"]}
    )
    rows = text["rows"]
    languages = languages_shown(request.args.get("text"), toolkit.h.lang())
    part = part_named(rows, request.args.get("part"))
    sheets = texts.sheets(rows, toolkit.config["opengov.npa.rows_on_page"])
    sheet = sheet_of(sheets, rows, request.args.get("sheet"), part)
    by_part = shown["counts"]["by_part"]
    start, end = sheets[sheet]
    on_sheet = {row["id"] for row in rows[start:end]}
    contents_shown = contents(rows, by_part, languages[0])
    for entry in contents_shown:
        entry["is_here"] = entry["id"] in on_sheet
    return shown | {
        "rows": rows[start:end],
        "contents": contents_shown,
        "by_part": by_part,
        "languages": languages,
        "part": part,
        "sheet": sheet + 1,
        "sheets": len(sheets),
        "version": text["version"],
        "version_published": text["published"],
        "is_old": is_old,
    }
