"""The plugin `opengov_address_register_harvester`: the Address Register, and the quality tab of its datasets."""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckanext.harvest.interfaces import IHarvester

from ckanext.opengov_kz.harvesters import secret
from ckanext.opengov_kz.harvesters.address_register.harvester import AddressRegisterHarvester


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
class OpengovAddressRegisterHarvesterPlugin(AddressRegisterHarvester, plugins.SingletonPlugin):
    plugins.implements(IHarvester)
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")

    def after_dataset_show(self, context: Any, pkg_dict: dict[str, Any]) -> None:  # noqa: ARG002 - CKAN names it
        secret.hide(pkg_dict)

    def before_dataset_index(self, pkg_dict: dict[str, Any]) -> dict[str, Any]:
        return secret.hidden_from_index(pkg_dict)
