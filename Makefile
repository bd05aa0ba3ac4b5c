# SPDX-License-Identifier: Apache-2.0
# A thin front of the `wangge` command. Needs python3 (3.11 or newer) with venv, and nothing else.
#   make demo [CITY=boston] [RATE=20] [PORT=8000]    make test    make check    make docs
#   make bench [CASES=1000000]

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CITY ?= chaoyang
RATE ?=
PORT ?=
CASES ?= 1000000

.PHONY: demo test check docs bench build clean lock

demo: build
	$(BIN)/wangge demo --city $(CITY) $(if $(RATE),--rate $(RATE)) $(if $(PORT),--port $(PORT))

test: check
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --ignore tests/browser --ignore tests/processes
	$(BIN)/pytest tests/browser tests/processes

check: build
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	WANGGE_DATA=$(CURDIR)/.mypy_cache/data $(BIN)/mypy
	$(BIN)/python build_assets.py check

docs: build
	$(BIN)/wangge docs

bench: build
	$(BIN)/python -m benchmarks all --cases $(CASES)

# The environment follows the lock, the package follows pyproject.toml, the built files follow their sources.
build: $(VENV)/.installed
	@$(BIN)/python build_assets.py

$(VENV)/.locked: requirements.lock
	@echo "安装依赖（约 1 分钟）…  Installing what it needs (about a minute)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# Building the package builds the pages too.
$(VENV)/.installed: $(VENV)/.locked pyproject.toml hatch_build.py
	@echo "构建网页…  Building the pages…"
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# For whoever changes a dependency; needs uv. Neither lock names a host.
lock: build
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --all-extras --group dev --group build pyproject.toml -o requirements.lock
	$(BIN)/python build_assets.py lock

clean:
	rm -rf $(VENV) node_modules wangge/ui/static/ui/dist build dist
