# The tasks of Shahr; `make` alone lists them.
PYTHON ?= python3
PORT ?= 8000

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := $(shell find ontology data shapes queries ! -name '* *' 2>/dev/null) $(shell find shahr -name '*.py' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev serve run test mutants bench format clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: .venv/.ready ## make .venv with the command shahr and what it needs at run time

setup-dev: .venv/.ready-dev ## add what the tests need

serve: setup dist/.ready ## build what is missing and serve it: make serve PORT=8000
	$(BIN)/shahr serve --host 127.0.0.1 --port $(PORT)

run: setup ## build, reason and validate: sources to dist/
	$(BIN)/shahr run
	@touch dist/.ready

test: setup-dev ## format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

mutants: setup-dev ## spoil the data in 800 ways and show which faults shapes and checks find
	$(BIN)/python tests/mutation.py

bench: setup-dev ## compare the server with its peers, and measure how it keeps its limits (needs wrk)
	$(BIN)/python -m benchmarks.serve
	$(BIN)/python -m benchmarks.limits

format: setup-dev ## bring code and Turtle into their one form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --select I .
	$(BIN)/shahr format

clean: ## remove what was generated, .venv too
	rm -rf .venv dist build *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache

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

# A build without inferences, or none, is made anew whatever the stamp says.
ifneq ($(wildcard dist/graph.nq)$(wildcard dist/inferred.nq),dist/graph.nqdist/inferred.nq)
.PHONY: dist/.ready
endif
dist/.ready: $(SOURCES) | .venv/.ready
	$(BIN)/shahr run
	@touch $@
