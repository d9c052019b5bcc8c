"""Leads: risky listings become whom to visit, under which article, with what evidence.

fact -> pile -> linking -> describing -> lead -> book (a workbook), package (sealed). harm, place, transfer and
checklist say how much, where, whether the police may be asked, and what is still to be verified.
"""

from service.leads.describing import leads_of, leads_of_lines
from service.leads.fact import LeadFact, fact_of
from service.leads.harm import Weighing
from service.leads.lead import Lead, Leads
from service.leads.pile import Pile

__all__ = ["Lead", "LeadFact", "Leads", "Pile", "Weighing", "fact_of", "leads_of", "leads_of_lines"]
