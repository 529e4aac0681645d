# The whole development loop. Everything runs in .venv, made from hash-locked files.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
WORKERS ?= 3

.PHONY: help demo test check format lint types imports test-real faults crash machine bench scores schema lock clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/run.stamp: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "spacepact needs Python 3.11 or newer; try make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/run.stamp ## watch the whole job happen on fictional outlets (ARGS=--once ends after the run)
	$(BIN)/spacepact demo $(ARGS)

test: .venv/dev.stamp ## every test but the long ones, by three processes (WORKERS=0 for one: with a debugger)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

check: format lint types imports test ## all that must hold before a commit lands

format: .venv/dev.stamp
	$(BIN)/ruff format --check .

lint: .venv/dev.stamp
	$(BIN)/ruff check .

types: .venv/dev.stamp
	$(BIN)/mypy -p spacepact -p crawler -p classifier -p storage -p alerts

imports: .venv/dev.stamp
	$(BIN)/lint-imports

test-real: .venv/dev.stamp ## the main job over 836 saved real pages (needs ../shared)
	$(BIN)/python -m pytest tests/real -m real -s $(ARGS)

faults: .venv/dev.stamp ## every test of the list of faults, as a table of what was lost and doubled
	$(BIN)/python -m tests.faults -n $(WORKERS) --dist worksteal $(ARGS)

crash: .venv/dev.stamp ## kill -9 a thousand times at random moments (ARGS="--kills 100 --points commit"; --help)
	$(BIN)/python -m tests.crash --kills 1000 $(ARGS)

machine: .venv/dev.stamp ## 10,000 random histories of the ledger (SPACEPACT_RUNS=n for fewer; hours)
	SPACEPACT_RUNS=$${SPACEPACT_RUNS:-10000} $(BIN)/python -m pytest tests/spacepact/test_machine.py $(ARGS)

.venv/bench.stamp: .venv/dev.stamp requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

bench: .venv/bench.stamp ## measure speed, side by side with peers
	@for program in $(filter-out bench/attributes.py bench/held.py bench/scores.py,$(wildcard bench/*.py)); do echo "== $$program"; $(BIN)/python $$program || exit 1; done

scores: .venv/dev.stamp ## how good the verdict is, cross-validated, by corpus and language (needs ../shared; 2 minutes)
	$(BIN)/python bench/scores.py ../shared/gold $(ARGS)
	$(BIN)/python bench/teasers.py ../shared/gold
	$(BIN)/python bench/held.py ../shared/gold

schema: ## write the editors' schemas in docs/schema again
	@for kind in watchlist expected source channels settings; do $(BIN)/spacepact schema $$kind > docs/schema/$$kind.json || exit 1; done

lock: ## write the lock files again (needs uv)
	uv pip compile pyproject.toml --extra postgresql --group build --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command 'make lock' -o requirements.lock
	uv pip compile pyproject.toml --extra postgresql --extra browser --group build --group dev --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command 'make lock' -c requirements.lock -o requirements-dev.lock
	uv pip compile pyproject.toml --extra postgresql --extra browser --group build --group dev --group bench --python-version 3.11 --generate-hashes --no-emit-index-url --quiet --custom-compile-command 'make lock' -c requirements-dev.lock -o requirements-bench.lock

clean: ## remove what was made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache
