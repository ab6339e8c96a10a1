# Driftpin. A fresh machine needs Python 3.11 or later and make; `make` lists what there is to do.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help demo chat test check fix bench soak lock

VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
# The first Python found that is new enough; `make PYTHON=/path/to/python3.13 test` names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)

# Most tests wait for a process or a socket, so twice as many run at once as CI has cores.
WORKERS ?= 4

# A stamp is written last, so a set-up that broke half-way is never taken for ready.
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

demo: $(RUNTIME) ## see a paid default being held, in the terminal, with no token and no key
	@$(PY) -m bot demo

chat: $(RUNTIME) ## the bot in the terminal, on an embedded database and a keyless provider
	@$(PY) -m bot chat

test: $(DEV) ## all tests, with branch coverage
	@$(PY) -m pytest -q -n $(WORKERS) --dist loadfile --cov --cov-report=term $(ARGS)

check: $(DEV) ## format, lint, types, import contracts, documentation
	@$(PY) -m ruff format --check
	@$(PY) -m ruff check
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as main; main()' --no-cache --no-logo
	@$(PY) -m pytest -q tests/docs tests/rooms

fix: $(DEV) ## format, and mend what the linter can mend
	@$(PY) -m ruff check --fix-only
	@$(PY) -m ruff format

bench: $(DEV) ## the comparisons, side by side in one run
	@$(PY) -m benchmarks $(ARGS)

soak: $(DEV) ## the promises at full size (hours); keeps benchmarks/SOAK.md
	@$(PY) -m pytest -q -m soak --timeout=0 -n $(WORKERS) --keep-figures $(ARGS)

# Runtime is resolved under the versions of dev, so the two locks never disagree.
# `make lock ARGS=--upgrade` moves to the newest versions.
COMPILE = UV_NO_CONFIG=1 $(PY) -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links
lock: $(DEV) ## resolve the dependencies anew for every platform, with hashes
	@$(COMPILE) --group dev --output-file requirements/dev.txt $(ARGS)
	@$(COMPILE) --group build --constraints requirements/dev.txt --output-file requirements/runtime.txt $(ARGS)

# Set-up: a venv, then exactly what the lock names, then this tree itself.
define venv
@test -n "$(PYTHON)" || { echo "Driftpin needs Python 3.11 or later: install it, or name one with make PYTHON=/path/to/python3.13"; exit 1; }
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is no Python 3.11 or later: name another with make PYTHON=/path/to/python3.13"; exit 1; }
@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make a virtual environment: install the package python3-venv (apt install python3-venv), then run make again."; exit 1; }
@$(PY) -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); } || { rm -rf $(VENV); exit 1; }
endef

$(RUNTIME): requirements/runtime.txt pyproject.toml
	$(venv)
	@rm -f $@
	@echo "Setting up $(VENV) ..."
	@$(PIP) install --no-compile --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements/dev.txt requirements/runtime.txt pyproject.toml
	$(venv)
	@rm -f $@
	@echo "Setting up $(VENV) with the development tools ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(RUNTIME) $@
