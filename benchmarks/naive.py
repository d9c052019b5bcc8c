"""The stack a user would write in an afternoon: jieba, TfidfVectorizer, LightGBM with its defaults.

It is what the speed of Zhenwei is stated against, on the same machine and in the same run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jieba
import lightgbm as lgb
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer


def words(title: str) -> list[str]:
    """Cut as every tutorial does."""
    found: list[str] = jieba.lcut(title)
    return found


@dataclass(frozen=True, slots=True)
class NaiveStack:
    """20,000 TF-IDF words into 200 trees of 31 leaves, one thread. One head; ours has two."""

    vectorizer: TfidfVectorizer
    booster: lgb.Booster

    @classmethod
    def fit(cls, titles: Sequence[str], guilty: Sequence[bool]) -> "NaiveStack":
        """Train on titles and labels."""
        vectorizer = TfidfVectorizer(tokenizer=words, token_pattern=None, max_features=20_000)
        matrix = vectorizer.fit_transform(titles).astype(np.float64)
        data = lgb.Dataset(matrix, label=np.asarray(guilty, dtype=np.float64))
        params = {"objective": "binary", "num_leaves": 31, "verbosity": -1, "num_threads": 2}
        return cls(vectorizer, lgb.train(params, data, num_boost_round=200))

    def explain_all(self, titles: Sequence[str]) -> int:
        """Score and explain every row."""
        matrix = self.vectorizer.transform(titles).astype(np.float64)
        self.booster.predict(matrix, num_threads=1)
        self.booster.predict(matrix, pred_contrib=True, num_threads=1)
        return len(titles)

    def explain_riskiest(self, titles: Sequence[str], share: float = 0.05) -> int:
        """Score every row, explain the riskiest `share`."""
        matrix = self.vectorizer.transform(titles).astype(np.float64)
        scores = np.asarray(self.booster.predict(matrix, num_threads=1))
        top = np.sort(np.argsort(-scores)[: max(1, int(len(scores) * share))])
        self.booster.predict(matrix[top], pred_contrib=True, num_threads=1)
        return len(titles)
