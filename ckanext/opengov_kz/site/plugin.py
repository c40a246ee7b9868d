"""The plugin `opengov_site`: stands first in `ckan.plugins`, so that its templates and plural rules win."""

from __future__ import annotations

from pathlib import Path

from ckan import plugins
from ckan.common import CKANConfig
from ckan.lib.plugins import DefaultTranslation
from ckan.plugins import toolkit


class OpengovSitePlugin(plugins.SingletonPlugin, DefaultTranslation):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.ITranslation)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "../templates")

    def i18n_directory(self) -> str:
        return str(Path(__file__).parents[1] / "i18n/own")

    def i18n_domain(self) -> str:
        return "ckanext-opengov_kz"

    def i18n_locales(self) -> list[str]:
        return ["kk", "ru"]
