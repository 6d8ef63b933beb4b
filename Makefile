# Two commands for everybody: `make map` and `make test`. Both set up their own environment in .venv first.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: map test lint types suite compiled bench fuzz safety crash-test audit-deps picture golden clean

map: compiled
	@rm -rf out/example
	@$(BIN)/outreach example out/example
	@$(BIN)/outreach map out/example/project.toml --out out/example/map
	@echo "Open this file in a browser: $(CURDIR)/out/example/map/map.html"

test: $(STAMP) lint
	@$(MAKE) --no-print-directory -j 2 types suite

# What pytest makes of the asserts is kept, too, where Python may not write: else each worker makes it anew, for three seconds.
suite: compiled
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

types: $(STAMP)
	$(BIN)/mypy

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary atheris --constraint constraints.txt --editable ".[fuzz]" 2>/dev/null \
		|| echo "atheris has no build for this machine: fuzzing goes on with hypothesis alone."
	@touch $(STAMP)

# As pip does it when it installs a package: else, where Python may not write, each run compiles the program anew.
compiled: $(STAMP)
	@$(BIN)/python -m compileall -q cli.py geo layers maps

bench: compiled
	$(BIN)/python -m pytest benchmarks -m bench -s --benchmark-columns=min,rounds

SECONDS ?= 60
fuzz: $(STAMP)
	OUTREACH_FUZZ_SECONDS=$(SECONDS) OUTREACH_FUZZ_SEED=$$(date +%s) $(BIN)/python -m pytest tests/fuzz -s

crash-test: $(STAMP)
	OUTREACH_KILLS=200 $(BIN)/python -m pytest tests/safety/test_crash.py

safety: $(STAMP)
	OUTREACH_KILLS=200 $(BIN)/python -m pytest -p tests.safety.table tests/safety tests/fuzz
	@echo "Written: docs/safety.md"

audit-deps: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[audit]"
	$(BIN)/pip-licenses --order license --format markdown
	@$(BIN)/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict --progress-spinner off \
		|| { echo "Not passed: something is known against a dependency, or the advisory database could not be asked (see above)."; exit 1; }

picture: $(STAMP)
	$(BIN)/python -m tests.browser.picture

golden: $(STAMP)
	$(BIN)/python -m tests.browser.golden_pages

clean:
	rm -rf .venv out dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
