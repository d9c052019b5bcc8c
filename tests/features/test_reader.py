"""The reader: every field, every extractor, spans that hold."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.evidence import Structure
from features.extractors.licences import LicenceExtractor
from features.knowledge import Knowledge, load
from features.knowledge.schema import Rule
from features.listing import Listing, Seller
from features.normalize import Folder, words_of
from features.reader import Reader
from service.examples import CLOAKED

TEXTS = st.text(max_size=80) | st.text(
    st.sampled_from(
        "正品纯原高仿A货可降解PE0.01mm厚丝国药准字HSC0123456789加V信薇医用口罩香奶奶CHANE1　 ＊/🔥\u200b\u0301０１①"
    ),
    max_size=80,
)
FIELDS: dict[str, Callable[[Listing], str | None]] = {
    "title": lambda listing: listing.title,
    "brand": lambda listing: listing.brand,
    "description": lambda listing: listing.description,
    "seller.name": lambda listing: listing.seller.name,
    "price_cny": lambda _: "",  # a number has no text
}


def field_of(listing: Listing, name: str) -> str:
    """The raw field that evidence points into."""
    if name.startswith("attributes."):
        return listing.attributes[name.removeprefix("attributes.")]
    return FIELDS[name](listing) or ""


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@given(title=TEXTS, brand=TEXTS, description=TEXTS, shop=TEXTS, material=TEXTS, price=st.none() | st.floats(0, 1e6))
@settings(deadline=None, max_examples=60)
def test_every_span_points_into_the_field_as_written(
    *, reader: Reader, title: str, brand: str, description: str, shop: str, material: str, price: float | None
) -> None:
    listing = Listing(
        "1",
        title,
        brand=brand,
        description=description,
        seller=Seller(name=shop),
        attributes={"材质": material},
        price_cny=price,
    )
    reading = reader.read(listing)
    for one in reading.evidence:
        assert one.text == field_of(listing, one.field)[one.start : one.end]
    for number in reading.licences:
        assert number.text == field_of(listing, number.field)[number.start : number.end]
    assert list(reading.evidence) == sorted(reading.evidence, key=lambda e: (e.field, e.start, e.end))
    assert all(token.text == reading.title.text[token.start : token.end] for token in reading.tokens)
    assert set(reading.strengths) <= {one.rule for one in reading.evidence}
    assert reader.read(listing) == reading


def test_every_trigger_speaks(make_rule: Callable[..., Rule], make_knowledge: Callable[..., Knowledge]) -> None:
    rules = (
        make_rule("slang.pure", terms=[{"words": ["纯原"], "strength": 3}]),
        make_rule("advice.word", terms=[{"words": ["最好"]}], advice=True),
        make_rule("slang.after", terms=[{"words": ["正品"], "needs_rules": ["bag.fake"]}]),
        make_rule("slang.never", terms=[{"words": ["正品"], "needs_rules": ["no.such"]}]),
        make_rule("bag.fake", contradiction={"claim": ["可降解"], "attributes": ["材质"], "pattern": "pe"}),
        make_rule("bag.bare", missing={"standards": ["GB/T 38082"]}, categories=["bags"]),
        make_rule("drug.false", malformed={"licences": ["drug"]}),
        make_rule("price.low", price={"ratio": 0.2, "reference": "brand"}, severity="low"),
        make_rule("brand.masked", brand={"kind": "mask"}),
    )
    drug = {"id": "drug", "pattern": r"国药准字h(?P<digits>\d{8})(?!\d)", "check": "drug_origin"}
    knowledge = make_knowledge(
        rules=rules,
        categories=({"id": "bags", "words": ["垃圾袋"]},),
        licences=(drug,),
        brands=({"id": "chanel", "en": ["Chanel"], "masks": ["CHANE1"], "price_low_cny": 300},),
    )
    title = "纯原 CHANE1 可降解垃圾袋 最好 正品 国药准字H99990001"
    listing = Listing("1", title, attributes={"材质": "PE"}, price_cny=9.0)
    reading = Reader(knowledge).read(listing)
    assert [(e.rule, e.text) for e in reading.evidence] == [
        ("bag.fake", "PE"),
        ("price.low", ""),
        ("bag.bare", ""),
        ("slang.pure", "纯原"),
        ("brand.masked", "CHANE1"),
        ("bag.fake", "可降解"),
        ("advice.word", "最好"),
        ("slang.after", "正品"),
        ("drug.false", "国药准字H99990001"),
    ]
    assert reading.category.id == "bags"
    assert reading.brands == ("chanel",)
    assert "advice.word" not in reading.strengths
    assert (reading.strengths["bag.fake"], reading.strengths["price.low"]) == (4, 1)


def test_a_batch_reads_like_its_listings(reader: Reader) -> None:
    listings = [Listing("1", "纯原男鞋"), Listing("2", ""), Listing("3", "坚果饼干", attributes={"产地": "江苏"})]
    assert list(reader.read_many(listings)) == [reader.read(one) for one in listings]


def test_every_field_is_read(reader: Reader) -> None:
    number = "国药准字Z44029999"
    listing = Listing(
        "1",
        "感冒灵颗粒",
        brand=number,
        description=number,
        seller=Seller(name=number),
        attributes={"批准文号": number},
    )
    fields = [one.field for one in reader.read(listing).licences]
    assert fields == ["brand", "description", "seller.name", "attributes.批准文号"]


def test_strengths_sum_per_rule_and_leave_advice_out(reader: Reader) -> None:
    advice = {code for code, rule in reader.knowledge.rules.items() if rule.advice}
    for reading in map(reader.read, _examples(reader.knowledge)):
        assert not advice & set(reading.strengths)
        for code, strength in reading.strengths.items():
            assert strength == sum(one.strength for one in reading.evidence if one.rule == code)


def test_every_example_of_every_rule_holds(reader: Reader) -> None:
    broken = [
        f"{rule.code}: {'silent' if example.fires else 'fired'} on {example.title} {example.attributes}"
        for rule in reader.knowledge.rules.values()
        for example in rule.examples
        if example.fires
        != any(
            one.rule == rule.code
            for one in reader.read(
                Listing(
                    "1",
                    example.title,
                    category=example.category,
                    brand=example.brand,
                    price_cny=example.price_cny,
                    attributes=example.attributes,
                )
            ).evidence
        )
    ]
    assert not broken, "\n".join(broken)


def test_every_example_of_every_licence_holds(reader: Reader) -> None:
    broken = []
    for licence in reader.knowledge.licences.values():
        for example in licence.examples:
            found = [one for one in reader.read(Listing("1", example.text)).licences if one.kind == licence.id]
            got = [(one.structure.value, one.number) for one in found]
            if [structure for structure, _ in got] != [example.structure] * (example.structure is not None):
                broken.append(f"{licence.id}: {example.text}: {got}, not {example.structure}")
            elif example.number is not None and got[0][1] != example.number:
                broken.append(f"{licence.id}: {example.text}: {got[0][1]}, not {example.number}")
    assert not broken, "\n".join(broken)


TEMPLATES = ("{} 正品现货包邮", "【官方】家中常备{} 12片装", "家中常备 批准文号:{} 买2送1", "{}")
FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("width", [{}, FULL_WIDTH], ids=["plain", "full width"])
def test_numbers_of_the_registers_are_read(
    shared_data: Path, reader: Reader, folder: Folder, template: str, width: dict[int, int]
) -> None:
    extractor = LicenceExtractor(reader.knowledge)
    for code in _registered(shared_data):
        found = extractor.find({"title": folder.fold(template.format(code.translate(width)))})
        assert [one.structure for one in found] == [Structure.WELL_FORMED], code


def _registered(shared_data: Path) -> list[str]:
    drugs = (shared_data / "registers/drugs/国内S.jsonl").read_text("utf-8").splitlines()
    with (shared_data / "registers/health_foods/health_foods.csv").open(encoding="utf-8") as file:
        foods = [row["register_no"] for row in csv.DictReader(file)]
    factories = (shared_data / "number_formats/sc_real_numbers.txt").read_text("utf-8").split()
    codes = (shared_data / "number_formats/benweima_real.txt").read_text("utf-8").split()
    return [json.loads(line)["code"] for line in drugs] + foods + factories + [f"本位码{code}" for code in codes]


def _examples(knowledge: Knowledge) -> list[Listing]:
    return [
        Listing("1", example.title, category=example.category, attributes=example.attributes)
        for rule in knowledge.rules.values()
        for example in rule.examples
    ]


def test_what_reads_cloaked_titles_waits_for_the_first() -> None:
    reader = Reader()
    cloak = reader.folder.cloak
    assert cloak
    reader.read(Listing("1", "天然A货翡翠手镯"))
    assert cloak._lexicon is None
    reader.read(Listing("2", CLOAKED["title"]))
    assert cloak._lexicon


def test_no_word_of_the_knowledge_is_read_as_cloaked() -> None:
    """So that rules may be compiled without the decoder of cloaked titles."""
    folder, words = Folder.load(load()), list(words_of(load()))
    assert [one.text for one in folder.fold_many(words)] == [one.text for one in folder.for_words().fold_many(words)]
