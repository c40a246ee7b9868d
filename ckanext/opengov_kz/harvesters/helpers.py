"""Harvesting in words, for templates: plain texts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy import select

from ckanext.opengov_kz.catalogue import display
from ckanext.opengov_kz.harvesters import rules
from ckanext.opengov_kz.shared.languages import pick

#: Width and height of a chart, in its own units; it grows with the page.
_CHART = (600, 80)
_FEWEST_RUNS = 2
_MARK = 4


def harvesting_state_text(state: str) -> str:
    """The state of a job or of one of its tables."""
    texts = {
        "never": toolkit._("has never run"),
        "waiting": toolkit._("waits for its turn"),
        "gathering": toolkit._("asks the agency what there is"),
        "loading": toolkit._("is loading"),
        "finished": toolkit._("finished"),
        "finished_with_errors": toolkit._("finished with errors"),
        "failed": toolkit._("failed"),
        "stopped": toolkit._("stopped"),
        "WAITING": toolkit._("waits for its turn"),
        "FETCH": toolkit._("pages are arriving"),
        "IMPORT": toolkit._("rows are being compared and stored"),
        "COMPLETE": toolkit._("finished"),
        "ERROR": toolkit._("failed"),
    }
    return texts.get(state, state)


def harvesting_count_text(name: str) -> str:
    """The name of a count in a run's report."""
    texts = {
        "read": toolkit._("read"),
        "inserted": toolkit._("added"),
        "updated": toolkit._("changed"),
        "unchanged": toolkit._("unchanged"),
        "closed": toolkit._("closed"),
        "rejected": toolkit._("rejected"),
    }
    return texts[name]


def harvesting_finding_text(code: str) -> str:
    """What was odd about items of an agency's table."""
    texts = {
        "missing_code": toolkit._("items without a code (not stored)"),
        "not_an_object": toolkit._("items that are not objects (not stored)"),
        "code_was_a_number": toolkit._("codes that came as numbers"),
        "bad_date": toolkit._("dates that cannot be read"),
        "dates_reversed": toolkit._("end before the beginning"),
        "missing_name": toolkit._("names missing in one language"),
        "unknown_status": toolkit._("unknown statuses"),
        "latin_lookalike": toolkit._("Latin letters inside Cyrillic words"),
        "foreign_letter": toolkit._("letters of neither alphabet"),
        "not_a_kato_code": toolkit._("codes that are not KATO codes"),
        "unreadable_number": toolkit._("identifiers that are not numbers (left empty)"),
        "unreadable_truth": toolkit._("marks that are neither yes nor no (left empty)"),
        "unreadable_moment": toolkit._("times that cannot be read (left empty)"),
        "text_was_a_number": toolkit._("texts that came as numbers"),
        "bad_character": toolkit._("characters that cannot be stored (replaced)"),
        "unknown_field": toolkit._("fields that the dictionary lacks (not stored)"),
        "repeated_row": toolkit._("rows that came twice"),
        "repeated_with_differences": toolkit._("rows that came twice with different values (the newest is stored)"),
        "duplicate_code": toolkit._("codes that came twice"),
        "overlapping_validity": toolkit._("periods of one code that overlap"),
        "cycle": toolkit._("items that stand above themselves"),
        "orphan": toolkit._("items under a code that is not there"),
        "languages_swapped": toolkit._("texts that stood under another language (put right)"),
        "repeated_russian": toolkit._("Russian texts repeated as Kazakh ones (left out)"),
        "english_is_cyrillic": toolkit._("English texts that are not English (left out)"),
        "missing_period": toolkit._("values without a period (not stored)"),
        "bad_period": toolkit._("periods that cannot be read"),
        "bad_value": toolkit._("values that are no numbers (kept as notes)"),
        "decimal_comma": toolkit._("numbers with a decimal comma"),
        "value_twice": toolkit._("values that came twice for a period and a territory"),
        "unknown_publisher": toolkit._("no agency named: filed under the publisher of the source"),
        "publisher_created": toolkit._("a new publisher was made"),
        "publisher_by_abbreviation": toolkit._("publisher recognised by its abbreviation alone"),
        "unknown_category": toolkit._("categories that this portal does not have"),
        "unknown_frequency": toolkit._("unknown update frequency (taken as “as needed”)"),
        "no_title": toolkit._("no title in any language"),
        "title_shortened": toolkit._("titles too long for the catalogue (the whole one begins the description)"),
        "no_description": toolkit._("no description (the title stands in its place)"),
        "description_shortened": toolkit._("descriptions too long for the catalogue (cut)"),
        "html_made_plain": toolkit._("descriptions with HTML (made plain text)"),
        "keyword_left_out": toolkit._("keywords that cannot be keywords here (left out)"),
        "bad_phone": toolkit._("phone numbers that cannot be dialled (left out)"),
        "bad_email": toolkit._("e-mail addresses that are none (left out)"),
        "fields_not_described": toolkit._("columns without a description"),
        "type_was_not_kept": toolkit._("columns whose values are not of the promised type (taken as text)"),
        "no_data": toolkit._("neither rows nor a file behind the entry"),
    }
    return texts.get(code, code)


