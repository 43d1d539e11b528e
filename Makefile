# Everything a newcomer needs: `make demo`, `make test`, `make bench`. Nothing but Python 3.11+ is
# expected; what else is needed is installed into .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test bench lint format types layers tests docs clean help

help:
	@echo "make demo    two simulated charging stations against a real CSMS on loopback (1.6 and 2.0.1)"
	@echo "make test    lint, types, layers and every test"
	@echo "make bench   the benchmarks"
	@echo "make docs    regenerate docs/reference from the code"

$(STAMP): pyproject.toml
	@test -d $(VENV) || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
	    "Python 3.11 or later is needed: make PYTHON=/path/to/it ...")'
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test,lint]'
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/ocpp-iface demo

test: lint types layers tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP)
	$(BIN)/ruff check --fix-only -q . || true
	$(BIN)/ruff format .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

tests: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal

bench: $(STAMP)
	@$(BIN)/python -m benchmarks

docs: $(STAMP)
	$(BIN)/python -m ocpp_iface.cli.reference docs/reference

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
