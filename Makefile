# make help lists the targets. What they do is in .ci/, one short script each.

# nomsgpack leaves out an encoding that Gin brings and nothing here speaks: 6 MB of the program.
TAGS := nomsgpack
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help test test-fast lint bench soak screens demo build setup services-up services-down

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: ## a living county on this machine: go run ./app demo
	go run ./app demo

build: ## the static binary, in bin/
	CGO_ENABLED=0 go build -tags $(TAGS) -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/huotang ./app

test: setup ## everything, with real servers started for this run; nothing may be skipped
	@.ci/with-services .ci/test

test-fast: ## what needs no servers, in a minute
	@env -u HUOTANG_TEST_ALL -u HUOTANG_TEST_MYSQL -u HUOTANG_TEST_MARIADB -u HUOTANG_TEST_S3 \
		-u HUOTANG_TEST_CHROMIUM -u HUOTANG_TEST_SOFFICE -u HUOTANG_TEST_FFPROBE go test ./...

lint: setup ## Go, pages, scripts, styles, and what may not be committed
	@.ci/lint

bench: setup ## medians of ten rounds; BENCH=regexp PACKAGES=./models/... choose
	@.ci/with-services .ci/bench

soak: setup ## hours on end: a thousand ticks of three replicas that are killed, and phones of 200 seeds; HUOTANG_SOAK=ticks HUOTANG_PHONES=seeds
	@HUOTANG_SOAK=$${HUOTANG_SOAK:-1000} HUOTANG_PHONES=$${HUOTANG_PHONES:-200} .ci/with-services \
		go test -tags $(TAGS) -count=1 -timeout=24h -v -run='^(TestThreeReplicas|TestPhones)$$' ./app

screens: setup ## pictures of the main screens, each in four looks, in .cache/screens
	@rm -rf .cache/screens && mkdir -p .cache/screens
	@HUOTANG_SCREENS=$(CURDIR)/.cache/screens .ci/with-services go test -count=1 -timeout=30m -v -run='^TestScreens$$' ./app

setup: ## installs what the tests and linters need; quick when it is there
	@.ci/setup

services-up: setup ## servers that stay, for tests by hand: . .cache/test.env && go test ./models/...
	@.ci/services start .cache

services-down: ## stops them
	@.ci/services stop .cache
