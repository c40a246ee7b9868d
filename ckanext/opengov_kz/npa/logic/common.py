"""What the actions of draft acts share."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.opengov_kz.discussion import gathering
from ckanext.opengov_kz.discussion.threads import counts
from ckanext.opengov_kz.npa import acts, discussable, importing, texts, words
from ckanext.opengov_kz.npa.docx_reading import DocxRefused
from ckanext.opengov_kz.npa.model import Act, utc_now
from ckanext.opengov_kz.npa.parts import Part
from ckanext.opengov_kz.shared.actions import refuse

Texts = dict[str, tuple[Part, ...]]
Problems = dict[str, list[dict[str, Any]]]


def stop(name: str, code: str | None) -> None:
    """Refuses where the rules gave a code."""
    if code is not None:
        refuse(name, words.npa_refusal(code))


def user_id(context: Context) -> str:
    """The id of the account that acts; empty for the portal itself."""
    user = model.User.get(context.get("user"))
    return user.id if user else ""


def as_system(context: Context) -> Context:
    """A context for saving a passport after one's own check: an officer may not edit what is public otherwise."""
    return Context(user=context.get("user", ""), ignore_auth=True)


def save_passport(context: Context, act: Act) -> None:
    """Saves the package again, so that its visibility and its place in the index follow the act; commits all."""
    model.Session.flush()
    # CKAN saves, commits and indexes nothing where nothing of the passport itself has changed.
    changed = {"id": act.package_id, "metadata_modified": utc_now().isoformat()}
    toolkit.get_action("package_patch")(as_system(context), changed)


def unanswered(act: Act) -> int:
    """How many comments of the first level have no official reply."""
    subject = discussable.ActDiscussions().discussable_subject(acts.TYPE, act.package_id)
    return int(counts(subject)["unanswered"]) if subject else 0


def told_of(act: Act) -> list[str]:
    """Who wants to know of an act: those who took part."""
    return gathering.people(acts.TYPE, act.package_id)


def read_files(data: dict[str, Any]) -> tuple[Texts, Problems, dict[str, str]]:
    """The texts that were uploaded, or sent as parts: parts, problems and titles by language.

    Raises ValidationError for all files at once.
    """
    found: Texts = {}
    problems: Problems = {}
    titles: dict[str, str] = {}
    errors: dict[str, Any] = {}
    for language in texts.LANGUAGES:
        upload, given = data.get(language), data.get(f"{language}_parts")
        try:
            if upload is not None and getattr(upload, "filename", ""):
                found[language], problems[language], titles[language] = importing.read(upload.stream, language)
            elif given:
                found[language], problems[language] = importing.checked(given), []
        except DocxRefused as refused:
            errors[language] = [words.npa_docx_refusal(refused.code)]
        except ValueError as wrong:
            errors[f"{language}_parts"] = [str(wrong)]
    if errors:
        raise toolkit.ValidationError(errors)
    return found, problems, {language: title for language, title in titles.items() if title}
