# Needs GNU make, git and Python 3.11 or newer; on Windows run it from Git Bash.
# Another interpreter: PYTHON=python3.12 make demo (delete .venv first if it was made already).

ifeq ($(OS),Windows_NT)
PYTHON ?= python
BIN := .venv/Scripts
else
PYTHON ?= python3
BIN := .venv/bin
endif

BENCH_BIN := .venv-bench/$(notdir $(BIN))
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check -qq
PYTEST_FLAGS ?=
COPIES ?= 2000
KILLS ?= 50
STUDENTS ?= 1000000
LOCK_FLAGS ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help bench kills demo test check published format lint types docs docs-check fuzz clean lock

help:
	@echo "make demo        compute the sample city's allocation into build/allocation.xlsx"
	@echo "make test        run the tests"
	@echo "make check       formatting, lint, types and tests: all that must pass"
	@echo "make format      format the code"
	@echo "make lint        check formatting and lint"
	@echo "make types       check types"
	@echo "make published   hold the rulebooks against official tables (TABLES=folder)"
	@echo "make docs        write the generated parts of the documentation"
	@echo "make docs-check  run the examples of the documentation"
	@echo "make fuzz        read damaged files of every kind (COPIES=2000 of each)"
	@echo "make kills       kill runs at random moments while they write (KILLS=50 of each output)"
	@echo "make bench       measure a nation, growth and sameness (STUDENTS=18000000 BENCH_FLAGS=--write)"
	@echo "make clean       remove build outputs and caches (.venv and the bytecode of src stay)"
	@echo "make lock        pin requirements/*.txt anew (LOCK_FLAGS=--upgrade for newer versions)"

demo: .venv/.runtime
	@mkdir -p build
	@$(BIN)/funding compute rules/moscow/2024-2025/rulebook.yaml sample_data/city/roster.csv --schools sample_data/city/schools.csv -o build/allocation.xlsx --force
	@echo "The command is $(BIN)/funding; to type just funding: . $(BIN)/activate"

test: .venv/.dev
	$(PY) -m pytest -n auto $(PYTEST_FLAGS)

check: lint types test

format: .venv/.dev
	$(PY) -m ruff check --select I --fix .
	$(PY) -m ruff format .

lint: .venv/.dev
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .

types: .venv/.dev
	$(PY) -m mypy

docs: .venv/.dev
	PYTHONPATH=. $(PY) tools/generate_docs.py

published: .venv/.runtime
	@PYTHONPATH=. $(PY) tools/published.py $(TABLES)

bench: .venv/.dev .venv-bench/.made
	$(PY) -m benchmarks.nation_time --students $(STUDENTS) --python $(BENCH_BIN)/python $(BENCH_FLAGS)
	$(PY) -m benchmarks.growth --most $(STUDENTS) $(BENCH_FLAGS)
	$(PY) -m benchmarks.same_bytes

docs-check: .venv/.dev
	$(PY) -m pytest tests/docs $(PYTEST_FLAGS)

fuzz: .venv/.dev
	FUNDING_FUZZ=$(COPIES) $(PY) -m pytest tests/fuzz -n auto $(PYTEST_FLAGS)

kills: .venv/.dev
	FUNDING_KILLS=$(KILLS) $(PY) -m pytest tests/cli/test_killed.py -n auto $(PYTEST_FLAGS)

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find tests benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment: made once, brought up to date when the pinned versions change.

.venv/.python:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { echo "Python 3.11 or newer is needed, and there is no '$(PYTHON)' here; name yours like this: PYTHON=python3.12 make demo" >&2; exit 1; }
	@"$(PYTHON)" -c "import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else 'Python 3.11 or newer is needed, but $(PYTHON) is %d.%d; name a newer one like this: PYTHON=python3.12 make demo' % v[:2])"
	@echo "Setting up .venv (the first time takes about a minute) ..."
	@"$(PYTHON)" -m venv .venv
	@touch $@

.venv/.runtime: requirements/runtime.txt pyproject.toml | .venv/.python
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(PY) -m compileall -q src/formula_funding  # bytecode, as pip makes of what it copies
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.runtime
	@echo "Installing the development tools into .venv ..."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

# The contenders of `make bench`, apart: with pyarrow beside them our libraries would load it.
.venv-bench/.made: requirements/bench.txt .venv/.python
	@echo "Installing the contenders into .venv-bench ..."
	@"$(PYTHON)" -m venv .venv-bench
	@$(BENCH_BIN)/python -m pip --disable-pip-version-check -qq install --require-hashes -r requirements/bench.txt
	@touch $@

# Spark, an extra that only `--engine spark` and its tests need.
.venv/.spark: requirements/spark.txt .venv/.runtime
	@echo "Installing Spark into .venv (some 500 MB) ..."
	@$(PIP) install --require-hashes -r requirements/spark.txt
	@touch $@

# Pinned versions with hashes, one list for Windows, macOS and Linux, Python 3.11 and newer.
UV_COMPILE = build/uv/$(notdir $(BIN))/uv --no-config pip compile --universal \
	--python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" --quiet $(LOCK_FLAGS)

lock:
	"$(PYTHON)" -m venv build/uv
	build/uv/$(notdir $(BIN))/python -m pip --disable-pip-version-check -qq install uv
	$(UV_COMPILE) pyproject.toml --group editable -o requirements/runtime.txt
	$(UV_COMPILE) pyproject.toml --extra dev -c requirements/runtime.txt -o requirements/dev.txt
	$(UV_COMPILE) pyproject.toml --extra spark -c requirements/runtime.txt -o requirements/spark.txt
	$(UV_COMPILE) --group bench -c requirements/runtime.txt -o requirements/bench.txt
