"""The frame of the portal: home, navigator, header and footer, languages, accounts, error pages."""
