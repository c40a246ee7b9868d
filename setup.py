"""Metadata stand in pyproject.toml; this file tells Babel how to read the strings of CKAN's templates."""

from setuptools import setup

setup(
    message_extractors={
        "ckanext/opengov_kz": [
            ("**.py", "python", None),
            ("**.js", "javascript", None),
            ("**/templates/**.html", "ckan", None),
        ],
    },
)
