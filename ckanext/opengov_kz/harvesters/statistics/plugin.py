"""The plugin `opengov_statistics_harvester`: statistical databases of central bodies."""

from __future__ import annotations

from ckan import plugins
from ckanext.harvest.interfaces import IHarvester

from ckanext.opengov_kz.harvesters.statistics.harvester import StatisticsHarvester


class OpengovStatisticsHarvesterPlugin(StatisticsHarvester, plugins.SingletonPlugin):
    plugins.implements(IHarvester)
