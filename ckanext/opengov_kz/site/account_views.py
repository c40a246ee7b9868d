"""Pages of accounts: registration, confirmation of the mailbox, a new password; and the guard before signing in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ckan.plugins import toolkit
from ckan.views.user import PerformResetView, regenerate_session, rotate_token
from flask import Blueprint, Response, make_response, request

from ckanext.opengov_kz.shared.languages import LANGUAGES
from ckanext.opengov_kz.site import accounts, limits, middleware

blueprint = Blueprint("site_account", __name__)

_GONE = 410
_TOO_MANY = 429
_WRONG = 400

Page = str | Response | tuple[str, int]


@blueprint.before_app_request
def guard() -> Response | None:
    """Checks what came in, forms against forgery, and counts attempts, before any view."""
    middleware.check_text()
    middleware.check_form()
    limit = limits.LIMITED.get(request.endpoint or "")
    if limit is None or request.method != "POST":
        return None
    account = request.form.get(limit.field, "") if limit.field else ""
    seconds = limits.wait_seconds(limit, address=request.remote_addr or "", account=account)
    if not seconds:
        return None
    minutes = (seconds + 59) // 60
    text = toolkit.ungettext(
        "There were too many attempts. Try again in %(num)s minute.",
        "There were too many attempts. Try again in %(num)s minutes.",
        minutes,
    ) % {"num": minutes}
    page = toolkit.render("error_document_template.html", {"code": _TOO_MANY, "content": text, "name": ""})
    return make_response(page, _TOO_MANY, {"Retry-After": str(seconds)})


@blueprint.route("/user/register", methods=["GET", "POST"])
def register() -> Page:
    """Registers a person; the answer is the same whether or not the mailbox has an account."""
    if toolkit.current_user.is_authenticated:
        return toolkit.redirect_to("user.me")
    if request.method == "GET":
        return _registration({"language": toolkit.h.lang()}, {})
    data = {name: request.form.get(name, "") for name in ("fullname", "email", "password1", "password2", "language")}
    try:
        made = toolkit.get_action("site_account_register")({}, data)
    except toolkit.ValidationError as error:
        return _registration(data, error.error_dict), _WRONG
    return toolkit.render("site/account/sent.html", {"email": made["email"]})


@blueprint.route("/user/confirm", methods=["POST"])
def resend() -> Page:
    """Sends the mail with the confirming link again."""
    try:
        sent = toolkit.get_action("site_confirmation_send")({}, {"email": request.form.get("email", "")})
    except toolkit.ValidationError as error:
        return toolkit.render("site/account/gone.html", {"errors": error.error_dict}), _WRONG
    return toolkit.render("site/account/sent.html", {"email": sent["email"]})


@blueprint.route("/user/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Page:
    """Confirms a mailbox: opening the link changes nothing, as mail scanners open links too; the form does."""
    errors: dict[str, Any] = {}
    try:
        shown = toolkit.get_action("site_confirmation_show")({}, {"token": token})
        if request.method == "POST":
            data = {"token": token, "password": request.form.get("password", "")}
            return _signed_in(toolkit.get_action("site_account_confirm")({}, data))
    except toolkit.ObjectNotFound:
        return toolkit.render("site/account/gone.html", {"errors": {}}), _GONE
    except toolkit.ValidationError as error:
        errors = error.error_dict
    page = toolkit.render("site/account/confirm.html", {"email": shown["email"], "token": token, "errors": errors})
    return (page, _WRONG) if errors else page


class NewPasswordView(PerformResetView):
    """CKAN's page of a new password; wrong, old and used links and unknown people get one and the same answer."""

    def dispatch_request(self, **values: str) -> Any:
        """Lets CKAN's view answer only where the link still works."""
        if not accounts.may_reset(values["id"], request.args.get("key", "")):
            return toolkit.render("site/account/reset_gone.html", {}), _GONE
        return super().dispatch_request(**values)


blueprint.add_url_rule("/user/reset/<id>", view_func=NewPasswordView.as_view("reset"))


def before_sign_in() -> Page | None:
    """What CKAN asks before its own page of signing in (IAuthenticator.login); None lets it go on."""
    for name in ("next", "came_from"):
        target = request.args.get(name)
        if target and not is_own_page(target):
            return toolkit.redirect_to("user.login")
    if request.method != "POST" or toolkit.current_user.is_authenticated:
        return None
    login, password = request.form.get("login", ""), request.form.get("password", "")
    email = accounts.unconfirmed(login, password)
    return toolkit.render("site/account/unconfirmed.html", {"email": email}) if email else None


def is_own_page(target: str) -> bool:
    """Whether an address to go on to after signing in is a page of this portal, and nothing that looks like one."""
    path = target.removeprefix(toolkit.config["ckan.site_url"].rstrip("/"))
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def _registration(data: dict[str, Any], errors: dict[str, Any]) -> str:
    extra = {"data": data, "errors": errors, "languages": LANGUAGES}
    return toolkit.render("site/account/register.html", extra)


def _signed_in(user: dict[str, Any]) -> Response:
    regenerate_session()
    toolkit.login_user(accounts.active(user["id"]))
    rotate_token()
    toolkit.h.flash_success(toolkit._("Your mailbox is confirmed. Welcome!"))
    return toolkit.redirect_to("home.index")
