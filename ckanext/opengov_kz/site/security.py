"""The headers that hold on every page: what a browser may load and whom it tells where a reader came from."""

from __future__ import annotations

from flask import Response, request

#: Scripts, styles and forms come from the portal alone; nothing stands inline, nobody frames us.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
#: Files that people uploaded may be HTML or SVG: opened in a browser, they may do nothing in the portal's name.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'"


def add_headers(response: Response) -> Response:
    """Adds the security headers to any answer; a view that set its own policy keeps it."""
    policy = FILE_POLICY if _is_uploaded_file() else PAGE_POLICY
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    return response


def _is_uploaded_file() -> bool:
    return request.path.startswith("/uploads/") or (request.endpoint or "").endswith("download")
