# The two commands a stranger needs: `make run` and `make test`.
# PYTHON=python3.12 takes another interpreter, PORT=9000 another port.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run up test check static format install install-dev clean

run: install ## install, start the centre, solve the sample, serve
	@$(BIN)/zhisuan demo examples/concrete.csv $(if $(PORT),--port $(PORT))

up: install ## start the centre and serve
	@$(BIN)/zhisuan up $(if $(PORT),--port $(PORT))

test: static ## the whole gate
	@$(BIN)/pytest

check: static ## the fast part: format, lint, types, import contracts, unit tests
	@$(BIN)/pytest tests/unit -m "not environment and not slow"

static: install-dev
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports

format: install-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

install:
	@$(PYTHON) requirements/install.py

install-dev:
	@$(PYTHON) requirements/install.py dev

clean: ## forget the environment and the centre of this checkout
	rm -rf .venv .zhisuan results
