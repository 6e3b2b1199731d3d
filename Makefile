# The chores of Lộ Trình. `make run` needs Go alone; `make test` installs the rest.

GO      ?= go
BIN     := $(CURDIR)/bin
TEMPL   := github.com/a-h/templ/cmd/templ@v0.3.977
LINTER  := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
DATA    ?= ./data
ADDR    ?= 127.0.0.1:8198
MINUTES ?= 10
BENCH   ?=

.PHONY: help run build test generate lint bench bench-city lighthouse soak screens assets clean

help: ## say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## start the demo of Plan 198 and print its address
	$(GO) run . serve --demo --addr $(ADDR) --data $(DATA)

build: ## one binary: bin/lotrinh
	$(GO) build -o $(BIN)/lotrinh .

test: ## everything: unit tests on both databases, browser stories
	@scripts/setup-test.sh
	@scripts/test.sh

generate: ## Go code of the templ views
	$(GO) run $(TEMPL) generate

assets: ## style sheet, script and icons of the site (needs npm)
	cd internal/site/assets && npm ci --no-audit --no-fund && npm run build

lint: $(BIN)/golangci-lint ## gofmt, vet, golangci-lint
	@scripts/gofmt.sh
	$(GO) vet ./...
	$(BIN)/golangci-lint run ./...

$(BIN)/golangci-lint:
	GOBIN=$(BIN) $(GO) install $(LINTER)

bench: ## requests a second and percentiles beside their limits
	$(GO) run ./bench $(BENCH)
	$(GO) run ./bench -scale plan
	$(GO) run ./bench -scale forecast
	$(GO) run ./bench -scale gates
	$(MAKE) lighthouse

lighthouse: build ## what Lighthouse thinks of the overview, the board, a ticket and citizens' pages, beside the limit
	@scripts/setup-test.sh
	cd bench/lighthouse && npm ci --no-audit --no-fund --loglevel=error
	LOTRINH_BIN=$(BIN)/lotrinh node bench/lighthouse/run.mjs

bench-city: ## the same at the size of the whole city; its data is kept in bench/data
	$(GO) run ./bench -scale city $(BENCH)
	$(GO) run ./bench -scale stock $(BENCH)
	$(GO) run ./bench -scale dossiers $(BENCH)

soak: ## every fuzz target, MINUTES each (10)
	@MINUTES=$(MINUTES) scripts/soak.sh

screens: build ## pictures of every page into docs/screens
	@scripts/setup-test.sh
	node scripts/screens.mjs $(BIN)/lotrinh

clean: ## forget what was built
	rm -rf $(BIN) e2e/out
