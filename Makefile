# What is more than a line lives in scripts/. Cargo's output is kept outside the clone, so that it survives a new one.
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/partner-portal/target

.PHONY: help run dev test check bench

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1	/' | expand -t 14

run: ## build the release and serve it with demo data on http://127.0.0.1:3000 (PORTAL_LISTEN, PORTAL_DATA_DIR, DATABASE_URL)
	@scripts/run.sh

dev: ## build fast, serve, and build again when a file changes
	@scripts/dev.sh

test: ## everything: format, clippy, rules, database, HTTP, browser
	@scripts/test.sh all

check: ## the fast part: format, clippy, and the tests that need neither database nor browser
	@scripts/test.sh fast

bench: ## measurements: import of a million rows, month closes of 10 000 partners (BENCH_PARTNERS, BENCH_MONTHS)
	@scripts/bench.sh
