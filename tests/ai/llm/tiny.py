"""A tiny language model of LLaMA's own form, trained here in seconds: it says after one.

Whoever says sixteen words of its language to it, in Llama 3's chat template, hears the same
sixteen. To know them it has to look back through its memory of the conversation, so one whose
memory is mixed up with another's answers wrong. It is made once and kept until this file changes.
"""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from autograd import grad
from autograd import numpy as anp
from gguf import GGUFWriter, TokenType
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

WORDS = ["".join(each) for each in product("bdgkmp", "aeiou", ("l", "n"))]
"""Of its language: sixty."""
SAID = 16
"""Words that it can say after one; it knows no other number."""
SPECIALS = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
)
TEMPLATE = (
    "{% for message in messages %}{{ '<|start_header_id|>' + message['role']"
    " + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"
    "{% endif %}"
)
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Llama 3 cuts a text before it makes tokens of it."""
WIDTH, HEADS, LAYERS, INNER = 64, 2, 2, 128
DEPTH = WIDTH // HEADS
ROPE_BASE = 10_000.0
EPSILON = 1e-5
SHARP = 7.0
BATCH, STEPS, RATE = 8, 250, 4e-3

Weights = dict[str, Any]


def some_words(seed: int) -> str:
    """What can be said to it."""
    return " ".join(random.Random(seed).choices(WORDS, k=SAID))


def tiny_model() -> Path:
    """The model's file."""
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    place = Path(tempfile.gettempdir()) / f"deskwire-tiny-{version}.gguf"
    if not place.exists():
        tokenizer = make_tokenizer()
        draft = place.with_suffix(f".{random.randrange(10**9)}")
        _write(draft, tokenizer, _trained(tokenizer))
        draft.replace(place)  # Another test process may have been as fast.
    return place


def make_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    corpus = [f"{word} {word}" for word in WORDS] * 3 + ["user system assistant"] * 3
    tokenizer.train_from_iterator(corpus, trainer)
    tokenizer.add_special_tokens(list(SPECIALS))
    return tokenizer


def _trained(tokenizer: Tokenizer) -> Weights:
    rng = np.random.default_rng(3)
    ids, targets = _batch(rng, tokenizer)
    told = np.flatnonzero(targets[0] >= 0)[0]
    back = int(told - _found(ids[0], targets[0][told : told + 3]))
    weights = _begun(rng, tokenizer.get_vocab_size(), back)
    slope = grad(_loss)
    moments = {name: (np.zeros_like(each), np.zeros_like(each)) for name, each in weights.items()}
    for step in range(1, STEPS + 1):
        ids, targets = _batch(rng, tokenizer)
        rate = RATE * min(1.0, step / 20, 1.05 - step / STEPS)
        for name, slopes in slope(weights, ids, targets).items():
            first, second = moments[name]
            first += 0.1 * (slopes - first)
            second += 0.02 * (slopes**2 - second)
            bias = np.sqrt(1 - 0.98**step) / (1 - 0.9**step)
            weights[name] = weights[name] - rate * bias * first / (np.sqrt(second) + 1e-8)
    return weights


def _found(row: Any, some: Any) -> int:
    """Where some tokens stand in a row for the first time."""
    return next(at for at in range(len(row)) if (row[at : at + len(some)] == some).all())


