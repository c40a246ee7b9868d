"""Where those who tell people something plug in."""

from __future__ import annotations

from collections.abc import Mapping

from ckan.plugins.interfaces import Interface


class INotices(Interface):
    """Something that people are told of."""

    def notice_kinds(self) -> Mapping[str, str]:
        """The kinds of notices that this plugin sends, each with its name in the reader's language."""
        return {}
