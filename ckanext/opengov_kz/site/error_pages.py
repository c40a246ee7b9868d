"""The page of an unexpected failure, which must appear even when the database or Redis are away."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from ckan.lib.search.common import SearchError, SolrConnectionError
from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from .helpers import site_error, site_language

log = logging.getLogger(__name__)


def register(app: Any) -> None:
    """Take the place of CKAN's handler of unexpected errors, which asks the database who is reading.

    In tests and in debugging errors go through, as they do with CKAN's own.
    """
    if not app.debug and not app.testing:
        app.register_error_handler(Exception, failure)


def failure(error: Exception) -> tuple[str, int]:
    """Render the page of an unexpected error in the language of the address, with nothing but the template.

    flask.render_template is not used: Flask-Login's context processor would load the reader from the database.
    """
    if isinstance(error, HTTPException):
        raise error
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    # What CKAN's after_request expects, had the failure come before it was set.
    g.setdefault("__timer", 0)
    template = current_app.jinja_env.get_template("site/failure.html")
    # Styles that the failed page had rendered already count as rendered: this page asks for them anew.
    g.pop("_webassets", None)
    searching = isinstance(error, (SearchError, SolrConnectionError))
    code = HTTPStatus.SERVICE_UNAVAILABLE if searching else HTTPStatus.INTERNAL_SERVER_ERROR
    return template.render(error=site_error(code, None), language=site_language()), code
