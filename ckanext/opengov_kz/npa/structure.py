"""From lines to parts: which line begins what, what it lies in, what belongs to the quoted wording of an amendment."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from . import legal_form, quotes
from .docx_lines import Line
from .legal_form import Mark
from .parts import GATHERING, RANKS, Part
from .problems import Problem, beginning

_HEADINGS = frozenset({"article", "annex", *GATHERING})
_ENDED = re.compile(r"[.;:]$")
_LONGEST_TITLE = 300
_LONGEST_HEAD, _HEAD_LINES = 400, 20
#: Lines of a stamp before ("… бұйрығына / 1-қосымша") and after ("Приложение 1 / к приказу …") its word.
_STAMP_LINES = 7
#: Offices and names are often laid out by a table.
_SIGNATURE_ROWS = 3
#: What stands above every act and says nothing of this one.
_GENERIC = re.compile(
    r"^(?:проект\b.*|жоба\b.*|(?:закон|кодекс|указ|постановление|приказ|решение)\b.*|.*\b(?:заңы|кодексі|жарлығы|қаулысы|"
    r"бұйрығы|шешімі)|(?:№|N\s?\d).*|(?:от\s+)?«?_+.*|(?:от\s+)?\d{1,2}\s\w+\s\d{4}\s+года(?:\s*№.*)?|"
    r"\d{4}\s*жылғы\s+[«_\d]+»?\s*\w*(?:\s*№.*)?|(?:город|г\.)\s*\w+|\w+\s+қаласы)$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Built:
    """The parts, the place of each in the document, the lines above the act, what was odd."""

    parts: tuple[Part, ...]
    places: tuple[int, ...]
    head: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def title(self) -> str:
        """The act's own name: what stands above it without the words that stand above every act."""
        return " ".join(line for line in self.head if not _GENERIC.match(line))


def build(lines: Sequence[Line]) -> Built:
    """The parts of an act from its lines in order."""
    builder = _Builder(_with_stamps(list(_split(lines))))
    builder.run()
    head = tuple(line.text for line in builder.head)
    return Built(tuple(builder.parts), tuple(builder.places), head, tuple(builder.problems))


def _split(lines: Sequence[Line]) -> Iterator[Line]:
    """Line breaks within a paragraph part it only where a part begins; elsewhere they are spaces."""
    for line in lines:
        pieces = line.text.split("\n")
        joined = " ".join(pieces)
        begins = any(legal_form.mark(piece) or legal_form.annex(piece) for piece in pieces)
        if len(pieces) == 1 or not begins or legal_form.annex(joined):
            yield replace(line, text=joined)
        else:
            yield from (replace(line, text=piece) for piece in pieces)


@dataclass(frozen=True)
class _Token:
    line: Line
    mark: Mark | None


def _looks_like_heading(line: Line) -> bool:
    return line.heading > 0 or (line.centred and (line.bold or line.text.isupper())) or line.text.isupper()


def _token(line: Line) -> _Token:
    if line.note:
        return _Token(line, None)
    if line.rows:
        return _Token(line, _stamp_in_table(line))
    found = legal_form.mark(line.text, is_heading=_looks_like_heading(line))
    return _Token(line, found or legal_form.annex(line.text))


def _stamp_in_table(line: Line) -> Mark | None:
    """Stamps are often laid out by a table of one row, with an empty cell at the left."""
    said = [cell for row in line.rows for cell in row if cell]
    if len(line.rows) > 2 or len(said) > 2:  # noqa: PLR2004
        return None
    return legal_form.annex(" ".join(said))


def _with_stamps(lines: list[Line]) -> list[_Token]:
    """Tokens of all lines; the lines of a stamp are made one."""
    tokens: list[_Token] = []
    place = 0
    while place < len(lines):
        token = _token(lines[place])
        place += 1
        if token.mark is None or token.mark.kind != "annex":
            tokens.append(token)
            continue
        said = [token.mark.rest]
        while tokens and len(said) < _STAMP_LINES and _precedes(tokens[-1], token):
            said.insert(0, tokens.pop().line.text)
        first = len(said)
        while place < len(lines) and len(said) < first + _STAMP_LINES and _is_stamp(_token(lines[place])):
            said.append(lines[place].text)
            place += 1
        tokens.append(_Token(token.line, replace(token.mark, rest="\n".join(said))))
    return tokens


