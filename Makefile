# Every target works on a fresh clone with only Go installed.
GO       ?= go
TOOLS    := $(GO) tool -modfile=tools/go.mod
REPORT   ?= results.json
FLAGS    ?=
# The race detector needs a C compiler; go env says 0 where there is none.
RACE     := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.PHONY: help build test chaos catalogue causes strategies check format vet lint tidy relay fuzz bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build ./rstorm
	$(GO) build -o rstorm .

test: ## pass all tests
	$(GO) test $(RACE) ./...

chaos: ## play the default suite; exit by its verdict; write results.json
	$(GO) run . run -o $(REPORT) $(FLAGS)

catalogue: ## play every way a connection dies; exit by the verdict
	$(GO) run . run --suite catalogue $(FLAGS)

causes: ## write docs/causes.md anew
	$(GO) run . run --suite catalogue --format catalogue > docs/causes.md

strategies: ## write docs/strategies.md anew
	$(GO) run . run --suite matrix --format matrix > docs/strategies.md

check: format vet lint tidy test chaos catalogue ## everything CI runs

format: ## fail on files that gofmt would change
	@test -z "$$(gofmt -l . | tee /dev/stderr)"

vet: ## vet for Linux, macOS and Windows
	$(GO) vet ./...
	GOOS=darwin $(GO) vet ./...
	GOOS=windows $(GO) vet ./...

lint: ## staticcheck with all checks
	$(TOOLS) staticcheck -checks all ./...

tidy: ## fail if a module file is not tidy
	$(GO) mod tidy -diff
	cd tools && $(GO) mod tidy -diff

relay: ## prove the link transparent 200 times over
	$(GO) test $(RACE) -count=200 -run 'Transparent' ./link

fuzz: ## fuzz every parser for a minute each
	@for pkg in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			$(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime 1m $$pkg || exit 1; \
		done; \
	done

bench: ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean: ## remove what the targets wrote
	rm -f rstorm $(REPORT)
