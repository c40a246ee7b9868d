"""The plugin `opengov_harvesting`: what all harvesters share; stands before `harvest`, whose addresses it guards."""

from __future__ import annotations

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit

from ckanext.opengov_kz.harvesters.sources import SourceHooks


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
class OpengovHarvestingPlugin(SourceHooks, plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-harvesting")