def harvesting_problem_text(problem: Mapping[str, Any]) -> str:
    """One error of a harvest as a sentence: what happened, where, and what happens next.

    `problem` is ``{"code", "details"}`` as `harvesting_source_status_show` gives it.
    """
    code, details = str(problem["code"]), dict(problem["details"])
    if code == "address_refused":
        return _refusal_text(str(details.get("reason")))
    if code == "request_failed":
        return _failure_text(str(details.get("reason")), details.get("status"))
    if code in {"version_failed", "dataset_failed"}:
        known = _Known(details, why=harvesting_problem_text({"code": details.get("because"), "details": details}))
        if code == "dataset_failed":
            return toolkit._("%(table)s could not be moved: %(why)s") % known
        return toolkit._("Version %(version)s of %(table)s could not be moved: %(why)s") % known
    if code == "merge_refused":
        return toolkit.h.publishing_merge_error(str(details.get("reason")), str(details.get("detail") or ""))
    text = _texts().get(code)
    if text is None:
        return str(details.get("text") or code)
    # A detail that an older version did not store must not take the page down.
    return text % _Known(details)


def _frequencies() -> dict[str, str]:
    return {
        "MANUAL": toolkit._("when somebody starts it"),
        "ALWAYS": toolkit._("every five minutes"),
        "HOURLY": toolkit._("every hour"),
        "DAILY": toolkit._("every day"),
        "WEEKLY": toolkit._("every week"),
        "BIWEEKLY": toolkit._("every two weeks"),
        "MONTHLY": toolkit._("every month"),
    }


def _texts() -> dict[str, str]:
    return {
        "broken_json": toolkit._("The agency's answer is not valid JSON (page %(page)s). Nothing stored was changed."),
        "broken_xml": toolkit._(
            "The agency's answer is not valid XML, or breaks off (page %(page)s). Nothing stored was changed."
        ),
        "unsafe_xml": toolkit._(
            "The agency's XML contains a document type or entities, which data must not have (page %(page)s)."
        ),
        "not_utf8": toolkit._("The agency's XML is not in UTF-8 (page %(page)s). Nothing stored was changed."),
        "too_large": toolkit._("The agency's answer is larger than allowed."),
        "not_an_object": toolkit._("The agency's answer is not an object (page %(page)s)."),
        "missing_key": toolkit._("The agency's answer lacks “%(key)s” (page %(page)s)."),
        "wrong_type": toolkit._("“%(key)s” in the agency's answer has a wrong type (page %(page)s)."),
        "bad_code": toolkit._("The agency lists a classifier with an unusable code: %(classifier)s."),
        "wrong_classifier": toolkit._("The agency answered with another classifier: %(got)s."),
        "wrong_page": toolkit._("Page %(page)s was asked for, page %(got)s came."),
        "empty_page": toolkit._("Page %(page)s came empty although items remain."),
        "total_changed": toolkit._(
            "The number of items changed from %(expected)s to %(got)s while loading; the next run begins anew."
        ),
        "total_mismatch": toolkit._("%(expected)s items were announced, %(got)s came; nothing stored was changed."),
        "version_changed": toolkit._("The classifier's version changed while loading; the next run begins anew."),
        "version_gone": toolkit._("The agency no longer serves the version that was begun; the next run begins anew."),
        "no_such_table": toolkit._("The agency has no table “%(table)s”."),
        "disk_full": toolkit._(
            "There is no room left on the disk for what the agency sends. What is there stays; the next run goes on."
        ),
        "no_publisher": toolkit._("The source has no publisher, so its datasets would have none."),
        "agency_error": toolkit._("The agency's system answered with an error: %(text)s"),
        "not_a_list": toolkit._("The agency's answer is not a list of rows (page %(page)s)."),
        "no_identifiers": toolkit._("No row of the agency's answer has an identifier (page %(page)s)."),
        "not_sorted": toolkit._("The agency does not give the rows in the order of their identifiers (page %(page)s)."),
        "key_unreadable": toolkit._("The source's key was given for another address; enter it again."),
        "already_running": toolkit._("Another run is still loading this table."),
        "refused": toolkit._("The catalogue refused the record: %(text)s"),
        "broke_off": toolkit._("The work broke off (%(error)s). The log of the portal says more."),
        "gave_up": toolkit._("The work broke off again and again (%(error)s), so this table was given up."),
        "catalogue_page": toolkit._(
            "Page %(page)s of the catalogue could not be read; its datasets come with the next run."
        ),
        "item_without_address": toolkit._(
            "The catalogue's entry “%(title)s” (%(id)s) has no apiUri that could be asked for; it was left out."
        ),
        "address_twice": toolkit._("The apiUri %(table)s comes twice in the catalogue; “%(title)s” was left out."),
        "deleted_here": toolkit._("The dataset %(table)s was deleted on this portal and is not moved again."),
        "rows_twice": toolkit._("Rows came twice, so others are missing; nothing stored was changed."),
        "no_such_rows": toolkit._("The old portal lists version %(version)s but has no rows of it."),
    }


