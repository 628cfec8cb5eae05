"""One model of llama.cpp with the memory of several conversations: what the engine drives.

llama-cpp-python's own class knows one conversation at a time; its low-level functions know many.
"""

from __future__ import annotations

import ctypes
import json
import secrets
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from ai.llm.asking import Ask, Turn, Unanswerable

BATCH = 256
"""Tokens in one step, at most: the longest that anybody waits for others' questions to be read."""
PIECE_BYTES = 256
NAME_BYTES = 256
ERROR = 4
"""The level of what went wrong, in llama.cpp's log."""
NO_ROOM = 1
"""What `llama_decode` answers where the memory is full."""


class Entry(NamedTuple):
    """One token of a step, its position in its conversation, and whether the next is wanted."""

    token: int
    position: int
    sequence: int
    wanted: bool


class Llama:
    """For one thread. `context` is how many tokens all conversations may have together."""

    def __init__(self, path: Path, *, sequences: int, context: int, threads: int) -> None:
        self._c: Any = import_module("llama_cpp")
        self._c.llama_backend_init()
        self._silence()
        self._model = self._c.llama_model_load_from_file(
            str(path).encode(), self._c.llama_model_default_params()
        )
        if not self._model:
            raise ValueError(f"{path} is not a model that llama.cpp reads")
        self._vocab = self._c.llama_model_get_vocab(self._model)
        options = self._c.llama_context_default_params()
        options.n_ctx, options.n_seq_max = context, sequences
        options.n_batch = options.n_ubatch = BATCH
        options.n_threads = options.n_threads_batch = threads
        options.kv_unified = True  # Conversations share what they begin with, and all the room.
        options.no_perf = True
        self._context = self._c.llama_init_from_model(self._model, options)
        if not self._context:
            raise MemoryError(f"no room for {context} tokens of {path.name}")
        self._memory = self._c.llama_get_memory(self._context)
        self._batch = self._c.llama_batch_init(BATCH, 0, 1)
        self._bytes = ctypes.create_string_buffer(PIECE_BYTES)
        self._template = self._c.llama_model_chat_template(self._model, None)
        self.context: int = self._c.llama_n_ctx(self._context)

    def _silence(self) -> None:
        """Only what went wrong is worth a line of the log."""

        @self._c.llama_log_callback
        def log(level: int, text: bytes, _: object) -> None:
            if level == ERROR:
                print(text.decode(errors="replace"), end="", flush=True)

        self._log = log  # llama.cpp calls it as long as we live.
        self._c.llama_log_set(log, ctypes.c_void_p(0))

    @property
    def name(self) -> str:
        """What the file calls the model."""
        buffer = ctypes.create_string_buffer(NAME_BYTES)
        key = b"general.name"
        length = self._c.llama_model_meta_val_str(self._model, key, buffer, NAME_BYTES)
        return buffer.value.decode(errors="replace") if length > 0 else "unnamed"

    # Words and tokens.

    def read(self, turns: Sequence[Turn]) -> list[int]:
        """A conversation in the model's own form, up to where its answer begins.

        Contents are read as text, whatever they look like: who writes `<|eot_id|>` ends nothing.
        """
        marks = [f"[{secrets.token_hex(12)}]" for _ in turns]
        rest = self._laid_out([each.role.encode() for each in turns], marks)
        begins, tokens = True, list[int]()
        for mark, turn in zip(marks, turns, strict=True):
            before, found, rest = rest.partition(mark)
            if not found:
                raise Unanswerable(f"the model's chat template has no place for {turn.role}")
            tokens += self._tokens(before, special=True, begins=begins)
            tokens += self._tokens(turn.content.strip(), special=False, begins=False)
            begins = False
        return tokens + self._tokens(rest, special=True, begins=begins)

    def _laid_out(self, roles: Sequence[bytes], contents: Sequence[str]) -> str:
        chat = (self._c.llama_chat_message * len(roles))()
        for place, (role, content) in enumerate(zip(roles, contents, strict=True)):
            chat[place].role, chat[place].content = role, content.encode()
        size = 4096 + sum(map(len, contents)) * 8
        buffer = ctypes.create_string_buffer(size)
        length = self._c.llama_chat_apply_template(
            self._template, chat, len(roles), True, buffer, size
        )
        if not 0 <= length <= size:
            raise Unanswerable("the model has no chat template that llama.cpp knows")
        return buffer.raw[:length].decode()

    def _tokens(self, text: str, *, special: bool, begins: bool) -> list[int]:
        given = text.encode()
        room = len(given) + 2
        tokens = (self._c.llama_token * room)()
        # A template may write the beginning itself: it is not wanted twice.
        bos = begins and not (special and self._tokens_begin(given))
        count = self._c.llama_tokenize(self._vocab, given, len(given), tokens, room, bos, special)
        return list(tokens[: max(count, 0)])

    def _tokens_begin(self, text: bytes) -> bool:
        bos = self._c.llama_vocab_get_text(self._vocab, self._c.llama_vocab_bos(self._vocab))
        return bool(bos) and text.startswith(bos)

    def piece(self, token: int) -> bytes:
        """A token's bytes: characters may go over from one to the next."""
        length = self._c.llama_token_to_piece(
            self._vocab, token, self._bytes, PIECE_BYTES, 0, False
        )
        return self._bytes.raw[:length] if length > 0 else b""

    def ends(self, token: int) -> bool:
        """Whether it says that the answer is complete."""
        return bool(self._c.llama_vocab_is_eog(self._vocab, token))

    # The memory.

    def forget(self, sequence: int, since: int = 0) -> None:
        """Drop what a conversation remembers from a position on."""
        self._c.llama_memory_seq_rm(self._memory, sequence, since, -1)

    def share(self, source: int, sequence: int, upto: int) -> None:
        """Let a conversation remember the beginning of another; nothing is copied."""
        self._c.llama_memory_seq_cp(self._memory, source, sequence, 0, upto)

    def step(self, entries: Sequence[Entry]) -> bool:
        """Take some tokens in; False where the memory has no room for them."""
        batch = self._batch
        batch.n_tokens = len(entries)
        for place, entry in enumerate(entries):
            batch.token[place] = entry.token
            batch.pos[place] = entry.position
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = entry.sequence
            batch.logits[place] = entry.wanted
        outcome = self._c.llama_decode(self._context, batch)
        if outcome not in (0, NO_ROOM):
            raise RuntimeError(f"llama_decode answered {outcome}")
        return outcome == 0

    # The choice of the next token.

    def chooser(self, ask: Ask) -> Chooser:
        """How the next token is chosen for a question; to be closed."""
        grammar = self._grammar(ask)
        chain = self._c.llama_sampler_chain_init(self._c.llama_sampler_chain_default_params())
        parts = [grammar] if grammar else []
        if ask.temperature > 0:
            parts += [
                self._c.llama_sampler_init_top_p(0.95, 1),
                self._c.llama_sampler_init_temp(ask.temperature),
                self._c.llama_sampler_init_dist(ask.seed & 0xFFFFFFFF),
            ]
        else:
            parts.append(self._c.llama_sampler_init_greedy())
        for part in parts:
            self._c.llama_sampler_chain_add(chain, part)
        return Chooser(self._c, self._context, chain)

    def _grammar(self, ask: Ask) -> Any:  # noqa: ANN401 - a pointer of C's
        if ask.schema is None:
            return None
        grammars = import_module("llama_cpp.llama_grammar")
        try:
            rules: str = grammars.json_schema_to_gbnf(json.dumps(dict(ask.schema)))
        except Exception as error:  # Whatever a schema can have that it does not know.
            raise Unanswerable(f"the schema makes no grammar: {error}") from error
        grammar = self._c.llama_sampler_init_grammar(self._vocab, rules.encode(), b"root")
        if not grammar:
            raise Unanswerable("the schema makes no grammar")
        return grammar

    def close(self) -> None:
        self._c.llama_batch_free(self._batch)
        self._c.llama_free(self._context)
        self._c.llama_model_free(self._model)


class Chooser:
    """Chooses one answer's tokens, one after the other."""

    def __init__(self, c: Any, context: Any, chain: Any) -> None:  # noqa: ANN401
        self._c, self._context, self._chain = c, context, chain

    def choose(self, place: int) -> int:
        """The token after the entry of the last step that stood at this place."""
        return self._c.llama_sampler_sample(self._chain, self._context, place)

    def close(self) -> None:
        self._c.llama_sampler_free(self._chain)


def common(one: Iterable[int], other: Iterable[int]) -> int:
    """With how many same tokens two conversations begin."""
    count = 0
    for this, that in zip(one, other, strict=False):
        if this != that:
            break
        count += 1
    return count
