"""The plugin `opengov_harvesting`: what all harvesters share."""

from __future__ import annotations

from ckan import plugins


class OpengovHarvestingPlugin(plugins.SingletonPlugin):
    pass
