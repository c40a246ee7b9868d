"""The plugin `opengov_notices`: what people are told in the portal and by mail, and how they switch it off."""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit

from ckanext.opengov_kz.notices import sending


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.helpers
@toolkit.blanket.validators
class OpengovNoticesPlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IMiddleware, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")

    def make_middleware(self, app: Any, config: CKANConfig) -> Any:  # noqa: ARG002 - CKAN's signature
        # Once in every process that starts, be it a web server, a worker or a command.
        sending.remember_app(app)
        sending.plan()
        return app
