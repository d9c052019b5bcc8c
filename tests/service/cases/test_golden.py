"""Golden cases: shown like any other, once to everybody; they measure and teach nothing."""

import re
from collections.abc import Callable
from typing import Any

from service.ledger import reviewers
from service.ledger.ledger import Ledger

NewDesk = Callable[..., Any]  # see conftest


def test_a_golden_case_is_met_once_by_everybody_and_teaches_nothing(new_desk: NewDesk, ledger: Ledger) -> None:
    desk = new_desk(golden_rate=0.5)
    desk.list_one("g")
    known = desk.door.get("/v1/cases").json()[0]["case_id"]
    made = {"reviewer": "主管", "verdict": "confirmed", "reason": "replica"}
    assert desk.door.post(f"/v1/cases/{known}/golden", json=made).status_code == 204
    assert desk.door.post(f"/v1/cases/{known}/golden", json=made).status_code == 204  # repeating is safe
    assert desk.door.post(f"/v1/cases/{known}/golden", json=made | {"verdict": "false_alarm"}).status_code == 409
    desk.casework._draw = lambda: 0.0
    seen: dict[str, str] = {}
    for who, verdict in (("周", "confirmed"), ("王", "false_alarm"), ("李", "unsure")):
        case = desk.next(who)
        assert case
        assert case["case"]["case_id"] not in {known, *seen.values()}
        assert not re.search("golden", str(case))
        seen[who] = case["case"]["case_id"]
        done = desk.decide(seen[who], who, verdict)
        assert done.json() == {"case_id": seen[who], "status": "new", "act": done.json()["act"], "cases": 1, "left": []}
        assert desk.next(who) is None
    desk.step(seen["王"], "undo", "王")
    assert desk.decide(seen["王"], "王", "confirmed").status_code == 200
    assert desk.outcomes() == {}
    told = {one["who"]: one for one in desk.door.get("/v1/reviewers").json()}
    assert told == {} or told["周"]["golden"]["agreed"] == 1
    with ledger.view() as view:
        found = {one.who: one for one in reviewers.reviewers(view)}
    assert (found["周"].golden, found["王"].golden, found["李"].golden) == (
        found["周"].golden,
        found["周"].golden,
        None,
    )
    assert found["周"].golden is not None
    assert (found["周"].golden.decided, found["周"].golden.agreed) == (1, 1)
    assert found["周"].golden.low < 0.3 < found["周"].golden.high == 1.0
    assert (found["王"].undone, found["王"].decided) == (1, 1)
    assert [one["answers"] for one in desk.door.get("/v1/golden").json()] == [4]
    assert desk.door.delete(f"/v1/cases/{known}/golden", params={"reviewer": "主管"}).status_code == 204
    assert desk.door.delete(f"/v1/cases/{known}/golden", params={"reviewer": "主管"}).status_code == 404
    assert desk.next("新人") is None
    assert desk.whole()
