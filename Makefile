# The commands of this project. `make` lists them.
# Every path is relative, so that the path of the checkout may contain spaces.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
# The pip settings of the machine apply (mirrors, certificates); the hashes verify every package.
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes
# Four on two cores: the tests of browsers and whole systems mostly wait for other processes.
PYTEST_PROCESSES ?= 4

# They start, stop, freeze and kill whole systems.
PROCESS_TESTS := tests/journeys/processes tests/chaos/test_runs.py

STOREFRONT := pitturu/storefront
# Node is optional; with it the tests rebuild the pages and compare the result.
NODE_STAMP := $(if $(shell command -v npm),$(STOREFRONT)/node_modules/.stamp)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: .venv/stamp ## Start everything on this machine: database, queue, PortOne simulator, web, worker, beat
	@exec $(PY) -m devstack

.PHONY: demo
demo: .venv/stamp ## Run purchases and refunds against a running `make run`
	@exec $(PY) -m scripts.demo

.PHONY: test
# Hundreds of processes are started: none of them compiles again what another one has compiled.
test: export PYTHONDONTWRITEBYTECODE :=
test: .venv/stamp $(NODE_STAMP) ## Run the tests against a real Postgres, a real Valkey, real HTTP and a real browser
	@$(PY) -m scripts.browser
	@$(PY) -m pytest --numprocesses $(PYTEST_PROCESSES) --dist loadgroup --durations 10 \
	    $(addprefix --ignore=,$(PROCESS_TESTS)) $(ARGS)

.PHONY: test-processes
# Apart from the other tests, because most of their time is that of systems that start.
test-processes: export PYTHONDONTWRITEBYTECODE :=
test-processes: .venv/stamp ## Run the tests that start, stop and kill whole systems: outages, restarts, the demo, short chaos runs with and without planted bugs
	@$(PY) -m pytest --numprocesses 3 --dist loadgroup --durations 10 $(PROCESS_TESTS) $(ARGS)

.PHONY: shots
shots: .venv/stamp ## Take the pictures of README and docs, and of every page into .pitturu/shots: shop.html and console.html
	@$(PY) -m scripts.browser
	@SCREENSHOTS=1 $(PY) -m pytest tests/browser/test_screenshots.py tests/browser/test_shop_pictures.py tests/browser/console/test_pictures.py $(ARGS)

.PHONY: storefront
storefront: .venv/stamp $(STOREFRONT)/node_modules/.stamp ## Build the pages and the npm package from their sources
	@$(PY) -m scripts.contract > $(STOREFRONT)/openapi.json
	@npm --prefix $(STOREFRONT) run --silent build

.PHONY: apps
apps: storefront ## Build the npm package into a small Next.js app and a Vite app
	@$(PY) -m scripts.apps $(ARGS)

.PHONY: vitals
vitals: .venv/stamp ## Measure size and timing of the pages of a running `make run` in a browser
	@$(PY) -m scripts.browser
	@exec $(PY) -m scripts.vitals $(ARGS)

.PHONY: soak
soak: .venv/stamp ## Run the state machine of payments and the fuzzing of the API for twenty times as long
	@TEST_EFFORT=20 $(PY) -m pytest --numprocesses 2 tests/payments/test_machine.py tests/api/test_fuzzed.py $(ARGS)

.PHONY: check
check: .venv/stamp ## Lint, formatting, types, import rule, sizes
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports
	@$(PY) -m pytest -p no:cacheprovider tests/architecture

.PHONY: bench
bench: .venv/stamp ## Measure throughput and latency against ceilings; fails when a bar is missed
	@exec $(PY) -m benchmarks $(ARGS)

.PHONY: chaos
chaos: .venv/stamp ## Thousands of purchases while processes are killed; a checker compares the records afterwards
	@exec $(PY) -m chaos $(ARGS)

