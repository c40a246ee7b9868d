"""Pages of the discussion. All of them work without script."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from . import attachments
from .calling import call, forbid, number

# Registered with the blueprint below: the blanket takes every blueprint that it finds here.
from .machine_views import machine  # noqa: F401
from .office_views import office  # noqa: F401

blueprint = Blueprint("opengov_discussion", __name__, url_prefix="/discussion")

_WORDS = ("text", "wording", "kind", "part_id", "parent_id", "author_name")


@blueprint.route("/<subject_type>/<subject_id>")
def thread(subject_type: str, subject_id: str) -> str:
    """The discussion of a subject on a page of its own; of one part with `part`, below one comment with `reply`."""
    return _thread(subject_type, subject_id, {}, {})


def _thread(subject_type: str, subject_id: str, data: dict[str, Any], errors: dict[str, Any]) -> str:
    shown = _shown(subject_type, subject_id)
    reply_to = request.args.get("reply") or data.get("parent_id")
    facts = {
        "thread": shown,
        "part_id": request.args.get("part"),
        "reply_to": call("discussion_comment_show", id=reply_to) if reply_to else None,
        "data": data or _typed(subject_type, subject_id),
        "errors": errors,
    }
    return toolkit.render("discussion/thread.html", facts)


def _shown(subject_type: str, subject_id: str) -> dict[str, Any]:
    try:
        return toolkit.h.discussion_thread(subject_type, subject_id, request.args.get("part"))
    except toolkit.ObjectNotFound:
        toolkit.abort(404, _("There is no such discussion."))
        raise AssertionError from None  # abort has raised
    except toolkit.NotAuthorized as error:
        forbid(str(error.message or ""))


def _typed(subject_type: str, subject_id: str) -> dict[str, Any]:
    place = request.args.get("reply") or request.args.get("part") or ""
    return toolkit.h.discussion_typed(subject_type, subject_id, place)


@blueprint.route("/<subject_type>/<subject_id>", methods=["POST"])
def comment(subject_type: str, subject_id: str) -> str | Response | tuple[str, int]:
    """Says something, or keeps it for later where the button `keep` was pressed."""
    data = {name: request.form[name] for name in _WORDS if request.form.get(name)}
    if "keep" in request.form:
        kept = {name: value for name, value in data.items() if name != "author_name"}
        try:
            call("discussion_draft_save", subject_type=subject_type, subject_id=subject_id, **kept)
            if "HX-Request" in request.headers:
                return toolkit.render("discussion/snippets/kept.html", {})
        except toolkit.ValidationError as error:
            return _thread(subject_type, subject_id, data, error.error_dict), 400
        toolkit.h.flash_success(_("Kept. Nobody else sees it."))
        place = {"reply": data.get("parent_id"), "part": data.get("part_id")}
        given = {name: value for name, value in place.items() if value}
        return toolkit.redirect_to(
            "opengov_discussion.thread", subject_type=subject_type, subject_id=subject_id, **given
        )
    try:
        files = request.files.getlist("upload")
        place = {"subject_type": subject_type, "subject_id": subject_id}
        made = call("discussion_comment_create", **place, **data, upload=files)
    except toolkit.ValidationError as error:
        return _thread(subject_type, subject_id, data, error.error_dict), 400
    if made["state"] == "waiting":
        toolkit.h.flash_notice(_("Thank you. A moderator looks at the comment before others see it."))
    return _back(made["id"])


def _back(comment_id: str) -> Response:
    """To a comment, on the page where the form stood: that of a part of an act, say, has its own thread."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host or "/discussion/" in came_from.path:
        return toolkit.redirect_to("opengov_discussion.show", id=comment_id)
    return redirect(came_from._replace(fragment=f"comment-{comment_id}").geturl())


@blueprint.route("/comment/<id>")
def show(id: str) -> Response:  # noqa: A002 - CKAN's word for it in every address
    """The lasting address of a comment: leads to its place in its thread, or among the replies to another."""
    found = call("discussion_comment_show", id=id)
    if found["replies_of"]:
        behind = {"page": found["replies_page"]} if found["replies_page"] > 1 else {}
        return toolkit.redirect_to(
            "opengov_discussion.all_replies", id=found["replies_of"], **behind, _anchor=f"comment-{id}"
        )
    asked = {"sort": "old", "page": found["page"]} if found["page"] > 1 else {"sort": "old"}
    place = {"subject_type": found["subject_type"], "subject_id": found["subject_id"]}
    return toolkit.redirect_to("opengov_discussion.thread", **place, **asked, _anchor=f"comment-{id}")


@blueprint.route("/attachment/<id>/download")
def download(id: str) -> Response:  # noqa: A002
    """A file that hangs on a comment."""
    return attachments.response(attachments.get(call("discussion_attachment_show", id=id)["id"]))


