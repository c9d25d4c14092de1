# Needs make, git and Python 3.11 or newer. Everything is installed into .venv.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check
DEMO = out/demo.png

.PHONY: help demo test explore fuzz lint types contracts package clean

help:
	@echo "make demo      install, render a picture from a prompt, reproduce it from its PNG"
	@echo "make test      install, run all tests"
	@echo "make explore   run the property tests on many new examples"
	@echo "make fuzz      fuzz the readers of files, a minute each; FUZZ_SECONDS=600 TARGETS='file texts' for more"
	@echo "make lint      ruff: style and format"
	@echo "make types     mypy --strict"
	@echo "make contracts which package may import which"
	@echo "make package   build wheel and sdist, install the wheel in a new venv and use it"

demo: $(VENV)/.render
	$(BIN)/mezzotint render \
	  "masterpiece, (red:1.3) circle, [blue background:white background:0.3]" \
	  --negative "green, blurry" --steps 20 --sampler "DPM++ 2M" --cfg 6 --seed 7 --size 128x128 -o $(DEMO)
	$(BIN)/mezzotint info $(DEMO)
	$(BIN)/mezzotint reproduce $(DEMO)

test: $(VENV)/.dev
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered -q

explore: $(VENV)/.dev
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -q -m "not gpu" -k "not golden"

fuzz: $(VENV)/.dev
	$(PIP) install -q -e ".[fuzz]"
	$(BIN)/python tests/fuzz/run.py --seconds $(or $(FUZZ_SECONDS),60) $(TARGETS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

package: $(VENV)/.dev
	rm -rf dist build
	$(BIN)/python -m build --outdir dist .
	PYTHON="$(abspath $(BIN)/python)" tests/packaging/smoke.sh

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mezzotint needs Python 3.11 or newer: run make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.render: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e ".[render]"
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e ".[render,lsp,dev]"
	@touch $@ $(VENV)/.render

clean:
	rm -rf $(VENV) out dist build *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache
