# `make help` lists what there is to do.
.DEFAULT_GOAL := help
# A bare environment (cron, `env -i`) has no PATH that reaches the recipes.
export PATH := $(or $(PATH),/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tirage needs Python 3.11 or newer.")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

setup: $(READY) ## create .venv with everything in it

demo: $(READY) ## run a whole contest on a real WordPress; ONCE=1 ends by itself
	$(BIN)/python -m demo

test: $(READY) ## run all tests, with a real WordPress and a real PostgreSQL
	$(BIN)/python -m pytest

test-bluesky: $(READY) ## test what is said to Bluesky against its own servers, fetched from npm
	TIRAGE_TEST_BLUESKY=real $(BIN)/python -m pytest -n 0 tests/networks/test_contract.py

check: $(READY) ## format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## measure speed as ratios; writes bench/results.json
	$(BIN)/python -m bench

wordpress: $(READY) ## start a real WordPress on loopback; writes .wordpress.json
	$(BIN)/python -m testbed.wordpress start

wordpress-stop: $(READY) ## stop it
	$(BIN)/python -m testbed.wordpress stop

i18n: $(READY) ## bring the catalogues of words up to date; then fill in the empty msgstr
	mkdir -p build
	$(BIN)/pybabel -q extract -F service/locale/babel.cfg --no-location --project Tirage -o build/tirage.pot service
	$(BIN)/pybabel -q update -i build/tirage.pot -d service/locale -D tirage --no-fuzzy-matching --ignore-obsolete \
		--ignore-pot-creation-date --no-wrap
	$(BIN)/python -m tools.plugin_words

plugin: $(READY) ## build tirage.zip, the plugin to upload in WordPress
	$(BIN)/tirage plugin zip tirage.zip

lock: $(READY) ## lock the dependencies anew, with hashes
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header -q -o requirements-dev.txt

.PHONY: help setup demo test test-bluesky check format bench wordpress wordpress-stop i18n plugin lock
