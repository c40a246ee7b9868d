"""Brings the portal up on one machine: `make demo`, `make test` and the other commands of the Makefile.

Standard library only, as it runs before anything is installed. What it makes stands in `.run/` (services, data,
passwords) and `.venv/`; `make clean` removes both.
"""
