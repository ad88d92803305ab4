#!/usr/bin/env bash
# snac on loopback: a small real ActivityPub server that speaks Mastodon's interface in its own way.
#
#   tests/peers/snac.sh DIRECTORY          install into DIRECTORY, start, make accounts, print variables
#   tests/peers/snac.sh DIRECTORY stop     stop what was started there
#
# The program is Debian's (package snac2 of trixie), unpacked into DIRECTORY and not installed; it also runs on bookworm.
# Needs apt-get, curl, python3 and the libraries libcurl4 and libssl3. Starts in seconds. Port: PORT (default 8801).
set -euo pipefail

directory=$(mkdir -p "${1:?name a directory}" && cd "$1" && pwd)
port=${PORT:-8801}
suite=${SUITE:-trixie}
base=http://localhost:$port
cd "$directory"

say() { echo "snac: $*" >&2; }

stop() {
  [ -f server.pid ] || return 0
  kill "$(cat server.pid)" 2>/dev/null || true
  rm -f server.pid
}

if [ "${2:-}" = stop ]; then stop; exit; fi
stop

if [ ! -x program/usr/bin/snac ]; then
  say "fetching the package of $suite"
  mkdir -p packages/lists/partial packages/cache/archives/partial
  mirror=$(apt-get indextargets --format '$(SITE)' | sort -u | grep -v security | head -1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" > packages/sources.list
  alone=(-o "Dir::Etc::SourceList=$directory/packages/sources.list" -o Dir::Etc::SourceParts=-
    -o "Dir::State::Lists=$directory/packages/lists" -o "Dir::Cache=$directory/packages/cache" -o APT::Sandbox::User=root)
  apt-get "${alone[@]}" --quiet=2 update
  (cd packages && apt-get "${alone[@]}" --quiet=2 download snac2)
  dpkg-deb --extract packages/snac2_*.deb program
fi

snac=program/usr/bin/snac
if [ ! -d data ]; then
  # It asks for address, port, host name, path and the administrator's address.
  printf '%s\n' 127.0.0.1 "$port" "localhost:$port" '' admin@peer.invalid | "$snac" init data > /dev/null
  python3 - data/server.json <<'PYTHON'
import json, sys
place = sys.argv[1]
settings = json.load(open(place))
settings["protocol"] = "http"
json.dump(settings, open(place, "w"), indent=1)
PYTHON
  for name in brand ana; do "$snac" adduser data "$name" > "$name.txt" < /dev/null; done
fi
setsid "$snac" httpd data > server.log 2>&1 < /dev/null &
echo $! > server.pid
for _ in $(seq 1 100); do
  curl --silent --fail --output /dev/null "$base/api/v1/instance" && break
  sleep 0.2
done

password() { sed -n 's/.*password is //p' "$1.txt"; }

# The way of a person with a browser: register a program, log in, copy the code, trade it for a token.
token() {
  python3 - "$base" "$1" "$(password "$1")" <<'PYTHON'
import json, re, sys, urllib.parse, urllib.request
base, name, password = sys.argv[1:]
show = "urn:ietf:wg:oauth:2.0:oob"
def post(path, **fields):
    body = urllib.parse.urlencode(fields).encode()
    return urllib.request.urlopen(base + path, body).read().decode()
app = json.loads(post("/api/v1/apps", client_name="peer", redirect_uris=show, scopes="read write"))
page = post("/oauth/x-snac-login", login=name, passwd=password, redir=show, cid=app["client_id"], state="")
code = re.search(r"\b[0-9a-f]{32}\b", page).group(0)
granted = json.loads(post("/oauth/token", grant_type="authorization_code", client_id=app["client_id"],
    client_secret=app["client_secret"], redirect_uri=show, code=code))
print(granted["access_token"])
PYTHON
}

echo "export GOODWORD_SNAC_URL=$base"
echo "export GOODWORD_SNAC_TOKEN=$(token brand)"
echo "export GOODWORD_SNAC_OTHER_TOKEN=$(token ana)"
echo "export GOODWORD_SNAC_PASSWORD='$(password brand)'"
say "listening on $base"
