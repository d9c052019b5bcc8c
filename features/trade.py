"""What orders and reviews look like. Brushing leaves its traces here, not in titles."""

from features.feature import Block, ratio
from features.listing import NO_TRADE, Trade
from features.reading import Reading


def _trade(reading: Reading) -> Trade | None:
    trade = reading.listing.trade
    return None if trade is NO_TRADE else trade


TRADE = Block("trade", _trade)

TRADE.told("orders_7d", unit="count", zh="近7天订单数", en="orders in 7 days")
TRADE.told("orders_30d", unit="count", zh="近30天订单数", en="orders in 30 days")
TRADE.told("orders_total", unit="count", zh="累计订单数", en="orders since listed")
TRADE.told("max_orders_1h", unit="count", zh="单小时最高订单数", en="most orders in one hour")
TRADE.told("buyers_30d", unit="count", zh="近30天买家数", en="buyers in 30 days")
TRADE.told("repeat_buyer_share", unit="fraction 0..1", zh="回头客占比", en="share of repeat buyers")
TRADE.told("same_address_share", unit="fraction 0..1", zh="同一收货地址占比", en="share of orders to shared addresses")
TRADE.told("waybill_reuse_share", unit="fraction 0..1", zh="运单号重复占比", en="share of reused waybill numbers")
TRADE.told("empty_parcel_share", unit="fraction 0..1", zh="空包占比", en="share of empty parcels")
TRADE.told("night_order_share", unit="fraction 0..1", zh="夜间订单占比", en="share of orders at night")
TRADE.told("conversion_rate", unit="fraction 0..1", zh="转化率", en="conversion rate")
TRADE.told(
    "refund_after_confirm_share", unit="fraction 0..1", zh="确认收货后退款占比", en="share refunded after confirmation"
)
TRADE.told("reviews_total", unit="count", zh="累计评价数", en="reviews since listed")
TRADE.told("reviews_30d", unit="count", zh="近30天评价数", en="reviews in 30 days")
TRADE.told("five_star_share", unit="fraction 0..1", zh="五星评价占比", en="share of five-star reviews")
TRADE.told("photo_review_share", unit="fraction 0..1", zh="带图评价占比", en="share of reviews with photos")
TRADE.told("duplicate_review_share", unit="fraction 0..1", zh="重复评价占比", en="share of duplicate reviews")
TRADE.told("review_burst_max_1d", unit="count", zh="单日最多评价数", en="most reviews in one day")


@TRADE.feature("week_share", unit="ratio", zh="近7天占近30天订单", en="orders of 7 days per order of 30 days")
def week_share(trade: Trade) -> float | None:
    """Even trade gives 7/30; a campaign of fake orders comes near 1."""
    return ratio(trade.orders_7d, trade.orders_30d)


@TRADE.feature("hour_peak", unit="ratio", zh="单小时峰值占近7天订单", en="busiest hour per order of 7 days")
def hour_peak(trade: Trade) -> float | None:
    """Orders of the busiest hour over those of the week."""
    return ratio(trade.max_orders_1h, trade.orders_7d)


@TRADE.feature("buyers_per_order", unit="ratio", zh="买家数与订单数之比", en="buyers per order")
def buyers_per_order(trade: Trade) -> float | None:
    """Few buyers who order often: the same accounts at work."""
    return ratio(trade.buyers_30d, trade.orders_30d)


@TRADE.feature("reviews_per_order", unit="ratio", zh="近30天评价与订单之比", en="reviews per order in 30 days")
def reviews_per_order(trade: Trade) -> float | None:
    """Real buyers seldom review; paid ones always do."""
    return ratio(trade.reviews_30d, trade.orders_30d)


@TRADE.feature("reviews_per_order_total", unit="ratio", zh="累计评价与订单之比", en="reviews per order since listed")
def reviews_per_order_total(trade: Trade) -> float | None:
    """Reviews over orders since the listing began."""
    return ratio(trade.reviews_total, trade.orders_total)


@TRADE.feature(
    "review_burst", unit="ratio", zh="单日评价峰值占近30天评价", en="busiest review day per review of 30 days"
)
def review_burst(trade: Trade) -> float | None:
    """Reviews of the busiest day over those of the month."""
    return ratio(trade.review_burst_max_1d, trade.reviews_30d)


@TRADE.feature(
    "praise_without_photo", unit="fraction 0..1", zh="五星与带图占比之差", en="five-star share beyond photos"
)
def praise_without_photo(trade: Trade) -> float | None:
    """Five-star share that photos do not back; 0 when there are as many photos as praise."""
    if trade.five_star_share is None or trade.photo_review_share is None:
        return None
    return max(0.0, trade.five_star_share - trade.photo_review_share)


FEATURES = TRADE.features
