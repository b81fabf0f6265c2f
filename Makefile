# Two commands do everything on a fresh Debian machine with Go and Node:
#   make demo   build, start the service with sample data, print the address and what to try
#   make test   install what the tests need and run everything that CI runs
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
export CGO_ENABLED := 0
export JIQIAO_SHARED ?= $(abspath ../shared)

GO       ?= go
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN      := bin/jiqiao
TOOLS    := $(abspath .tools/bin)
LINTER   := $(TOOLS)/golangci-lint
LINTER_VERSION := v2.15.0
VULN     := $(TOOLS)/govulncheck
VULN_VERSION := v1.1.4
FRONTEND_SOURCES := $(shell find docs/handbook/*.md frontend/src frontend/public frontend/index.html frontend/package.json frontend/vite.config.ts -type f 2>/dev/null)

.PHONY: build
build: $(BIN) ## build the program with the page embedded

$(BIN): frontend/dist/index.html $(shell find . -name '*.go' -not -path './frontend/node_modules/*' 2>/dev/null) go.mod go.sum
	$(GO) build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $@ ./cmd/jiqiao

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	touch $@

frontend/dist/index.html: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	cd frontend && npm run build
	touch $@

.PHONY: demo
demo: build ## start the service with sample data
	$(BIN) demo --data-dir data/demo

.PHONY: test
test: deps check ## install what the tests need, then run what CI runs

.PHONY: deps
deps: $(LINTER) frontend/node_modules/.installed ## Debian packages, linter, npm packages
	@deployments/install-test-deps

$(LINTER):
	GOBIN=$(TOOLS) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER_VERSION)

.PHONY: check
check: check-format check-frontend build check-lint check-vuln check-go check-browser ## everything CI runs

.PHONY: check-format
check-format:
	@files=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$files" ]; then echo "gofmt these files: $$files"; exit 1; fi
	$(GO) mod verify >/dev/null
	$(GO) mod tidy -diff

.PHONY: check-frontend
check-frontend: frontend/node_modules/.installed
	cd frontend && npm run check

.PHONY: check-lint
check-lint: $(LINTER)
	$(GO) vet ./...
	$(LINTER) run ./...

# The database of vulnerabilities is asked over the network: without it the check says so and passes, at once, for the tool
# itself would read all our code before it asks. What it finds in code that we call fails.
VULN_DB := https://vuln.go.dev/index/db.json

.PHONY: check-vuln
check-vuln:
	@if ! python3 -c 'import urllib.request as r; r.urlopen("$(VULN_DB)", timeout=20)' 2>/dev/null; then \
		echo "check-vuln: the database of vulnerabilities was not reached, skipped"; exit 0; fi; \
	if ! { [ -x $(VULN) ] || GOBIN=$(TOOLS) $(GO) install golang.org/x/vuln/cmd/govulncheck@$(VULN_VERSION); }; then \
		echo "check-vuln: govulncheck $(VULN_VERSION) cannot be installed here, skipped"; exit 0; fi; \
	status=0; out=$$(timeout 300 $(VULN) ./... 2>&1) || status=$$?; echo "$$out"; \
	if [ $$status -eq 3 ]; then exit 1; fi; \
	if [ $$status -ne 0 ]; then echo "check-vuln: the check did not end, skipped"; fi

# What has no concurrency of its own, and what drives the built program, needs no race detector, which makes it many times
# slower; nor do the longest tests of internal/app. Those of api and internal/app call account and intake from many sides.
PLAIN := /cmd/|/e2e$$|/matcher/|/index/zh|/internal/account$$|/internal/intake$$|/internal/sheet$$|/sample$$|/store/storetest$$
LONG  := TestSecrets|TestListsAskNothingPerRow

.PHONY: check-go
check-go: build ## tests, with the race detector where it matters, end to end in Chromium included
	CGO_ENABLED=1 $(GO) test -race -timeout 20m $$($(GO) list ./... | grep -vE '$(PLAIN)')
	JIQIAO_BIN=$(abspath $(BIN)) $(GO) test -timeout 20m $$($(GO) list ./... | grep -E '$(PLAIN)')
	$(GO) test -timeout 20m -run '$(LONG)' ./internal/app

# JQ_E2E narrows it to some files: make check-browser JQ_E2E=queue
.PHONY: check-browser
check-browser: build frontend/node_modules/.installed ## the program in real Chromium: every screen, the stories of all roles, timings
	cd frontend && JIQIAO_BIN=$(abspath $(BIN)) npm run --silent e2e -- $(JQ_E2E)

.PHONY: fmt
fmt: ## format Go and front-end sources
	gofmt -w $$(git ls-files '*.go')
	cd frontend && npm run format

.PHONY: generate
generate: ## regenerate what is generated and committed
	cd frontend && npm run api

.PHONY: golden
golden: ## rewrite golden files after a change that is meant; review the diff
	$(GO) test ./index/zh ./matcher/... -update

.PHONY: handbook
handbook: build frontend/node_modules/.installed ## the pictures of docs/handbook, from the program with the sample city
	@[ -e /usr/lib/chromium/locales/zh-CN.pak ] || echo "Date fields will be in English: apt-get install chromium-l10n"
	cd frontend && JIQIAO_BIN=$(abspath $(BIN)) npx playwright test -c playwright.pictures.config.ts handbook

.PHONY: vectors
vectors: build ## train the word vectors that ship with the program, on ../shared/corpus (docs/vectors.md)
	$(BIN) train vectors --corpus $(JIQIAO_SHARED)/corpus --out index/vector/words.vec

.PHONY: report
report: build ## the quality report on ../shared/eval, into report/, and its reviewed summary
	$(BIN) eval --data $(JIQIAO_SHARED)/eval --report report
	cp report/summary.txt matcher/eval/testdata/graded.golden

.PHONY: bench
bench: build ## the numbers of docs/benchmarks.md, on ../shared/corpus
	$(BIN) bench --corpus $(JIQIAO_SHARED)/corpus --graded $(JIQIAO_SHARED)/eval/graded

.PHONY: clean
clean:
	rm -rf bin frontend/dist/* frontend/node_modules
	touch frontend/dist/.keep

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "%-12s %s\n", $$1, $$2}'
