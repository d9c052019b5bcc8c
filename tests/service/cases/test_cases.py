"""Cases through the doors: whose a case is, what a verdict makes of it, and how it is taken back."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

ROOT = Path(__file__).parents[3]
WORDS = "甲乙丙丁戊己庚辛壬癸"
Clock = Any  # see conftest
Desk = Any
Told = dict[str, Any]


def test_two_reviewers_never_get_the_same_case(desk: Desk, clock: Clock) -> None:
    for name in "ab":
        desk.list_one(name, seller={"seller_id": "s-1"})
    mine, yours = desk.next("周"), desk.next("王")
    assert mine
    assert yours
    assert mine["case"]["case_id"] != yours["case"]["case_id"]
    again = desk.next("周")
    assert again
    assert (again["case"], again["events"]) == (mine["case"], mine["events"])  # asking again is safe
    assert desk.next("李") is None
    taken = desk.step(mine["case"]["case_id"], "claim", "王")
    assert (taken.status_code, taken.headers["content-type"]) == (409, "application/problem+json")
    assert desk.decide(mine["case"]["case_id"], "王").status_code == 409
    clock.wait(9)
    assert desk.step(mine["case"]["case_id"], "claim", "周").json()["status"] == "duplicate"  # holds it longer
    clock.wait(9)
    given = desk.next("李")
    assert given
    assert given["case"]["case_id"] == yours["case"]["case_id"]  # 王 went home
    assert desk.decide(yours["case"]["case_id"], "王").status_code == 409


def test_a_case_that_is_given_back_waits_for_others_and_the_next_comes_behind_it(desk: Desk) -> None:
    for name, price in (("a", 300), ("b", 200), ("c", 100)):
        desk.list_one(name, price_cny=price, trade={"orders_30d": 1})
    first = desk.next("周")
    assert first
    second = desk.next("周", after=first["case"]["case_id"])
    assert second
    assert (first["case"]["listing_id"], second["case"]["listing_id"]) == ("a", "b")
    assert desk.waiting(state="claimed", reviewer="周") == ["b"]
    assert desk.step(second["case"]["case_id"], "release", "周").json()["status"] == "new"
    assert desk.step(second["case"]["case_id"], "release", "周").json()["status"] == "duplicate"
    assert desk.waiting(state="waiting") == ["a", "b", "c"]
    third = desk.next("周", after=second["case"]["case_id"])
    assert third
    assert desk.next("周", after=third["case"]["case_id"])["case"]["listing_id"] == "a"


@pytest.mark.parametrize(("verdict", "outcome"), [("confirmed", "confirmed"), ("false_alarm", "rejected")])
def test_a_verdict_is_a_label_and_can_be_taken_back(desk: Desk, verdict: str, outcome: str) -> None:
    desk.list_one("1")
    case = desk.next("周")
    assert case
    name, seen = case["case"]["case_id"], case["evaluation"]["evaluation_id"]
    done = desk.decide(name, "周", verdict, note="实物比对", evaluation_id=seen).json()
    assert done == {"case_id": name, "status": "new", "act": done["act"], "cases": 1, "left": []}
    assert desk.decide(name, "周", verdict).json() == done | {"status": "duplicate"}
    assert desk.decide(name, "王", verdict).status_code == 409
    assert (desk.waiting(), desk.waiting(state="closed"), desk.outcomes()) == ([], ["1"], {"1": outcome})
    assert desk.step(name, "undo", "王").status_code == 409
    assert desk.step(name, "undo", "周").json()["status"] == "new"
    assert desk.step(name, "undo", "周").json()["status"] == "duplicate"
    assert (desk.waiting(state="claimed"), desk.outcomes()) == (["1"], {})
    assert desk.decide(name, "周", "false_alarm").json()["status"] == "new"
    assert desk.outcomes() == {"1": "rejected"}
    assert [one["event"] for one in desk.door.get(f"/v1/cases/{name}").json()["events"]] == [
        "decide", "undo", "decide", "claim"
    ]  # fmt: skip
    assert desk.door.get("/v1/sellers/none").status_code == 404
    assert desk.whole()


def test_what_was_told_before_an_undone_verdict_is_in_force_again(desk: Desk) -> None:
    desk.list_one("1")
    case = desk.next("周")
    assert case
    desk.door.post("/v1/labels", json={"listing_id": "1", "verdict": "confirmed", "reason": "replica", "analyst": "王"})
    assert desk.decide(case["case"]["case_id"], "周", "false_alarm").status_code == 200
    assert desk.outcomes() == {"1": "rejected"}
    desk.step(case["case"]["case_id"], "undo", "周")
    assert desk.outcomes() == {"1": "confirmed"}


def test_unsure_leaves_a_case_to_somebody_else(desk: Desk) -> None:
    desk.list_one("1")
    case = desk.next("周")
    assert case
    name = case["case"]["case_id"]
    assert desk.decide(name, "周", "unsure", note="看不出").status_code == 200
    assert desk.decide(name, "周", "unsure").json()["status"] == "duplicate"
    assert desk.next("周") is None
    second = desk.next("王")
    assert second
    assert (second["case"]["case_id"], second["case"]["unsure"]) == (name, 1)
    assert desk.outcomes() == {}
    assert desk.decide(name, "王").status_code == 200
    assert desk.outcomes() == {"1": "confirmed"}
    assert desk.step(name, "undo", "周").status_code == 409  # 王 decided last


def test_being_unsure_is_taken_back_too(desk: Desk) -> None:
    desk.list_one("1")
    name = desk.next("周")["case"]["case_id"]
    desk.decide(name, "周", "unsure")
    assert desk.step(name, "undo", "周").json()["status"] == "new"
    assert desk.next("周")["case"]["unsure"] == 0


def test_what_has_changed_since_it_was_looked_at_is_not_decided(desk: Desk) -> None:
    desk.list_one("1")
    case = desk.next("周")
    assert case
    name, seen = case["case"]["case_id"], case["evaluation"]["evaluation_id"]
    desk.list_one("1", observed_at="2026-03-01T10:00:00")
    desk.waiting()
    desk.list_one("1", "高仿包包 新款")
    desk.waiting()
    assert desk.decide(name, "周", evaluation_id=seen).status_code == 409
    other = desk.list_one("2")["evaluation_id"]
    assert desk.decide(name, "周", evaluation_id=other).status_code == 409
    newest = desk.door.get(f"/v1/cases/{name}").json()["evaluation"]["evaluation_id"]
    assert desk.decide(name, "周", evaluation_id=newest).status_code == 200


@pytest.mark.parametrize(
    ("told", "status", "pointer"),
    [
        ({"verdict": "guilty"}, 422, "/verdict"),
        ({"verdict": "confirmed"}, 422, "/reason"),
        ({"verdict": "confirmed", "reason": "看着不像"}, 422, "/reason"),
        ({"verdict": "unsure", "also": "x"}, 422, "/also"),
        ({"verdict": "unsure", "reviewer": None}, 422, "/reviewer"),
        ({"verdict": "unsure", "reviewer": "a\x00b"}, 422, "/reviewer"),
        ({"verdict": "unsure", "label_id": "x"}, 422, "/label_id"),
    ],
)
def test_a_step_that_says_too_little_or_too_much(desk: Desk, told: Told, status: int, pointer: str) -> None:
    answer = desk.step("anything", "decide", "周", **told)
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (status, [pointer])
    for step in ("claim", "release", "undo"):
        assert desk.step("nothing", step, "周").status_code == 404


def test_many_reviewers_at_once_get_different_cases(desk: Desk) -> None:
    titles = [f"高仿{a}{b}" for a in WORDS[:6] for b in WORDS[:10]]
    listings = [{"listing_id": str(i), "title": title} for i, title in enumerate(titles)]
    desk.door.post("/v1/score/batch", json={"listings": listings})

    def work(who: str) -> list[str]:
        done = []
        while (case := desk.next(who)) is not None:
            assert desk.decide(case["case"]["case_id"], who, "false_alarm").status_code == 200
            done.append(case["case"]["listing_id"])
        return done

    with ThreadPoolExecutor(6) as people:
        shares = list(people.map(work, WORDS[:6]))
    assert sorted(name for share in shares for name in share) == sorted(str(i) for i in range(60))
    assert set(desk.outcomes().values()) == {"rejected"}
    assert desk.whole()


WORKER = """
import sys
from service.ledger import cases
from service.ledger.cases import Decision, Reviewer, Wish
from service.ledger.ledger import Ledger
ledger, by, done = Ledger(sys.argv[1]), Reviewer(sys.argv[2]), 0
while True:
    with ledger.writing() as page:
        found = cases.next_case(page, Wish(by))
    if found is None:
        break
    with ledger.writing() as page:
        assert cases.decide(page, Decision(found, by, "false_alarm")).status == "new"
    done += 1
print(done)
ledger.close()
"""


def test_reviewers_of_two_processes_get_different_cases(desk: Desk, ledger_url: str) -> None:
    listings = [{"listing_id": str(i), "title": f"高仿{i}"} for i in range(40)]
    desk.door.post("/v1/score/batch", json={"listings": listings})
    desk.waiting()
    people = [
        subprocess.Popen([sys.executable, "-c", WORKER, ledger_url, who], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for who in ("周", "王")
    ]
    shares = [int(one.communicate(timeout=60)[0]) for one in people]
    assert sum(shares) == 40
    assert len(desk.outcomes()) == 40
    assert desk.whole()


def test_without_a_ledger_there_are_no_cases(serve: Callable[..., TestClient]) -> None:
    assert serve().get("/v1/cases").status_code == 503
