# The catalogue of commands. Each one is `python3 bootstrap.py NAME`, which needs no make.
PYTHON ?= python3
ARGS ?=

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

setup: ## install everything for working on Deskwire, build the web pages
demo: ## serve http://127.0.0.1:8000 with people to log in as (PORT=9000 DATA=./other NO_AI=1 NO_TRAFFIC=1)
test: ## run the tests; no root, no browser (ARGS="tests/domain -x")
test-on: ## run the tests on your MongoDB (MONGODB_URL=mongodb://...; REDIS_URL= as well, if you like)
e2e: ## run the browser tests on the system's chromium (CHROMIUM=/path/to/one)
check: ## run every check: style, types, imports, stale contracts, the web pages
contracts: ## write clients/contracts anew from the domain's catalogue
converge: ## 2,000 random histories: what a client folds is what a fresh load shows
faults: ## break every part under load: nothing acknowledged is lost (ARGS="node stall --rate 200")
long: ## every test that is a matter of size in its long form (ARGS="tests/server/jobs")
fuzz: ## noise at the realtime door: frames, packets, handshakes, events; nothing breaks or stays
embedded-long: ## the embedded store: a million keys, 50,000 queries and updates, 20 kills
embedded-suites: ## the embedded store: published tests, from clones or a folder (SUITES=); writes the table
llm: ## install llama.cpp for a language model of our own; compiles for some minutes
bench: ## measure the realtime door beside its peers (ARGS="broadcast-500 --repeats 5", ARGS=feeds, durable)
load: ## people at a running deployment, with budgets and a report (HOST=https://... ARGS="storm --users 200")
simulate: ## a day of routing, 2,000 tickets for 40 agents, beside two other ways; writes docs/routing-day.md
model: ## install the embedding model without PyTorch, so that its tests run
eval: ## what the assistant finds, when it hands over, how fast; writes docs/evaluation.md
wheels: ## is there a wheel of everything in constraints.txt for every platform and Python?
protocol-suites: ## run the official Engine.IO and Socket.IO suites on ours (ARGS="folder folder")

COMMANDS = setup demo test test-on e2e check contracts converge faults long fuzz \
	embedded-long embedded-suites llm bench load simulate model eval wheels protocol-suites
$(COMMANDS):
	@$(PYTHON) bootstrap.py $@ $(ARGS)

.PHONY: help $(COMMANDS)
