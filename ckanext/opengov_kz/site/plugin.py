"""The plugin `opengov_site`: stands first in `ckan.plugins`, so that its templates and plural rules win."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ckan import authz, plugins
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit
from flask import Blueprint

from . import account_views, error_pages, helpers, middleware, security
from .account_hooks import AccountHooks
from .logic import action, auth, validators
from .pages import pages


@toolkit.blanket.actions(action)
@toolkit.blanket.auth_functions(auth)
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers(helpers)
@toolkit.blanket.validators(validators)
class OpengovSitePlugin(AccountHooks, plugins.SingletonPlugin, DefaultTranslation):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IBlueprint)
    plugins.implements(plugins.IAuthenticator, inherit=True)
    plugins.implements(plugins.IMiddleware, inherit=True)
    plugins.implements(plugins.INotifier, inherit=True)
    plugins.implements(plugins.ITranslation)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "../templates")
        toolkit.add_public_directory(config, "public")
        toolkit.add_resource("assets", "opengov-site")

    def get_blueprint(self) -> list[Blueprint]:
        return [account_views.blueprint, pages]

    def make_middleware(self, app: Any, config: CKANConfig) -> Any:  # noqa: ARG002  # CKAN's signature
        app.wsgi_app = middleware.wrap(app.wsgi_app)
        app.after_request(security.add_headers)
        error_pages.register(app)
        # CKAN gathers its functions at the first request, and other threads see them half gathered: that is HTTP 500.
        authz.auth_functions_list()
        toolkit.get_action("site_home_show")
        return app

    def i18n_directory(self) -> str:
        return str(Path(__file__).parents[1] / "i18n/own")

    def i18n_domain(self) -> str:
        return "ckanext-opengov_kz"

    def i18n_locales(self) -> list[str]:
        return ["kk", "ru"]
