# make run    set up, write the sample authorities, make their pages in outputs/
# make test   set up, run every test (the notebooks included)
#             test-unit, test-functional and test-browser run a part of them each
# make check  format, lint, types, notebook hygiene
# make lab    open JupyterLab on the notebooks
# make clean  remove the environment and the pages; release files stay
# make lock   compile requirements.lock anew (needs uv; releases younger than a week are left out)

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

.PHONY: run test test-unit test-functional test-browser check fix lab lock sample docs clean

run: $(READY)
	$(BIN)/cfanalysis sample
	$(BIN)/cfanalysis batch params/sample.yml

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; install one or say: make PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

sample: $(READY)
	$(BIN)/cfanalysis sample

# workers take whole files, the longest first (tests/conftest.py)
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder

test: $(READY) sample
	$(PYTEST) --nbval-lax tests src notebooks

test-unit: $(READY)
	$(PYTEST) tests/unit src

test-functional: $(READY) sample
	$(PYTEST) --nbval-lax tests/batch tests/campaign tests/cases tests/golden tests/notebooks tests/property tests/security notebooks

test-browser: $(READY) sample
	$(PYTEST) tests/browser

check: $(READY)
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks notebooks
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/notebooks/test_hygiene.py tests/unit/test_project.py

fix: $(READY)
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks notebooks

lab: $(READY)
	$(BIN)/cfanalysis lab

docs: $(READY)
	$(BIN)/python -m cfanalysis.indicators.document

lock:
	uv pip compile pyproject.toml --extra dev --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
		--no-emit-find-links --no-header --exclude-newer "$$(date -d '7 days ago' +%F)" --upgrade --output-file requirements.lock

clean:
	rm -rf .venv
	test ! -d outputs || find outputs -type f ! -path 'outputs/released/*/*.zip' -delete
	test ! -d outputs || find outputs -depth -type d -empty -delete
