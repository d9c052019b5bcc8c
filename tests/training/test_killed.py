"""A training that is killed leaves the bundle that was there, and nothing in the way of the next."""

import signal
import subprocess
import sys
from pathlib import Path

from models.shelf import claimed

OLD = {"manifest.json": b'{"sha256": {"a": ""}}', "a": b"old"}

KILLED = """
import os, signal, sys
from pathlib import Path

import lightgbm  # once, for all three

from training.fit import fit
from training.market import simulate

market = list(simulate(300, 5))
for stage in sys.argv[2:]:
    def die(at, done, total):
        if at == stage and done:
            os.kill(os.getpid(), signal.SIGKILL)
    child = os.fork()
    if not child:
        fit(market, Path(sys.argv[1]), progress=die)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_training_killed_at_any_stage_leaves_the_old_bundle(tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    with claimed(root) as shelf:
        shelf.put(OLD)
    told = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", KILLED, str(root), "read", "split", "train"], capture_output=True, text=True, check=True
    )
    assert [int(code) for code in told.stdout.split()] == [-signal.SIGKILL] * 3
    assert {path.name: path.read_bytes() for path in root.iterdir()} == OLD
    with claimed(root):
        assert {path.name: path.read_bytes() for path in root.iterdir()} == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]
