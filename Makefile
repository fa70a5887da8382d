# 蒙科聚 Mengkeju: `make demo` shows it, `make test` proves it. GNU make, sh and Python 3.11 suffice; no root.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules

# The first Python of 3.11 or newer; `make PYTHON=… setup` overrides it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
JOBS ?= 2
BIN := .venv/bin
LOCKS := requirements-boot.lock requirements-dev.lock
# The environment is made anew when a lock, the project file or the place of the checkout changes.
KEY := $(shell { cat $(LOCKS) pyproject.toml; pwd; } | cksum | tr ' ' '-')
READY := .venv/.ready-$(KEY)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard src/mengkeju/locale/*/LC_MESSAGES/*.po))
# Checks load Django; they get a data folder of their own and never touch ./var.
QUIET_ENV = env -u DATABASE_URL MENGKEJU_DATA_DIR=build/check

# Where the shell forbids bytecode beside the sources it goes below build/, else every start compiles everything anew.
ifdef PYTHONDONTWRITEBYTECODE
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/bytecode
endif

.PHONY: help setup dist demo test check docs words format lock clean
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  %-12s %s\n' "$$name" "$$text"; done

setup: $(READY) $(CATALOGUES) ## 建好运行环境 .venv / make .venv with everything
	@:

$(READY): $(LOCKS) pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo '需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed' >&2; exit 1; }
	@echo '· 建运行环境 / making .venv (about half a minute the first time)'
	@$(BIN)/python -c 'import sys' 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv .venv; } || { \
		echo '没能建立虚拟环境；Debian/Ubuntu 请先装 python3-venv / could not make a venv; on Debian install python3-venv' >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-boot.lock
	@$(BIN)/python -m uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@rm -f .venv/.ready-* && touch $@

# A catalogue that does not compile must stop here, not show Chinese to English readers.
%.mo: %.po $(READY)
	@$(BIN)/pybabel --quiet compile --input-file='$<' --output-file='$@' --locale=en

dist: $(READY) ## 打包页面资源 / bundle the front end
	@PYTHON=$(PYTHON) sh frontend/build.sh

demo: setup dist ## 打开带演示数据的网站 / the site with demo data
	@MENGKEJU_DEMO=1 MENGKEJU_REQUIRE_MFA=0 $(BIN)/mengkeju demo run

# Two runs, because Django knows one database per process: first every test that touches the database on a
# private PostgreSQL cluster, then the whole suite on SQLite, so that the closing line counts everything.
# Without PostgreSQL's programs the first run says what to install and is left out (in CI it fails).
test: setup dist ## 全部测试 / all tests, on PostgreSQL and on SQLite
	@$(BIN)/pytest --pg -q -n $(JOBS)
	@$(BIN)/pytest -q -n $(JOBS)

# `make -k check` goes on after a failure and shows everything at once; `make -j2 check` is quicker.
GATES := check-style check-types check-imports check-sizes check-addresses check-capabilities check-words check-migrations check-docs
.PHONY: $(GATES)
check: $(GATES) ## 代码检查 / all gates but the tests
	@echo 'check: 全部通过 / all gates passed'

build/check: ; @mkdir -p $@
$(GATES): setup | build/check

check-style:
	@echo '· ruff'; $(BIN)/ruff check --quiet --output-format concise && $(BIN)/ruff format --check --quiet --output-format concise
check-types:
	@echo '· mypy --strict'; $(QUIET_ENV) $(BIN)/mypy --no-error-summary src tests tools $(wildcard benchmarks/*.py)
check-imports:
	@echo '· who may import whom'; $(BIN)/lint-imports >build/check/imports.txt 2>&1 || { cat build/check/imports.txt; exit 1; }
	@$(BIN)/python -m tools.check_doors
check-sizes:
	@echo '· sizes'; $(BIN)/python -m tools.check_size
check-addresses:
	@echo '· addresses and machine paths'; $(BIN)/python -m tools.check_addresses
check-capabilities:
	@echo '· capabilities'; $(BIN)/python -m tools.check_capabilities
check-words:
	@echo '· English'; $(BIN)/python -m tools.check_wrapped && $(BIN)/python -m tools.catalogue --check
check-migrations:
	@echo '· migrations'; $(QUIET_ENV) $(BIN)/python -m django makemigrations --check --dry-run \
		--settings=mengkeju.config.settings >build/check/migrations.txt 2>&1 || { cat build/check/migrations.txt; exit 1; }
check-docs:
	@echo '· generated documents'; $(QUIET_ENV) $(BIN)/mengkeju docs check

docs: setup | build/check ## 重新生成 docs/ 里的生成文件 / write the generated documents
	@$(QUIET_ENV) $(BIN)/mengkeju docs write

words: setup ## 把新的界面文字收进英文目录 / put new messages into the English catalogue
	@$(BIN)/python -m tools.catalogue --prune

format: setup ## 统一代码格式 / format the code
	@$(BIN)/ruff check --fix --quiet; $(BIN)/ruff format --quiet

# Locks carry names, versions and hashes, never an address.
UV_COMPILE = $(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
lock: setup ## 更新依赖锁 / renew the locks (UPGRADE=--upgrade for newer versions)
	@$(UV_COMPILE) $(UPGRADE) pyproject.toml --output-file requirements.lock
	@$(UV_COMPILE) $(UPGRADE) pyproject.toml --extra dev --constraints requirements.lock --output-file requirements-dev.lock

clean: ## 删掉可再生成的文件（不动 ./var）/ remove what can be made again (not ./var)
	@rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache test-results
