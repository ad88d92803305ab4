#!/usr/bin/env python3
"""Compare `goodword collect --once` with `newsboat -x reload`, side by side in one run.

    cargo build --release && benches/compare_newsboat.py [--feeds 200] [--entries 100] [--rounds 5]

Serves the same feeds to both from as many loopback hosts (127.0.0.1, 127.0.0.2, ...) with entity tags, lets both
store every entry, and prints for a first load and for an unchanged reload: wall time, processor time and peak
memory, medians over the rounds, and the ratio. Linux only (distinct loopback addresses). Installs newsboat by
apt-get where it is missing.
"""
import argparse, asyncio, hashlib, os, pathlib, resource, shutil, statistics, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORDS = ("chain frame saddle brake rider morning city weather report council bridge market repair workshop green "
         "quiet early late price offer train station river mountain valley team winter summer road lamp").split()


def feed(number, entries):
    """A feed like the ones on the web: a title, a link, a date and two paragraphs an entry."""
    items = []
    for entry in range(entries):
        seed = number * 7919 + entry * 104729
        text = " ".join(WORDS[(seed + step * (step + 3)) % len(WORDS)] for step in range(60))
        items.append(
            f"<item><guid isPermaLink=\"false\">{number}-{entry}</guid><title>Ferris note {number}/{entry}: {text[:40]}</title>"
            f"<link>https://site{number}.example/{entry}</link><pubDate>Mon, 12 Jan 2026 {entry % 24:02}:{number % 60:02}:00 +0000</pubDate>"
            f"<description>&lt;p&gt;{text}&lt;/p&gt;&lt;p&gt;{text[::-1]}&lt;/p&gt;</description></item>")
    return (f"<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Site {number}</title>"
            f"<link>https://site{number}.example/</link><description>notes</description>{''.join(items)}</channel></rss>").encode()


class Server(threading.Thread):
    """One event loop that answers for every loopback host."""

    def __init__(self, feeds, entries, port):
        super().__init__(daemon=True)
        self.hosts = [f"127.0.{1 + number // 250}.{1 + number % 250}" for number in range(feeds)]
        self.bodies = {host: feed(number, entries) for number, host in enumerate(self.hosts)}
        self.tags = {host: '"%s"' % hashlib.sha256(body).hexdigest()[:16] for host, body in self.bodies.items()}
        self.port, self.ready = port, threading.Event()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        server = await asyncio.start_server(self.answer, host=self.hosts, port=self.port, backlog=512)
        self.ready.set()
        async with server:
            await server.serve_forever()

    async def answer(self, reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                host = writer.get_extra_info("sockname")[0]
                tag, known = self.tags[host], b""
                for line in head.split(b"\r\n"):
                    if line.lower().startswith(b"if-none-match:"):
                        known = line.split(b":", 1)[1].strip()
                if known.decode("latin-1") == tag:
                    writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
                else:
                    body = self.bodies[host]
                    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: {tag}\r\n"
                                 f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def run(command, log):
    """Wall seconds, processor seconds and peak memory in MB of one run."""
    start = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    if status != 0:
        log.flush()
        sys.exit(f"{command[0]} failed with {status}:\n{pathlib.Path(log.name).read_text()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def stored(database, table):
    import sqlite3
    with sqlite3.connect(database) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def prepare(folder, urls):
    for name in ("goodword", "newsboat"):
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir()
    sources = "".join(f'[[source]]\nname = "site{n}"\nurl = "{url}"\neverything = true\n\n' for n, url in enumerate(urls))
    (folder / "goodword/config.toml").write_text(
        f'[brand]\nname = "Ferris"\n\n[collect]\npublic_feeds = false\n\n{sources}')
    (folder / "newsboat/urls").write_text("\n".join(urls) + "\n")
    (folder / "newsboat/config").write_text("reload-threads 16\n")
    goodword = [str(ROOT / "target/release/goodword"), "--config", str(folder / "goodword/config.toml"),
                "--data-dir", str(folder / "goodword/data"), "collect", "--once"]
    newsboat = ["newsboat", "-u", str(folder / "newsboat/urls"), "-c", str(folder / "newsboat/cache.db"),
                "-C", str(folder / "newsboat/config"), "-x", "reload"]
    return {"goodword": goodword, "newsboat": newsboat}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=200)
    arguments.add_argument("--entries", type=int, default=100)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--port", type=int, default=18080)
    options = arguments.parse_args()
    if not shutil.which("newsboat"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "newsboat"], check=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    server = Server(options.feeds, options.entries, options.port)
    server.start()
    server.ready.wait()
    urls = [f"http://{host}:{options.port}/feed.xml" for host in server.hosts]
    rows = {(phase, name): [] for phase in ("first load", "unchanged") for name in ("goodword", "newsboat")}
    with tempfile.TemporaryDirectory() as folder, open(pathlib.Path(folder) / "log", "w+") as log:
        folder = pathlib.Path(folder)
        for _ in range(options.rounds):
            commands = prepare(folder, urls)
            for phase in ("first load", "unchanged"):
                for name, command in commands.items():
                    rows[phase, name].append(run(command, log))
            wanted = options.feeds * options.entries
            counts = (stored(folder / "goodword/data/goodword.db", "mention"),
                      stored(folder / "newsboat/cache.db", "rss_item"))
            if counts != (wanted, wanted):
                sys.exit(f"stored {counts} of {wanted} entries: the comparison would not be fair")
    print(f"{options.feeds} feeds of {options.entries} entries, {options.rounds} rounds, medians")
    print(f"{'':24}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}")
    for phase in ("first load", "unchanged"):
        medians = {}
        for name in ("goodword", "newsboat"):
            medians[name] = [statistics.median(column) for column in zip(*rows[phase, name])]
            print(f"{phase:12}{name:12}" + "".join(f"{value:9.2f}" for value in medians[name]))
        ratios = (theirs / ours for ours, theirs in zip(medians["goodword"], medians["newsboat"]))
        print(f"{'':12}{'ratio':12}" + "".join(f"{ratio:8.1f}x" for ratio in ratios))


if __name__ == "__main__":
    main()
