"""Leads on the disk: the workbook alone, or the sealed package, as the name says."""

from pathlib import Path

from service.leads.account import Account
from service.leads.book.book import workbook
from service.leads.files import files
from service.leads.lead import Leads
from service.leads.package import seal


def write_leads(found: Leads, account: Account, out: Path, *, force: bool) -> str | None:
    """Write leads; return the seal of a package. Raises PackageRejected."""
    if out.suffix.lower() != ".xlsx":
        return seal(files(found, account), account, out, force=force)
    aside = out.with_name(f".{out.name}.partial")
    aside.write_bytes(workbook(found, account))
    aside.replace(out)
    return None
