"""The worst mistakes come with the whole explanation the screener gives."""

from datetime import date

from features.reader import Reader
from models import Bundle, Screener
from training.mistakes import mistakes
from training.scored import score
from training.settlement import settle
from training.takedowns import Takedown


def test_a_mistake_says_what_the_screener_says(small_bundle: Bundle, newest: list[Takedown]) -> None:
    reader = Reader(small_bundle.knowledge)
    told = mistakes(score([small_bundle], newest[:300], settle(newest[:300]).labels, reader).opinions[0], reader)
    for head, wrong in told.items():
        worst = wrong.alarms[0]
        listing = newest[worst.row - 1].listing
        assert worst.title == listing.title
        (screening,) = Screener(small_bundle, reader).screen([listing], explain="full", today=date(2021, 1, 1))
        answer = screening.heads[head]
        assert answer.explanation is not None
        assert (worst.p, worst.level, worst.contributions) == (
            answer.p,
            answer.level,
            answer.explanation.contributions,
        )
        assert [f.code for f in worst.findings] == [f.code for f in screening.findings]
