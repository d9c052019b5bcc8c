# Everything the README names. `make setup` is what the others share; nothing else needs installing
# beyond Python >= 3.11, make and a C runtime with libgomp (LightGBM's threads).

# The first Python that runs and is new enough; a shim that only exists does not count.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TESTED := $(VENV)/.tested

.PHONY: setup setup-dev serve test lint check starter bench bench-evasion screenshots lock clean

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Zhenwei needs Python 3.11 or newer. Install one, or say which: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import lightgbm' || \
	  { echo "LightGBM cannot load libgomp, GCC's OpenMP runtime. Debian/Ubuntu: apt-get install libgomp1; Fedora: dnf install libgomp"; exit 1; }
	@touch $(READY)

# What the tests need besides: browser driver, Spark, linters.
setup-dev: $(TESTED)

$(TESTED): $(READY) requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $(TESTED)

serve: setup
	$(BIN)/zhenwei serve

test: lint
	$(BIN)/pytest -n 2

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# The bundle that ships: simulated listings only, never a real one. Under ten minutes on two cores.
STARTER_LISTINGS ?= 120000
starter: setup
	mkdir -p build
	$(BIN)/zhenwei simulate --listings $(STARTER_LISTINGS) --seed 20211 --out build/market.jsonl
	$(BIN)/zhenwei train build/market.jsonl --out models/starter --starter --medium-lift 3 \
	  --created "the release it ships with"

bench: setup-dev
	$(BIN)/python -m benchmarks.speed

bench-evasion: setup-dev
	$(BIN)/python -m benchmarks.evasion

# Pictures of the console, light and dark; needs Chromium.
screenshots: setup-dev
	$(BIN)/python -m benchmarks.screenshots

# Needs uv; writes no index address into the files.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --quiet --upgrade --custom-compile-command "make lock"
lock:
	$(LOCK) --group dev -o requirements-dev.lock
	$(LOCK) --group build --constraints requirements-dev.lock -o requirements.lock

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
