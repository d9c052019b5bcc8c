"""The knowledge loads, refuses what is wrong by name, cites by date, and keeps its own examples."""

import itertools
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from features.knowledge import ROOT, KnowledgeInvalid, load
from features.knowledge.schema import Example, Rule
from features.listing import Listing
from features.reader import Reader

KNOWN = load()


def rule_examples() -> list[tuple[str, Example]]:
    return [(code, example) for code, rule in KNOWN.rules.items() for example in rule.examples]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(KNOWN)


@pytest.mark.parametrize(("code", "example"), list(rule_examples()), ids=lambda v: v if isinstance(v, str) else v.title)
def test_rule_examples(reader: Reader, code: str, example: Example) -> None:
    listing = Listing(
        listing_id="example",
        title=example.title,
        category=example.category,
        brand=example.brand,
        price_cny=example.price_cny,
        attributes=example.attributes,
    )
    fired = {evidence.rule for evidence in reader.read(listing).evidence}
    assert (code in fired) is example.fires


@pytest.mark.parametrize("kind", sorted(KNOWN.licences))
def test_licence_examples(reader: Reader, kind: str) -> None:
    for example in KNOWN.licences[kind].examples:
        numbers = [n for n in reader.read(Listing("example", example.text)).licences if n.kind == kind]
        assert {n.structure.value for n in numbers} == ({example.structure} if example.structure else set()), example
        assert example.number is None or [n.number for n in numbers] == [example.number]


@pytest.mark.parametrize("rule", list(KNOWN.rules.values()), ids=lambda rule: rule.code)
def test_a_rule_shows_what_fires_and_what_does_not(rule: Rule) -> None:
    assert {example.fires for example in rule.examples} == {True, False}


@pytest.mark.parametrize("code", ["plastics.ultra_thin", "disinfectant.invented_number"])
def test_hard_rules_are_confirmed(code: str) -> None:
    assert KNOWN.rules[code].hard
    assert KNOWN.rules[code].confidence == "confirmed"


@pytest.mark.parametrize(
    ("citation", "changes", "before", "after"),
    [
        ("unfair_competition.confusion", date(2025, 10, 15), "6", "7"),
        ("unfair_competition.false_publicity", date(2025, 10, 15), "8", "9"),
        ("unfair_competition.organised_brushing", date(2025, 10, 15), "8", "9"),
        ("plastic.restriction", date(2026, 8, 15), "69", "998"),
        ("plastic.penalty", date(2026, 8, 15), "106", "1225"),
        ("trademark.sell_counterfeit", date(2027, 1, 1), "57", "72"),
        ("trademark.facilitate", date(2027, 1, 1), "57", "72"),
        ("trademark.well_known_words", date(2027, 1, 1), "14", "64"),
        ("trademark.transfer", date(2027, 1, 1), "61", "75"),
        ("trademark.identical_mark", date(2027, 1, 1), "57", "72"),
        ("trademark.similar_mark", date(2027, 1, 1), "57", "72"),
        ("trademark.labels", date(2027, 1, 1), "57", "72"),
        ("trademark.penalty", date(2027, 1, 1), "60", "74"),
        ("trademark.false_registered", date(2027, 1, 1), "52", "62"),
        ("food.disease_claim", date(2025, 12, 1), "73", "73"),  # amended, not renumbered
    ],
)
def test_a_citation_changes_on_its_day(citation: str, changes: date, before: str, after: str) -> None:
    eve, day = KNOWN.cite(citation, changes - timedelta(days=1)), KNOWN.cite(citation, changes)
    assert eve is not None
    assert day is not None
    assert (eve.article, day.article) == (before, after)


@pytest.mark.parametrize(
    ("citation", "begins"),
    [
        ("live_commerce.fake_trades", date(2026, 2, 1)),
        ("personal_information.penalty", date(2026, 1, 1)),
        ("fuel.standards", date(2026, 8, 15)),
        ("drug.fake_numbers", date(2026, 5, 15)),
        ("food.online_label", date(2027, 3, 16)),
    ],
)
def test_a_law_is_not_cited_before_it_is_in_force(citation: str, begins: date) -> None:
    assert KNOWN.cite(citation, begins - timedelta(days=1)) is None
    assert KNOWN.cite(citation, begins) is not None


def test_a_listing_walks_across_every_change_and_meets_one_version_at_most() -> None:
    versions = [(name, version) for name, one in KNOWN.citations.items() for version in one.version]
    days = {version.in_force for _, version in versions} | {v.until for _, v in versions if v.until}
    for day in sorted(days):
        for on in (day - timedelta(days=1), day):
            for name, citation in KNOWN.citations.items():
                valid = [v for v in citation.version if v.in_force <= on and (v.until is None or on < v.until)]
                assert len(valid) <= 1
                assert KNOWN.cite(name, on) == (valid[0] if valid else None)


def test_a_renumbered_provision_is_never_without_a_number() -> None:
    for citation in KNOWN.citations.values():
        dates = sorted((version.in_force, version.until) for version in citation.version)
        assert all(old[1] == new[0] for old, new in itertools.pairwise(dates)), citation.id


def test_a_citation_read_second_hand_says_so() -> None:
    told = [v for one in KNOWN.citations.values() for v in one.version if "renumbering table" in v.source]
    assert told
    assert {version.confidence for version in told} == {"check"}


