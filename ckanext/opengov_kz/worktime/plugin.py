"""The plugin `opengov_worktime`: the calendar of working days, its overrides, and how a term is counted."""

from __future__ import annotations

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.helpers
@toolkit.blanket.validators
class OpengovWorktimePlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-worktime")
