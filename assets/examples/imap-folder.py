#!/usr/bin/env python3
"""The mails of an IMAP folder, as mentions that only you can see. Needs Python 3 and mbsync (Debian: isync), which
fetches them into a Maildir and changes nothing on the server.

Tell mbsync about the folder in ~/.mbsyncrc (before version 1.5, TLSType is called SSLType):

    IMAPAccount support
    Host imap.example.org
    User support@example.org
    PassCmd "printenv GOODWORD_SECRET"
    TLSType IMAPS

    IMAPStore support-far
    Account support

    MaildirStore support-near
    Path ~/mail/support/
    Inbox ~/mail/support/INBOX

    Channel support
    Far :support-far:
    Near :support-near:
    Patterns INBOX
    Create Near
    Sync PullNew

and goodword about both; the secret travels through the environment and stands in no argument:

    [[source]]
    name = "support mail"
    network = "exec"
    command = "python3 ~/bin/imap-folder.py support ~/mail/support/INBOX"
    password_command = "pass show mail/support"
    shortest = "2m"

A mail is a private case: it is in no statistic and no export unless you ask for it.
"""

import email
import email.policy
import email.utils
import html.parser
import json
import os
import subprocess
import sys
from datetime import timezone

MOST = 1000  # mails of one run; the next run goes on after them
LONGEST = 100_000  # characters of one mail


class Words(html.parser.HTMLParser):
    """The text of a web page."""

    def __init__(self):
        super().__init__()
        self.text = []
        self.hidden = 0

    def handle_starttag(self, tag, attributes):
        self.hidden += tag in ("script", "style", "head")
        if tag in ("br", "p", "div", "tr", "li"):
            self.text.append("\n")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style", "head") and self.hidden > 0

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def words(mail):
    """What a mail says, without its attachments."""
    body = mail.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        text = body.get_content()
    except LookupError:  # a character set that nobody knows
        text = body.get_payload(decode=True).decode("utf-8", "replace")
    if body.get_content_subtype() == "html":
        page = Words()
        page.feed(text)
        text = "".join(page.text)
    return text.strip()[:LONGEST]


def moment(mail):
    """When it claims to have been written."""
    try:
        return email.utils.parsedate_to_datetime(mail["Date"]).astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (TypeError, ValueError, OverflowError):
        return None


def ids(header):
    """The message ids in a header."""
    return [name.strip("<>") for name in str(header or "").split()]


def mention(mail, name):
    """A mail as a line."""
    sender, address = email.utils.parseaddr(str(mail["From"] or ""))
    thread = ids(mail["References"])
    parent = (ids(mail["In-Reply-To"]) or thread[-1:] or [None])[0]
    return {
        "native_id": (ids(mail["Message-ID"]) or [name])[0],
        "title": str(mail["Subject"] or "").strip(),
        "text": words(mail) or "(no text)",
        "author": {"native_id": address.lower() or None, "handle": address or None, "name": sender or None},
        "published": moment(mail),
        "parent": parent,
        "root": (thread or [parent])[0],
        "visibility": "private",
        "addressed": True,
    }


def say(line):
    """Prints a line; what is no text in it is replaced."""
    text = json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(text + b"\n")


def main():
    channel, maildir = sys.argv[1], os.path.expanduser(sys.argv[2])
    fetched = subprocess.run(["mbsync", "--quiet", channel], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if fetched.returncode != 0:
        return 1  # mbsync has said why
    since = int(os.environ.get("GOODWORD_CURSOR") or 0)
    found = []
    for part in ("new", "cur"):
        with os.scandir(os.path.join(maildir, part)) as entries:
            found += [(entry.stat().st_mtime_ns, entry.name, entry.path) for entry in entries if entry.is_file()]
    # Two mails may have come in the same moment: the last moment is told again, and known.
    found = sorted(mail for mail in found if mail[0] >= since)[:MOST]
    for arrived, name, path in found:
        try:
            with open(path, "rb") as file:
                say(mention(email.message_from_binary_file(file, policy=email.policy.default), name.split(":")[0]))
        except Exception as error:  # one strange mail does not keep the others from being heard
            say({"remark": f"{name} cannot be read: {error}"})
        say({"cursor": str(arrived)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
