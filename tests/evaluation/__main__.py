"""`make eval`: what is found, what is handed over, how long it takes; docs/evaluation.md anew."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from pathlib import Path

from ai.retrieval.embedding import PACKAGED, Absent
from ai.retrieval.kept import KeptVectors
from ai.retrieval.loading import load_embedder
from ai.retrieval.passages import BLEND
from tests.ai.llm.conftest import MISSING
from tests.evaluation.faq import MissingPages, load_pairs
from tests.evaluation.finding import Faq, Reader, measure_faq
from tests.evaluation.judging import Judged, Way, measure_company
from tests.evaluation.speed import Speed, crowd, measure_speed
from tests.evaluation.tickets import SHARES, Triaged, measure_tickets

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "evaluation.md"
FOLDER = Path(os.environ.get("DATA") or ROOT / "data").absolute() / "evaluation"
INTRODUCTION = """# What the assistant finds, and when it hands over

Written by `make eval`. The model is all-MiniLM-L6-v2 by ONNX Runtime (`{name}`), whose vectors are
sentence-transformers' to four digits. Weights and thresholds are tuned on one half of the
questions, drawn by a hash; the other half is only reported.

"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--passages", type=int, default=100_000, help="for how long it takes")
    options.add_argument("--way", default="onnx", help="onnx, onnx-int8, sentence-transformers")
    options.add_argument("--no-page", action="store_true", help="print it only")
    options.add_argument("--no-speed", action="store_true", help="leave out how long it takes")
    chosen = options.parse_args()
    logging.disable(logging.WARNING)
    try:
        pairs = load_pairs(FOLDER)
        embedder = load_embedder(chosen.way, PACKAGED, FOLDER / "models")
    except (MissingPages, Absent) as missing:
        sys.exit(str(missing))
    reader = Reader(embedder, KeptVectors(FOLDER / "vectors.db"))
    faq = measure_faq(reader, pairs)
    ways = measure_company(reader)
    triaged = measure_tickets(reader)
    speed = None
    if not chosen.no_speed:
        index = crowd(faq.library, chosen.passages)
        questions = [pair.question for pair in pairs]
        speed = asyncio.run(measure_speed(embedder, index, questions, FOLDER))
    page = INTRODUCTION.format(name=chosen.way) + _faq(faq) + _company(ways)
    page += _triaged(triaged) + _speed(speed)
    if not chosen.no_speed:
        page += _streaming(FOLDER)
    print(page)
    if not chosen.no_page:
        PAGE.write_text(page)


def _faq(faq: Faq) -> str:
    rows = "".join(
        f"| {name} | {tuned.ndcg_10:.3f} | {tuned.recall_5:.3f} | {reported.ndcg_10:.3f} |"
        f" {reported.recall_5:.3f} |\n"
        for name, (tuned, reported) in faq.rows.items()
    )
    return f"""## Finding answers

{faq.pairs} questions and answers of Debian's `perl-doc` (perlfaq1–9) and `python3.11-doc` (FAQ).
The answers, {faq.chunks} passages, are searched without their questions and without titles.

| | tuned half: nDCG@10 | recall@5 | reported half: nDCG@10 | recall@5 |
|---|---:|---:|---:|---:|
{rows}
In force: {BLEND.meaning:.2f} meaning, {1 - BLEND.meaning:.2f} words, vectors leaning
{BLEND.lean:.2f} to their article's mean. The best on the tuned half: {faq.best.meaning:.2f}
meaning, leaning {faq.best.lean:.2f}.

"""


def _company(ways: dict[str, Way]) -> str:
    rows = ""
    for name, way in ways.items():
        rows += _judged(f"{name}, tuned half", way.tuned)
        rows += _judged(f"{name}, **reported half**", way.reported)
        rows += _judged(f"{name}, Spanish (all)", way.spanish)
    told = "\n".join(
        f"- {name}: hand over below {way.threshold:.2f}; fitted on the tuned half: "
        + ", ".join(f"{feature} {weight:.2f}" for feature, weight in way.fitted.items())
        for name, way in ways.items()
    )
    return f"""## Handing over

Questions to the demo's company, 106 that its public articles answer and 111 that they do not, 56 of
them near misses, written from the titles alone before anything was measured
(`tests/evaluation/company_questions.toml`); and 24 in Spanish. Precision: of what was handed over,
how much rightly; recall: of what no article answers, how much was handed over. No language model
judges here: what is measured is the confidence of the search alone.

| | precision | recall | answered | of them near misses | far ones | right article first |
|---|---:|---:|---:|---:|---:|---:|
{rows}
{told}

"""


def _judged(name: str, judged: Judged) -> str:
    return (
        f"| {name} | {judged.precision:.2f} | {judged.recall:.2f} | {judged.answered} |"
        f" {judged.near} | {judged.far} | {judged.first_right:.2f} |\n"
    )


