"""The plugin `opengov_ensi_harvester`: classifiers of the unified reference information."""

from __future__ import annotations

from ckan import plugins
from ckanext.harvest.interfaces import IHarvester

from ckanext.opengov_kz.harvesters.ensi.harvester import EnsiHarvester


class OpengovEnsiHarvesterPlugin(EnsiHarvester, plugins.SingletonPlugin):
    plugins.implements(IHarvester)
