#!/usr/bin/env python3
"""Measure the running dashboard in a pseudo-terminal.

    cargo build --release && benches/screen.py idle  [--seconds 120]
    cargo build --release && benches/screen.py large [--mentions 1000000] [--rate 500] [--keep DIR]

`idle`: an unchanging screen at 200x50: bytes a minute written to the terminal and context switches a second of the
whole process. `large`: with so many mentions stored, the time from start to the first mention on the screen, the
resident memory, and, while mentions arrive through a feed at the given rate, the milliseconds from a key to the
moving selection. Linux only (/proc).
"""
import argparse, fcntl, http.server, json, os, pathlib, pty, random, re, select, shutil, signal, socketserver, statistics, struct
import subprocess, sys, tempfile, termios, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOODWORD = str(ROOT / "target/release/goodword")
WORDS = ("ferris chain frame saddle brake rider morning city weather council bridge market repair workshop green quiet "
         "early late price train station river mountain team winter summer road lamp love hate broken thanks").split()


FEEDS = 10


class Terminal:
    """A program on a pseudo-terminal of a size."""

    def __init__(self, command, columns=200, rows=50):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="xterm-256color")
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.bytes, self.recent = 0, b""

    def read(self, timeout):
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return b""
        data = os.read(self.fd, 65536)
        self.bytes += len(data)
        self.recent = (self.recent + data)[-400_000:]
        return data

    def until(self, pattern, timeout):
        """Seconds until what the program wrote matches."""
        start = time.perf_counter()
        while time.perf_counter() - start < timeout:
            if re.search(pattern, self.recent):
                return time.perf_counter() - start
            self.read(0.002)
        sys.exit(f"{pattern!r} never came; the end of what came: {self.recent[-600:]!r}")

    def drain(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(min(0.5, max(0.0, end - time.monotonic())))

    def press(self, keys):
        os.write(self.fd, keys)

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)


def switches(pid):
    """Context switches of all threads so far."""
    total = 0
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        for line in status.read_text().splitlines():
            if "ctxt_switches" in line:
                total += int(line.split()[1])
    return total


def resident(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def configure(folder, feeds=""):
    config = folder / "config.toml"
    config.write_text('[brand]\nname = "Ferris"\n\n[collect]\npublic_feeds = false\n\n[[watch]]\nname = "ferris"\nquery = "ferris"\n\n' + feeds)
    return [GOODWORD, "--config", str(config), "--data-dir", str(folder / "data")]


def lines(count, now):
    random.seed(1)
    for number in range(count):
        words = " ".join(random.choices(WORDS, k=random.randint(6, 30)))
        moment = now - random.random() ** 2 * 90 * 86400
        yield json.dumps({"native_id": f"n{number}", "text": f"ferris {words} {number}", "claimed": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
                          "author": {"handle": f"person{number % 50000}"}, "url": f"https://place.example/{number}"})


def idle(options):
    with tempfile.TemporaryDirectory() as folder:
        base = configure(pathlib.Path(folder))
        feed = subprocess.run(base + ["import", "-"], input="\n".join(lines(2000, time.time())), text=True, capture_output=True)
        if feed.returncode:
            sys.exit(feed.stderr)
        terminal = Terminal(base)
        terminal.until(rb"ferris", 10)
        terminal.drain(6)
        written, switched, start = terminal.bytes, switches(terminal.pid), time.monotonic()
        terminal.drain(options.seconds)
        took = time.monotonic() - start
        print(f"idle at 200x50 for {took:.0f} s: {(terminal.bytes - written) * 60 / took:.0f} bytes a minute, "
              f"{(switches(terminal.pid) - switched) / took:.1f} context switches a second, {resident(terminal.pid):.0f} MB resident")
        terminal.close()


class Growing(http.server.BaseHTTPRequestHandler):
    """JSON feeds that together grow by `rate` entries a second."""
    rate, start, protocol_version = 500, 0.0, "HTTP/1.1"

    def do_GET(self):
        rate, feed = Growing.rate / FEEDS, self.path.rsplit("/", 1)[-1]
        newest = int((time.time() - Growing.start) * rate)
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        items = [{"id": f"live{feed}-{number}", "url": f"https://live.example/{feed}/{number}",
                  "content_text": f"ferris live {feed} {number} " + " ".join(WORDS[(number * step) % len(WORDS)] for step in range(3, 20)),
                  "date_published": now} for number in range(newest, max(0, newest - int(15 * rate)), -1)]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "live", "items": items}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/feed+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def large(options):
    folder = pathlib.Path(options.keep or tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    Growing.rate = options.rate
    server = socketserver.ThreadingTCPServer(("", 0), Growing)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    quiet = configure(folder)
    if not (folder / "data/goodword.db").exists():
        start = time.monotonic()
        child = subprocess.Popen(quiet + ["import", "-"], stdin=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL)
        for line in lines(options.mentions, time.time()):
            child.stdin.write(line + "\n")
        child.stdin.close()
        if child.wait():
            sys.exit("the import failed")
        print(f"imported {options.mentions:,} mentions in {time.monotonic() - start:.0f} s")
    times = []
    for _ in range(7):
        start = time.perf_counter()
        terminal = Terminal(quiet)
        terminal.until(rb"person\d|ferris ", 10)
        times.append((time.perf_counter() - start) * 1000)
        terminal.drain(1)
        memory = resident(terminal.pid)
        terminal.close()
    print(f"first mention on the screen: median {statistics.median(times):.0f} ms, most {max(times):.0f} ms; {memory:.0f} MB resident")
    port = server.server_address[1]
    busy = configure(folder, "".join(
        f'[[source]]\nname = "live{n}"\nurl = "http://127.0.0.{1 + n}:{port}/feed/{n}"\nshortest = "10s"\nlongest = "10s"\neverything = true\n'
        for n in range(FEEDS)))
    Growing.start = time.time()
    terminal = Terminal(busy)
    terminal.until(rb"live", 20)
    terminal.drain(3)
    echoes = []
    for number in range(60):
        terminal.drain(0.13)
        terminal.recent = b""
        start = time.perf_counter()
        terminal.press(b"j" if number % 2 == 0 else b"k")
        while not terminal.recent:
            terminal.read(0.001)
            if time.perf_counter() - start > 2:
                sys.exit("a key was not echoed within 2 s")
        echoes.append((time.perf_counter() - start) * 1000)
    echoes.sort()
    print(f"key to screen while {options.rate} mentions a second arrive: median {statistics.median(echoes):.1f} ms, "
          f"95 % {echoes[int(len(echoes) * 0.95)]:.1f} ms, most {echoes[-1]:.1f} ms; {resident(terminal.pid):.0f} MB resident")
    terminal.close()
    if not options.keep:
        shutil.rmtree(folder)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("what", choices=["idle", "large"])
    arguments.add_argument("--seconds", type=int, default=120)
    arguments.add_argument("--mentions", type=int, default=1_000_000)
    arguments.add_argument("--rate", type=int, default=500)
    arguments.add_argument("--keep")
    options = arguments.parse_args()
    {"idle": idle, "large": large}[options.what](options)


if __name__ == "__main__":
    main()
