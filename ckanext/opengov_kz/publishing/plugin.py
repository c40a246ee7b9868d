"""The plugin `opengov_publishing`."""

from __future__ import annotations

from ckan import plugins


class OpengovPublishingPlugin(plugins.SingletonPlugin):
    pass
