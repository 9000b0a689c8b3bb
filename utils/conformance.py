#!/usr/bin/env python3
"""ONNX's own tests of its operators against the list of those that are known not to pass.

utils/check runs them. By hand, after `tenon test DIR --json RESULTS`: says what changed, or with --write makes the list anew; read its diff before you commit it.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "test/Conformance/expected-failures"
ONNX = "onnx-1.22.0"

Result = collections.namedtuple("Result", "name status reason")  # status: passed, failed or skipped

# Why a test does not pass, by what `tenon test` says of it. The first that fits.
CLASSES = {
    "string": r"expected numbers or booleans, got string",
    "sequence": r"got a sequence, map, optional or sparse tensor|operator (Sequence|Optional|SplitToSequence|ConcatFromSequence)\w* ",
    "narrow type": r"(tensor of numbers|tensor of integer values).*got 'tensor<[^']*(i2|i4|f4\w+|f8\w+)\b",
    "ai.onnx.ml": r"operator ai\.onnx\.ml\.",
    "training": r"operator ai\.onnx\.preview\.training\.",
    "operator": r"operator \S+ \(version \d+\) is not supported",
    "run-time value": r"known only at run time",
}
# A compiler that dies is never to be expected; other numbers only where a person wrote down why: `NAME: mismatch: REASON`.
ALLOWED = ("unsupported", "error")


def data_folder():
    """Where utils/install-deps keeps ONNX's tests."""
    deps = os.environ.get("TENON_DEPS_DIR") or pathlib.Path.home() / ".cache/tenon"
    return pathlib.Path(deps) / ONNX / "share/onnx/node-tests"


def classify(record):
    reason = record.get("reason", "")
    found = next((name for name, pattern in CLASSES.items() if re.search(pattern, reason)), "other")
    return f'{record["status"]}: {found}'


def read_expected(path):
    """From `NAME: STATUS: CLASS` lines."""
    lines = pathlib.Path(path).read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def judge_one(record, expected, listing):
    name, known = record["name"], expected.get(record["name"])
    if record["status"] == "pass":
        return Result(name, "failed", f"it passes now: take its line out of {listing}") if known else Result(name, "passed", "")
    reason = f'{record["status"]}: {record.get("reason", "")}'
    if record["status"] == "mismatch" and known and known.startswith("mismatch: "):
        return Result(name, "skipped", known)
    if record["status"] not in ALLOWED:
        return Result(name, "failed", reason)
    if known == classify(record):
        return Result(name, "skipped", known)
    return Result(name, "failed", f"expected {known or 'pass'}, got {reason}")


def judge(records, path=EXPECTED):
    """One result a test that passed or failed; those that are expected not to pass are one result a class."""
    expected = read_expected(path)
    listing = path.name if path != EXPECTED else path.relative_to(ROOT)
    results = [judge_one(record, expected, listing) for record in records]
    missing = sorted(expected.keys() - {record["name"] for record in records})
    results += [Result(name, "failed", f"there is no such test: take its line out of {listing}") for name in missing]
    skipped = collections.Counter(result.reason for result in results if result.status == "skipped")
    results = [result for result in results if result.status != "skipped"]
    return results + [Result(f"{count} tests", "skipped", reason) for reason, count in sorted(skipped.items())]


def write(records, path):
    known = {name: why for name, why in read_expected(path).items() if why.startswith("mismatch: ")} if path.exists() else {}
    failing = [record for record in records if record["status"] != "pass" and (record["status"] != "mismatch" or record["name"] not in known)]
    wrong = [record["name"] for record in failing if record["status"] not in ALLOWED]
    if wrong:
        sys.exit(f"expected tests that end with a diagnostic, got {', '.join(wrong)}")
    kept = [line for line in path.read_text().splitlines() if line.startswith("#")] if path.exists() else []
    different = {record["name"] for record in records if record["status"] == "mismatch"}
    lines = [f'{record["name"]}: {classify(record)}' for record in failing] + [f"{name}: {known[name]}" for name in known.keys() & different]
    path.write_text("\n".join(kept + sorted(lines)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path, help="what `tenon test --json` wrote")
    parser.add_argument("--expected", type=pathlib.Path, default=EXPECTED, help="the list (default: test/Conformance/expected-failures)")
    parser.add_argument("--write", action="store_true", help="write the list")
    arguments = parser.parse_args()
    records = json.loads(arguments.results.read_text())
    if arguments.write:
        return write(records, arguments.expected)
    results = judge(records, arguments.expected)
    for result in results:
        if result.status != "passed":
            print(f"{result.status}: {result.name}: {result.reason}")
    sys.exit(any(result.status == "failed" for result in results))


if __name__ == "__main__":
    main()
