# The two commands: `make demo` and `make test`. Everything else is listed by `make help`.
PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= var/demo
BIN := .venv/bin
# The demo is a world of its own: nothing that the shell says about another installation reaches it.
NOT_IN_DEMO := $(addprefix -u ,DATABASE_URL REDIS_URL BROKER_PREFIX STORAGE_URL STATIC_ROOT ALLOWED_HOSTS SECRET_KEY DEBUG TESTING)
IN_DEMO := env $(NOT_IN_DEMO) DEMO=1 DATA_DIR="$(DATA_DIR)" SITE_URL="http://127.0.0.1:$(PORT)" EMAIL_URL="filemail://$(abspath $(DATA_DIR))/mail"

.PHONY: help setup demo manage demo-reset test test-fast test-full screenshots check bench lock

help:
	@echo "make demo [PORT=8000] [DATA_DIR=var/demo]   set up, fill and serve a demo; Ctrl-C stops it"
	@echo "make manage ARGS=\"run_daily --json\"         run a command of the project on the demo's data"
	@echo "make demo-reset                             start the demo's data over"
	@echo "make setup                                  virtual environment and front-end assets, nothing else"
	@echo "make test | test-fast | test-full           all tests | no browser, no faults | the full figures"
	@echo "make screenshots                            take the pictures of docs/ again"
	@echo "make check                                  lint, format, types, templates, migrations, deploy check"
	@echo "make bench                                  speed beside a floor of our own: 30 minutes, 10 GB, an idle machine"
	@echo "make lock                                   write the lock files again"

setup: .venv/product .venv/assets

.venv/product: requirements/base.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Feedforward needs Python 3.11 or newer; name one with PYTHON=python3.12 make …")'
	@test -x $(BIN)/python || { echo "Making the virtual environment …"; $(PYTHON) -m venv .venv; }
	@echo "Installing the dependencies …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt
	@touch $@

.venv/tests: requirements/test.txt .venv/product
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

# Both scripts compare stamps themselves and are done in a moment when nothing changed.
.PHONY: .venv/assets
.venv/assets: .venv/product
	@$(BIN)/python scripts/assets.py
	@$(BIN)/python scripts/messages.py compile

staticfiles/staticfiles.json: $(shell find static -type f -not -path 'static/vendor/*') requirements/base.txt | .venv/assets
	@echo "Collecting static files …"
	@$(IN_DEMO) $(BIN)/python manage.py collectstatic --noinput --clear -v0



demo: setup staticfiles/staticfiles.json
	@$(IN_DEMO) $(BIN)/python manage.py migrate -v0
	@$(IN_DEMO) $(BIN)/python manage.py fill_demo
	@exec $(IN_DEMO) $(BIN)/python manage.py serve_demo --port $(PORT)

# Any command of the project on the demo's data: make manage ARGS="run_daily --json"
manage: setup
	@$(IN_DEMO) $(BIN)/python manage.py $(ARGS)

demo-reset:
	rm -rf -- "$(DATA_DIR)"

test: setup .venv/tests
	@$(BIN)/python scripts/run_tests.py all

test-fast: setup .venv/tests
	@$(BIN)/python scripts/run_tests.py fast

test-full: setup .venv/tests
	@$(BIN)/python scripts/run_tests.py full

screenshots: setup .venv/tests
	@TESTING=1 DATA_DIR=var/tests SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/e2e/test_screenshots.py

check: setup .venv/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	TESTING=1 $(BIN)/mypy
	$(BIN)/python scripts/check_project.py

# Lighthouse is installed by the bench itself, at its first use.
bench: setup .venv/tests
	$(BIN)/python -m bench.serve
	$(BIN)/python -m bench.plan
	$(BIN)/python -m bench.plan --mode adaptive
	$(BIN)/python -m bench.fit --answers 20000

lock: .venv/tests
	$(BIN)/python -m pip install -q uv
	for name in base test node; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header requirements/$$name.in -o requirements/$$name.txt || exit 1; done