.PHONY: alerts
alerts: ## Check and test the alerts for Prometheus with promtool
	@command -v promtool > /dev/null || { echo "promtool is not installed. It comes with Prometheus: apt-get install prometheus" \
	    "(then systemctl disable --now prometheus), or prometheus.io/download." >&2; exit 1; }
	@promtool check config --syntax-only deploy/prometheus/prometheus.yml
	@promtool check rules deploy/prometheus/alerts.yml
	@promtool test rules deploy/prometheus/alerts_test.yml deploy/prometheus/alerts_days_test.yml

.PHONY: monitoring-drill
monitoring-drill: .venv/stamp ## Plant outages under load; a real Prometheus must raise exactly the right alerts
	@exec $(PY) -m scripts.monitoring_drill

.PHONY: package
package: .venv/stamp ## Build the wheels of `pip install .` and of the Python client into .pitturu/package
	@$(PY) -m hatchling build --target wheel --directory .pitturu/package
	@cd clients/python && ../../$(PY) -m hatchling build --target wheel --directory ../../.pitturu/package

.PHONY: image
image: .venv/stamp ## Run the steps and processes of deploy/Dockerfile in clean roots; needs root and debootstrap
	@exec $(PY) -m scripts.image $(ARGS)

.PHONY: rolling
rolling: .venv/stamp ## Replace all processes and migrate while buyers buy; no request may fail, nothing may be lost
	@exec $(PY) -m chaos --rolling --purchases 600 --buyers 8 --workers 2 --out .pitturu/rolling $(ARGS)

.PHONY: lock
lock: .venv-lock/stamp ## Renew requirements*.txt, with hashes, from requirements*.in
	@for name in requirements requirements-build requirements-traces requirements-sentry requirements-dev; do \
	    .venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	        --no-emit-index-url --custom-compile-command 'make lock' $$name.in --output-file $$name.txt || exit 1; \
	done
	@.venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-deps \
	    --no-emit-index-url --custom-compile-command 'make lock' requirements-client.in \
	    --output-file requirements-client.txt

.PHONY: clean
clean: ## Remove the virtual environment and all caches; the data in .pitturu stays
	@rm -rf $(STOREFRONT)/node_modules $(STOREFRONT)/dist .venv .venv-lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The client of PortOne comes last and without its dependencies: it pins a requests of 2021.
.venv/stamp: requirements-dev.txt requirements-client.txt
	@$(call make_venv,.venv)
	@echo "Installing packages into .venv (the first time takes a minute)"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@$(PIP_INSTALL) --no-deps -r requirements-client.txt
	@touch $@

# Without a network the tests run without Node, except in CI.
$(STOREFRONT)/node_modules/.stamp: $(STOREFRONT)/package.json $(STOREFRONT)/package-lock.json
	@echo "Installing npm packages into $(STOREFRONT)/node_modules"
	@if npm --prefix $(STOREFRONT) ci --no-audit --no-fund --silent; then touch $@; \
	else echo "npm ci failed: the pages cannot be built here." >&2; test -z "$${CI:-}"; fi

.venv-lock/stamp:
	@$(call make_venv,.venv-lock)
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --no-input uv
	@touch $@

# Each Python is run once to check it: version managers leave names on PATH that only print an error.
define make_venv
	wanted='import sys; sys.exit(sys.version_info < (3, 11))'; old=; \
	for python in $(or $(PYTHON),python3.13 python3.12 python3.11 python3); do \
	    "$$python" -c "$$wanted" 2>/dev/null || continue; \
	    old=$$python; \
	    "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	    exec "$$python" -m venv --clear $(1); \
	done; \
	if [ -n "$$old" ]; then \
	    echo "$$old cannot make virtual environments: its module ensurepip is missing." \
	         "On Debian or Ubuntu: apt-get install python3-venv. Or name another one: make PYTHON=/path/to/python" >&2; \
	else \
	    echo "No Python 3.11 or newer was found ($(or $(PYTHON),python3.13 python3.12 python3.11 python3))." \
	         "Install one, or name it: make PYTHON=/path/to/python" >&2; \
	fi; \
	exit 1
endef
