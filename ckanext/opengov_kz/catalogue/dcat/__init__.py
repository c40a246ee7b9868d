"""The catalogue for other catalogues and for search engines: DCAT-AP 3.0.1 and schema.org.

`mapping.py` says in triples what a dataset is, without CKAN; the profiles hand it what ckanext-dcat gives them.
"""
