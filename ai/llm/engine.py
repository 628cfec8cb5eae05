"""Many answers at once from one model: each step takes a token of every answer further.

Continuous batching: a question joins as soon as a conversation's place is free, and is read in
pieces between the tokens of others. What a conversation remembers stays after its answer, so that
the next question that begins alike (the same instructions) is not read again.
"""

from __future__ import annotations

import codecs
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from ai.llm.asking import Ask, Busy, Down, End, Piece, Place, Reason, Text, Unanswerable
from ai.llm.llama import BATCH, Chooser, Entry, Llama, common

READ_AT_ONCE = BATCH // 2
"""Tokens of one question in a step: whoever is being answered waits no longer than for those."""
LEAST_SHARED = 8
SECONDS_EACH = 5.0
"""A guess at how long one answer keeps the next waiting, for who is sent away."""
IDLE_SECONDS = 1.0

Heard = Callable[[Piece | Exception], None]
"""Gets an answer's pieces, and an End or an exception last; called in the engine's thread."""


@dataclass(eq=False)
class Asked:
    """A question on its way."""

    ask: Ask
    heard: Heard
    prompt: list[int] = field(default_factory=list[int])
    place: int = 0
    cancelled: bool = False

    @property
    def room(self) -> int:
        """How many tokens it and its answer take."""
        return len(self.prompt) + self.ask.most_tokens


class _Answer:
    """A question that is being read or answered."""

    def __init__(self, asked: Asked, chooser: Chooser) -> None:
        self.asked = asked
        self.chooser = chooser
        self.written = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def text_of(self, piece: bytes, *, last: bool = False) -> str:
        return self._decoder.decode(piece, last)


class _Slot:
    """A conversation's place in the memory: `tokens` are those that it remembers."""

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        self.tokens: list[int] = []
        self.ahead: list[int] = []
        """What is to be taken in before the next token can be chosen."""
        self.answer: _Answer | None = None
        self.used = 0


class Beat(Protocol):
    """Called at each sign of life."""

    def __call__(self) -> None: ...


