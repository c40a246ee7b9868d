"""Keeps API tokens to the API, and cookies to forms of our own.

CKAN lets a token in `Authorization` sign a person in on any page, and then frees that page's view of the CSRF check, in
that worker and for good; it does the same when nobody is signed in. So a token (or a mere visit) would open the page to
forged forms. Here a token counts under /api/ and for downloads only, and every other form is checked whatever CKAN
remembers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ckan.config.middleware.flask_app import csrf
from ckan.plugins import toolkit
from flask import request
from werkzeug.middleware.proxy_fix import ProxyFix

#: Mail programs post here by themselves, without a form (RFC 8058); the address is a signed secret of its own.
_ONE_CLICK = re.compile(r"/notices/stop/[^/]+")
_API = re.compile(r"/api(/|$)")
#: Files that programs fetch with a token: a resource's downloads and CKAN's dump of a table.
_DOWNLOAD = re.compile(r"/(datastore/dump/[^/]+|dataset/[^/]+/resource/[^/]+/[^/]+.*)$")
_READING = {"GET", "HEAD", "OPTIONS"}

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def takes_token(method: str, path: str, locales: Iterable[str] = ()) -> bool:
    """Whether a token counts for this request; `path` may begin with one of the `locales`."""
    first, _slash, rest = path.removeprefix("/").partition("/")
    if first in set(locales):
        path = f"/{rest}"
    return bool(_API.match(path)) or (method in _READING and bool(_DOWNLOAD.match(path)))


class TokenGuard:
    """WSGI middleware: removes the token's header from requests where it does not count."""

    def __init__(self, app: WsgiApp) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        locales = toolkit.config["ckan.locales_offered"]
        if not takes_token(environ.get("REQUEST_METHOD", "GET"), environ.get("PATH_INFO", ""), locales):
            for header in {"Authorization", toolkit.config["apitoken_header_name"]}:
                environ.pop(f"HTTP_{header.upper().replace('-', '_')}", None)
        return self.app(environ, start_response)


def wrap(app: WsgiApp) -> WsgiApp:
    """The application behind its guard; behind proxies that set X-Forwarded-For, visitors get their own addresses."""
    guarded = TokenGuard(app)
    proxies = toolkit.config["opengov.site.trusted_proxies"]
    return ProxyFix(guarded, x_for=proxies, x_proto=proxies) if proxies else guarded


def check_text() -> None:
    """Refuses text that no database column can hold (HTTP 400), before a query fails on it."""
    if "\0" in request.path or b"%00" in request.query_string:
        toolkit.abort(400, toolkit._("The address holds a character that cannot stand in a text."))
    if any("\0" in value for _name, value in request.form.items(multi=True)):
        toolkit.abort(400, toolkit._("The form holds a character that cannot stand in a text."))
    if request.is_json and b"\\u0000" in request.get_data():
        toolkit.abort(400, toolkit._("The call holds a character that cannot stand in a text."))


def check_form() -> None:
    """Refuses a form without its CSRF token (HTTP 400), also on views that CKAN has freed of the check."""
    if toolkit.config["WTF_CSRF_ENABLED"] and not _API.match(request.path) and not _ONE_CLICK.fullmatch(request.path):
        csrf.protect()