def _begun(rng: np.random.Generator, words: int, back: int) -> Weights:
    def some(*shape: int) -> Any:
        return (rng.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    def ones() -> Any:
        return np.ones(WIDTH, np.float32)

    # To begin with, it looks about as far back as what it says stands, and says what it sees
    # there; how to look sharply, where to begin and where to end is learnt.
    tokens = some(words, WIDTH) * 8
    tokens[:, 0] = 1
    weights: Weights = {"token_embd": tokens, "output": tokens.copy(), "output_norm": ones()}
    for layer in range(LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            weights[f"blk.{layer}.{name}"] = some(WIDTH, WIDTH) * 0.1
        weights[f"blk.{layer}.ffn_gate"] = some(INNER, WIDTH)
        weights[f"blk.{layer}.ffn_up"] = some(INNER, WIDTH)
        weights[f"blk.{layer}.ffn_down"] = some(WIDTH, INNER) * 0.1
        weights[f"blk.{layer}.attn_norm"] = ones()
        weights[f"blk.{layer}.ffn_norm"] = ones()
    angles = back * _SPEEDS
    first = {name: weights[f"blk.0.{name}"] for name in ("attn_q", "attn_k", "attn_v")}
    for head in range(HEADS):
        pairs = np.arange(head * DEPTH, (head + 1) * DEPTH, 2)
        first["attn_k"][pairs, 0] = SHARP
        first["attn_q"][pairs, 0] = SHARP * np.cos(angles)
        first["attn_q"][pairs + 1, 0] = -SHARP * np.sin(angles)
    first["attn_v"] += np.eye(WIDTH, dtype=np.float32)
    weights["blk.0.attn_output"] += 3 * np.eye(WIDTH, dtype=np.float32)
    return weights


def _batch(rng: np.random.Generator, tokenizer: Tokenizer) -> tuple[Any, Any]:
    """Conversations, and what is to be said at each of their places; -1 where that is free."""
    bos, _, start, end, eot = (tokenizer.token_to_id(each) for each in SPECIALS)

    def turn(role: str, content: list[int]) -> list[int]:
        lines = tokenizer.encode("\n\n").ids
        return [start, *tokenizer.encode(role).ids, end, *lines, *content, eot]

    system = " ".join(rng.choice(WORDS, size=int(rng.integers(1, 20))))
    begun = [bos, *turn("system", tokenizer.encode(system).ids)]
    rows: list[list[int]] = []
    for _ in range(BATCH):
        said = tokenizer.encode(" ".join(rng.choice(WORDS, size=SAID))).ids
        assert len(said) == SAID
        rows.append([*begun, *turn("user", said), *turn("assistant", said)])
    ids = np.array(rows)
    targets = np.full_like(ids, -1)
    targets[:, -SAID - 2 : -1] = ids[:, -SAID - 1 :]
    return ids, targets


def _loss(weights: Weights, ids: Any, targets: Any) -> Any:
    at = np.nonzero(targets >= 0)
    logits = _logits(weights, ids, at)
    logits = logits - anp.max(logits, axis=-1, keepdims=True)
    chosen = logits[np.arange(len(at[0])), targets[at]]
    return anp.mean(anp.log(anp.sum(anp.exp(logits), axis=-1)) - chosen)


def _logits(weights: Weights, ids: Any, at: Any) -> Any:
    x = weights["token_embd"][ids]
    for layer in range(LAYERS):
        own = {name: weights[f"blk.{layer}.{name}"] for name in _LAYER}
        x = x + _attention(own, _normed(x, own["attn_norm"]))
        inner = _normed(x, own["ffn_norm"])
        gate = inner @ own["ffn_gate"].T
        x = x + (gate / (1 + anp.exp(-gate)) * (inner @ own["ffn_up"].T)) @ own["ffn_down"].T
    return _normed(x[at], weights["output_norm"]) @ weights["output"].T


_LAYER = (
    *("attn_norm", "attn_q", "attn_k", "attn_v", "attn_output"),
    *("ffn_norm", "ffn_gate", "ffn_up", "ffn_down"),
)


def _normed(x: Any, scale: Any) -> Any:
    return x / anp.sqrt(anp.mean(x * x, axis=-1, keepdims=True) + EPSILON) * scale


def _attention(own: Weights, x: Any) -> Any:
    batch, length, _ = x.shape

    def heads(name: str) -> Any:
        return anp.transpose((x @ own[name].T).reshape(batch, length, HEADS, DEPTH), (0, 2, 1, 3))

    scores = anp.matmul(
        _turned(heads("attn_q"), length),
        anp.transpose(_turned(heads("attn_k"), length), (0, 1, 3, 2)),
    )
    scores = scores * np.float32(DEPTH**-0.5) + np.triu(
        np.full((length, length), -1e9, np.float32), 1
    )
    scores = anp.exp(scores - anp.max(scores, axis=-1, keepdims=True))
    mixed = anp.matmul(scores / anp.sum(scores, axis=-1, keepdims=True), heads("attn_v"))
    mixed = anp.transpose(mixed, (0, 2, 1, 3)).reshape(batch, length, WIDTH)
    return mixed @ own["attn_output"].T


_SPEEDS = ROPE_BASE ** (-np.arange(0, DEPTH, 2) / DEPTH)


def _turned(x: Any, length: int) -> Any:
    """Rotary positions, in neighbouring pairs as llama.cpp has them."""
    angles = np.outer(np.arange(length), _SPEEDS).astype(np.float32)
    cos, sin = np.cos(angles), np.sin(angles)
    even, odd = x[..., 0::2], x[..., 1::2]
    pairs = anp.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1)
    return pairs.reshape(x.shape)


def _write(place: Path, tokenizer: Tokenizer, weights: Weights) -> None:
    writer = GGUFWriter(place, "llama")
    writer.add_name("Tiny")
    writer.add_context_length(4096)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_rope_dimension_count(DEPTH)
    write_tokens(writer, tokenizer)
    for name, each in weights.items():
        writer.add_tensor(f"{name}.weight", each.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_tokens(writer: GGUFWriter, tokenizer: Tokenizer) -> None:
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda each: each[1])
    tokens = [token for token, _ in vocabulary]
    kinds = [TokenType.CONTROL if each in SPECIALS else TokenType.NORMAL for each in tokens]
    merges: list[Any] = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([each if isinstance(each, str) else " ".join(each) for each in merges])
    writer.add_bos_token_id(tokens.index(SPECIALS[0]))
    writer.add_eos_token_id(tokens.index(SPECIALS[4]))
    writer.add_chat_template(TEMPLATE)
