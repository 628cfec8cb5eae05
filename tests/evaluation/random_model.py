"""A model of LLaMA's own form with a hundred million random weights of two bytes each.

It says nothing, and takes as long for it as one of its size that has something to say.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from tests.ai.llm.tiny import make_tokenizer, write_tokens

WIDTH, HEADS, LAYERS, INNER = 768, 12, 14, 2048
CONTEXT = 8_192


def random_model(folder: Path) -> Path:
    """Its file, made where it is not there yet."""
    place = folder / "random-100m.gguf"
    if not place.exists():
        draft = place.with_suffix(".draft")
        _write(draft)
        draft.replace(place)
    return place


def _write(place: Path) -> None:
    rng, tokenizer = np.random.default_rng(5), make_tokenizer()
    writer = GGUFWriter(place, "llama")
    writer.add_name("Random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    write_tokens(writer, tokenizer)

    def matrix(name: str, rows: int, columns: int) -> None:
        weights = rng.standard_normal((rows, columns), np.float32) / columns**0.5
        writer.add_tensor(f"{name}.weight", weights.astype(np.float16))

    def ones(name: str) -> None:
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))

    words = tokenizer.get_vocab_size()
    matrix("token_embd", words, WIDTH)
    matrix("output", words, WIDTH)
    ones("output_norm")
    for layer in range(LAYERS):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(f"blk.{layer}.{name}", WIDTH, WIDTH)
        matrix(f"blk.{layer}.ffn_gate", INNER, WIDTH)
        matrix(f"blk.{layer}.ffn_up", INNER, WIDTH)
        matrix(f"blk.{layer}.ffn_down", WIDTH, INNER)
        ones(f"blk.{layer}.attn_norm")
        ones(f"blk.{layer}.ffn_norm")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
