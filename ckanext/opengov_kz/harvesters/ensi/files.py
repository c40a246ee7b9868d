"""A classifier as files: its items as of a day, and its changes as an Atom feed (RFC 4287)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from ckan.plugins import toolkit
from feedgen.feed import FeedGenerator

from ckanext.opengov_kz.harvesters.ensi import mapping, reading
from ckanext.opengov_kz.publishing import downloads
from ckanext.opengov_kz.publishing.words import licence_in_words, publishing_dictionary, publishing_text

EXTENSIONS: Mapping[str, str] = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def state_file(
    dataset: Mapping[str, Any], question: reading.Question, extension: str, *, for_spreadsheets: bool
) -> IO[bytes]:
    """The items of a classifier as of a day, as a file that is open at its beginning.

    It is written whole before it is sent: all of it is one state, and a slow reader holds no connection of the
    database.
    """
    columns = [
        {**column, "type": {"int": "int4"}.get(column["type"], column["type"])} for column in mapping.dictionary()
    ]
    fields = publishing_dictionary(columns)
    rows = reading.everything(question)
    file = tempfile.TemporaryFile(prefix="opengov-")  # noqa: SIM115 - closed when the answer is sent
    if extension == "xlsx":
        downloads.write_xlsx(file, _about(dataset, question), fields, rows, words=_words())
    else:
        for part in _text(dataset, question, extension, fields, rows, for_spreadsheets=for_spreadsheets):
            file.write(part.encode())
    file.seek(0)
    return file


def _text(
    dataset: Mapping[str, Any],
    question: reading.Question,
    extension: str,
    fields: list[dict[str, Any]],
    rows: Iterator[list[Any]],
    *,
    for_spreadsheets: bool,
) -> Iterator[str]:
    if extension == "json":
        return downloads.json_file(_about(dataset, question), fields, rows)
    if for_spreadsheets:
        return downloads.spreadsheet_csv(fields, rows, toolkit.h.lang())
    return downloads.csv_file(fields, rows)


def _words() -> dict[str, str]:
    return {
        "rows": toolkit._("Data"),
        "about": toolkit._("About the data"),
        "title": toolkit._("Title"),
        "publisher": toolkit._("Publisher"),
        "licence": toolkit._("Licence"),
        "updated": toolkit._("Updated"),
        "source": toolkit._("Source"),
        "shortened": toolkit._(
            "{count} values are longer than a spreadsheet cell allows and were cut; CSV and JSON are complete."
        ),
    }


def _about(dataset: Mapping[str, Any], question: reading.Question) -> downloads.About:
    return downloads.About(
        title=title_as_of(dataset, question.day.isoformat()),
        publisher=publishing_text(dataset.get("organization") or {}, "title").text,
        licence_title=licence_in_words(dataset.get("license_title") or ""),
        licence_url=dataset.get("license_url") or "",
        source=toolkit.url_for(
            "harvesting_ensi.read", id=dataset["name"], date=question.day.isoformat(), qualified=True
        ),
        updated=question.day.isoformat(),
    )


def title_as_of(dataset: Mapping[str, Any], day: str) -> str:
    """The dataset's title with the day, in the reader's language."""
    title = publishing_text(dataset, "title").text or dataset["name"]
    return toolkit._("{title}, as of {day}").format(title=title, day=toolkit.h.catalogue_date(day))


def atom(
    dataset: Mapping[str, Any], changes: Sequence[Mapping[str, Any]], *, updated: str, links: Mapping[str, str]
) -> bytes:
    """A page of changes as a feed; `links` are addresses by relation: self, alternate, first, previous, next.

    The id of an entry stays the same in every language and on every page.
    """
    home = toolkit.url_for("harvesting_ensi.changes", id=dataset["id"], locale="default", qualified=True)
    feed = FeedGenerator()
    feed.id(home)
    title = publishing_text(dataset, "title").text or dataset["name"]
    feed.title(toolkit._("Changes: {title}").format(title=title))
    feed.updated(updated)
    feed.language(toolkit.h.lang())
    feed.author({"name": publishing_text(dataset.get("organization") or {}, "title").text or dataset["name"]})
    for relation, address in links.items():
        feed.link(href=address, rel=relation)
    for change in changes:
        entry = feed.add_entry(order="append")
        item = change["item"]
        name = toolkit.h.harvesting_item_name(item).text
        entry.id(f"{home}#{change['id']}")
        entry.title(f"{item['code']} {name}: {toolkit.h.harvesting_change_text(change['kind'])}")
        entry.updated(change["recorded"])
        entry.category(term=change["kind"])
        page = toolkit.url_for("harvesting_ensi.read", id=dataset["name"], item=item["code"], qualified=True)
        entry.link(href=page, rel="alternate")
        details = [f"{part['label']}: {part['before']} → {part['after']}" for part in _details(change)]
        version = toolkit._("version {version}").format(version=change["version"])
        entry.summary("; ".join([version, *details]))
    return feed.atom_str(pretty=True)


def _details(change: Mapping[str, Any]) -> list[dict[str, str]]:
    return toolkit.h.harvesting_change_details(change)
