# Every target does its own set-up, so that a fresh checkout needs no step before it.

PYTHON ?= python3
ARGS ?=

# pip counts what lies on PYTHONPATH as installed already, and installs where these say instead of in .venv.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PIP_USER PIP_TARGET PIP_PREFIX

# A venv that was copied or moved still runs the checkout it was made for,
# and one whose base Python is gone runs nothing: without their stamp, both are made anew.
ifneq ($(shell (.venv/bin/python -c '' && cat .venv/stamp) 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/stamp)
endif

.DEFAULT_GOAL := check
.PHONY: check test lint bench bench-power bench-accuracy mutation-study readme-tables soak clean

check: .venv/stamp
	@.venv/bin/derivcheck check --all --exit-zero $(ARGS)

test: .venv/stamp
	@.venv/bin/python -m pytest -n 2 $(ARGS)

# mypy does not follow the mapping of an editable install, so it reads a copy laid out as in the wheel;
# the copies keep their times, and with them mypy its cache.
lint: .venv/stamp
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@rm -rf .venv/typecheck
	@mkdir .venv/typecheck
	@cp -Rp derivcheck .venv/typecheck/derivcheck
	@cp -Rp formulas .venv/typecheck/derivcheck/formulas
	@cd .venv/typecheck && ../bin/mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache -p derivcheck

bench: .venv/stamp
	@.venv/bin/python tests/benchmarks/derive.py
	@.venv/bin/python tests/benchmarks/prove.py
	@.venv/bin/python tests/benchmarks/report.py
	@.venv/bin/python tests/benchmarks/bench.py $(ARGS)

# The rivals that are installed: .venv/bin/python -m pip install -e '.[bench]' brings them.
bench-power: .venv/stamp
	@.venv/bin/python tests/benchmarks/power.py $(ARGS)

bench-accuracy: .venv/stamp
	@.venv/bin/python tests/benchmarks/accuracy.py $(ARGS)

mutation-study: .venv/stamp
	@.venv/bin/python tests/mutation_study.py $(ARGS)

# What the README says of the library, between its comments; a test compares.
readme-tables: .venv/stamp
	@.venv/bin/python tests/readme_tables.py $(ARGS)

soak: .venv/stamp
	@.venv/bin/python tests/soak.py $(ARGS)

clean:
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis ./*.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last and removed first: a venv without one is half made and starts over.
.venv/stamp: pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "derivcheck needs Python 3.11 or newer; '$(PYTHON)' answers: $$("$(PYTHON)" --version 2>&1)" >&2; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),check) PYTHON=/path/to/python3.11" >&2; \
	  exit 1; }
	@test -e $@ || { echo "Setting up .venv (once; a minute or so)" >&2; "$(PYTHON)" -m venv --clear .venv; }
	@rm -f $@
	@.venv/bin/python -m pip install -qq --disable-pip-version-check --editable '.[dev]'
	@printf '%s\n' "$(CURDIR)" > $@
