"""The shape of the knowledge TOML. Pydantic refuses unknown keys, so a typo never silently disables a rule."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from features.evidence import Severity

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Confidence = Literal["confirmed", "check"]
Head = Literal["counterfeit", "fraud_order"]


class Entry(BaseModel):
    """Base of every table: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Message(Entry):
    """What people read. `{text}` stands for the raw text of the evidence."""

    zh: Text
    en: Text


class Example(Entry):
    """A listing that must, or must not, make the rule fire. The tests find and run every one."""

    fires: bool
    title: Text
    category: Id | None = None
    brand: str | None = None
    price_cny: float | None = None
    attributes: dict[str, str] = {}


class Terms(Entry):
    """Words that fire a rule. Matched on the folded views, longest first.

    match   literal: anywhere; latin: no Latin letter or digit may touch either end
    unless  the hit is honest when any of these stands anywhere in the same field
    within  the hit is honest when it lies inside one of these longer words (大麻 in 大麻烦)
    needs   the hit counts only when one of these stands in the same field as well
    needs_rules       ... only when one of these other rules fires on the listing
    needs_categories  ... only when the listing's category is one of these
    """

    words: tuple[Text, ...] = Field(min_length=1)
    match: Literal["literal", "latin"] = "literal"
    strength: int = Field(default=2, ge=1, le=3)
    unless: tuple[Text, ...] = ()
    within: tuple[Text, ...] = ()
    needs: tuple[Text, ...] = ()
    needs_rules: tuple[Id, ...] = ()
    needs_categories: tuple[Id, ...] = ()
    confidence: Confidence = "confirmed"


class Contradiction(Entry):
    """Two things a listing says that cannot both be true, e.g. 可降解 and 材质 PE.

    Fires when one `claim` word stands in title or attributes, and some attribute in `attributes` matches
    `pattern` (a regular expression on the folded value), or the title does when `in_title` is set.
    `number_below` instead compares the first number of the attribute, in `unit` (mm, cm, 丝, μm are converted).
    """

    claim: tuple[Text, ...] = ()
    attributes: tuple[Text, ...] = ()
    pattern: str | None = None
    in_title: bool = False
    number_below: float | None = None
    unit: Literal["mm"] | None = None
    unless: tuple[Text, ...] = ()


class Missing(Entry):
    """A listing of this category that gives attributes, yet none of what it must show.

    Only asked when the listing carries attributes: a bare title is not evidence of anything missing.
    `when` narrows to listings whose title holds one of these words.
    """

    licences: tuple[Id, ...] = ()
    standards: tuple[Text, ...] = ()  # e.g. "GB/T 38082"; matched without spaces and year
    when: tuple[Text, ...] = ()
    unless: tuple[Text, ...] = ()


class Malformed(Entry):
    """Fires when a number of one of these licence kinds cannot exist."""

    licences: tuple[Id, ...] = Field(min_length=1)


class Price(Entry):
    """Fires when price / reference price of the brand or category falls below `ratio`."""

    ratio: float = Field(gt=0, lt=1)
    reference: Literal["brand", "category"]


class Mask(Entry):
    """Fires when a famous brand is written so that a filter misses it (CHANE1, 香*奶奶)."""

    kind: Literal["mask", "alias"]


class Rule(Entry):
    """One thing the product can say about a listing, with its law, authority and plan item.

    A rule fires through exactly one trigger: terms, contradiction, missing, malformed, price or brand.
    """

    code: Id
    head: Head
    severity: Severity
    message: Message
    law: tuple[Id, ...] = ()  # ids of citations in laws.toml
    authority: tuple[Id, ...] = Field(min_length=1)
    plan: Text | None = None  # item of the 2021 work plan, e.g. "一(四)"
    categories: tuple[Id, ...] = ()  # empty: every category
    hard: bool = False  # may cause `reject`; only with confidence = "confirmed"
    advice: bool = False  # a finding for people only: never a feature, adds no risk (the word, not the act)
    source: Text
    as_of: date
    confidence: Confidence
    terms: tuple[Terms, ...] = ()
    contradiction: Contradiction | None = None
    missing: Missing | None = None
    malformed: Malformed | None = None
    price: Price | None = None
    brand: Mask | None = None
    examples: tuple[Example, ...] = Field(min_length=1)


