"""Data that arrive by themselves: one folder per agency system, on ckanext-harvest's queues.

What all of them share stands here: the stages of a table's harvest (base.py), pages on disk (spool.py), and the
source's page in words. An agency's own folder has its contract (client.py), its mapping (mapping.py) and a simulator.
"""

#: The plugins that must be loaded with `opengov_harvesting`.
REQUIRES = ("opengov_catalogue", "opengov_publishing", "harvest")
