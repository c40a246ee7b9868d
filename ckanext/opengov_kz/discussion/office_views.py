"""The workplaces of those who answer for a body and of moderators."""

from __future__ import annotations

import io
from typing import Any

from ckan.common import _, request
from ckan.plugins import toolkit
from flask import Blueprint, send_file
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from werkzeug.wrappers import Response

from . import replies
from .calling import call, number
from .words import discussion_kind, discussion_outcome, discussion_reply_state, discussion_term

office = Blueprint("opengov_discussion_office", __name__, url_prefix="/discussion")

PAGE = 50
_FILTERS = ("state", "due", "subject_id", "mine")
_DRAFT = ("outcome", "text", "reason", "private_note")
_CORRECTED = ("outcome", "text", "reason", "why")
_EXPORTED = 10_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked() -> dict[str, str]:
    """Filters of the address; one that does not exist is left out."""
    asked = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    known = {"state": replies.STATES, "due": ("today", "overdue")}
    return {name: value for name, value in asked.items() if name not in known or value in known[name]}


@office.route("/replies")
def queue() -> str:
    """What one's bodies have to answer: on one page, with filters, and a draft or publication for many at once."""
    page = number("page", 1)
    asked = _asked()
    found = call("discussion_reply_queue", limit=PAGE, offset=(page - 1) * PAGE, **asked)
    last = max(1, -(-found["count"] // PAGE))
    facts = {"asked": asked, "page": page, "last": last, "templates": call("discussion_template_list"), **found}
    return toolkit.render("discussion/queue.html", facts)


@office.route("/replies", methods=["POST"])
def queue_step() -> Response:
    """Takes, assigns, drafts or publishes the chosen comments, all or none of them at once where they are published."""
    ids = request.form.getlist("id")
    step = request.form.get("step", "")
    try:
        if step == "publish" or not ids:
            done = len(call("discussion_reply_publish", ids=ids)["published"])
        else:
            done = sum(_one(step, each) for each in ids)
        toolkit.h.flash_success(_("Done: {number}").format(number=done))
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(" ".join(dict.fromkeys(map(str, error.error_summary.values()))))
    return toolkit.redirect_to("opengov_discussion_office.queue", **_asked())


def _one(step: str, comment_id: str) -> int:
    if step == "take":
        call("discussion_reply_take", id=comment_id)
    elif step == "assign":
        call("discussion_reply_assign", id=comment_id, expert=request.form.get("expert", ""))
    elif step == "draft":
        given = {name: request.form[name] for name in _DRAFT if request.form.get(name)}
        if f"seen-{comment_id}" in request.form:
            given["seen"] = request.form[f"seen-{comment_id}"]
        call("discussion_reply_draft", id=comment_id, **given)
    else:
        raise toolkit.ValidationError({"step": [_("Say what is to be done.")]})
    return 1


@office.route("/replies/<id>", methods=["GET", "POST"])
def reply(id: str) -> str | Response | tuple[str, int]:  # noqa: A002 - CKAN's word for it in every address
    """One comment and the reply to it: kept as a draft, or published at once."""
    if request.method == "GET":
        return _reply_page(id)
    data = {name: request.form.get(name, "") for name in (*_DRAFT, "why")}
    try:
        if call("discussion_reply_show", id=id)["state"] == "published":
            call("discussion_reply_correct", id=id, **{name: data[name] for name in _CORRECTED})
        else:
            seen = {"seen": request.form["seen"]} if "seen" in request.form else {}
            call(
                "discussion_reply_draft",
                id=id,
                **seen,
                **{name: data[name] for name in _DRAFT if data[name] or name != "outcome"},
            )
            if "publish" in request.form:
                call("discussion_reply_publish", ids=[id])
    except toolkit.ValidationError as error:
        page = _reply_page(id, {"reply": data["text"], **data}, error.error_dict)
        return (page, 400) if isinstance(page, str) else page
    toolkit.h.flash_success(_("The reply is published.") if "publish" in request.form else _("Kept."))
    return toolkit.redirect_to("opengov_discussion_office.queue")


def _reply_page(
    comment_id: str, typed: dict[str, str] | None = None, errors: dict[str, Any] | None = None
) -> str | Response:
    """The comment as it stands now: its author may have changed it. One that nobody has to answer leads to the list."""
    try:
        shown = call("discussion_reply_show", id=comment_id)
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(" ".join(map(str, error.error_summary.values())))
        return toolkit.redirect_to("opengov_discussion_office.queue")
    facts = {"line": shown, "data": shown | (typed or {}), "errors": errors or {}}
    return toolkit.render("discussion/reply.html", facts | {"templates": call("discussion_template_list")})


@office.route("/replies/templates", methods=["GET", "POST"])
def templates() -> str | Response:
    """The ready answers of one's bodies."""
    if request.method == "POST":
        try:
            if request.form.get("delete"):
                call("discussion_template_delete", id=request.form["delete"])
            else:
                given = {name: request.form.get(name, "") for name in ("owner_id", "title", "text", "language")}
                call("discussion_template_create", **given)
        except toolkit.ValidationError as error:
            toolkit.h.flash_error(" ".join(map(str, error.error_summary.values())))
        return toolkit.redirect_to("opengov_discussion_office.templates")
    bodies = toolkit.get_action("organization_list_for_user")({}, {"permission": "update_dataset"})
    facts = {"templates": call("discussion_template_list"), "bodies": bodies}
    return toolkit.render("discussion/templates.html", facts)


@office.route("/replies.xlsx")
def export() -> Response:
    """The list with its filters as a workbook; every cell is text."""
    asked = _asked()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Comments")[:31])
    heading = [_("Subject"), _("Kind"), _("Author"), _("Comment"), _("Wording"), _("Created"), _("Due"), _("Term")]
    sheet.append(_cells(sheet, [*heading, _("State"), _("Outcome"), _("Reply"), _("Reason")]))
    offset = 0
    while offset < _EXPORTED:
        page = call("discussion_reply_queue", limit=100, offset=offset, **asked)["comments"]
        for line in page:
            sheet.append(_cells(sheet, _row(line)))
        if len(page) < 100:  # noqa: PLR2004 - the page's own size
            break
        offset += 100
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return send_file(file, _XLSX, as_attachment=True, download_name="comments.xlsx")


def _row(line: dict[str, Any]) -> list[str]:
    return [
        toolkit.h.discussion_title(line["subject_title"]).text,
        discussion_kind(line["kind"]),
        line["author"],
        line["text"],
        line["wording"],
        line["created"],
        line["due"] or "",
        discussion_term(line["term"]),
        discussion_reply_state(line["state"]),
        discussion_outcome(line["outcome"]) if line["outcome"] else "",
        line["reply"],
        line["reason"],
    ]


def _cells(sheet: Any, values: list[str]) -> list[Any]:
    cells = []
    for value in values:
        cell = WriteOnlyCell(sheet, value=value)
        # Otherwise a text that begins with "=" would be a formula.
        cell.data_type = "s"
        cells.append(cell)
    return cells


@office.route("/moderation")
def moderation() -> str:
    """What waits for a moderator, and appeals."""
    page = number("page", 1)
    found = call("discussion_moderation_queue", limit=PAGE, offset=(page - 1) * PAGE)
    last = max(1, -(-found["count"] // PAGE))
    facts = {"appeals": call("discussion_appeal_list"), "page": page, "last": last, **found}
    return toolkit.render("discussion/moderation.html", facts)


@office.route("/moderation/<id>", methods=["POST"])
def moderate(id: str) -> Response:  # noqa: A002
    """Lets a comment through, hides it, bars its author, or answers an appeal."""
    form = request.form
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "show": ("discussion_comment_let_through", {}),
        "hide": ("discussion_comment_hide", {"rule": form.get("rule", ""), "note": form.get("note", "")}),
        "bar": (
            "discussion_bar_set",
            {"rule": form.get("rule", ""), "note": form.get("note", ""), "days": form.get("days", "")},
        ),
        "lift": ("discussion_bar_decide", {"lift": True, "note": form.get("note", "")}),
        "uphold": ("discussion_bar_decide", {"lift": False, "note": form.get("note", "")}),
    }
    if form.get("step") not in steps:
        toolkit.abort(400, _("Say what is to be done."))
    action, data = steps[form["step"]]
    try:
        call(action, id=id, **data)
    except toolkit.ValidationError as error:
        toolkit.h.flash_error(" ".join(map(str, error.error_summary.values())))
    return toolkit.redirect_to("opengov_discussion_office.moderation")
