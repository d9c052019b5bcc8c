"""Patterns made forgiving, without losing what they exclude."""

import pytest

from features.extractors.tolerance import tolerant


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"准字(?P<digits>\d{4})(?!\d)", "准字1234", "1234"),
        (r"准字(?P<digits>\d{4})(?!\d)", "准 字1 2-3.4", "1234"),
        (r"准字(?P<digits>\d{4})(?!\d)", "准字1234 5片", "1234"),
        (r"准字(?P<digits>\d{4})(?!\d)", "准字12345", None),
        (r"准字(?P<digits>\d{4})(?!\d)", "准字l2o4", "1204"),
        (r"(?<!\d)(?P<digits>86[0-9]{2})(?!\d)", "186912", None),
        (r"(?<!\d)(?P<digits>86[0-9]{2})(?!\d)", "1 8691", "8691"),
        (r"准字[(（]?(?P<digits>\d{2,4})[)）]?号", "准字（20）号", "20"),
        (r"(?:准|注)字(?P<digits>\d{2}|x\d)", "注字x1", "X1"),
    ],
)
def test_tolerant(pattern: str, text: str, found: str | None) -> None:
    made = tolerant(pattern)
    match = made.regex.search(text)
    assert (made.canonical(match["digits"]) if match else None) == found


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"准字h?(?P<digits>\d{4})(?!\d)", "准字"),
        (r"(?<![a-z])sc\d{14}", "sc"),
        (r"准字\d|注字\d", "字"),
        (r"(?:准|注)字号{0,1}\d", "字"),
        (r"国?(?:消准字|消健证字)(?:第\d号)?", "消字"),
        (r"(?P<digits>(?:pd|wp)\d{8})(?![0-9a-z])", "p"),
        (r"\d{8}[a-z]{2}", ""),
    ],
)
def test_needs_only_what_every_match_holds(pattern: str, needs: str) -> None:
    assert tolerant(pattern).needs == set(needs)


def test_letters_of_the_number_itself_are_kept() -> None:
    firm = tolerant(r"(?P<digits>\d{8}[0-9a-hj-npqrtuwxy]{10})")
    assert firm.canonical("91110000600037341l") == "91110000600037341L"
    assert firm.canonical("9111oooo6ooo37341l") == "91110000600037341L"  # no firm's code holds an O
    assert firm.foreign == "oi"
    assert tolerant(r"ls\d{4}").canonical("ls2ol4") == "LS2014"


def test_a_hyphen_of_the_number_itself_is_kept() -> None:
    assert tolerant(r"pd\d{2}-\d{3}").canonical("pd 86-101") == "PD86-101"
    assert tolerant(r"pd\d{8}").canonical("pd 2009-1234") == "PD20091234"
