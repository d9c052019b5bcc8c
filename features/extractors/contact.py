"""Ways to leave the platform: a handle or number, when a contact word stands beside it."""

import re
from collections.abc import Mapping

from features.evidence import Evidence
from features.extractors.terms import seen
from features.knowledge import Knowledge
from features.normalize import Folded

RULE = "contact.off_platform"
STRENGTH = 3
GUARD = re.compile("[微薇信vqw扣抠叩企裙群电联手]")
EDGE = "(?<![a-z0-9])"
CHAT = (
    rf"(?:加?(?:微信|微|薇|{EDGE}(?:vx|wx|wechat|weixin))(?:号码?|同号|客服|联系)?"
    rf"|[加+]v|加?(?:扣扣|扣|抠q|{EDGE}qq?|企鹅)(?:号码?|群|裙)?|[群裙]号|联系方式)"
)
BETWEEN = r"(?:[\s:.=_+*/,、\"'【\[(]|是|同号){0,4}"
PHONE = r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
BARE = rf"{EDGE}v(?![a-z0-9])(?:号码?|同号|客服|联系)?"  # a handle after it needs a digit: v alone is also a neckline
CONTACT = re.compile(
    rf"{BARE}{BETWEEN}(?=[a-z_-]*[0-9])[a-z][a-z0-9_-]{{5,19}}(?![a-z0-9])"
    rf"|{EDGE}v(?:(?![a-z0-9])(?:号码?|同号|客服|联系)?{BETWEEN})?(?:{PHONE}|(?<![v])[1-9]\d{{4,10}})(?![a-z0-9])"
    rf"|{CHAT}{BETWEEN}(?:[a-z][a-z0-9_-]{{5,19}}|{PHONE}|[1-9]\d{{4,10}})(?![a-z0-9])"
    rf"|(?:电话|手机号?|手机同号){BETWEEN}{PHONE}(?![a-z0-9])"
)


class ContactExtractor:
    """Evidence for handles and numbers. Invitations without a handle are words of the rule itself."""

    __slots__ = ("_rule",)

    def __init__(self, knowledge: Knowledge) -> None:
        """Remember whether the knowledge has the rule; without it nothing is found."""
        self._rule = knowledge.rules.get(RULE)

    def find(self, fields: Mapping[str, Folded]) -> list[Evidence]:
        """Evidence in reading order. A number alone is never evidence: it may be a bar code."""
        if self._rule is None:
            return []
        return [
            seen(RULE, name, folded, match.span(), STRENGTH)
            for name, folded in fields.items()
            if GUARD.search(folded.text)
            for match in CONTACT.finditer(folded.text)
        ]
