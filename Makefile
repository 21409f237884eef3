# Every target does its own set-up; `make help` lists them. Needs: Python 3.9 or later, a C compiler, make, cargo.
# Works with GNU make 3.81 and later.

PYTHON ?= python3
VENV   ?= .venv
# The lock file is part of the project: a build that would change it is a build nobody reviewed.
LOCKED ?= --locked
# Outside the checkout, so that a fresh clone, or a second one, does not compile every dependency again.
CARGO_TARGET_DIR ?= $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/edgequake-python/target
export CARGO_TARGET_DIR

BIN := $(abspath $(VENV))/bin
PY  := $(BIN)/python
export VIRTUAL_ENV := $(abspath $(VENV))
# One interpreter for every cargo command: pyo3's build script runs again whenever this changes.
export PYO3_PYTHON := $(PY)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Warnings and errors only, also for the pip that maturin runs.
export PIP_QUIET := 1

SETUP := $(VENV)/.setup-done
BUILT := $(VENV)/.release-built
RUST_SOURCES := $(shell find src -type f) Cargo.toml Cargo.lock pyproject.toml
# A prerequisite of the build: missing, it forces one; newer than the last release build, someone put
# another build (a debug one, perhaps) in its place, and it is built again.
EXTENSION := $(or $(wildcard python/edgequake_python/_eq_core*.so),force)

.DEFAULT_GOAL := help
# Steps share one cargo target folder and one virtual environment; -j must not interleave them.
.NOTPARALLEL:

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z][a-z-]*:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- Set-up and build -----------------------------------------------------------------------------

.PHONY: setup
setup: $(SETUP) ## Create .venv with the development tools

$(SETUP): pyproject.toml
	@command -v cargo >/dev/null || { echo "error: cargo is not on PATH; install Rust first" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 9))' \
	  || { echo "error: $(PYTHON) must be Python 3.9 or later (choose another: make PYTHON=...)" >&2; exit 1; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) \
	  || { echo "error: no virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; rm -rf $(VENV); exit 1; }
	$(PY) -m pip install --upgrade 'pip>=25.1'
	$(PY) -m pip install --group dev
	@touch $@

.PHONY: build
build: $(BUILT) ## Build the release extension and install it into .venv (editable)

$(BUILT): $(SETUP) $(RUST_SOURCES) $(EXTENSION)
	$(BIN)/maturin develop --release $(LOCKED)
	@touch $@

.PHONY: force
force:

.PHONY: demo
demo: build ## Run the demonstration: a provider if a key is set, else the built-in simulator
	@$(PY) -m edgequake_python.demo

# --- Checks ---------------------------------------------------------------------------------------

.PHONY: test
test: build lint typecheck docs test-rust test-wheel deny-if-present test-python ## Everything: lints, types, documents, Rust tests, wheel check, Python tests

.PHONY: test-rust
test-rust: ## Run the Rust tests, doc tests and examples' builds (needs no libpython)
	cargo test $(LOCKED)

# Tests against real servers skip what is not installed; as root on Debian it is installed.
.PHONY: services
services: ## Install the servers that tests run against (redis-server), where that can be done
	@if command -v redis-server >/dev/null || command -v valkey-server >/dev/null; then :; \
	  elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get install -y -qq --no-install-recommends redis-server >/dev/null \
	      || { apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server >/dev/null; } \
	      || echo "redis-server could not be installed: the tests that need it are skipped"; \
	  else echo "redis-server is not installed: the tests that need it are skipped"; fi

.PHONY: test-python
test-python: build services ## Run the Python tests (choose some: make test-python PYTEST_ARGS="-k stream")
	$(PY) -m pytest $(PYTEST_ARGS)

.PHONY: test-strict
test-strict: build services ## Run the Python tests in development mode, every warning an error
	$(PY) -X dev -W error -m pytest $(PYTEST_ARGS)

