"""Kazakhstan's Open Government portal: five linked parts on one CKAN catalogue. `docs/tour.md` shows the house."""
