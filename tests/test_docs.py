"""What the documents say is there."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models.heads import HEADS
from service.cli import app
from service.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_names_every_setting_with_its_default_and_every_head(path: Path) -> None:
    text = path.read_text("utf-8")
    for name, field in Settings.model_fields.items():
        shown = "the active one" if name == "bundle" else str(field.default)
        assert f"| `{PREFIX}{name.upper()}` | `{shown}` |" in text
    assert all(f"`{head}`" in text for head in HEADS)


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_shows_only_commands_that_exist(path: Path) -> None:
    shown = set(re.findall(r"zhenwei ([a-z]+)", path.read_text("utf-8")))
    known = CliRunner().invoke(app, ["--help"]).output
    assert shown
    assert all(f" {name} " in known for name in shown)


@pytest.mark.parametrize(
    "path", [*READMES, ROOT / "data_samples/README.md"], ids=lambda path: path.parent.name + path.name
)
def test_links_and_paths_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    named = re.findall(r"`((?:features|models|training|service|data_samples|benchmarks)/[\w./-]+)`", text)
    assert not [target for target in linked if not (path.parent / target).exists()]
    assert not [target for target in named if not (ROOT / target).exists()]


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_a_readme_is_short_and_finished(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 360
    assert "@@" not in text


def test_make_targets_named_in_the_readmes_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {target for path in READMES for target in re.findall(r"make ([a-z]+(?:-[a-z]+)*)", path.read_text("utf-8"))}
    assert named <= targets