class Engine:
    """`submit` and `cancel` from any thread; `run` in the one thread that has the model."""

    def __init__(self, llama: Llama, *, slots: int, most_waiting: int) -> None:
        self._llama = llama
        self._slots = [_Slot(sequence) for sequence in range(slots)]
        self._most_waiting = most_waiting
        self._waiting: deque[Asked] = deque()
        self._turn = threading.Condition()
        self._stopped = False
        self._used = 0

    # Any thread.

    def submit(self, ask: Ask, heard: Heard) -> Asked:
        """Ask; raises Busy where too many wait already."""
        asked = Asked(ask, heard)
        with self._turn:
            if len(self._waiting) >= self._most_waiting:
                raise Busy(SECONDS_EACH * (1 + len(self._waiting) / len(self._slots)))
            self._waiting.append(asked)
            self._turn.notify()
        return asked

    def cancel(self, asked: Asked) -> None:
        """Nobody wants the answer any more; it costs no further token."""
        with self._turn:
            asked.cancelled = True
            self._turn.notify()

    def stop(self) -> None:
        with self._turn:
            self._stopped = True
            self._turn.notify()

    # The engine's thread.

    def run(self, beat: Beat) -> None:
        """Answer until stopped."""
        while True:
            beat()
            with self._turn:
                if self._stopped:
                    break
                if not self._waiting and not any(slot.answer for slot in self._slots):
                    self._turn.wait(IDLE_SECONDS)
                    continue
            self.step()
        for slot in self._slots:
            if slot.answer:
                self._end(slot, Down("the model stops"))

    def step(self) -> None:
        """Take in who waits, then one step of the model, and tell everybody their token."""
        self._drop_cancelled()
        self._take_in()
        wanted, entries = self._gather()
        if not entries:
            return
        if not self._llama.step(entries):
            self._run_short()
            return
        for slot, taken, place in wanted:
            slot.tokens += slot.ahead[:taken]
            del slot.ahead[:taken]
            if place is not None:
                self._go_on(slot, place)

    def _drop_cancelled(self) -> None:
        for slot in self._slots:
            if slot.answer and slot.answer.asked.cancelled:
                self._free(slot)
        with self._turn:
            self._waiting = deque(each for each in self._waiting if not each.cancelled)

    def _take_in(self) -> None:
        while (slot := self._free_slot()) is not None:
            with self._turn:
                asked = self._waiting[0] if self._waiting else None
            if asked is None or not self._fits(asked):
                break
            with self._turn:
                self._waiting.popleft()
            self._begin(slot, asked)
        self._tell_places()

    def _free_slot(self) -> _Slot | None:
        free = [slot for slot in self._slots if slot.answer is None]
        return min(free, key=lambda slot: slot.used) if free else None

    def _fits(self, asked: Asked) -> bool:
        """Whether there is room beside all that is promised; what cannot ever fit is told so."""
        if not asked.prompt:
            try:
                asked.prompt = self._llama.read(asked.ask.turns)
            except Exception as error:
                return self._refuse(asked, error)
        if asked.room > self._llama.context:
            reason = f"{asked.room} tokens are more than the {self._llama.context} of the model"
            return self._refuse(asked, Unanswerable(reason))
        promised = sum(slot.answer.asked.room for slot in self._slots if slot.answer)
        return promised + asked.room <= self._llama.context

    def _refuse(self, asked: Asked, error: Exception) -> bool:
        asked.cancelled = True
        asked.heard(error)
        self._drop_cancelled()
        return False

    def _begin(self, slot: _Slot, asked: Asked) -> None:
        try:
            chooser = self._llama.chooser(asked.ask)
        except Exception as error:
            asked.heard(error)
            return
        known = max(self._slots, key=lambda each: common(each.tokens, asked.prompt))
        # The last token is read in any case: what follows it is wanted.
        shared = min(common(known.tokens, asked.prompt), len(asked.prompt) - 1)
        if shared < LEAST_SHARED:
            shared = 0
        if known.answer is None and shared:
            slot = known
        elif known is not slot:
            self._llama.forget(slot.sequence)
            if shared:
                self._llama.share(known.sequence, slot.sequence, shared)
        self._llama.forget(slot.sequence, shared)
        slot.tokens, slot.ahead = asked.prompt[:shared], asked.prompt[shared:]
        slot.answer = _Answer(asked, chooser)
        self._used += 1
        slot.used = self._used
        self._make_room()

    def _make_room(self) -> None:
        """Forget what nobody needs, the longest unused first, until all that is promised fits."""
        idle = self._idle()
        held = sum(slot.answer.asked.room for slot in self._slots if slot.answer)
        held += sum(len(slot.tokens) for slot in idle)
        for slot in idle:
            if held <= self._llama.context:
                break
            held -= len(slot.tokens)
            self._forget(slot)

    def _run_short(self) -> None:
        """The memory took nothing more, whatever was reckoned: someone has to go."""
        if idle := self._idle():
            for slot in idle:
                self._forget(slot)
        else:
            last = max((slot for slot in self._slots if slot.answer), key=lambda each: each.used)
            self._end(last, Busy(SECONDS_EACH))
            self._forget(last)

    def _idle(self) -> list[_Slot]:
        """Conversations that are only remembered, the longest unused first."""
        idle = [slot for slot in self._slots if slot.answer is None and slot.tokens]
        return sorted(idle, key=lambda each: each.used)

    def _forget(self, slot: _Slot) -> None:
        self._llama.forget(slot.sequence)
        slot.tokens = []

    def _tell_places(self) -> None:
        with self._turn:
            waiting = list(enumerate(self._waiting, 1))
        for place, asked in waiting:
            if asked.place != place:
                asked.place = place
                asked.heard(Place(place))

    def _gather(self) -> tuple[list[tuple[_Slot, int, int | None]], list[Entry]]:
        """What a step takes of each conversation, and where the tokens stand that answer."""
        entries: list[Entry] = []
        taken: list[tuple[_Slot, int, int | None]] = []
        # Who is being answered goes first: one token each.
        for slot in sorted(self._slots, key=lambda each: len(each.ahead)):
            room = min(BATCH - len(entries), READ_AT_ONCE)
            some = slot.ahead[:room]
            if slot.answer is None or not some:
                continue
            complete = len(some) == len(slot.ahead)
            entries += self._entries(slot, some, complete)
            taken.append((slot, len(some), len(entries) - 1 if complete else None))
        return taken, entries

    def _entries(self, slot: _Slot, some: list[int], complete: bool) -> Iterator[Entry]:
        for place, token in enumerate(some):
            last = complete and place == len(some) - 1
            yield Entry(token, len(slot.tokens) + place, slot.sequence, last)

    def _go_on(self, slot: _Slot, place: int) -> None:
        answer = slot.answer
        assert answer is not None
        token = answer.chooser.choose(place)
        if self._llama.ends(token):
            self._end(slot, End(Reason.STOP, len(answer.asked.prompt), answer.written))
            return
        answer.written += 1
        slot.ahead = [token]
        if text := answer.text_of(self._llama.piece(token)):
            answer.asked.heard(Text(text))
        if answer.written >= answer.asked.ask.most_tokens:
            self._end(slot, End(Reason.LENGTH, len(answer.asked.prompt), answer.written))

    def _end(self, slot: _Slot, last: End | Exception) -> None:
        answer = slot.answer
        assert answer is not None
        self._free(slot)
        if isinstance(last, End) and (text := answer.text_of(b"", last=True)):
            answer.asked.heard(Text(text))
        answer.asked.heard(last)

    def _free(self, slot: _Slot) -> None:
        if slot.answer is not None:
            slot.answer.chooser.close()
        slot.answer, slot.ahead = None, []
