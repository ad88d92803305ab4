#!/usr/bin/env bash
# Kills goodword at random moments between composing a reply and the network's answer, a thousand times, and counts what
# became of the replies: none may be lost, none may be out twice, and of every one in doubt a person must be told.
#
#   tests/outbox.sh              1,000 runs, two at a time
#   tests/outbox.sh 200 4 7      200 runs, four at a time, first seed 7
set -euo pipefail

cd "$(dirname "$0")/.."
export GOODWORD_OUTBOX_RUNS="${1:-1000}" GOODWORD_OUTBOX_PLACES="${2:-2}" GOODWORD_OUTBOX_SEED="${3:-100}"
cargo test --locked --test outbox -- --ignored --nocapture --exact many_runs