def test_every_rule_of_the_priority_categories_has_a_law_today() -> None:
    lawless = [
        code for code, rule in KNOWN.rules.items() if not any(KNOWN.cite(name, date(2026, 11, 24)) for name in rule.law)
    ]
    assert not lawless


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        text = (root / name).read_text("utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new, 1), "utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (replaced("categories/masks.toml", "priority = 1", "priorty = 1"), "categories/masks.toml"),
        (replaced("categories/masks.toml", 'severity = "high"', 'severity = "huge"'), "severity"),
        (replaced("categories/masks.toml", '"device.unregistered"', '"device.unheard_of"'), "device.unheard_of"),
        (replaced("categories/masks.toml", 'authority = ["nmpa", "samr"]', 'authority = ["nobody"]'), "nobody"),
        (
            replaced("categories/masks.toml", 'malformed = { licences = ["', 'malformed = { licences = ["ghost", "'),
            "ghost",
        ),
        (replaced("categories/masks.toml", 'code = "mask.wrong_class"', 'code = "drug.no_approval_number"'), "twice"),
        (replaced("categories/food.toml", 'confidence = "check"', 'confidence = "check"\nhard = true'), "hard"),
        (replaced("authorities.toml", 'id = "nmpa"', 'id = "samr"'), "twice"),
        (replaced("laws.toml", "until = 2025-10-15", "until = 2025-10-16"), "must end before"),
        (replaced("laws.toml", "[[citation]]", "[[citation"), "TOML"),
        (lambda root: (root / "brands.toml").unlink(), "brands.toml"),
        (replaced("laws.toml", "until = 2025-10-15", "until = 2019-01-01"), "ends before it begins"),
        (replaced("laws.toml", 'confidence = "check"', 'confidence = "maybe"'), "laws.toml: citation"),
        (replaced("categories/masks.toml", 'claim = ["医用外科"', 'claim = ["医用外科", 3'), "claim"),
        (replaced("categories/masks.toml", "pattern = 'gb", "pattern = '(gb"), "no regular expression"),
        (replaced("categories/masks.toml", 'categories = ["masks"]', 'categories = ["mask"]'), "'mask'"),
        (replaced("categories/masks.toml", 'id = "masks"', 'id = "mask"'), "must be named categories/mask.toml"),
        (replaced("categories/masks.toml", "low_cny = 5.0", "low_cny = 5000.0"), "must not exceed"),
        (
            replaced("categories/masks.toml", 'standards = ["GB 2626", "GB 19083"]', "standards = []"),
            "mask.kn95_without_standard' asks for nothing",
        ),
        (
            replaced("categories/degradable_plastics.toml", 'number_below = 0.025\nunit = "mm"', "in_title = true"),
            "plastics.ultra_thin' contradicts nothing",
        ),
        (
            replaced("categories/pesticides.toml", 'malformed = { licences = ["pesticide"] }', ""),
            "pesticide.number_malformed' has no trigger",
        ),
        (
            replaced("categories/apparel_shoes.toml", "fires = true", "fires = false"),
            "brand.price_too_low' needs an example",
        ),
        (replaced("fraud.toml", 'words = ["', 'words = ["刷单", "刷单", "'), "twice on the same terms"),
        (replaced("licences/uscc.toml", "?P<digits>", "?:"), "licences/uscc.toml: pattern has no group named digits"),
        (replaced("licences/uscc.toml", 'authority = ["samr"]', 'authority = ["none"]'), "licence 'uscc'"),
        (replaced("brands.toml", 'id = "', 'id = "A '), "brands.toml: brand.0.id"),
    ],
)
def test_wrong_knowledge_is_refused_by_name(tmp_path: Path, change: Callable[[Path], None], says: str) -> None:
    root = tmp_path / "knowledge"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    change(root)
    with pytest.raises(KnowledgeInvalid, match=says.replace(".", r"\.")):
        load(root)


def test_digests_name_every_file() -> None:
    assert {"laws.toml", "categories/food.toml", "licences/uscc.toml"} <= set(KNOWN.digests)
    assert all(len(digest) == 64 for digest in KNOWN.digests.values())
    assert KNOWN.digest == load().digest


def test_knowledge_is_read_once_per_folder() -> None:
    assert load() is load(ROOT)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeInvalid, match="nowhere is not a folder"):
        load(tmp_path / "nowhere")


def test_the_plan_s_priorities_are_categories_and_every_rule_names_its_owner() -> None:
    first = {name for name, one in KNOWN.categories.items() if one.priority == 1}
    assert first == {"food", "drugs", "masks", "cosmetics", "degradable_plastics"}
    assert all(rule.authority and rule.message.zh and rule.message.en for rule in KNOWN.rules.values())
    assert all(rule.law for rule in KNOWN.rules.values() if rule.head == "counterfeit")


def test_every_number_kind_that_can_be_false_has_a_rule_that_says_so() -> None:
    spoken = {kind for rule in KNOWN.rules.values() if rule.malformed for kind in rule.malformed.licences}
    checked = {kind for kind, one in KNOWN.licences.items() if one.check != "none" or one.loose is not None}
    assert checked - spoken == {"uscc"}  # says who sells, not whether the goods are lawful
