"""Reading pages in tests: what stands in them, and what may not."""

from __future__ import annotations

from html.parser import HTMLParser

#: A script element of these types holds data that no browser runs.
_DATA = {"application/ld+json", "application/json"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.links: list[dict[str, str]] = []
        self.language = ""
        self.title = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._inside = tag
        if tag == "html":
            self.language = values.get("lang", "")
        if tag in ("a", "link"):
            self.links.append(values)
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") not in _DATA):
            self.inline.append(f"<{tag}>")
        self.inline += [f'<{tag} {name}="{values[name]}">' for name in values if name == "style" or name[:2] == "on"]
        if tag == "a" and values.get("href", "").startswith("javascript:"):
            self.inline.append(values["href"])

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # the parser's signature
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title" and not self.title:
            self.title = " ".join(data.split())


def read(text: str) -> _Reader:
    """The page's `language`, `title`, `links` (dicts of attributes) and `inline` scripts and styles."""
    reader = _Reader()
    reader.feed(text)
    return reader
