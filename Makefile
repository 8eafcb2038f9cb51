.PHONY: demo test check gate baseline bench lock clean
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.installed

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

demo: $(READY)
	$(BIN)/shenyue review eval/dataset/dev/d01.docx

test: $(READY)
	$(BIN)/python -m pytest -n 2

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Both splits against the committed baseline; exit 1 on a regression, 2 when the run is no valid answer.
RUNS := .eval/dev.json .eval/test.json
gate: runs
	$(BIN)/shenyue eval gate $(RUNS)

# After an intended change: measure again and commit eval/baseline.json with the change that moved it.
baseline: runs
	$(BIN)/shenyue eval gate $(RUNS) --update

.PHONY: runs
runs: $(READY)
	$(BIN)/shenyue eval check-data --dataset test
	mkdir -p .eval
	for split in dev test; do $(BIN)/shenyue eval run --dataset $$split -o .eval/$$split.json > .eval/$$split.txt || exit 2; done

bench: $(READY)
	$(BIN)/python -m eval.bench

# The model reader against the scripted server of tests/: no model, no network.
.PHONY: bench-model
bench-model: $(READY)
	$(BIN)/python -m eval.bench_model

# The lock names no index; run it with uv on the PATH after a change of pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra dev --extra inspect --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --override requirements.overrides --universal --python-version 3.11 -o requirements.lock --quiet

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
