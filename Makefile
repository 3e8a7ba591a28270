# make verify   the verdict on every unit of manual/        make test    the tests
# make lint     format, lint and types                      make lock    lock the dependencies anew
# make bench    benchmarks, as ratios side by side          make test-browser    the HTML report in Chromium
# make wheel    a wheel of gradcheck in dist/
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
# thinc and what it alone needs have no wheels from Python 3.13 on.
THINC := blis|catalogue|confection|cymem|murmurhash|preshed|srsly|thinc|wasabi

# ipykernel needs it on macOS alone, so a lock that is made elsewhere would lack it.
APPNOPE := appnope==1.0.0; platform_system == "Darwin"

.PHONY: verify test test-browser bench lint format lock wheel clean

verify: $(READY)
	$(BIN)/gradcheck verify $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-browser: $(READY)
	$(BIN)/python -m pytest -m browser $(ARGS)

bench: $(READY)
	$(BIN)/python benchmarks/run.py $(ARGS)

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "gradcheck needs Python 3.11 or later; name one: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet torch==2.13.0 setuptools==81.0.0 hatchling==1.33.0 editables ".[dev]"
	echo '$(APPNOPE)' > requirements.lock
	$(VENV)-lock/bin/python -m pip list --format=freeze --exclude pip --exclude gradcheck --exclude appnope \
		| sed -E -e 's/\+cpu$$//' -e 's/^($(THINC))==.*/&; python_version < "3.13"/' >> requirements.lock
	rm -rf $(VENV)-lock

wheel: $(READY)
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

clean:
	rm -rf $(VENV) $(VENV)-lock build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
