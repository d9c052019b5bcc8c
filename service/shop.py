"""Shops: their names without what every shop says of itself."""

import re
import unicodedata

_SHOP = re.compile(
    r"(?:官方|正品|品牌|企业)*(?:旗舰店|专营店|专卖店|直营店|折扣店|精品店|小店|店铺|商城|店|store|shop)?[0-9]{0,4}$"
)


def plain_name(name: str) -> str:
    """A shop's name without what says only that it is a shop, and without the number that tells twins apart.

    >>> plain_name("美妆优品 官方旗舰店02")
    '美妆优品'
    """
    return _SHOP.sub("", "".join(unicodedata.normalize("NFKC", name).casefold().split()))


def stem(name: str) -> str:
    """What names nearly the same begin with, as written.

    >>> stem("美妆优品 官方旗舰店02")
    '美妆优品'
    """
    return _SHOP.sub("", name).rstrip()