def _refusal_text(reason: str) -> str:
    texts = {
        "private_address": toolkit._(
            "The address points into a private network. An administrator can allow it in the configuration."
        ),
        "unresolvable": toolkit._("No such host is known. Check the address."),
        "credentials": toolkit._("The address must not contain a user name or a password."),
    }
    return texts.get(
        reason, toolkit._("This is not an address that can be asked: it must begin with http:// or https://")
    )


def _failure_text(reason: str, status: object) -> str:
    if status:
        return toolkit._("The agency's system answered with an error (HTTP %(status)s), also when asked again.") % {
            "status": status
        }
    texts = {
        "timeout": toolkit._("The agency's system did not answer in time, also when asked again."),
        "too_slow": toolkit._("The agency's system answered too slowly."),
        "tls": toolkit._("The agency's certificate is not valid."),
        "too_many_redirects": toolkit._("The agency's system redirects without end."),
        "incomplete": toolkit._("The agency's answer broke off in the middle, also when asked again."),
    }
    return texts.get(reason, toolkit._("The agency's system cannot be reached."))


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def harvesting_problem_kind(code: str) -> str:
    """A kind of errors as a heading."""
    texts = {
        "request_failed": toolkit._("The agency's system does not answer as it should"),
        "address_refused": toolkit._("The address may not be asked"),
        "merge_refused": toolkit._("The rows were held back"),
        "refused": toolkit._("The catalogue refused a record"),
        "no_such_table": toolkit._("A table is missing at the agency"),
        "broke_off": toolkit._("The work broke off"),
        "gave_up": toolkit._("A table was given up"),
        "already_running": toolkit._("Two runs at once"),
        "no_publisher": toolkit._("The source has no publisher"),
        "disk_full": toolkit._("The disk is full"),
        "other": toolkit._("Other errors"),
    }
    return texts.get(code) or toolkit._("The agency's answer is not what was agreed")


def harvesting_span(seconds: int | None) -> str:
    """A length of time in words of the reader's language, by its largest unit: "5 minutes"."""
    if seconds is None:
        return "—"
    return format_timedelta(timedelta(seconds=seconds), locale=toolkit.h.lang())


def harvesting_origin(package_id: str) -> dict[str, Any] | None:
    """What `harvesting_dataset_origin_show` says of a dataset."""
    return toolkit.get_action("harvesting_dataset_origin_show")({}, {"id": package_id})


def harvesting_publishers(sources: list[dict[str, Any]]) -> dict[str, str]:
    """The names of the bodies that own these sources, by their ids."""
    bodies = {source["owner_org"] for source in sources if source["owner_org"]}
    query = select(model.Group.id, model.Group.name, model.Group.title).where(model.Group.id.in_(bodies))
    found = model.Session.execute(query).all()
    titles = display.group_titles([body.name for body in found])
    language = display.reader_language()
    return {body.id: pick(titles.get(body.name), language).text or body.title or body.name for body in found}


