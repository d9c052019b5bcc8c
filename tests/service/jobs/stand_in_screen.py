"""Does what `zhenwei screen` promises, as slowly as the first line of the file says: one answer per row, resumable.

The first line: seconds per row, or `refuse`, or `die` (killed by nobody who owns the job).
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from zipfile import ZipFile

source = Path(sys.argv[2])
told = dict(word[2:].split("=", 1) for word in sys.argv[3:] if "=" in word)
out, aside = Path(told["out"]), Path(told["out"] + ".partial")
how, *rows = source.read_text("utf-8").splitlines()
if how == "refuse":
    sys.stderr.write(f"zhenwei: {source} holds no title; name a column 标题\n")
    sys.exit(2)
if how == "die":
    os.kill(os.getpid(), signal.SIGKILL)
done = len(aside.read_text("utf-8").splitlines()) if aside.exists() else 0
with aside.open("a", encoding="utf-8") as file:
    for number, row in enumerate(rows[done:], done + 1):
        time.sleep(float(how))
        file.write(json.dumps({"row": number, "title": row}) + "\n")
        file.flush()
        state = {
            "rows": number,
            "total": len(rows),
            "rejected": rows[:number].count("bad"),
            "rate": 9.0,
            "eta_seconds": 1,
        }
        Path(told["progress-file"] + ".part").write_text(json.dumps(state), "utf-8")
        Path(told["progress-file"] + ".part").replace(told["progress-file"])
with ZipFile(told["leads"], "w") as package:
    package.writestr("leads.xlsx", told["called"])
Path(told["report"]).write_text("<!doctype html>", "utf-8")
tally = {"tally": {"rows": len(rows), "rejected": rows.count("bad")}}
Path(told["out"] + ".summary.json").write_text(json.dumps(tally), "utf-8")
aside.replace(out)
if "bad" in rows:
    Path(told["rejects"]).write_text("row,reason\n", "utf-8")
    sys.exit(1)
