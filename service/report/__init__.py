"""One page about a screening, with pictures: counts -> told (plain data) -> pictures and page.

counts: what is kept of every chunk, mergeable, so that many processes and one that goes on after a kill count alike.
linked: what it tells of leads, which are made of the same facts as the workbook's.
"""