class PriceBand(Entry):
    """What an honest unit of this category usually costs, CNY. Wide on purpose."""

    low_cny: float = Field(gt=0)
    high_cny: float = Field(gt=0)


class Category(Entry):
    """A product group of the work plan."""

    id: Id
    zh: Text
    en: Text
    priority: int = Field(ge=1, le=3)  # 1 = reviewers see it first
    plan: tuple[Text, ...]
    authority: tuple[Id, ...] = Field(min_length=1)
    words: tuple[Text, ...] = Field(min_length=1)  # product nouns that place a title in this category
    weak_words: tuple[Text, ...] = ()  # count half: also met elsewhere
    not_words: tuple[Text, ...] = ()  # longer words that contain one of the words and mean something else
    platform_words: tuple[Text, ...] = ()  # what platforms call the category
    licences: tuple[Id, ...] = ()  # accepted or required licence kinds
    price_band: PriceBand | None = None
    source: Text
    as_of: date


class CategoryFile(Entry):
    """categories/<id>.toml."""

    category: Category
    rule: tuple[Rule, ...] = ()


class RuleFile(Entry):
    """slang.toml, claims.toml: rules that cross categories."""

    rule: tuple[Rule, ...]


class LicenceExample(Entry):
    """A title and the numbers that must be read from it; `structure` None means nothing may be found."""

    text: Text
    structure: Literal["well_formed", "malformed"] | None = None
    number: str | None = None


class LicenceFormat(Entry):
    """licences/<id>.toml: one kind of number. `pattern` runs on the folded field, `check` names a function."""

    id: Id
    zh: Text
    en: Text
    pattern: Text  # named group `digits` is what `check` receives
    loose: str | None = None  # same prefix with a wrong number of digits: reported as malformed
    check: Id
    legal_effect: Message  # what the number is and is not ("the FACTORY licence, not an approval")
    authority: tuple[Id, ...]
    source: Text
    as_of: date
    confidence: Confidence
    examples: tuple[LicenceExample, ...] = Field(min_length=2)


class LawVersion(Entry):
    """One numbering of a provision. `until` is exclusive; absent means still in force."""

    law: Id
    name: Text
    version: Text
    article: Text
    paragraph: str | None = None
    in_force: date
    until: date | None = None
    title_zh: Text
    title_en: Text
    penalty: str | None = None
    source: Text
    confidence: Confidence


class Citation(Entry):
    """A provision through time; the version in force on a listing's date is cited."""

    id: Id
    version: tuple[LawVersion, ...] = Field(min_length=1)


class LawFile(Entry):
    """laws.toml."""

    citation: tuple[Citation, ...]


class Authority(Entry):
    """Who owns a finding."""

    id: Id
    zh: Text
    en: Text


class AuthorityFile(Entry):
    """authorities.toml."""

    authority: tuple[Authority, ...]


class Brand(Entry):
    """A brand often counterfeited. The brand itself is no evidence; its masks are.

    aliases: nicknames and insider names (香奶奶); masks: spellings made to slip past a filter (CHANE1).
    look_alike: also catch unseen masks of `en` by look-alike letters (CHANE1, Ch@nel, PRAD*).
    """

    id: Id
    zh: tuple[Text, ...] = ()
    en: tuple[Text, ...] = ()
    aliases: tuple[Text, ...] = ()
    masks: tuple[Text, ...] = ()
    look_alike: bool = True
    categories: tuple[Id, ...] = ()
    price_low_cny: float | None = None
    price_high_cny: float | None = None
    confidence: Confidence


class BrandFile(Entry):
    """brands.toml; users may replace it."""

    source: Text
    as_of: date
    brand: tuple[Brand, ...]
