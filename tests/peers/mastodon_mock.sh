#!/usr/bin/env bash
# mastodon_mock (PyPI) on loopback: an imitation of Mastodon's interface with streams, rate limits and faults on demand.
#
#   tests/peers/mastodon_mock.sh DIRECTORY          install into DIRECTORY, start, make accounts, print variables
#   tests/peers/mastodon_mock.sh DIRECTORY stop     stop what was started there
#
# Needs python3 with venv. Starts in seconds. Port: PORT (default 3900).
set -euo pipefail

directory=$(mkdir -p "${1:?name a directory}" && cd "$1" && pwd)
port=${PORT:-3900}
version=0.6.1
base=http://localhost:$port
cd "$directory"

say() { echo "mastodon_mock: $*" >&2; }

stop() {
  [ -f server.pid ] || return 0
  kill "$(cat server.pid)" 2>/dev/null || true
  rm -f server.pid
}

if [ "${2:-}" = stop ]; then stop; exit; fi
stop

if [ ! -x python/bin/mastodon_mock ]; then
  say "installing $version"
  python3 -m venv python
  python/bin/pip install --quiet --disable-pip-version-check "mastodon_mock==$version"
fi

cat > settings.toml <<SETTINGS
domain = "localhost:$port"
url_scheme = "http"
[auth]
permissive = false
enforce_scopes = true
[ratelimit]
enabled = true
limit = 10000
window_seconds = 300
[streaming]
heartbeat_seconds = 2
SETTINGS
setsid python/bin/mastodon_mock serve --config settings.toml --in-memory --port "$port" --log-level warning \
  > server.log 2>&1 < /dev/null &
echo $! > server.pid

for _ in $(seq 1 100); do
  curl --silent --fail --output /dev/null "$base/api/v2/instance" && break
  sleep 0.2
done

account() {
  curl --silent --show-error --fail --header 'Content-Type: application/json' \
    --data "{\"username\":\"$1\"}" "$base/api/v1/_mock/dev_user" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'
}

echo "export GOODWORD_MASTODON_MOCK_URL=$base"
echo "export GOODWORD_MASTODON_MOCK_TOKEN=$(account brand)"
echo "export GOODWORD_MASTODON_MOCK_OTHER_TOKEN=$(account ana)"
say "listening on $base"
