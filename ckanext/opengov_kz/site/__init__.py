"""The frame of the portal: home, navigator, header and footer, languages, accounts, error pages."""

#: The plugins that must be loaded with `opengov_site`.
REQUIRES = ("opengov_catalogue", "opengov_publishing")
