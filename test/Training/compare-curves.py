"""Trains each model of a folder as its curves.json, or FILE there, says, and compares the losses with those there:
compare-curves.py TENON FOLDER WORK [--cases FILE] [--only NAME,...] [FLAG...]"""

import json
import pathlib
import subprocess
import sys

TOLERANCE = 1e-3  # relative, over all steps, unless a case has its own


def train(tenon, folder, name, case, report, flags):
    command = [tenon, "train", folder / f"{case.get('model', name)}.onnx", "--data", folder / case["data"], "--no-shuffle", "--batch", case["batch"],
               "--epochs", case.get("epochs", 1), "--loss", case["loss"], "--optimizer", case["optimizer"], "--json", report, *case.get("flags", ()), *flags]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        return f"exit status {done.returncode}: {done.stderr.strip()}"
    records = [json.loads(line) for line in report.read_text().splitlines()]
    losses = [record["loss"] for record in records if "step" in record]
    if len(losses) != len(case["losses"]):
        return f"expected {len(case['losses'])} steps, got {len(losses)}"
    for step, (got, want) in enumerate(zip(losses, case["losses"]), 1):
        if not abs(got - want) <= case.get("tolerance", TOLERANCE) * abs(want):
            return f"step {step}: expected loss {want}, got {got}"
    return None


def main():
    tenon, folder, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    flags, only, file = sys.argv[4:], None, "curves.json"
    if flags[:1] == ["--cases"]:
        file, flags = flags[1], flags[2:]
    if flags[:1] == ["--only"]:
        only, flags = flags[1].split(","), flags[2:]
    failed = False
    for name, case in json.loads((folder / file).read_text()).items():
        if only and name not in only:
            continue
        problem = train(tenon, folder, name, case, work / f"{name.replace(' ', '_').replace('*', '')}.json", flags)
        print(f"{name}: {problem or 'as in PyTorch'}")
        failed |= problem is not None
    sys.exit(failed)


if __name__ == "__main__":
    main()
