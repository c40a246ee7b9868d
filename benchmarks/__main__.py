"""`make bench`: every file here with a `run()` answers its questions; together they make one table of ratios.

A ratio compares two times measured in the same run on the same machine, so it holds on another one too.
"""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path

from ckan.cli import load_config
from ckan.config.middleware import make_app

from benchmarks.result import Result

_HELPERS = {"__main__", "result", "solr_documents"}


def main() -> None:
    """Runs the benchmarks named on the command line, all by default, and prints the table."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _HELPERS)
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(names)}")
    chosen = parser.parse_args().names or names
    app = make_app(load_config(os.environ["CKAN_INI"]))
    results: list[Result] = []
    with app._wsgi_app.test_request_context("/"):  # type: ignore[attr-defined]  # noqa: SLF001 - as CKAN does
        for name in chosen:
            results += importlib.import_module(f"benchmarks.{name}").run()
    if not results:
        return
    width = max(len(result.question) for result in results)
    print(f"{'question':{width}}  {'ours, s':>9}  {'baseline, s':>11}  {'ratio':>7}")
    for result in results:
        print(f"{result.question:{width}}  {result.ours:9.4f}  {result.baseline:11.4f}  {result.ratio:7.2f}")


if __name__ == "__main__":
    main()
