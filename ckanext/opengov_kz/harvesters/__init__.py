"""Harvesters: one folder per state system whose data the portal loads by itself.

Each holds the agency's contract (``client.py``), the pure mapping to the portal's passport and rows
(``mapping.py``), the stages of ckanext-harvest (``harvester.py``) and a stand-in for the agency
(``simulator.py``) for tests, demonstrations and measurements.
"""