def _triaged(triaged: Triaged) -> str:
    shares = " | ".join(f"{share:.0%}" for share in SHARES)
    rows = "".join(
        f"| {name} | {way.without_inbox.all:.2f} ({way.without_inbox.english:.2f}) | "
        + " | ".join(f"{each.all:.2f} ({each.english:.2f})" for each in way.by_share.values())
        + " |\n"
        for name, way in triaged.ways.items()
    )
    applied = "".join(
        f"| {name} | {way.sure:.2f} | {way.tuned.share:.2f} | {way.tuned.precision:.2f} |"
        f" {way.reported.share:.2f} | {way.reported.precision:.2f} |\n"
        for name, way in triaged.ways.items()
    )
    fitted = "\n".join(
        f"- {name}: "
        + ", ".join(f"{feature} {weight:.2f}" for feature, weight in way.fitted.items())
        for name, way in triaged.ways.items()
    )
    every, priority = triaged.tuned + triaged.reported, triaged.priority
    return f"""## Guessing what a ticket is about

{every} tickets to the demo's company, a sixth of them in Spanish, 35 of each of nine categories,
written before anything of triage was tuned (`tests/evaluation/labelled_tickets.toml`), by who knew
the names and keywords of the categories. No language model guesses here. The company knows what the
demo knows on its first day: categories with keywords, articles, and a month of sorted tickets.
Where a ticket came in follows from its subject, and is the wrong door for one in ten.

Of the reported half ({triaged.reported}), how many got the right category; in parentheses of the
English ones. The columns say how much of the tuned half staff had corrected before, the first also
without knowing the inbox:

| | 0%, no inbox | {shares} |
|---|---:|{"---:|" * len(SHARES)}
{rows}
From which confidence on a category may count by itself, how many guesses reach it, and how many of
these are right; corrected as in the column of 50%:

| | from | tuned half: share | right | reported half: share | right |
|---|---:|---:|---:|---:|---:|
{applied}
Fitted on the tuned half, each quarter by the other three:

{fitted}

The priority, from written cues alone: {priority.all:.2f} right on the reported half
({priority.english:.2f} in English), {triaged.near:.2f} at most one step off; always the commonest
would be {triaged.most_common:.2f}. The language: {triaged.language:.2f}. Mood, skills, summaries
and duplicates are not measured.

"""


def _speed(speed: Speed | None) -> str:
    if speed is None:
        return ""
    return f"""## How long it takes

{speed.passages:,} passages: those of the FAQ, and synthetic neighbours of them (some of their words
in another order, their vectors a little elsewhere). One question after the other, the whole way:
embedding, words, meaning, blend, highlights.

| | ms |
|---|---:|
| a question, median | {speed.p50:.1f} |
| a question, p95 | {speed.p95:.1f} |
| a question, processor time, mean | {speed.busy:.1f} |
| … of it embedding, median | {speed.embedding_p50:.1f} |
| the loop's lag meanwhile, median | {speed.lag_p50:.2f} |
| the loop's lag meanwhile, p99 | {speed.lag_p99:.2f} |

{os.cpu_count()} processor cores, shared with whatever else ran; {os.getloadavg()[0]:.0f} processes
wanted them at the end. Where that is more than there are cores, the processor time tells most.
"""


def _streaming(folder: Path) -> str:
    if MISSING:
        return "\nHow answers stream was not measured: `make llm` installs what it takes.\n"
    from tests.evaluation.streaming import AT_ONCE, FIRST_WORDS, TOKENS, measure_streaming

    streaming = asyncio.run(measure_streaming(folder))
    felt = streaming.felt
    rows = "".join(
        f"| {name} | {rate.alone:,.0f} | {rate.together:,.0f} | {rate.ratio:.2f} |"
        f" {rate.same} of {rate.of} |\n"
        for name, rate in (
            ("tiny, trained to say after one", streaming.tiny),
            ("100 million random weights, f16", streaming.random),
        )
    )
    return f"""
## Eight answers at once

A model in its own process, as the product has it. The tiny one says after one what it is told; the
random one writes {TOKENS} tokens. Tokens a second, one answer after the other and {AT_ONCE} at
once; and how many were word for word what each was alone (steps that are taken together round
otherwise, and to random weights many words are nearly as likely; the tiny one shows whose is
whose):

| model | alone | at once | times | the same |
|---|---:|---:|---:|---:|
{rows}
Then in the product whole (a node, a worker, both stores, the random model's process, all on these
cores): how long an answer's first word takes from the model's process to a client's page, and how
long somebody else waits for an answer of the node (`time`) while eight answers are streamed:

| | ms |
|---|---:|
| first word, median | {felt.first_p50:.1f} |
| first word, the worst of {FIRST_WORDS} | {felt.first_worst:.1f} |
| another's answer meanwhile, median | {felt.ping_p50:.1f} |
| another's answer meanwhile, p99 | {felt.ping_p99:.1f} |
| another's answer while nothing is written, p99 | {felt.idle_p99:.1f} |
"""


if __name__ == "__main__":
    main()
