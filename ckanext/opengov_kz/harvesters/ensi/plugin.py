"""The plugin `opengov_ensi_harvester`."""

from __future__ import annotations

from ckan import plugins


class OpengovEnsiHarvesterPlugin(plugins.SingletonPlugin):
    pass
