"""Computes each loss of a file of cases, and its gradients, with a compiled training program, and compares them with what the file says:
compare-losses.py TENON CASES WORK"""

import json
import pathlib
import struct
import subprocess
import sys
import zipfile

TOLERANCE = 2e-5  # of the largest element: f32, sums of a few dozen
CODES = {"f32": ("<f4", "f"), "i64": ("<i8", "q")}


def write_npz(path, inputs):
    with zipfile.ZipFile(path, "w") as file:
        for name, tensor in inputs.items():
            kind, code = CODES[tensor["type"]]
            header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {tuple(tensor['shape'])}, }}".encode()
            header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
            data = struct.pack(f"<{len(tensor['data'])}{code}", *tensor["data"])
            file.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data)


def write_model(path, predictions):
    """Hands its inputs on, times 1, which is a parameter: a model without any trains nothing."""
    arguments, results, body, values, types = [], [], [], [], []
    for name, tensor in predictions.items():
        kind = f"tensor<?{''.join(f'x{size}' for size in tensor['shape'][1:])}xf32, #tenon.dims<[n]>>"
        arguments.append(f'%{name}: {kind} {{tenon.name = "in_{name}"}}')
        results.append(f'{kind} {{tenon.name = "{name}"}}')
        body.append(f"  %r{name} = tenon.mul %{name}, %one : ({kind}, tensor<1xf32>) -> {kind}")
        values.append(f"%r{name}")
        types.append(kind)
    path.write_text(f"func.func @main({', '.join(arguments)}) -> ({', '.join(results)}) {{\n"
                    '  %one = tenon.constant {tenon.initializer = "one"} dense<1.0> : tensor<1xf32>\n' + "\n".join(body) +
                    f"\n  return {', '.join(values)} : {', '.join(types)}\n}}\n")


def read_floats(path):
    """The raw bytes of a serialized ONNX tensor of float32."""
    data, at = path.read_bytes(), 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        size = varint()
        if key & 7 == 2:
            if key >> 3 == 9:
                return struct.unpack(f"<{size // 4}f", data[at : at + size])
            at += size
    raise ValueError(f"{path}: no raw data")


def differs(got, want):
    scale = max(max(map(abs, want)), 1e-3)
    return len(got) != len(want) or any(not abs(a - b) <= TOLERANCE * scale for a, b in zip(got, want))


def check(tenon, case, work):
    names = case["predictions"]
    inputs = {("in_" if name in names else "") + name: tensor for name, tensor in case["inputs"].items()}
    write_npz(work / "inputs.npz", inputs)
    write_model(work / "model.mlir", {name: case["inputs"][name] for name in names})
    count = case["inputs"][names[0]]["shape"][0]
    gradients = [flag for name in names for flag in ("--gradient", f"in_{name}")]
    for command in (
        [tenon, "compile", work / "model.mlir", "--train", "--batch", count, "--loss", case["loss"], *gradients, *case["flags"], "-o", work / "lib.so"],
        [tenon, "run", work / "lib.so", "--function", "gradients", "--inputs", work / "inputs.npz", "--outputs", work],
    ):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        if done.returncode:
            return f"exit status {done.returncode}: {done.stderr.strip()}"
    first = len(list(work.glob("output_*.pb"))) - len(names)  # parts of a sum are between
    values = [[case["value"]], *case["gradients"]]
    for index, want in zip([0, *range(first, first + len(names))], values):
        got = read_floats(work / f"output_{index}.pb")
        if differs(got, want):
            return f"output {index}: expected {want}, got {list(got)}"
    return None


def main():
    tenon, cases, work = sys.argv[1], json.loads(pathlib.Path(sys.argv[2]).read_text()), pathlib.Path(sys.argv[3])
    failed = False
    for number, case in enumerate(cases):
        folder = work / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("output_*.pb"):
            old.unlink()
        problem = check(tenon, case, folder)
        print(f"{' '.join([case['loss'], *case['flags']])}: {problem or 'as in PyTorch'}")
        failed |= problem is not None
    sys.exit(failed)


if __name__ == "__main__":
    main()
