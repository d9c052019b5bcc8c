"""A bundle is replaced whole or not at all, whatever happens to whoever writes it."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import BundleBusy, BundleInvalid, BundleUnwritten
from models.shelf import claimed, identity, standing

OLD = {"manifest.json": b'{"sha256": {"a": "", "b": ""}}', "a": b"old a", "b": b"old b"}
NEW = {"manifest.json": b'{"sha256": {"a": "", "c": ""}}', "a": b"new a", "c": b"new c" * 1000}


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put(root: Path, bundle: dict[str, bytes]) -> None:
    with claimed(root) as shelf:
        shelf.put(bundle)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path / "deep" / "bundle", OLD)
    return tmp_path / "deep" / "bundle"


def alone(root: Path) -> bool:
    return [path.name for path in root.parent.iterdir()] == [root.name]


def test_a_bundle_replaces_another_and_nothing_is_left_over(root: Path) -> None:
    assert files(root) == OLD
    put(root, NEW)
    assert files(root) == NEW
    assert alone(root)


def test_a_link_goes_on_pointing_at_the_bundle(root: Path) -> None:
    link = root.with_name("current")
    link.symlink_to(root)
    put(link, NEW)
    assert link.is_symlink()
    assert files(root) == NEW


DYING = """
import os, signal, sys
from pathlib import Path
from models.shelf import claimed

root, new = Path(sys.argv[1]), eval(sys.argv[2])
steps = 0

def dying(function):
    def step(*args, **told):
        global steps
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **told)
    return step

for name in ("open", "fsync", "rename", "mkdir", "unlink", "rmdir", "close"):
    setattr(os, name, dying(getattr(os, name)))
for last in range(1, 10_000):
    child = os.fork()
    if not child:
        with claimed(root) as shelf:
            shelf.put(new)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(last, os.waitstatus_to_exitcode(status), flush=True)
    sys.stdin.readline()
    if not os.WIFSIGNALED(status):
        break
"""


def test_a_writer_killed_at_any_step_leaves_one_bundle_whole(root: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", DYING, str(root), repr(NEW)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin
        assert writer.stdout
        left, codes = [], []
        for line in writer.stdout:
            codes.append(int(line.split()[1]))
            left.append(files(standing(root)))
            assert left[-1] in (OLD, NEW)
            put(root, OLD)  # whatever was left behind is no hindrance
            assert files(root) == OLD
            assert alone(root)
            writer.stdin.write("\n")
            writer.stdin.flush()
    assert codes[-1] == 0
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert len(codes) > 15
    assert OLD in left[:-1]
    assert NEW in left[:-1]


def test_what_a_killed_writer_left_between_its_renames_is_read_and_put_in_place(root: Path) -> None:
    root.rename(root.with_name(".bundle.old"))
    assert files(standing(root)) == OLD
    half = root.with_name(".bundle.new")
    half.mkdir()
    (half / "a").write_bytes(b"half")
    assert files(standing(root)) == OLD  # no manifest, no bundle
    with claimed(root):
        assert files(root) == OLD
    assert alone(root)


def test_nothing_stands_where_nothing_was_written(tmp_path: Path) -> None:
    assert standing(tmp_path / "none") == tmp_path / "none"
    assert identity(tmp_path / "none") is None


def test_two_writers_at_one_place_are_one_too_many(root: Path) -> None:
    with claimed(root) as shelf:
        with pytest.raises(BundleBusy, match="another training is writing here"), claimed(root):
            pass
        with claimed(root.with_name("other")):
            pass
        shelf.put(NEW)
    assert files(root) == NEW
    put(root, OLD)
    assert alone(root)


def test_a_lock_whose_holder_was_killed_holds_nobody_up(root: Path) -> None:
    root.with_name(".bundle.lock").touch()
    put(root, NEW)
    assert alone(root)


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files may have at most 3,000 bytes: the system refuses a longer one, as a full disk does."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("small_disk")
def test_a_disk_that_takes_no_more_leaves_the_old_bundle(tmp_path: Path) -> None:
    root = tmp_path / "bundle"
    put(root, OLD)
    with pytest.raises(BundleUnwritten, match=r"make room.*train again"):
        put(root, NEW)
    assert files(root) == OLD
    assert alone(root)


def test_what_is_no_bundle_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.txt").write_text("x")
    for name in ("file", "folder"):
        with pytest.raises(BundleInvalid, match="is not a bundle"), claimed(tmp_path / name):
            pass
    (tmp_path / "empty").mkdir()
    put(tmp_path / "empty", NEW)
    assert files(tmp_path / "empty") == NEW


def test_strange_files_in_a_bundle_are_not_lost_with_it(root: Path) -> None:
    (root / "notes.txt").write_text("precious")
    with pytest.raises(BundleInvalid, match=r"notes\.txt.*move them away"), claimed(root):
        pass
    (root / "notes.txt").rename(root / "report.html")  # what was measured goes with what was measured
    put(root, NEW)
    assert files(root) == NEW


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"sha256": 1}', json.dumps({"sha256": {"x": ""}})])
def test_a_broken_bundle_may_be_replaced(tmp_path: Path, manifest: str) -> None:
    root = tmp_path / "bundle"
    root.mkdir()
    (root / "manifest.json").write_text(manifest)
    put(root, NEW)
    assert files(root) == NEW
