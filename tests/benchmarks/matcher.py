"""Accuracy, time and growth of the matcher, beside what people would use instead.

    python -m tests.benchmarks.matcher                     the table of accuracy and time
    python -m tests.benchmarks.matcher --grow 1,10,100     the curve over generated knowledge bases

Accuracy is measured on questions that were not read while the matcher was built. A baseline answers from the score at which it
answers at most 3 % of the off-domain messages in the questions that were read. Times are for one message on one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np

from bot.conversation import Context, Responder
from bot.evaluate import Row, Verdict, evaluate, load, questions_in, verdict
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, find_knowledge, load_examples
from bot.knowledge import load as load_knowledge
from bot.matcher.matcher import Decision
from tests.benchmarks import generated
from tests.benchmarks.baselines import Finder, built

QUESTIONS = Path(__file__).parent.parent / "data" / "questions"
MOST_FALSE = 0.03
Judged = tuple[Row, Verdict]
LONGEST_TIMED = 300
LONGEST = 4096


def _rows(folder: str) -> list[Row]:
    paths = sorted((QUESTIONS / folder).glob("*.jsonl"))
    assert paths, f"no questions in {folder}"
    return load(paths)


def _own_rows() -> list[Row]:
    """The questions whose misses were read."""
    return load(questions_in(find_knowledge()))


def _single(rows: Sequence[Row]) -> list[Row]:
    """Messages that stand by themselves and ask one thing: all that the baselines can be asked."""
    return [row for row in rows if row.kind in ("answer", "uncovered", "chat", "off")]


def _milliseconds(answer: Callable[[str], object], messages: Sequence[str]) -> tuple[float, float]:
    times = []
    for message in messages:
        start = time.perf_counter()
        answer(message)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.percentile(times, 50)), float(np.percentile(times, 99))


def _shares(verdicts: Sequence[Judged]) -> str:
    counts = Counter((row.kind, v) for row, v in verdicts)
    totals = Counter(row.kind for row, _ in verdicts)

    def share(kind: str, *wanted: Verdict) -> str:
        return f"{100 * sum(counts[kind, v] for v in wanted) / max(1, totals[kind]):.1f}"

    columns = [
        share("answer", Verdict.RIGHT),
        share("answer", Verdict.OFFERED),
        share("answer", Verdict.WRONG),
        share("uncovered", Verdict.RIGHT),
        share("uncovered", Verdict.WRONG),
        share("chat", Verdict.RIGHT),
        share("off", Verdict.FALSE, Verdict.CHAT_SLIP),
    ]
    return " | ".join(columns)


def _asked(find: Finder, topics: Sequence[str], read: Sequence[Row], unread: Sequence[Row]) -> tuple[list[Judged], float]:
    """What a baseline makes of the unread messages, and the share of right first guesses where it never refuses."""
    off = sorted((find(normalise(row.q))[1] for row in read if row.kind == "off"), reverse=True)
    answers_above = off[int(MOST_FALSE * len(off))]
    judged, guesses = [], []
    for row in unread:
        best, score = find(normalise(row.q))
        said = [topics[best]] if score > answers_above else []
        judged.append((row, verdict(row, Decision.ANSWER if said else Decision.FALLBACK, said)))
        if row.kind == "answer":
            guesses.append(topics[best] in row.accept)
    return judged, 100 * sum(guesses) / len(guesses)


def _first_guesses(responder: Responder, rows: Sequence[Row]) -> float:
    guesses = []
    for row in rows:
        if row.kind == "answer":
            match = responder.matcher.match(row.q)
            ranked = [topic for topic, _ in match.readings[0].ranking if topic != OFF_DOMAIN] if match.readings else [""]
            guesses.append((match.topics or tuple(ranked))[0] in row.accept)
    return 100 * sum(guesses) / len(guesses)


def table() -> None:
    """Print the table of accuracy and time."""
    responder = Responder(load_knowledge(find_knowledge()))
    examples = load_examples(responder.knowledge)
    labelled = [(topic, text) for topic, texts in examples.phrasings.items() for text in texts]
    topics = [topic for topic, _ in labelled]
    rows = _rows("unread")
    read, unread = _single(_own_rows()), _single(rows)
    timed = [row.q for row in read + unread if len(row.q) <= LONGEST_TIMED]
    print(f"{len(labelled)} phrasings, {len(unread)} unread messages\n")
    columns = ["method", "right", "offered", "wrong", "not covered: right", "wrong", "small talk: right", "off-domain answered"]
    columns += ["first guess right", "p50 ms", "p99 ms"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    # Timed before anything is remembered, as a bot meets messages.
    p50, p99 = _milliseconds(lambda q: responder.reply(q, Context()), timed)
    results = evaluate(responder, rows)
    judged, first = [(r.row, r.verdict) for r in results], _first_guesses(responder, unread)
    print(f"| **this matcher** | {_shares(judged)} | {first:.1f} | {p50:.2f} | {p99:.2f} |", flush=True)
    for name, find in built([text for _, text in labelled]):
        if find is None:
            print(f"| {name} | (not installed: the extra `bench` has it) |")
            continue
        judged, first = _asked(find, topics, read, unread)
        few = timed[:: max(1, len(timed) // 200)]
        p50, p99 = _milliseconds(lambda q, find=find: find(normalise(q)), few)  # type: ignore[misc]
        print(f"| {name} | {_shares(judged)} | {first:.1f} | {p50:.2f} | {p99:.2f} |", flush=True)
    print("\nThe matcher on two questions in one message, and in conversations:")
    for kind in ("double", "first turn", "later turn"):
        counts = Counter(r.verdict for r in results if r.row.kind == kind)
        print(f"  {kind}: " + ", ".join(f"{v} {100 * n / counts.total():.1f} %" for v, n in counts.most_common()))
    slowest = max((_milliseconds(lambda q: responder.reply(q, Context()), [text])[0], name) for name, text in hostile())
    print(f"\nThe slowest of {LONGEST} characters ({slowest[1]}): {slowest[0]:.1f} ms")


def hostile() -> list[tuple[str, str]]:
    """Messages of Telegram's greatest length that may take long."""
    numbers = [f"מילה{n}" for n in range(2000)]
    letters = "אבגדהוזחטיכלמנסעפצקרשת"
    strange = [letters[n % 22] + letters[n // 22 % 22] + letters[n * 7 % 22] + letters[n * 3 % 22] + "ןות" for n in range(700)]
    syllables = ["ha", "me", "shu", "vo", "li", "ze", "ach", "tza", "be", "ki"]
    latin = ["".join(syllables[n // 10**place % 10] for place in range(4)) for n in range(700)]
    texts = {
        "one letter": "א" * LONGEST,
        "many words": " ".join(numbers),
        "strange words": " ".join(strange),
        "Hebrew in Latin letters": " ".join(latin),
        "wrong layout": "nv zv kpo " * 410,
        "questions": "מה זה KPO ומה היתרונות? " * 170,
        "names": "KPO ו-BPO, " * 400,
        "marks": "ש\u05b8\u05c1" * 1365,
        "embeddings": "\u202e\u2067kpo" * 800,
        "html": "<b>&amp;" * 500,
        "commas": "מה, " * 1024,
    }
    return [(name, text[:LONGEST]) for name, text in texts.items()]


_ASK = """
import json, resource, sys, time
start = time.perf_counter()
from pathlib import Path
from bot.conversation import Context, Responder
from bot.knowledge import load
responder = Responder(load(Path(sys.argv[1])))
ready = time.perf_counter() - start
times = []
for line in sys.stdin:
    begin = time.perf_counter()
    responder.reply(json.loads(line), Context())
    times.append(1000 * (time.perf_counter() - begin))
times.sort()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([ready, times[len(times) // 2], times[len(times) * 99 // 100], memory]))
"""


def _timed(folder: Path, messages: Sequence[str], cache: Path) -> list[float]:
    """Start-up in seconds, p50 and p99 in milliseconds, and memory in megabytes, of a process of its own."""
    environ = os.environ | {"XDG_CACHE_HOME": str(cache)}
    text = "".join(json.dumps(message) + "\n" for message in messages)
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(folder)], input=text, capture_output=True, text=True, env=environ, check=True
    )
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    return found


def grow(scales: Sequence[int]) -> None:
    """Print how time and memory grow with the knowledge."""
    knowledge = load_knowledge(find_knowledge())
    examples = load_examples(knowledge)
    messages = [row.q for row in _single(_own_rows()) if len(row.q) <= LONGEST_TIMED]
    columns = ["phrasings", "topics", "first start, which learns, s", "of that, per 1,000 phrasings", "start-up s", "memory MB"]
    columns += ["p50 ms", "p99 ms"]
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for times in scales:
        with tempfile.TemporaryDirectory() as name:
            folder, cache = Path(name) / "knowledge", Path(name) / "cache"
            topics, phrasings = generated.write(folder, knowledge, examples, times)
            start = time.perf_counter()
            _timed(folder, messages[:1], cache)
            learning = time.perf_counter() - start
            ready, p50, p99, memory = _timed(folder, messages, cache)
            per = 1000 * learning / phrasings
            sizes = f"{phrasings:,} | {topics} | {learning:.1f} | {per:.2f}"
            print(f"| {sizes} | {ready:.2f} | {memory:.0f} | {p50:.2f} | {p99:.2f} |", flush=True)


@click.command()
@click.option("--grow", "scales", metavar="TIMES,...", help="Print the curve for so many times the phrasings.")
def main(scales: str | None) -> None:
    """Measure the matcher."""
    if scales:
        grow([int(times) for times in scales.split(",")])
    else:
        table()


if __name__ == "__main__":
    main()
