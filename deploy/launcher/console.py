"""What the person at the terminal reads: steps, progress, and failures that say what to do."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICK_SECONDS = 5.0
_LAST_LINES = 15
#: Lines of CKAN's own log say nothing to the person who waits.
_LOG_LINE = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


class LaunchError(Exception):
    """A step that failed. `advice` tells the person what to do about it."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice


def say(text: str = "") -> None:
    """Prints one line at once, also when the output goes to a file."""
    print(text, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Announces a step, and its time when it is over."""
    say(f"▸ {title}")
    began = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - began:.1f} s")


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    advice: str,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
) -> str:
    """Runs a command to its end, with a sign of life every few seconds.

    The output goes to `log` and is returned. A failure shows its last lines together with `advice`.
    """
    words = [str(word) for word in command]
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else os.environ.copy(),
        )
        if stdin is not None and process.stdin is not None:
            process.stdin.write(stdin.encode())
            process.stdin.close()
        while True:
            try:
                code = process.wait(_TICK_SECONDS)
                break
            except subprocess.TimeoutExpired:
                say(f"  … {time.monotonic() - began:.0f} s: {_last_line(log)}")
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                raise
    text = log.read_text(errors="replace")
    if code != 0:
        tail = "\n".join(f"    {line}" for line in text.splitlines()[-_LAST_LINES:])
        raise LaunchError(
            f"{shlex.join(words[:4])}… ended with code {code}:\n{tail}\n  The whole output: {log}",
            advice,
        )
    return text


def fail(failure: LaunchError) -> int:
    """Tells a failure and what to do about it; the exit code of the launcher."""
    print(f"\n✗ {failure.reason}\n  What to do: {failure.advice}", file=sys.stderr, flush=True)
    return 1


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    telling = [line for line in lines if line and not _LOG_LINE.match(line)]
    return telling[-1][:100] if telling else "working"
