# What a contributor types. The steps themselves are in .ci/run, so that a machine and a person check the same things.

.DEFAULT_GOAL := help

.PHONY: help
help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: check
check: ## what must hold before a commit: format, vet, lint, race tests, tidy, clean tree (some minutes)
	@.ci/run toolchain format vet build tidy tests lint clean-tree

.PHONY: ci
ci: ## everything that CI does: check, then the binary, the AWS CLI, a browser, the wall clock, fuzzing
	@.ci/run

.PHONY: test
test: ## the suite, without the race detector
	go test ./...

.PHONY: lint
lint: ## the pinned golangci-lint
	@.ci/run lint

.PHONY: format
format: ## gofumpt, as golangci-lint has it
	@.ci/run reformat

.PHONY: bench
bench: ## the benchmarks of docs/performance.md; compare two with benchstat
	go test -run '^$$' -bench . -benchmem -count 5 ./... | grep -v '^?' | tee bench.out

.PHONY: cover
cover: ## coverage of the suite, every package counted by all tests
	go test -coverpkg=./... -coverprofile=coverage.out ./...
	go tool cover -func=coverage.out | tail -1
	go tool cover -html=coverage.out -o coverage.html

.PHONY: localstack
localstack: ## a run on LocalStack's published image, ^C and kill -9: needs Docker and a registry
	@WAVETANK_LOCALSTACK=published .ci/run localstack

.PHONY: stacks
stacks: ## Telegraf and Flink's connector against wavetank serve: needs Maven
	@.ci/run stacks

.PHONY: cli
cli: ## what a person types with the AWS CLI, against the server: installs the CLI where none is
	@.ci/run aws-cli

.PHONY: wall
wall: ## the arithmetic checks on the wall clock
	@.ci/run wall-clock

.PHONY: tanks
tanks: ## runner/tanktest's mutants and its virtual day, and the sample modules with their planted bugs
	@.ci/run tanks examples

.PHONY: fuzz
fuzz: ## every fuzz target for a while: make fuzz FUZZ_SECONDS=600
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-60} .ci/run fuzz
