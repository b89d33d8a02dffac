# SPDX-License-Identifier: Apache-2.0
# Needs Python 3.11 or newer and make; everything else is brought by `make setup`.

PYTHON ?= python3
PY := .venv/bin/python
# The virtual environment's node first, so that a user needs none.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
ARGS ?=
ONLY ?=

DESIGN_SOURCES := $(shell find satupintu/design -type f \( -name '*.scss' -o -name '*.js' -o -name '*.svg' -o -name 'icons.txt' -o -name 'build.py' \) -not -path '*/static/design/*' 2>/dev/null)
CATALOGUES := $(shell find satupintu locale -name '*.po' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup demo test check journeys bench screenshots requirements browser

help: ## Say what each target does
	@echo "Satu Pintu. Targets (each may be run again at any time):"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z]+):.*## /\1\t/' | awk -F '\t' '{ printf "  make %-13s %s\n", $$1, $$2 }'

setup: .venv/.project .venv/.assets .venv/.catalogues ## Make .venv with .venv/bin/satupintu, build styles and catalogues

demo: setup ## Run the made-up Republic of Nusa on this machine (ARGS="--port 0 --reset")
	@.venv/bin/satupintu demo $(ARGS)

test: setup browser ## Run every test but the journeys (ARGS="-k linking")
	@$(PY) -m pytest $(ARGS)

check: setup ## Format, lint, types, imports, templates, migrations, deployment
	@$(PY) tools/check.py

journeys: setup browser ## Walk through the country in Chromium, in both languages, and run axe on every page
	@$(PY) tools/browser.py --need && $(PY) -m pytest tests/journeys tests/accessibility $(ARGS) || { code=$$?; test $$code -eq 75 || exit $$code; }

bench: setup ## Measure against budgets in benchmarks/budgets.toml (ONLY=oidc for one)
	@$(PY) -m benchmarks $(ONLY)

screenshots: setup browser ## Every page, two languages, 360 and 1280 px, into screenshots/
	@$(PY) tools/browser.py --need && $(PY) tools/screenshots.py || { code=$$?; test $$code -eq 75 || exit $$code; }

requirements: .venv/.python ## Compile requirements/*.in to hashed requirements/*.txt
	@for name in base dev; do \
	  UV_CUSTOM_COMPILE_COMMAND="make requirements" .venv/bin/uv pip compile --quiet --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url \
	    $$(test $$name = dev && echo "-c requirements/base.txt") \
	    requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

browser:
	@$(PY) tools/browser.py --install

# --- What setup is made of: each stamp is newer than what it was made from -----------------------

.venv/.python: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3"; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv .venv \
	  || { echo "Python's venv module is needed (Debian: apt-get install python3-venv)."; rm -rf .venv; exit 1; }
	@echo "Installing what the project needs (requirements/dev.txt) ..."
	@$(PY) -m pip install --quiet --no-deps --no-compile --require-hashes -r requirements/dev.txt
	@touch $@

.venv/.project: .venv/.python pyproject.toml requirements/base.in requirements/hatch_dependencies.py
	@$(PY) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.node: .venv/.python package-lock.json
	@echo "Installing what pages are built from (package-lock.json) ..."
	@.venv/bin/npm ci --ignore-scripts --silent
	@touch $@

.venv/.assets: .venv/.project .venv/.node $(DESIGN_SOURCES) demo/agency/icons.txt
	@$(PY) -m satupintu.design.build
	@$(PY) -m demo.agency.build_icons
	@touch $@

.venv/.catalogues: .venv/.project $(CATALOGUES)
	@$(PY) -m satupintu.design.catalogues
	@touch $@
