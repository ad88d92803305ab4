#!/usr/bin/env bash
# Starts a Lemmy server of one's own for `cargo test --test peers -- --ignored lemmy`.
#
# Builds the newest version that is published as a crate (0.17.4, interface v3, token in the body). Its lock file
# names a `time` that newer compilers refuse; that one entry is raised. The first build takes about a quarter of an
# hour of processor time and 1 GB of disk. Needs: cargo, PostgreSQL with contrib, libpq-dev, libssl-dev,
# protobuf-compiler, curl, and the right to make a database.
#
#   PEER_DIR          where it is built and run (default: target/peers/lemmy)
#   PEER_DATABASE     address of an empty database of its own (default: postgres://lemmy:lemmy@127.0.0.1:5432/lemmy)
#   PEER_PORT         where it listens (default: 8536)
#
# Prints the variables that the test wants; `kill $(cat "$PEER_DIR/pid")` ends the server.
set -euo pipefail

directory=${PEER_DIR:-target/peers/lemmy}
database=${PEER_DATABASE:-postgres://lemmy:lemmy@127.0.0.1:5432/lemmy}
port=${PEER_PORT:-8536}
crate=lemmy_server
version=0.17.4
password=$(head -c 18 /dev/urandom | base64 | tr -d '/+=')

mkdir -p "$directory"
cd "$directory"

if [ ! -x target/release/$crate ]; then
    if [ ! -d source ]; then
        mkdir -p holder/src
        printf '[package]\nname = "holder"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n' \
            "$crate" "$version" > holder/Cargo.toml
        : > holder/src/lib.rs
        (cd holder && cargo fetch --quiet)
        cp -r "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$crate-$version" source
    fi
    (cd source && cargo update --quiet -p time@0.3.20 --precise 0.3.36)
    (cd source && cargo build --release --locked --target-dir ../target)
fi

cat > lemmy.hjson <<SETTINGS
{
  setup: { admin_username: "admin", admin_password: "$password", site_name: "Peer" }
  hostname: "localhost:$port"
  bind: "127.0.0.1"
  port: $port
  tls_enabled: false
}
SETTINGS
chmod 600 lemmy.hjson

LEMMY_DATABASE_URL=$database LEMMY_CONFIG_LOCATION=$PWD/lemmy.hjson RUST_LOG=warn \
    setsid "./target/release/$crate" > server.log 2>&1 < /dev/null &
echo $! > pid

for _ in $(seq 1 60); do
    if curl --silent --fail "http://127.0.0.1:$port/api/v3/site" > /dev/null; then
        echo "export GOODWORD_PEER_LEMMY=http://127.0.0.1:$port"
        echo "export GOODWORD_PEER_LEMMY_PASSWORD=$password"
        exit 0
    fi
    sleep 1
done
echo "the server did not start; see $PWD/server.log" >&2
exit 1
