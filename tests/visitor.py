"""A person with a browser that keeps cookies and fills in forms with their CSRF tokens."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from ckan.plugins import toolkit
from ckan.tests.helpers import CKANTestApp

_TOKEN = re.compile(r'name="_csrf_token"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="_csrf_token"')


class Visitor:
    """One browser. `get` and `post` go to the portal's pages; `send` fills in the form of a page first."""

    def __init__(self, app: CKANTestApp, address: str = "198.51.100.7") -> None:
        self.client = app.test_client()
        self.address = address

    def get(self, path: str, **options: Any) -> Any:
        """Opens a page; redirects are not followed."""
        return self.client.get(path, follow_redirects=False, environ_base={"REMOTE_ADDR": self.address}, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Posts without a CSRF token, as a forged form does."""
        base = {"REMOTE_ADDR": self.address}
        return self.client.post(path, data=data or {}, follow_redirects=False, environ_base=base, **options)

    def token(self, page: str) -> str:
        """The CSRF token in a page's form."""
        found = _TOKEN.search(self.get(page).get_data(as_text=True))
        assert found, f"{page} has no form"
        return found.group(1) or found.group(2)

    def send(self, path: str, page: str | None = None, **fields: Any) -> Any:
        """Fills in the form of `page` (the same address by default) and sends it."""
        return self.post(path, fields | {"_csrf_token": self.token(page or path)})

    def sign_in(self, login: str, password: str) -> Any:
        """Signs in; the answer is a redirect when the password is right."""
        return self.send("/user/login", login=login, password=password)

    def signed_in(self) -> bool:
        """Whether the portal knows the visitor."""
        return self.get("/dashboard/datasets").status_code == 200

    @property
    def session(self) -> str | None:
        """The session's cookie."""
        cookie = self.client.get_cookie("ckan", domain=urlsplit(toolkit.config["ckan.site_url"]).hostname or "")
        return cookie.value if cookie else None


def sign_in(page: Any, name: str, password: str, language: str = "ru") -> None:
    """Signs somebody in, in a real browser."""
    page.goto(f"/{language}/user/login")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url("**/dashboard/**")
