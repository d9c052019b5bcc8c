"""The rules of the house that no linter knows."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("features", "models", "training", "service")
TOP = {
    "features", "models", "training", "service", "data_samples", "tests", "benchmarks", "docs",
    "pyproject.toml", "requirements.lock", "requirements-dev.lock",
    "README.md", "README.zh-CN.md", "CHANGELOG.md", "DECISIONS.md",
    "LICENSE", "Makefile", ".ci", ".git", ".gitignore", "Dockerfile", "compose.yaml", ".dockerignore",
}  # fmt: skip
MADE_HERE = {
    ".venv", "build", "zhenwei.egg-info", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis",
    ".import_linter_cache", "__pycache__",
}  # fmt: skip
BANNED = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "handler", "processor"}

TESTED_THROUGH_A_DOOR = {
    "features/errors.py": "features/test_knowledge.py",
    "features/extractors/masks.py": "features/extractors/test_brands.py",
    "features/folding/": "features/test_normalize.py",
    "features/json_text.py": "service/test_bad_input.py",
    "features/tables/": "features/tables/test_table.py",
    "features/knowledge/": "features/test_knowledge.py",
    "training/crew.py": "training/test_pool.py",
    "training/market/": "training/market/test_market.py",
    "service/api/": "service/test_app.py",
    "service/background.py": "service/jobs/test_jobs.py",
    "service/case_schemas.py": "service/cases/test_cases.py",
    "service/casework.py": "service/cases/test_cases.py",
    "service/reasons.py": "service/test_labels.py",
    "service/ledger/caselist.py": "service/cases/test_queue.py",
    "service/ledger/reviewers.py": "service/cases/test_golden.py",
    "service/batch/": "service/batch/test_run.py",
    "service/body.py": "service/test_bad_input.py",
    "service/cli/": "service/test_cli.py",
    "service/console/": "service/console/test_session.py",
    "service/degraded.py": "service/test_recording.py",
    "service/errors.py": "service/test_bad_input.py",
    "service/home.py": "service/test_cli_ledger.py",
    "service/jobs/": "service/jobs/test_jobs.py",
    "service/judge.py": "service/test_lane.py",
    "service/ledger/activations.py": "service/test_cli_model.py",
    "service/ledger/shadows.py": "service/shadow/test_scoring.py",
    "service/ledger/deliveries.py": "service/webhooks/test_webhooks.py",
    "service/ledger/history.py": "service/test_history.py",
    "service/cli/lists.py": "service/test_lists.py",
    "service/ledger/labels.py": "service/test_labels.py",
    "service/listfile.py": "service/test_lists.py",
    "models/registers/wording.py": "models/registers/test_checking.py",
    "service/ledger/migrations/": "service/ledger/test_database.py",
    "service/openapi.py": "service/test_app.py",
    "service/leads/book/": "service/leads/test_package.py",
    "service/leads/": "service/leads/test_describing.py",
    "service/registers/": "service/test_register.py",
    "service/ledger/registers.py": "service/test_register.py",
    "service/report/": "service/report/test_page.py",
    "service/schemas.py": "service/test_app.py",
    "service/serving.py": "service/test_cli.py",
    "service/queue.py": "service/jobs/test_jobs.py",
    "service/webhooks/": "service/webhooks/test_webhooks.py",
    "service/spark/": "service/spark/test_run.py",
    "service/wire.py": "service/test_bad_input.py",
}
"""Inner rooms, and the test that reaches them through the door people use."""


def source_files() -> list[Path]:
    return [path for floor in (*FLOORS, "tests", "benchmarks") for path in sorted((ROOT / floor).rglob("*.py"))]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_top_level_is_fixed() -> None:
    assert {path.name for path in ROOT.iterdir()} <= TOP | MADE_HERE


@pytest.mark.parametrize("path", source_files(), ids=name)
def test_a_file_holds_one_noun(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 350
    assert path.stem not in BANNED


def test_every_module_has_a_test_of_its_name_or_says_where() -> None:
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests").rglob("test_*.py")}
    mentioned = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    lacking = [
        name(path)
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if path.stem != "__init__"
        and path.stem not in tested
        and f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)} import" not in mentioned
        and not any(name(path).startswith(inner) for inner in TESTED_THROUGH_A_DOOR)
    ]
    assert not lacking


def test_inner_rooms_are_tested_through_a_test_that_is_there() -> None:
    assert not [test for test in TESTED_THROUGH_A_DOOR.values() if not (ROOT / "tests" / test).is_file()]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_name_every_dependency_and_no_index(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    tests = groups["dev"] if "dev" in name else []
    wanted = [line for line in (*project["project"]["dependencies"], *groups["build"], *tests) if isinstance(line, str)]
    names = [re.split(r"[<>=~!\[; ]", line)[0].lower() for line in wanted]
    assert not [n for n in names if f"\n{n}==" not in f"\n{lock}"]
    assert not re.search(r"https?://|--(extra-)?index-url", lock)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert "make test" in (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"^make test$", (ROOT / ".ci/run").read_text("utf-8"), re.MULTILINE)
