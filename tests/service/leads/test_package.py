"""The workbook and the package: what is in them, and that nobody changes them unseen."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from features.knowledge import Knowledge
from models.screening import Versions
from service.leads import Leads, Pile, leads_of
from service.leads.account import Account, Input
from service.leads.book.book import workbook
from service.leads.book.evidence import pieces
from service.leads.book.table import laws
from service.leads.couriers import notices
from service.leads.files import files
from service.leads.lead import Cited
from service.leads.package import PackageRejected, refuse_standing, seal, verify
from tests.service.leads.conftest import replica

ACCOUNT = Account("2026-11-20", Versions("b" * 16, "k" * 16, "0.1.0"), (Input("a.csv", "0" * 64, 9, 3, 1),), 0, 2)
EVIL = "=cmd|' /C calc'!A0 顶级版本\x01\u202e🎉"


@pytest.fixture
def leads(pile: Pile, known: Knowledge) -> Leads:
    """Two leads; one of them writes formulas wherever it can."""
    pile.add(replica(EVIL, seller_id="@SUM(1)", seller_name="+1+1", url="=HYPERLINK(1)", price_cny=10.0, sales=9e3))
    pile.add(replica(seller_id="b", seller_name="鼎盛百货", listing_id="2"))
    return leads_of(pile, known, date(2026, 11, 20))


def test_the_workbook_holds_every_page_and_no_formula(leads: Leads) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(leads, ACCOUNT)))
    names = ["概览", "按主管部门", "按地区", "证据明细", "寄递提示清单", "法律条文", "方法与局限"]
    assert book.sheetnames == names
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    texts = {str(cell.value) for cell in cells}
    assert "+1+1（甲）" in texts
    assert not [text for text in texts if "\u202e" in text]  # nothing turns a line around
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToHeight == 0) == (sheet.title != "概览")  # which prints on one page
        assert sheet.oddFooter.center.text
    for name in names[1:6]:
        assert book[name].print_title_rows == "$3:$3"
        assert book[name].freeze_panes == "C4"
        assert book[name].auto_filter.ref


def test_articles_of_one_law_stand_together() -> None:
    texts = (
        "《中华人民共和国食品安全法》(2021-04-29修正)第34条第1项",
        "《中华人民共和国食品安全法》(2021-04-29修正)第73条第1款",
        "《关于塑料袋的通知》(2008)全文",
    )
    told = laws(Cited("", text, "", None, "confirmed", 1) for text in texts)
    assert told == "1. 《食品安全法》(2021-04-29修正)第34条第1项、第73条第1款\n2. 《关于塑料袋的通知》(2008)全文"
    assert "仅模型判断" in laws(())


def test_the_same_leads_are_the_same_bytes(leads: Leads) -> None:
    assert files(leads, ACCOUNT) == files(leads, ACCOUNT)


def test_marks_stand_where_the_evidence_is() -> None:
    fact = replica("顶级版本🎉包")
    assert list(pieces(fact)) == [("顶级", True), ("版本🎉包", False)]
    assert list(pieces(replica("顶级"))) == [("顶级", True)]


def test_no_leads_make_a_whole_workbook(pile: Pile, known: Knowledge) -> None:
    nothing = leads_of(pile, known, date(2026, 11, 20))
    assert nothing.leads == ()
    assert openpyxl.load_workbook(io.BytesIO(workbook(nothing, ACCOUNT))).sheetnames


def test_couriers_get_shops_they_can_recognise(leads: Leads) -> None:
    assert [(one.shop, "标识" in one.focus) for one in notices(leads.leads)] == [("+1+1", True), ("鼎盛百货", True)]
    rows = files(leads, ACCOUNT)["couriers.csv"].decode("utf-8-sig").splitlines()
    assert rows[1].startswith("'+1+1,")
    assert "⟨U+202E⟩" in rows[1]


@pytest.mark.parametrize("name", ["leads.zip", "leads"])
def test_a_package_is_verified(leads: Leads, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    sealed = seal(files(leads, ACCOUNT), ACCOUNT, out)
    found = verify(out)
    assert (found.seal, found.files, found.fault) == (sealed, 3, None)
    with pytest.raises(PackageRejected, match="there already"):
        refuse_standing(out, force=False)
    assert seal(files(leads, ACCOUNT), ACCOUNT, out, force=True) == sealed
    assert not [one for one in tmp_path.iterdir() if one != out]


def test_json_says_the_same(leads: Leads) -> None:
    told = json.loads(files(leads, ACCOUNT)["leads.json"])
    assert [one["lead_id"] for one in told["leads"]["leads"]] == [one.lead_id for one in leads.leads]
    assert told["account"]["inputs"][0]["rows"] == 3


def changed(path: Path) -> None:
    (path / "leads.json").write_bytes(b"{}")


def missing(path: Path) -> None:
    (path / "couriers.csv").unlink()


def extra(path: Path) -> None:
    (path / "more.txt").write_text("x")


def grown(path: Path) -> None:
    with (path / "leads.xlsx").open("ab") as file:
        file.write(b"x")


def linked(path: Path) -> None:
    told = (path / "leads.json").read_bytes()
    (path.parent / "outside").write_bytes(told)
    (path / "leads.json").unlink()
    (path / "leads.json").symlink_to(path.parent / "outside")


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (changed, "leads.json was changed"),
        (missing, "couriers.csv is missing"),
        (extra, "more.txt was added"),
        (grown, "leads.xlsx was changed"),
        (linked, "leads.json was changed"),
    ],
)
def test_the_first_fault_is_named(leads: Leads, tmp_path: Path, spoil: object, fault: str) -> None:
    out = tmp_path / "leads"
    seal(files(leads, ACCOUNT), ACCOUNT, out)
    spoil(out)  # type: ignore[operator]
    assert verify(out).fault == fault


def test_a_zip_cannot_do_harm(leads: Leads, tmp_path: Path) -> None:
    out = tmp_path / "l.zip"
    seal(files(leads, ACCOUNT), ACCOUNT, out)
    with zipfile.ZipFile(out, "a") as parts:
        parts.writestr("../../evil.txt", "x")
    assert verify(out).fault == "../../evil.txt was added"
    with zipfile.ZipFile(out) as parts:
        told = {name: parts.read(name) for name in parts.namelist()}
    told["leads.json"] = bytes(64 << 20)  # unpacks to far more than was sealed
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, blob in told.items():
            parts.writestr(name, blob)
    assert verify(out).fault == "leads.json was changed"


def test_no_damaged_byte_is_more_than_a_fault(leads: Leads, tmp_path: Path) -> None:
    out = tmp_path / "l.zip"
    seal(files(leads, ACCOUNT), ACCOUNT, out)
    sound, drawn = out.read_bytes(), np.random.default_rng(4)
    sealed, intact = verify(out), 0
    for at in drawn.integers(len(sound), size=200):
        spoilt = bytearray(sound)
        spoilt[at] ^= 0xFF
        out.write_bytes(spoilt)
        try:
            told = verify(out)
        except PackageRejected:
            continue
        intact += told == sealed  # a byte that holds no content, such as the time of a file
    assert intact < 20


@pytest.mark.parametrize("blob", [b"", b"PK\x03\x04", b"not a zip"])
def test_what_is_no_package_is_refused(tmp_path: Path, blob: bytes) -> None:
    out = tmp_path / "l.zip"
    out.write_bytes(blob)
    with pytest.raises(PackageRejected, match="no whole package"):
        verify(out)
    with pytest.raises(PackageRejected, match=r"holds no manifest\.json"):
        verify(tmp_path)


@pytest.mark.parametrize("told", ["{}", '{"format": 99}', "nonsense"])
def test_a_manifest_that_is_none_is_refused(leads: Leads, tmp_path: Path, told: str) -> None:
    out = tmp_path / "leads"
    seal(files(leads, ACCOUNT), ACCOUNT, out)
    (out / "manifest.json").write_text(told)
    with pytest.raises(PackageRejected, match="damaged"):
        verify(out)


def test_a_folder_of_others_is_not_cleared(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(PackageRejected, match="other files"):
        refuse_standing(tmp_path, force=True)
