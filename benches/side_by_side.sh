#!/bin/sh
# Side by side on labelled tweets (lines `text TAB label`): goodword, and Python's vaderSentiment where it is installed.
# Prints macro-recall, macro-F1 and microseconds a text (goodword: the whole of `analyze`, reading and printing JSON
# and telling language, intent and about-us as well).
#
#     pip install vaderSentiment; cargo build --release; benches/side_by_side.sh FILE...
set -eu
for file in "$@"; do
    python3 - "$file" "${GOODWORD:-target/release/goodword}" <<'PYTHON'
import json, subprocess, sys, time

path, goodword = sys.argv[1:]
rows = [line.rstrip("\n").rsplit("\t", 1) for line in open(path, encoding="utf-8") if "\t" in line]
names = ["negative", "neutral", "positive"]


def tell(tool, read, seconds):
    recalls, scores = [], []
    for name in names:
        hits = sum(r == name and l == name for r, (_, l) in zip(read, rows))
        held, said = sum(l == name for _, l in rows), sum(r == name for r in read)
        recalls.append(hits / max(held, 1))
        scores.append(2 * hits / max(held + said, 1))
    unread = sum(r is None for r in read)
    print(f"{path}: {tool}: macro-recall {sum(recalls) / 3:.3f}, macro-F1 {sum(scores) / 3:.3f}, "
          f"{1e6 * seconds / len(rows):.1f} us a text, {unread} of {len(rows)} not scored")


for repeat in (False, True):
    lang = {"lang": "en"} if repeat else {}
    given = "\n".join(json.dumps({"text": text, **lang}) for text, _ in rows)
    start = time.perf_counter()
    out = subprocess.run([goodword, "analyze"], input=given, capture_output=True, text=True, check=True).stdout
    took = time.perf_counter() - start
    found = [json.loads(line)["sentiment"] for line in out.splitlines()]
    tell("goodword" + (", told the language" if repeat else ""), [f and f["label"] for f in found], took)
try:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
except ImportError:
    sys.exit("vaderSentiment is not installed")
vader = SentimentIntensityAnalyzer()
start = time.perf_counter()
compound = [vader.polarity_scores(text)["compound"] for text, _ in rows]
tell("vaderSentiment", ["positive" if c >= 0.05 else "negative" if c <= -0.05 else "neutral" for c in compound],
     time.perf_counter() - start)
PYTHON
done
