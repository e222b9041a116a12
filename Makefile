# `make play` and `make test` do all the set-up themselves: they need Python 3.11 to 3.13 and make.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
SOURCES := main.py arcade games agents tests docs

.PHONY: play check lint types test coverage soak format hooks clean

play: $(VENV)/play.stamp
	$(BIN)/python main.py

check: lint types test

lint: $(VENV)/dev.stamp
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)

types: $(VENV)/dev.stamp
	$(BIN)/mypy

# tests/conftest.py says which files come first, so that none of the two is left with a long one in the end. The many
# processes that tests start find their modules compiled even where Python was told to keep none.
TEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(VENV)/dev.stamp
	$(TEST)

# Every line takes longer while it is counted, so tests may take longer, too. pyproject.toml has the floor.
coverage: $(VENV)/dev.stamp
	$(TEST) --timeout 600 --cov --cov-report term:skip-covered

# What tests of faults try for seconds in `make test` is tried here for as long as it takes: some hours.
SOAKED := $(addprefix tests/,agents/storage/test_kills.py agents/storage/test_profile.py agents/storage/test_library_machine.py \
	agents/storage/test_faults.py agents/storage/test_sharing.py agents/training/test_memory.py \
	arcade/test_crafted.py arcade/system/test_stopping.py arcade/window/test_quitting.py arcade/window/test_wandering.py)

soak: $(VENV)/dev.stamp
	DQN_ARCADE_SOAK=1 $(BIN)/python -m pytest --timeout 7200 $(SOAKED)

format: $(VENV)/dev.stamp
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

hooks: $(VENV)/dev.stamp
	$(BIN)/pre-commit install

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "DQN Arcade needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	@echo "Setting up $(VENV) with $(PYTHON): this takes a minute or two, once."
	$(PYTHON) -m venv $(VENV)

$(VENV)/play.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/play.stamp
