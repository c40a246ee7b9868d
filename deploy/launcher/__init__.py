"""Brings the portal up on one machine: `make demo`, `make test` and the other commands of the Makefile.

Standard library only, as it runs before anything is installed. What it makes stands in `.run/` (services, data,
passwords) and `.venv/`; `make clean` removes both.
"""

import sys

# Before any module with newer syntax is read: an older Python would only show a SyntaxError.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Python 3.11 or newer is needed. Install it and call, for example: make PYTHON=python3.11 demo")
