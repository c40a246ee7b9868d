"""A law of 300 articles in two versions: what finding identities and differences costs, and reading it from Word.

The baselines are what one would write without this code: `difflib` looks for the likest article, not for items that
moved; and python-docx gives the texts of paragraphs, without numbers that Word makes, without structure or checks.
"""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Callable
from io import BytesIO
from statistics import median
from time import perf_counter

import docx

from benchmarks.result import Result
from ckanext.opengov_kz.npa import demo_drafts, docx_reading, versions
from ckanext.opengov_kz.npa.parts import Part, words

ARTICLES = 300
ROUNDS = 3


def law(rnd: random.Random) -> list[str]:
    """The bodies of 300 articles, each with items of its own, made of the demonstration's sentences."""
    sentences = re.findall(r"(?m)^\d\. (.+)$", demo_drafts.source("open_data_law", "ru"))
    bodies = []
    for number in range(ARTICLES):
        items = [
            " ".join(rnd.sample(sentences, 2)) + f" Код {number}-{item}." for item in range(1, rnd.randrange(3, 8))
        ]
        bodies.append(f"Положение {number}\n" + "\n".join(f"{i}. {text}" for i, text in enumerate(items, start=1)))
    return bodies


def next_version(bodies: list[str], rnd: random.Random) -> list[str]:
    """Every third article edited, twenty removed, twenty put in, ten moved: nearly all numbers change."""
    changed = [re.sub(r"данных", "сведений", body, count=1) if rnd.random() < 1 / 3 else body for body in bodies]
    for _ in range(20):
        del changed[rnd.randrange(len(changed))]
    for number, body in enumerate(law(rnd)[:20]):
        changed.insert(rnd.randrange(len(changed)), body.replace("Положение", f"Новое положение {number},"))
    for _ in range(10):
        changed.insert(rnd.randrange(len(changed)), changed.pop(rnd.randrange(len(changed))))
    return changed


def written(bodies: list[str]) -> bytes:
    """The law as a Word document."""
    return demo_drafts.as_docx("\n".join(f"### Статья {n}. {body}" for n, body in enumerate(bodies, start=1)))


def articles(parts: tuple[Part, ...]) -> list[list[str]]:
    """The words of each article with all that lies in it."""
    found: list[list[str]] = []
    for part in parts:
        if part.kind == "article":
            found.append([])
        found[-1] += words(part).split()
    return found


def plainly(old: tuple[Part, ...], new: tuple[Part, ...]) -> None:
    """The baseline: an article that is not there unchanged is compared by difflib with all, then with the likest."""
    before = articles(old)
    for article in articles(new):
        if article not in before:
            likest = max(before, key=lambda each: difflib.SequenceMatcher(None, each, article).quick_ratio())
            difflib.SequenceMatcher(None, likest, article, autojunk=False).get_opcodes()


def seconds(work: Callable[[], object]) -> float:
    """The median of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        started = perf_counter()
        work()
        taken.append(perf_counter() - started)
    return median(taken)


def run() -> list[Result]:
    """Reading, and comparing two versions; prints how many parts and changes there were."""
    rnd = random.Random(300)  # noqa: S311 - the same law in every run
    first = law(rnd)
    files = [written(first), written(next_version(first, rnd))]
    old, new = (docx_reading.read_docx(BytesIO(data), "ru").parts for data in files)
    old, _ = versions.identify(old)

    def ours() -> list[versions.Change]:
        return versions.compare(old, versions.identify(new, old)[0])

    states = [change.state for change in ours()]
    counts = (f"{states.count(state)} {state}" for state in ("same", "edited", "moved", "added", "removed"))
    print(f"{ARTICLES} articles: {len(old)} and {len(new)} parts; {', '.join(counts)}", end="\n\n")
    return [
        Result(
            "300 articles, a new version: identities, differences", seconds(ours), seconds(lambda: plainly(old, new))
        ),
        Result(
            "300 articles read from Word with their structure",
            seconds(lambda: docx_reading.read_docx(BytesIO(files[0]), "ru")),
            seconds(lambda: [each.text for each in docx.Document(BytesIO(files[0])).paragraphs]),
        ),
    ]
