"""What is still to be verified: a lead says what a page shows, and an officer must know what it does not show."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from stdnum.cn import uscc

from service.leads.fact import Fault, LeadFact
from service.leads.lead import Lead
from service.leads.place import NOWHERE


def with_checks(lead: Lead, facts: Sequence[LeadFact]) -> Lead:
    """The lead, with its checklist."""
    return replace(lead, to_verify=(*_who(lead, facts), *_what(lead, facts), *_how_much(lead, facts)))


def _who(lead: Lead, facts: Iterable[LeadFact]) -> Iterator[str]:
    if any(not (fact.seller_id or fact.seller_name or fact.uscc) for fact in facts):
        yield "卖家身份不明：请向平台调取经营者登记信息"
    elif not all(shop.uscc and uscc.is_valid(shop.uscc) for shop in lead.shops):
        some = "部分店铺" if len(lead.shops) > 1 else "店铺"
        yield f"主体：{some}未展示有效的统一社会信用代码，请调取登记信息"
    if lead.province == NOWHERE:
        yield "所在地不明：确定管辖前请核实住所地与发货地"
    elif any(shop.place.by == "stated" for shop in lead.shops):
        yield "所在地仅据页面自述：请核实登记住所地与发货地"
    if stated := {shop.place.stated for shop in lead.shops if shop.place.stated}:
        yield f"登记地与自述地区（{'、'.join(sorted(stated))}）不一致：请核实实际经营地"
    if lead.ties and not any(tie.strong for tie in lead.ties):
        yield "店铺间关联仅据标题、价格、店名相近推断：请核实是否同一经营者"
    elif lead.ties:
        yield "店铺间关联：请核实实际控制人"


def _what(lead: Lead, facts: Iterable[LeadFact]) -> Iterator[str]:
    facts = list(facts)
    if any(any(map(_brand, fact.faults)) for fact in facts):
        yield "是否侵权：请权利人辨认或鉴定，并索取授权书、进货票据"
    if any(fact.head == "counterfeit" and not any(map(_brand, fact.faults)) for fact in facts):
        yield "商品：请抽样检验或查验实物、标签与进货票据"
    unchecked = [paper for paper in lead.papers if paper.register == "not_checked" and paper.structure == "well_formed"]
    if unchecked:
        yield f"许可编号{len(unchecked)}个仅查过结构，未与登记库比对：请向发证机关核验"
    if any(paper.register == "mismatch" for paper in lead.papers):
        yield "许可编号与登记产品不符：请调取注册（备案）证书，核对实物包装"
    if any(all(fault.source == "model" for fault in fact.faults) for fact in facts):
        some = "部分商品" if len(facts) > 1 else "该商品"
        yield f"{some}只有模型判断、没有规则证据：立案前须取得其他证据"
    doubtful = {f.message for fact in facts for f in fact.faults if f.confidence == "check" and f.source != "model"}
    if doubtful:
        yield f"有{len(doubtful)}项发现标为“待核”：引用前请人工复核"
    if any(law.confidence == "check" for law in lead.law):
        yield "部分条文为转述资料：引用前请核对法律原文"
    if any(fact.seen_on is None for fact in facts):
        yield "采集时间未提供：条文按筛查当日引用，请补全取证时间"


def _brand(fault: Fault) -> bool:
    return any(law.startswith("trademark.") for law in fault.law)


def _how_much(lead: Lead, facts: Iterable[LeadFact]) -> Iterator[str]:
    if lead.exposure is None:
        yield "缺销量或价格：金额未知（不是0），请调取交易数据"
    elif lead.exposure_unknown:
        yield f"{lead.exposure_unknown}件商品缺销量或价格：金额只是已知部分，请调取交易数据"
    if lead.exposure is not None:
        recent = any(fact.sales_of == "30d" for fact in facts)
        yield f"金额按页面展示{'（含近30日）' if recent else ''}销量×标价估算，可能含刷单：请以实际交易流水为准"
    if any(fact.head == "fraud_order" for fact in facts):
        yield "疑似虚构交易：请调取订单、物流与评价原始记录"
