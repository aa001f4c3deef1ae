# make run    build, and run pipelines/quickstart.yaml
# make test   build, and run all tests
# make fuzz   readers of files from outside, on mutated inputs, FUZZ_SECONDS each
# make stress the long campaigns

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
SWIFT_FLAGS := -c release --explicit-target-dependency-import-check error
BIN := .build/release
PACKAGES := libyaml-dev libzstd-dev zlib1g-dev libssl-dev liblapack-dev libblas-dev zstd

FUZZ_SECONDS := 20

.PHONY: run test fuzz stress build setup bench format clean

run: build
	$(BIN)/bioarc run pipelines/quickstart.yaml

build: setup
	swift build $(SWIFT_FLAGS) --static-swift-stdlib -Xlinker --strip-debug --product bioarc

test: setup
	swift test $(SWIFT_FLAGS)

fuzz: setup
	BIOARC_FUZZ=1 swift build $(SWIFT_FLAGS) --scratch-path .build-fuzz --sanitize fuzzer -Xswiftc -enable-testing \
	  --product fuzz
	Tests/Fuzz/run $(FUZZ_SECONDS)

stress: setup
	BIOARC_STRESS=1 swift test $(SWIFT_FLAGS) --filter 'EndToEndTests|PretrainTests|RankingsTests|StatisticsTests|SearchesTests|AuditTests|AttributionTests|AttributeStageTests|MotifTests|ClusteringTests|TimelinesTests|FiguresTests|LanguageServerTests'
	$(MAKE) fuzz FUZZ_SECONDS=600

bench: setup
	swift build $(SWIFT_FLAGS) --product bench

format:
	swift format --in-place --recursive Sources Tests Package.swift

# System packages, when they are missing. Without the right to install, says what is needed.
setup:
	@command -v swift >/dev/null || { echo "bioarc needs a Swift toolchain, 6.1 or later: https://swift.org/install" >&2; exit 1; }
	@missing=""; for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then sudo=; elif sudo -n true 2>/dev/null; then sudo=sudo; else \
	    echo "bioarc needs these packages, and this user may not install them: apt-get install$$missing" >&2; exit 1; fi; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing >/dev/null; fi

clean:
	rm -rf .build .build-fuzz
