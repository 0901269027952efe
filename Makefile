# Run `make help` to see what can be made.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
# Compiled once: without its bytecode every process that a test starts takes seconds longer.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
PREPARE = python="$$(scripts/preflight)" && "$$python" -S scripts/prepare.py
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak generate format lock clean

help:  ## Say what each target does
	@echo "Offhook: a communications server that you run yourself."
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
	@echo
	@echo 'Arguments pass through ARGS:  make run ARGS="--no-demo --port 9090"   make test ARGS="-k rooms"'

run:  ## Install what is missing, build the pages, start the server and print its addresses
	@$(PREPARE) run
	@exec $(BIN)/offhook serve $(ARGS)

test:  ## Install what the tests need, run every check and every test
	@scripts/preflight > /dev/null
	@scripts/apt-packages
	@$(PREPARE) test
	@$(BIN)/python scripts/check.py
	@exec $(BIN)/python -m pytest --fuzz-seconds 20 $(ARGS)

check:  ## Lint, types, import contracts and the web's unit tests, in under a minute
	@$(PREPARE) test
	@$(BIN)/python scripts/check.py

bench:  ## Measure what we promise, beside its peers; writes bench/results
	@$(PREPARE) test
	@exec $(BIN)/python -m bench.run $(ARGS)

soak:  ## Run for long what must not leak or wear out; writes bench/results
	@$(PREPARE) test
	@exec $(BIN)/python -m bench.run --soak $(ARGS)

generate:  ## Write the files that are made from declarations
	@$(PREPARE) test
	@exec $(BIN)/python -m offhook.app.generate

format:  ## Lay out Python and TypeScript, and mend what the linters can mend
	@$(PREPARE) test
	@$(BIN)/ruff check --fix --quiet && $(BIN)/ruff format --quiet
	@cd web && PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/biome check --write

lock:  ## Choose package versions anew and write them with their hashes
	@$(PREPARE) lock
	@scripts/lock $(ARGS)

clean:  ## Remove everything that make has made; data stay
	@rm -rf .venv .make .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		build dist offhook.egg-info offhook/app/static web/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
