"""Embedding by sentence-transformers, which knows nearly every model there is."""

from __future__ import annotations

from collections.abc import Sequence

from ai.retrieval.embedding import SPEAKS, Vectors, model_folder, part, stay_offline

AT_ONCE = 32


class SentenceEmbedder:
    """Loads its model when it is made, which takes seconds."""

    def __init__(self, model: str, threads: int) -> None:
        folder = model_folder(model)
        if folder is not None:
            stay_offline()
        part("torch").set_num_threads(threads)
        library = part("sentence_transformers")
        self.name = model
        self._model = library.SentenceTransformer(str(folder or model), device="cpu")
        self.languages = SPEAKS.get(model)
        self.dimensions = self.embed(["How long is it?"]).shape[1]

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._model.encode(
            list(texts),
            batch_size=AT_ONCE,
            normalize_embeddings=True,
            show_progress_bar=False,
            convert_to_numpy=True,
        )
