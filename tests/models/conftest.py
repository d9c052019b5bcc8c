"""A small bundle, trained once per run on listings as simple as a test can read."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.listing import Listing, Seller, Trade
from models import Bundle, Screener, open_bundle
from training.fit import fit
from training.takedowns import Outcome, Takedown

NOUNS = ("女包", "运动鞋", "手机壳", "保温杯", "面膜", "连衣裙", "枕头", "台灯", "雨伞", "帆布袋")
HONEST = ("新款", "韩版", "家用", "加厚", "大容量", "简约", "学生", "夏季", "防水", "便携")
REPLICA = ("纯原", "过毒", "公司级", "顶级版", "专柜无压力")
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def takedowns(count: int) -> Iterator[Takedown]:
    """Yield honest, replica and brushing listings in turn; some keep silent about seller and trade."""
    dice = random.Random(11)
    for i in range(count):
        words = [*dice.sample(HONEST, 3), dice.choice(NOUNS)]
        kind = ("", "", "replica", "brushing")[i % 4]
        if kind == "replica":
            words.insert(dice.randrange(4), dice.choice(REPLICA))
        share = dice.uniform(0.3, 0.9) if kind == "brushing" else dice.uniform(0, 0.35)
        told = dice.random() < 0.7
        listing = Listing(
            listing_id=str(i),
            title="".join(words),
            price_cny=round(dice.uniform(20, 60 if kind == "replica" else 300), 2),
            seller=Seller(seller_id=f"s{i % 151}", takedowns_180d=float(dice.randrange(6)) if told else None),
            trade=Trade(same_address_share=share, repeat_buyer_share=share * 0.8) if told else Trade(),
        )
        outcome: Outcome = "confirmed" if kind else "rejected"
        yield Takedown(listing, outcome, kind, DAY + timedelta(hours=i))


@pytest.fixture(scope="session")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small bundle. Copy it before breaking it."""
    folder = tmp_path_factory.mktemp("bundles") / "small"
    fit(takedowns(2400), folder, created="2026-11-24", simulated=True)
    return folder


@pytest.fixture(scope="session")
def bundle(bundle_folder: Path) -> Bundle:
    """The small bundle, opened."""
    return open_bundle(bundle_folder)


@pytest.fixture(scope="session")
def screener(bundle: Bundle) -> Screener:
    """A screener with the small bundle and the knowledge that ships."""
    return Screener(bundle)