@blueprint.route("/comment/<id>/replies")
def all_replies(id: str) -> str:  # noqa: A002
    """A comment with all replies to it, by pages."""
    size = toolkit.config["opengov.discussion.page_size"]
    page = number("page", 1)
    found = call("discussion_comment_show", id=id, limit=size, offset=(page - 1) * size)
    last = max(1, -(-found["reply_count"] // size))
    # The replies left out are on the other pages, and not behind one more link.
    facts = {"comment": found | {"more_replies": 0}, "is_open": found["is_open"], "page": page, "last": last}
    return toolkit.render("discussion/one.html", facts)


@blueprint.route("/comment/<id>/edit", methods=["GET", "POST"])
def edit(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """Changes the words of one's own comment."""
    found = call("discussion_comment_show", id=id)
    if not found["is_mine"]:
        forbid(_("Only the author of a comment may do this."))
    if request.method == "GET":
        return toolkit.render("discussion/edit.html", {"comment": found, "data": found, "errors": {}})
    data = {name: request.form.get(name, "") for name in ("text", "wording")}
    try:
        call("discussion_comment_update", id=id, **data)
    except toolkit.ValidationError as error:
        return toolkit.render("discussion/edit.html", {"comment": found, "data": data, "errors": error.error_dict}), 400
    return toolkit.redirect_to("opengov_discussion.show", id=id)


@blueprint.route("/comment/<id>/history")
def history(id: str) -> str:  # noqa: A002
    """What a comment and its reply said before."""
    facts = {"comment": call("discussion_comment_show", id=id), "edits": call("discussion_comment_history", id=id)}
    return toolkit.render("discussion/history.html", facts)


@blueprint.route("/comment/<id>/withdraw", methods=["GET", "POST"])
def withdraw(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """Takes one's own comment back, after a question; says why where it has to stay."""
    found = call("discussion_comment_show", id=id)
    if not found["is_mine"]:
        forbid(_("Only the author of a comment may do this."))
    if request.method == "GET":
        return toolkit.render("discussion/withdraw.html", {"comment": found, "errors": {}})
    try:
        call("discussion_comment_withdraw", id=id)
    except toolkit.ValidationError as error:
        return toolkit.render("discussion/withdraw.html", {"comment": found, "errors": error.error_dict}), 400
    return toolkit.redirect_to("opengov_discussion.show", id=id)


@blueprint.route("/comment/<id>/vote", methods=["POST"])
def vote(id: str) -> Response:  # noqa: A002
    """Supports, objects, or takes the vote back."""
    if not _told("discussion_vote_set", target="comment", id=id, value=request.form.get("value", "")):
        # Not to the middle of the thread: why not stands at the top of a page.
        return toolkit.redirect_to("opengov_discussion.all_replies", id=id)
    return _back(id)


@blueprint.route("/<subject_type>/<subject_id>/vote", methods=["POST"])
def vote_on_subject(subject_type: str, subject_id: str) -> Response:
    """The same for the subject."""
    value = request.form.get("value", "")
    _told("discussion_vote_set", target="subject", id=f"{subject_type}:{subject_id}", value=value)
    return toolkit.redirect_to("opengov_discussion.thread", subject_type=subject_type, subject_id=subject_id)


@blueprint.route("/comment/<id>/report", methods=["GET", "POST"])
def report(id: str) -> str | Response | tuple[str, int]:  # noqa: A002
    """Tells moderators that a comment breaks a rule."""
    found = call("discussion_comment_show", id=id)
    if toolkit.current_user.is_anonymous:
        forbid()
    if request.method == "GET":
        return toolkit.render("discussion/report.html", {"comment": found, "errors": {}})
    data = {name: request.form.get(name, "") for name in ("rule", "note")}
    try:
        call("discussion_report_create", id=id, **data)
    except toolkit.ValidationError as error:
        return toolkit.render("discussion/report.html", {"comment": found, "errors": error.error_dict}), 400
    toolkit.h.flash_success(_("Thank you. A moderator will look at the comment."))
    return toolkit.redirect_to("opengov_discussion.show", id=id)


@blueprint.route("/mine", methods=["GET", "POST"])
def mine() -> str | Response:
    """What one has said and what became of it; a bar and an appeal; one's data as a file; and being forgotten."""
    if request.method == "GET":
        known = call("discussion_person_export")
        return toolkit.render("discussion/mine.html", {"known": known, "bar": call("discussion_bar_show")})
    if "appeal" in request.form:
        _told("discussion_bar_appeal", text=request.form.get("text", ""))
    elif "erase" in request.form:
        number = call("discussion_person_erase")["comments"]
        toolkit.h.flash_success(_("Forgotten. {number} comments stay without a name.").format(number=number))
    return toolkit.redirect_to("opengov_discussion.mine")


def _told(action: str, **data: Any) -> bool:
    """Whether it was done; if not, the next page says why."""
    try:
        call(action, **data)
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(" ".join(map(str, error.error_summary.values())))
        return False
    return True
