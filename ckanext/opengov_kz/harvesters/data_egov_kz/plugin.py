"""The plugin `opengov_data_egov_kz_harvester`: an existing portal of the data.egov.kz kind, moved over."""

from __future__ import annotations

from ckan import plugins
from ckan.plugins import toolkit
from ckanext.harvest.interfaces import IHarvester

from ckanext.opengov_kz.harvesters.data_egov_kz.harvester import DataEgovKzHarvester


@toolkit.blanket.config_declarations
class OpengovDataEgovKzHarvesterPlugin(DataEgovKzHarvester, plugins.SingletonPlugin):
    plugins.implements(IHarvester)