DEFECTS := $(CARGO_TARGET_DIR)/defects
.PHONY: test-defects
test-defects: setup ## Break the core on purpose, in a build of its own: a panic is an exception, and the process lives
	rm -rf $(DEFECTS)
	$(BIN)/maturin build $(LOCKED) --features python,defects --out $(DEFECTS)
	$(PY) -m pip install --no-deps --target $(DEFECTS) $(DEFECTS)/*.whl
	PYTHONPATH=$(DEFECTS) $(PY) -m pytest -W "ignore:edgequake_python runs on a debug build" tests/python/test_defects.py

.PHONY: behaviours
behaviours: build services ## Run the tests of every promise in docs/promises.md and print the table (ROWS="B02 B17")
	$(PY) scripts/behaviours.py $(ROWS)

SECONDS ?= 60
# What the fuzzer comes upon goes on from run to run, outside the checkout; what is committed is written by hand.
FOUND := $(CARGO_TARGET_DIR)/fuzz-found
.PHONY: fuzz
fuzz: build ## Damaged answers and odd arguments through every dialect, then cargo-fuzz where it is (SECONDS=60)
	$(PY) scripts/fuzz.py --seconds $(SECONDS)
	@if ! cargo +nightly --version >/dev/null 2>&1 || ! cargo fuzz --version >/dev/null 2>&1; then \
	  echo "cargo-fuzz or a nightly toolchain is not installed: the targets of fuzz/ are not run"; exit 0; fi; \
	for target in answer framing request stream; do \
	  mkdir -p $(FOUND)/$$target; \
	  cargo +nightly fuzz run -s none --fuzz-dir fuzz $$target $(FOUND)/$$target fuzz/corpus/$$target \
	    -- -max_total_time=$(SECONDS) -print_final_stats=1 || exit 1; done

MINUTES ?= 10
.PHONY: soak
soak: build ## Calls of every kind for MINUTES=10: memory, threads, descriptors and the event loop
	$(PY) bench/soak.py --minutes $(MINUTES)

.PHONY: load
load: build ## 1,000 streams and 10,000 calls at once: memory for each
	$(PY) bench/load.py

.PHONY: test-wheel
test-wheel: wheel ## Check what is released: contents, size, and a call from an environment of its own
	$(PY) tests/check_wheel.py dist

.PHONY: compat
compat: build ## The same calls through litellm (in an environment of its own) and through this package, compared
	LITELLM_COMPAT_TESTS=1 $(PY) -m pytest tests/python/test_litellm_compat.py tests/python/test_litellm_surface.py \
	  tests/python/test_litellm_helpers.py $(PYTEST_ARGS)

.PHONY: frameworks
frameworks: build ## Frameworks from PyPI, unmodified, over this package instead of litellm (FRAMEWORKS="dspy langchain")
	$(PY) tests/frameworks/run.py $(FRAMEWORKS)

.PHONY: examples
examples: build ## Run the programs of examples/python on the simulator; they check their own results
	$(PY) -m pytest -q tests/python/test_examples.py

.PHONY: chaos
chaos: build services ## Mixed traffic while Redis and every deployment fail: no call lost or doubled (MINUTES=10)
	$(PY) tests/chaos.py --minutes $(MINUTES)

.PHONY: lint
lint: setup rust-components ## Check formatting and lints of Rust and Python, and the documents' links
	cargo fmt --check
	cargo clippy $(LOCKED) --all-targets -- -D warnings
	cargo clippy $(LOCKED) --all-targets --features python -- -D warnings
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(PY) tests/check_docs.py

# Tools that are not there are named, and are no failure; unpinned actions are one.
.PHONY: lint-workflows
lint-workflows: setup ## Check the workflows: actionlint, zizmor, actions pinned by commit
	$(PY) scripts/lint_workflows.py

.PHONY: fmt
fmt: setup rust-components ## Format Rust and Python, and apply ruff's safe fixes
	cargo fmt
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: rust-components
rust-components:
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 \
	  || rustup component add rustfmt clippy \
	  || { echo "error: rustfmt and clippy are needed" >&2; exit 1; }

.PHONY: typecheck
typecheck: build ## mypy and pyright strict, every public type known, _eq_core.pyi as the built module is
	$(BIN)/mypy --strict python/edgequake_python
	$(BIN)/mypy --strict tests/typing
	$(BIN)/pyright --pythonpath $(PY) tests/typing
	PYTHONPATH=$(CURDIR)/python $(BIN)/pyright --pythonpath $(PY) --ignoreexternal --verifytypes edgequake_python
	$(BIN)/mypy tests/python tests/check_wheel.py tests/check_docs.py tests/chaos.py scripts
	$(BIN)/mypy bench
	$(BIN)/stubtest --concise --allowlist tests/stubtest.allow --ignore-unused-allowlist edgequake_python._eq_core

# What the comparisons need lies beside the checkout; without it they are skipped with a line that says so.
SHARED ?= ../shared
.PHONY: parity
parity: build ## Compare requests and readings with LiteLLM's (SHARED=../shared holds the material)
	$(PY) scripts/parity.py --shared $(SHARED)

.PHONY: bench-router
bench-router: build services ## Measure the Router: its decisions (docs/scaling.md), and litellm's beside it
	$(PY) bench/routing.py --write
	$(PY) bench/router_compare.py --write

.PHONY: bench-cache
bench-cache: build services ## Measure answers out of the cache, and litellm's beside them
	$(PY) bench/cache.py --write

.PHONY: pages
pages: build ## Write the pages that are made from the library itself
	$(PY) scripts/providers_page.py
	$(PY) scripts/compatibility_pages.py
	$(PY) scripts/behaviours.py --page

.PHONY: deny
deny: ## Check licences and advisories of the Rust dependencies (needs cargo-deny)
	@cargo deny --version >/dev/null 2>&1 \
	  || { echo "error: cargo-deny is missing: cargo install --locked cargo-deny (takes minutes)" >&2; exit 1; }
	cargo deny check

# cargo-deny takes minutes to build and is no condition for a change being right, so it runs where it is installed.
.PHONY: deny-if-present
deny-if-present:
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check licenses bans sources; \
	  else echo "cargo-deny is not installed: dependency licences not checked (make deny)"; fi

# --- Products -------------------------------------------------------------------------------------

.PHONY: wheel
wheel: setup ## Build a release wheel (Linux: manylinux2014) and the source distribution into dist/
	@rm -rf dist
	PATH="$(BIN):$$PATH" $(PY) scripts/build_wheel.py --out dist
	$(BIN)/maturin sdist --out dist

.PHONY: wheel-test
wheel-test: test-wheel debootstrap ## Install the wheel on every CPython found and on old and new Debian, the sdist too, and test them
	$(PY) scripts/wheel_test.py dist --sdist

.PHONY: debootstrap
debootstrap:
	@if command -v debootstrap >/dev/null; then :; \
	  elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get install -y -qq --no-install-recommends debootstrap >/dev/null \
	      || { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap >/dev/null; } \
	      || echo "debootstrap could not be installed: old and new Debian are skipped"; \
	  else echo "debootstrap is not installed: old and new Debian are skipped"; fi

.PHONY: reproducible
reproducible: setup ## Build what is committed twice, in different folders: one hash
	PATH="$(BIN):$$PATH" $(PY) scripts/build_wheel.py --twice

.PHONY: bench
bench: wheel ## Measure this library against its peers (BENCH_ARGS="--help" for the choices)
	$(PY) bench/run.py --wheel dist $(BENCH_ARGS)

.PHONY: docs
docs: setup ## Build the documentation site and the crate's pages, without a warning
	$(PY) tests/check_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	RUSTDOCFLAGS="-D warnings" cargo doc $(LOCKED) --no-deps
	@echo "site: build/site/index.html"
	@echo "crate pages: $(CARGO_TARGET_DIR)/doc/edgequake_llm/index.html"

# Chromium is not installed by this; where it is missing, that is said.
.PHONY: screenshots
screenshots: build docs ## Pictures of the site and of the commands, by headless Chromium, into build/screenshots
	$(PY) scripts/screenshots.py

.PHONY: clean
clean: ## Remove everything built inside the checkout (the cargo cache outside it stays)
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache
	rm -f python/edgequake_python/_eq_core*.so
	find python tests bench -type d -name __pycache__ -prune -exec rm -rf {} +
	@echo "kept: $(CARGO_TARGET_DIR)"
