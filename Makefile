# Every target goes through deploy/launcher, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3
LAUNCHER = @$(PYTHON) -m deploy.launcher

.DEFAULT_GOAL := help
.PHONY: help demo setup test test-fast lint format bench i18n clean

help:        ## what can be done here
	@sed -n 's/^\([a-z0-9-]*\): *## */\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-11s %s\n", $$1, $$2}'

demo:        ## a whole portal with demonstration content; Ctrl-C stops it
	$(LAUNCHER) demo

setup:       ## installs what is missing, without starting anything
	$(LAUNCHER) setup

test:        ## everything, against real PostgreSQL, Redis, Solr and Chromium (ARGS="tests/site -k home")
	$(LAUNCHER) test $(ARGS)

test-fast:   ## rules, mappings and parsers only: no services, under 20 seconds
	$(LAUNCHER) test-fast $(ARGS)

lint:        ## ruff, pyright and the catalogues' checks through pre-commit
	$(LAUNCHER) lint

format:      ## formats the Python code
	$(LAUNCHER) format

bench:       ## speed, as ratios to a baseline measured in the same run
	$(LAUNCHER) bench $(ARGS)

i18n:        ## collects the strings into the kk and ru catalogues and compiles them
	$(LAUNCHER) i18n

clean:       ## stops and removes all that the other commands made (.run, .venv)
	$(LAUNCHER) clean
