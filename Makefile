# Two commands matter: `make eval` (the main job) and `make test`. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin
# Processes that share the tests; each test is a story of its own, so any may run beside any.
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN)
export PYTHONUTF8 := 1
export HF_HUB_OFFLINE := 1
export ANONYMIZED_TELEMETRY := False
export RAGAS_DO_NOT_TRACK := true
export LANGSMITH_TRACING := false

.DEFAULT_GOAL := help
.PHONY: help eval eval-live test lint types unit agents services browser soak bench clean

help:  ## say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

eval: .venv/core.stamp  ## index the knowledge, run the golden suite through the whole pipeline, gate it
	@$(BIN)/kb index
	@$(BIN)/harness validate
	@$(BIN)/harness run
	@$(BIN)/harness profiles default card --reuse
	@$(BIN)/harness gate

eval-live:  ## the golden suite with a real model, recorded; ECO2_TAPE=replay scores the recording offline
	@sh deploy/eval-live.sh "$(BIN)"

test: .venv/full.stamp  ## lint, types and tests, every extra included
	@$(MAKE) --no-print-directory lint types unit

lint: .venv/full.stamp  ## ruff, and that the code is formatted
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/full.stamp  ## mypy --strict over code and tests
	$(BIN)/mypy

unit: .venv/full.stamp  ## pytest; ARGS="-k name" narrows it, WORKERS=0 runs them in one process
	$(BIN)/pytest -m "not soak" -n $(WORKERS) --maxprocesses 8 --dist worksteal $(ARGS)

agents: .venv/full.stamp  ## the MCP server, skills and plugin against the validators that others publish (npm)
	@sh deploy/agents.sh "$(BIN)"

soak: .venv/full.stamp  ## the long forms of the tests
	$(BIN)/pytest -m soak $(ARGS)

bench: .venv/full.stamp  ## the benchmarks, each beside its alternative
	$(BIN)/python -m benchmarks

services:  ## start PostgreSQL, Redis and RabbitMQ where they are missing (Debian: installs them)
	@sh deploy/services.sh

browser:  ## install Chromium and a Korean font where they are missing (Debian)
	@sh deploy/browser.sh

clean:  ## remove what was built; sources and reports/baseline.json stay
	rm -rf .venv .kb build dist *.egg-info reports/latest reports/runs .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamps are newer than what they were installed from; a full install serves both.
.venv/core.stamp: pyproject.toml constraints.txt
	@sh deploy/venv.sh "$(PYTHON)" "." core

.venv/full.stamp: pyproject.toml constraints.txt
	@sh deploy/venv.sh "$(PYTHON)" ".[dense,eval,dev]" full
