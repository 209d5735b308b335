# The two that matter: `make demo` shows Tasuki at work, `make test` proves it.
# Importing without written byte code takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo up down test unit deep lint types bench bench-identity lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --quiet --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --no-build-isolation --no-deps --editable .
	@touch .venv/ready

demo: .venv/ready ## four systems, two days, real Airflow; SEED=n for another firm
	$(BIN)/python -m examples.demo.run --seed $(SEED)

up: .venv/ready ## the demo's firm to try by hand: prints address and login, stays until Ctrl-C
	$(BIN)/python -m examples.demo.up

down: .venv/ready ## stop what make up left behind when it was killed
	$(BIN)/tasuki down --home .demo/up

test: .venv/ready ## all tests: unit, integration, Airflow; those whose server is absent say so
	$(BIN)/python -m pytest -m "not airflow and not deep"
	$(BIN)/python -m pytest -m airflow tests/airflow

unit: .venv/ready ## the tests that need nothing but Python, and what they cost
	$(BIN)/python -m pytest -m "not integration and not airflow and not deep"

deep: .venv/ready ## long random histories and every crash point
	$(BIN)/python -m pytest -m deep

lint: .venv/ready ## style and the order of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: .venv/ready ## mypy --strict
	$(BIN)/mypy

bench: .venv/ready ## speed and memory, beside a lean reader and a peer
	$(BIN)/python -m tests.benchmarks.run

bench-identity: .venv/ready ## how good and fast 名寄せ is, beside Splink and goldenmatch (extra bench); sets in TASUKI_LINKAGE_DATA
	$(BIN)/python -m tests.benchmarks.identity.cleansing
	$(BIN)/python -m tests.benchmarks.identity.ledgers
	$(BIN)/python -m tests.benchmarks.identity.run
	$(BIN)/python -m tests.benchmarks.identity.increments

lock: ## exact versions with hashes, for all Pythons at once
	$(BIN)/uv pip compile pyproject.toml requirements.build.in --extra all --extra dev --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --custom-compile-command "make lock" --quiet --output-file requirements.lock
