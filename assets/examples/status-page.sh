#!/bin/sh
# What a status page says, as mentions: every update of every incident that it shows. Works with the many pages
# that answer at /api/v2/incidents.json (Atlassian Statuspage and its likes). Needs curl or wget, and jq.
#
# Put it somewhere, make it executable, and add to the configuration:
#
#     [[source]]
#     name = "payments status"
#     network = "exec"
#     command = "~/bin/status-page.sh https://status.payments.example"
#     everything = true      # each update is a mention; leave it out to keep those that a watch matches
#     shortest = "5m"
#
# It prints everything that the page shows each time: what is known already stays one mention, what was edited
# is changed.
set -eu

page=${1:?the address of a status page is missing}
page=${page%/}

fetch() {
    if command -v curl >/dev/null 2>&1; then
        curl --fail --silent --show-error --location --max-time 60 --user-agent goodword-status-page "$1"
    else
        wget --quiet --output-document=- --timeout=60 --user-agent=goodword-status-page "$1"
    fi
}

# First the whole answer, then the lines: a page that breaks off in the middle is an error and not half the news.
answer=$(fetch "$page/api/v2/incidents.json")

printf '%s\n' "$answer" | jq --compact-output --arg page "$page" '
    .page.name as $name
    | .incidents[]
    | . as $incident
    | .incident_updates[]
    | {
        native_id: .id,
        root: $incident.id,
        url: ($incident.shortlink // $page),
        title: "\($incident.name) — \(.status)",
        text: .body,
        author: { handle: ($page | sub("^[a-z]+://"; "")), name: $name },
        published: .created_at
      }
'