def harvesting_errors(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The errors of all these runs by kind, as `rules.by_kind` gives them."""
    return rules.by_kind(problem for job in jobs for problem in job["problems"])


def harvesting_sentence(text: str) -> str:
    """The same with a capital letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def harvesting_chart(jobs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The runs of a source as bars, the oldest on the left: how many rows each changed, and how long it took.

    :returns: ``{"width", "height", "rows", "seconds"}``, the last two as `rules.bars` gives them, with "state" and
        "created" of the run; None with fewer than two runs, which are no history
    """
    runs = [job for job in reversed(jobs) if job["state"] not in rules.UNDER_WAY]
    if len(runs) < _FEWEST_RUNS:
        return None
    changed = [sum(job["counts"][name] for name in ("inserted", "updated", "closed")) for job in runs]
    drawn = {
        "rows": rules.bars(changed, *_CHART),
        "seconds": rules.bars([job["seconds"] for job in runs], *_CHART),
    }
    for bars in drawn.values():
        for bar, job in zip(bars, runs, strict=True):
            bar |= {"state": job["state"], "created": job["created"]}
            if job["state"] == "failed" and not bar["height"]:
                # A run that brought nothing is seen as such.
                bar |= {"height": _MARK, "y": _CHART[1] - _MARK}
    return {"width": _CHART[0], "height": _CHART[1], **drawn}


def harvesting_status(source_id: str) -> dict[str, Any]:
    """What `harvesting_source_status_show` says of a source."""
    return toolkit.get_action("harvesting_source_status_show")({}, {"id": source_id})


def harvesting_count_names() -> tuple[str, ...]:
    """The counts of a report in the order of the columns."""
    return rules.COUNTS


def harvesting_frequency_text(frequency: str | None) -> str:
    """How often a source runs by itself."""
    return _frequencies().get(frequency or "MANUAL", str(frequency))


def harvesting_frequencies() -> list[dict[str, str]]:
    """The choices of the form."""
    return [{"value": value, "text": text} for value, text in _frequencies().items()]


def harvesting_moment(iso: str | None) -> str:
    """A moment in words of the reader's language and in the portal's time zone; `iso` carries its zone."""
    if not iso:
        return "—"
    zone = ZoneInfo(toolkit.config["ckan.display_timezone"])
    moment = datetime.fromisoformat(iso).astimezone(zone)
    return format_datetime(moment, "d MMMM y, HH:mm", locale=toolkit.h.lang())


def harvesting_type_title(name: str | None) -> str:
    """The title of a harvester by its name."""
    for harvester in toolkit.h.harvesters_info():
        if harvester["name"] == name:
            return harvester["title"]
    return name or ""


def harvesting_config_help() -> dict[str, list[tuple[str, str]]]:
    """Kind of source (`source_type`) → example of a key with its value, and what it means."""
    tables = (
        '"tables": ["KATO"]',
        toolkit._("only these tables; without it, all"),
    )
    key = ('"api_key": "…"', toolkit._("the key to the agency's system; it is encrypted and never shown again"))
    return {
        "ensi": [
            tables,
            ('"format": "xml"', toolkit._("pages in XML instead of JSON")),
            ('"increments": false', toolkit._("each classifier whole every time, not only what has changed")),
            key,
        ],
        "address_register": [
            ('"tables": ["s_ats"]', tables[1]),
            (
                '"paging": "offset"',
                toolkit._("pages by number instead of by the last row, for systems that know no other"),
            ),
            ('"rate": 0.5', toolkit._("at most so many requests a second")),
            ('"full_every_days": 30', toolkit._("so often a table is loaded whole, to find what was removed")),
            key,
        ],
        "data_egov_kz": [
            ('"tables": ["dataset_1"]', toolkit._("only these datasets, by their apiUri; without it, all")),
            ('"versions": 3', toolkit._("at most so many versions of each dataset, the newest ones")),
            ('"requests_per_second": 0.5', toolkit._("at most so many requests a second")),
            ('"again": true', toolkit._("what was moved already is moved once more")),
            key,
        ],
        "statistics": [('"tables": ["POPULATION"]', toolkit._("only these indicators; without it, all")), key],
    }
