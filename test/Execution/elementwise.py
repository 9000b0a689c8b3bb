"""Runs every scalar function of the dialect on f32 numbers, and compares with Python's double-precision functions: at most 2 units in the last place.

usage: elementwise.py TENON FOLDER
"""

import array
import math
import random
import struct
import subprocess
import sys

from tensors import read_pb, write_npy

COUNT = 997  # no multiple of a vector's lanes
ULP = 2

# name: (function, least argument, largest argument)
UNARY = {
    "abs": (abs, -10, 10),
    "neg": (lambda x: -x, -10, 10),
    "sign": (lambda x: (x > 0) - (x < 0), -10, 10),
    "floor": (math.floor, -10, 10),
    "ceil": (math.ceil, -10, 10),
    "round": (round, -10, 10),
    "exp": (math.exp, -80, 80),
    "expm1": (math.expm1, -5, 5),
    "log": (math.log, 1e-6, 1e6),
    "log1p": (math.log1p, -0.99, 10),
    "sqrt": (math.sqrt, 0, 1e6),
    "rsqrt": (lambda x: 1 / math.sqrt(x), 1e-6, 1e6),
    "reciprocal": (lambda x: 1 / x, 0.01, 100),
    "sin": (math.sin, -100, 100),
    "cos": (math.cos, -100, 100),
    "tan": (math.tan, -1.5, 1.5),
    "asin": (math.asin, -1, 1),
    "acos": (math.acos, -1, 1),
    "atan": (math.atan, -100, 100),
    "sinh": (math.sinh, -10, 10),
    "cosh": (math.cosh, -10, 10),
    "tanh": (math.tanh, -10, 10),
    "asinh": (math.asinh, -100, 100),
    "acosh": (math.acosh, 1, 100),
    "atanh": (math.atanh, -0.99, 0.99),
    "erf": (math.erf, -4, 4),
    "relu": (lambda x: max(x, 0.0), -10, 10),
    "sigmoid": (lambda x: 1 / (1 + math.exp(-x)), -20, 20),
    "softplus": (lambda x: math.log1p(math.exp(x)), -20, 20),
    "elu": (lambda x: x if x > 0 else math.expm1(x), -10, 10),
    "leaky_relu": (lambda x: x if x > 0 else as_float(0.01) * x, -10, 10),
    "gelu": (lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))), -2, 6),
}
BINARY = {
    "add": (lambda x, y: x + y, -10, 10),
    "sub": (lambda x, y: x - y, -10, 10),
    "mul": (lambda x, y: x * y, -10, 10),
    "div": (lambda x, y: x / y, 0.1, 10),
    "remainder": (math.fmod, 0.1, 10),
    "maximum": (max, -10, 10),
    "minimum": (min, -10, 10),
    "pow": (math.pow, 0.1, 10),
    "atan2": (math.atan2, -10, 10),
}
# Functions that end in a difference of numbers near each other: measured in units of the largest result.
ABSOLUTE = {"sin", "cos", "tan", "gelu", "softplus", "sub", "add", "asin", "acos", "erf"}


def as_float(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def ulp(x):
    """The distance from x to the next f32."""
    return 2.0 ** (max(math.frexp(x)[1], -125) - 24)


def program(functions, operands):
    """One function with a result for each op, each of operands of its own."""
    type = f"tensor<{COUNT}xf32>"
    types = type if operands == 1 else f"({type}, {type})"
    names = [[f"%{name}_{i}" for i in range(operands)] for name in functions]
    arguments = ", ".join(f"{argument}: {type}" for own in names for argument in own)
    lines = [f"  %{name} = tenon.{name} {', '.join(own)} : {types} -> {type}" for name, own in zip(functions, names)]
    results, result_types = ", ".join(f"%{name}" for name in functions), ", ".join([type] * len(functions))
    return f"func.func @main({arguments}) -> ({result_types}) {{\n" + "\n".join(lines) + f"\n  return {results} : {result_types}\n}}\n"


def run(functions, operands, tenon, folder):
    """For each function its inputs, as a list of arrays, and its result."""
    model = f"{folder}/operands-{operands}"
    inputs = [[array.array("f", (random.uniform(low, high) for _ in range(COUNT))) for _ in range(operands)] for _, low, high in functions.values()]
    files = []
    for values in (values for own in inputs for values in own):
        files.append(f"{model}-{len(files)}.npy")
        write_npy(files[-1], values, [COUNT])
    with open(f"{model}.mlir", "w") as out:
        out.write(program(functions, operands))
    subprocess.run([tenon, "run", f"{model}.mlir", "--inputs", *files, "--outputs", model], check=True, stdout=subprocess.DEVNULL)
    return zip(functions, inputs, (read_pb(f"{model}/output_{i}.pb") for i in range(len(functions))))


def worst_error(name, function, inputs, results):
    """The largest difference, in units in the last place."""
    expected = [function(*values) for values in zip(*inputs)]
    scale = ulp(max(map(abs, expected))) if name in ABSOLUTE else 0
    return max(abs(e - r) / max(ulp(e), scale) for e, r in zip(expected, results, strict=True))


def main(tenon, folder):
    random.seed(0)
    inaccurate = 0
    for operands, functions in ((1, UNARY), (2, BINARY)):
        for name, inputs, results in run(functions, operands, tenon, folder):
            error = worst_error(name, functions[name][0], inputs, results)
            inaccurate += error > ULP
            print(f"{name}: {error:.2f} units in the last place" + (f", expected at most {ULP}" if error > ULP else ""))
    print(f"{inaccurate} inaccurate")


if __name__ == "__main__":
    main(*sys.argv[1:])
