"""Titles of strangers are shown whole, with nothing hidden and nothing obeyed."""

from hypothesis import given
from hypothesis import strategies as st

from training.report.shown import pieces, visible

HIDDEN = "\u202e\u200b\u2066\x00\x1b\ufeff\u2028\ue000"


def test_what_hides_is_named() -> None:
    assert visible("高仿\u202e包") == "高仿⟨U+202E⟩包"
    assert visible("普通 bag é 😀") == "普通 bag é 😀"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    assert all(not char.isspace() or char == " " or char.isprintable() for char in visible(text) if char in HIDDEN)
    assert not set(visible(text)) & set(HIDDEN)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), st.data())
def test_pieces_say_every_character_once(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 1))
    end = data.draw(st.integers(start + 1, len(title)))
    span = {"field": "title", "start": start, "end": end, "text": title[start:end], "log_odds": 1.5}
    found = pieces(title, [{"spans": [span]}], [{"evidence": [span, span | {"field": "description"}]}])
    assert "".join(one.text for one in found) == visible(title)
    assert abs(sum(one.log_odds for one in found) - 1.5) < 1e-6
    assert {one.weight for one in found if one.evidence} == {100}


def test_overlapping_words_add_up() -> None:
    spans = [
        {"field": "title", "start": 0, "end": 2, "log_odds": 2.0},
        {"field": "title", "start": 1, "end": 3, "log_odds": -1.0},
    ]
    told = [(one.text, one.log_odds, one.weight) for one in pieces("甲乙丙", [{"spans": spans}], [])]
    assert told == [("甲", 1.0, 100), ("乙", 0.5, 50), ("丙", -0.5, 50)]
