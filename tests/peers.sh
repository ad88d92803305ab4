#!/usr/bin/env bash
# The networks against real servers on loopback: listen, match, read our own posts, publish a reply, read it back, and
# retry safely. Not part of the ordinary tests, because it installs the servers (npm, apt, pip) and takes minutes.
#
#   tests/peers.sh                       bluesky, snac and mastodon_mock
#   tests/peers.sh snac mastodon_mock    only these
#   tests/peers.sh lemmy                 builds a Lemmy server first: a quarter of an hour of processor time
#
# Run as root (packages are installed). Servers live below target/peers/ and are stopped at the end. Each server has a
# script of its own in tests/peers/ that starts it alone and prints the variables for `cargo test --test peers`.
set -euo pipefail

cd "$(dirname "$0")/.."
peers=("$@")
[ ${#peers[@]} -gt 0 ] || peers=(bluesky snac mastodon_mock)

stop_all() {
  for peer in "${peers[@]}"; do
    if [ "$peer" = lemmy ]; then
      [ ! -f target/peers/lemmy/pid ] || kill "$(cat target/peers/lemmy/pid)" 2>/dev/null || true
    else
      "tests/peers/$peer.sh" "target/peers/$peer" stop || true
    fi
  done
}
trap stop_all EXIT

cargo test --locked --test peers --no-run
failed=()
for peer in "${peers[@]}"; do
  echo "== $peer"
  variables=$(RATE_LIMITS=1 "tests/peers/$peer.sh" "target/peers/$peer")
  # The names of a peer's tests begin with its module: mastodon.rs holds those of snac and of mastodon_mock.
  if ! (eval "$variables" && cargo test --locked --test peers -- --ignored --nocapture --test-threads=1 "$peer"); then
    failed+=("$peer")
  fi
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
echo "all of it works: ${peers[*]}"
