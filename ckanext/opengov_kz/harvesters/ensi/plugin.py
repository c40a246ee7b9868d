"""The plugin `opengov_ensi_harvester`: classifiers of the unified reference information."""

from __future__ import annotations

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckanext.harvest.interfaces import IHarvester

from ckanext.opengov_kz.harvesters.ensi.harvester import EnsiHarvester


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
@toolkit.blanket.validators
class OpengovEnsiHarvesterPlugin(EnsiHarvester, plugins.SingletonPlugin):
    plugins.implements(IHarvester)
    plugins.implements(plugins.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-ensi")
