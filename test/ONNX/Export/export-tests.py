"""Imports and exports every STEP-th of ONNX's own tests that pass, with its data beside it: SOURCE TARGET STEP. Fails where one cannot be exported without a reason that is known."""

import pathlib
import subprocess
import sys

EXPECTED = pathlib.Path(__file__).resolve().parents[2] / "Conformance/expected-failures"
# What has no ONNX operator in the opset that is written.
KNOWN = ("means of dilated windows", "tensor(int32)", "IsInf", "scales of some dimensions and dynamic sizes of others")


def translate(way, source, target):
    return subprocess.run(["tenon-translate", way, source, "-o", target], capture_output=True, text=True)


def export(test, folder):
    """What is wrong with the export; a test that cannot be imported as it is tells nothing."""
    folder.mkdir()
    module, model = folder / "model.mlir", folder / "model.onnx"
    imported = translate("--onnx-to-mlir", test / "model.onnx", module)
    if imported.returncode:
        return None if imported.returncode == 1 else f"import ends with {imported.returncode}"
    exported = translate("--mlir-to-onnx", module, model)
    if exported.returncode:
        model.unlink(missing_ok=True)
        return None if any(reason in exported.stderr for reason in KNOWN) else exported.stderr
    for data in test.glob("test_data_set_*"):
        (folder / data.name).symlink_to(data)
    return None


def main():
    source, target, step = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    expected = {line.split(":")[0] for line in EXPECTED.read_text().splitlines()}
    tests = [test for test in sorted(source.iterdir()) if test.name not in expected]
    problems = {test.name: export(test, target / test.name) for test in tests[::step]}
    for name, problem in problems.items():
        if problem:
            print(f"{name}: {problem}")
    sys.exit(any(problems.values()))


if __name__ == "__main__":
    main()
