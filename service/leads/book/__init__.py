"""The workbook: leads on paper, for people who act on them.

sheet: how every page looks; overview, table, evidence, couriers, method: one page each; book: all of them together.
"""