def _is_stamp(token: _Token) -> bool:
    if token.mark is not None or token.line.rows or token.line.note or legal_form.is_signature(token.line.text):
        return False
    if token.line.centred and token.line.bold:
        return False
    return legal_form.belongs_to_stamp(token.line.text) or (token.line.right and not _ENDED.search(token.line.text))


def _precedes(token: _Token, annex: _Token) -> bool:
    """In Kazakh the word for an annex is the last of its stamp."""
    return annex.line.text.lower().endswith(("қосымша", "бекітілген")) and _is_stamp(token)


class _Builder:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self._quotes = quotes.Quotes([token.line.text for token in tokens])
        #: A wording never goes on into an annex.
        self._annexes = [place for place, token in enumerate(tokens) if token.mark and token.mark.kind == "annex"]
        self.parts: list[Part] = []
        self.places: list[int] = []
        self.head: list[Line] = []
        self.problems: list[Problem] = []
        #: The parts that the next one may lie in: rank and depth.
        self._open: list[tuple[float, int]] = []
        self._at = 0
        #: Whether a line may still belong to the title.
        self._above = True
        #: Whether anything but preamble and tables was found.
        self._begun = False
        self._signed = False
        #: The heading that the next line may go on with.
        self._heading: Line | None = None

    def run(self) -> None:
        """Takes all lines; a quoted wording goes as a whole to the part that announces it."""
        while self._at < len(self.tokens):
            last = self._quoted_until(self._at)
            if last is None:
                self._take(self.tokens[self._at])
                self._at += 1
                continue
            for quoted in self.tokens[self._at : last + 1]:
                self._quote(quoted.line)
            self._at = last + 1
        if not self._begun:
            self._without_structure()

    def _without_structure(self) -> None:
        """A text in which no part begins: all is read as indentations, what looks like a title too if it is alone."""
        if self._above:
            self.parts[:0] = [Part("paragraph", "", "", line.text, 0) for line in self.head]
            self.places[:0] = [line.place for line in self.head]
        self.parts = [replace(part, kind="paragraph") if part.kind == "preamble" else part for part in self.parts]

    def _quoted_until(self, place: int) -> int | None:
        """The last line of the wording that begins in this one, None if none does."""
        if not self.parts or self.tokens[place].line.rows:
            return None
        if self.parts[-1].text.endswith(":") and self._quotes.starts(place):
            first = place
        elif place and self._quotes.left_open(place - 1):
            first = place - 1
        else:
            return None
        annex = bisect_left(self._annexes, place)
        last = self._quotes.end(first, self._annexes[annex] if annex < len(self._annexes) else len(self.tokens))
        if last is None:
            self._tell(self.tokens[first].line, "quote_not_closed")
            return place if first == place else None
        return last if last >= place else None

    def _quote(self, line: Line) -> None:
        if line.rows:
            self._add("table", "", "", "", line)
        elif self.parts[-1].kind == "table":
            self._add("paragraph", "", "", line.text, line)
        else:
            self.parts[-1] = replace(self.parts[-1], text=f"{self.parts[-1].text}\n{line.text}")

    def _take(self, token: _Token) -> None:
        line, mark = token.line, token.mark
        if mark is not None and mark.kind == "annex":
            self._annex(line, mark)
        elif line.rows:
            self._table(line)
        elif line.note:
            self._add("paragraph", "", "", line.text, line)
        elif mark is not None:
            self._begin(line, mark)
        elif not self._goes_on(line):
            self._unmarked(line)

    def _annex(self, line: Line, mark: Mark) -> None:
        self._signed = False
        self._add("annex", mark.number, "", mark.rest, line)
        self._heading = line

    def _table(self, line: Line) -> None:
        self._heading = None
        cells = [cell for row in line.rows for cell in row if cell]
        if len(line.rows) <= _SIGNATURE_ROWS and legal_form.is_signature(" ".join(cells)):
            self._signed = True
            self._close()
        if any((mark := legal_form.mark(cell)) and mark.kind in _HEADINGS for cell in cells):
            self._tell(line, "text_in_table")
        self._add("table", "", "", "", line)

    def _begin(self, line: Line, mark: Mark) -> None:
        self._signed = False
        kind = mark.kind
        if kind == "item" and self._is_wordless_heading(line, mark):
            kind = "subchapter" if line.heading > 1 and self._is_open("chapter") else "chapter"
            self._tell(line, "heading_without_word")
        if kind in GATHERING:
            self._add(kind, mark.number, mark.rest, "", line)
        elif kind == "article":
            says = bool(_ENDED.search(mark.rest)) or len(mark.rest) > _LONGEST_TITLE
            is_text = says and not (_looks_like_heading(line) or line.bold)
            self._add(kind, mark.number, "" if is_text else mark.rest, mark.rest if is_text else "", line)
        else:
            self._add(kind, mark.number, "", mark.rest, line, letter=mark.letter)
        self._heading = line if kind in _HEADINGS and not self.parts[-1].text else None

    def _is_wordless_heading(self, line: Line, mark: Mark) -> bool:
        """«1. Общие положения» in the middle of the line and bold, as older rules have it."""
        looks = line.heading > 0 or (line.centred and line.bold)
        ended = not mark.rest or _ENDED.search(mark.rest) or len(mark.rest) > _LONGEST_TITLE
        return looks and not ended and not self._is_open("article")

    def _goes_on(self, line: Line) -> bool:
        """A heading's words that stand below its number, or its second line."""
        heading, self._heading = self._heading, None
        if heading is None:
            return False
        last = self.parts[-1]
        looks = _looks_like_heading(line) or (line.centred and heading.centred)
        short = len(line.text) <= _LONGEST_TITLE
        begins = not last.title and short and (looks or line.bold or not _ENDED.search(line.text))
        goes_on = bool(last.title) and short and looks and line.centred and (heading.centred or last.kind == "annex")
        if not (begins or goes_on):
            return False
        self.parts[-1] = replace(last, title=f"{last.title} {line.text}".strip())
        self._heading = line if line.centred else None
        return True

    def _unmarked(self, line: Line) -> None:
        if not self._begun:
            if self._above and len(self.head) < _HEAD_LINES and self._is_head(line):
                self.head.append(line)
            else:
                self._above = False
                self._add("preamble", "", "", line.text, line)
            return
        if self._signed or self._signature_begins():
            self._signed = True
            self._close()
        elif self._open and self._open[-1][0] >= RANKS["subitem"] and self.parts[-1].text.endswith("."):
            # A sub-item's full stop ends the list: what follows is again the item's.
            while self._open and self._open[-1][0] >= RANKS["subitem"]:
                self._open.pop()
        self._add("paragraph", "", "", line.text, line)

    @staticmethod
    def _is_head(line: Line) -> bool:
        looks = _looks_like_heading(line) or line.centred or line.right or line.bold
        if len(line.text) > _LONGEST_HEAD or line.text.endswith(":"):
            return False
        return looks or not re.search("[.;,]$", line.text)

    def _signature_begins(self) -> bool:
        """An office under the act, perhaps over several lines: "Қазақстан Республикасының / Президенті"."""
        if not self.parts[-1].text.endswith((".", "»", '"', ";")) and self.parts[-1].kind != "table":
            return False
        following = [token.line.text for token in self.tokens[self._at : self._at + 3] if token.mark is None]
        return any(legal_form.is_signature(" ".join(following[:count])) for count in range(1, len(following) + 1))

    def _close(self) -> None:
        """Leaves all but the annex."""
        self._open = [each for each in self._open if each[0] == RANKS["annex"]]

    def _is_open(self, kind: str) -> bool:
        return any(rank == RANKS[kind] for rank, _ in self._open)

    def _add(self, kind: str, number: str, title: str, text: str, line: Line, *, letter: bool = False) -> None:
        rank = RANKS[kind] + (0.5 if letter else 0)
        while self._open and self._open[-1][0] >= rank:
            self._open.pop()
        depth = self._open[-1][1] + 1 if self._open else 0
        if rank < RANKS["paragraph"]:
            self._open.append((rank, depth))
        self._begun = self._begun or kind not in {"preamble", "table"}
        self.parts.append(Part(kind, number, title, text, depth, rows=line.rows if kind == "table" else ()))
        self.places.append(line.place)

    def _tell(self, line: Line, code: str) -> None:
        self.problems.append(Problem(line.place, code, {"text": beginning(line.text or " ".join(line.rows[0]))}))
