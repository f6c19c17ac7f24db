# The two commands a stranger needs: `make run` and `make test`.
# PYTHON=python3.12 takes another interpreter, PORT=9000 another port.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run up test check static format console screenshots stage types install install-dev clean

run: install ## install, start the centre, solve the sample, serve
	@$(BIN)/zhisuan demo examples/concrete.csv $(if $(PORT),--port $(PORT))

up: install ## start the centre and serve
	@$(BIN)/zhisuan up $(if $(PORT),--port $(PORT))

test: static ## the whole gate, a file of tests at a time on each core
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

check: static ## the fast part: format, lint, types, import contracts, unit tests
	@$(BIN)/pytest tests/unit -m "not environment and not slow"

static: install-dev
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/python web/build.py check

format: install-dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@cd web && npm run --silent format

console: install-dev ## build the screens from web/
	@$(BIN)/python web/build.py

screenshots: console ## every page in both languages, light and dark, wide and narrow, into build/screenshots
	@$(BIN)/python tests/stage/screenshots.py

stage: console ## a centre with a busy month behind it, to look at (simulated, in build/stage)
	@$(BIN)/python tests/stage/stage.py build/stage --serve

types: install-dev ## the API's types for web/, after a change of a route
	@$(BIN)/python web/build.py types

install:
	@$(PYTHON) requirements/install.py

install-dev:
	@$(PYTHON) requirements/install.py dev

clean: ## forget the environment and the centre of this checkout
	rm -rf .venv .zhisuan results web/node_modules src/zhisuan/console/static
