"""The seller's record."""

from stdnum.cn import uscc

from features.feature import Block, ratio
from features.listing import NO_SELLER, Listing
from features.reading import Reading

SHOP_NAMES = {"旗舰店": "flagship", "专卖店": "authorised", "专营店": "specialist"}


def _listing(reading: Reading) -> Listing | None:
    return None if reading.listing.seller is NO_SELLER else reading.listing


SELLER = Block("seller", _listing)


def _field(name: str, *, unit: str, zh: str, en: str) -> None:
    def read(listing: Listing) -> float | None:
        value: float | None = getattr(listing.seller, name)
        return value

    SELLER.feature(name, unit=unit, zh=zh, en=en)(read)


_field("rating", unit="0..5", zh="店铺评分", en="shop rating")
_field("followers", unit="count", zh="粉丝数", en="followers")
_field("deposit_cny", unit="CNY", zh="保证金", en="deposit")
_field("listings_count", unit="count", zh="在售商品数", en="listings on sale")
_field("takedowns_180d", unit="count", zh="近180天下架处罚数", en="takedowns in 180 days")
_field("complaints_90d", unit="count", zh="近90天投诉数", en="complaints in 90 days")
_field("fake_complaints_90d", unit="count", zh="近90天售假投诉数", en="complaints about fakes in 90 days")
_field("refund_rate_90d", unit="fraction 0..1", zh="近90天退款率", en="refund rate in 90 days")


@SELLER.feature("age_days", unit="days", zh="开店天数", en="days since the shop opened")
def age_days(listing: Listing) -> float | None:
    """Days from opening to the observation; None without both, or when the dates contradict each other."""
    if listing.observed_at is None or listing.seller.opened_on is None:
        return None
    days = (listing.observed_at.date() - listing.seller.opened_on).days
    return None if days < 0 else days


@SELLER.feature("fake_complaint_share", unit="ratio", zh="售假投诉占比", en="share of complaints that say fake")
def fake_complaint_share(listing: Listing) -> float | None:
    """Complaints about fakes over all complaints."""
    return ratio(listing.seller.fake_complaints_90d, listing.seller.complaints_90d)


@SELLER.feature("takedowns_per_listing", unit="ratio", zh="下架处罚与在售商品之比", en="takedowns per listing on sale")
def takedowns_per_listing(listing: Listing) -> float | None:
    """Takedowns over listings on sale."""
    return ratio(listing.seller.takedowns_180d, listing.seller.listings_count)


@SELLER.feature("flagship", unit="0 or 1", zh="旗舰店、专卖店或专营店", en="flagship, authorised or specialist shop")
def flagship(listing: Listing) -> float | None:
    """Whether the shop is of a kind that platforms grant after checking; by `kind`, else by the name's ending."""
    seller = listing.seller
    if seller.kind is not None:
        return float(seller.kind in GRANTED_KINDS)
    return None if seller.name is None else float(seller.name.strip().endswith(tuple(SHOP_NAMES)))


GRANTED_KINDS = frozenset({*SHOP_NAMES, *SHOP_NAMES.values()})


@SELLER.feature("uscc_valid", unit="0 or 1", zh="统一社会信用代码校验", en="credit code has a valid check digit")
def uscc_valid(listing: Listing) -> float | None:
    """Whether the unified social credit code has its structure and check digit (GB 32100)."""
    code = listing.seller.uscc
    return None if code is None else float(uscc.is_valid(code))


@SELLER.feature("brand_authorised", unit="0 or 1", zh="品牌在授权清单内", en="brand is among the authorised ones")
def brand_authorised(listing: Listing) -> float | None:
    """Whether the listing's brand stands in the seller's list of authorised brands; None without either."""
    allowed = listing.seller.authorised_brands
    if allowed is None or listing.brand is None:
        return None
    return float(_plain(listing.brand) in map(_plain, allowed))


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


FEATURES = SELLER.features
