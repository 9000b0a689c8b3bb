"""Runs convolutions with Winograd's algorithm and without it, over images that tiles of 4x4 divide or not, pads, channels and batches, with a bias, a
residual and an activation behind. What differs is rounding; that something does shows that the algorithm was used.

usage: winograd.py TENON FOLDER [OPTION...]
"""

import array
import random
import subprocess
import sys

from tensors import get_difference, read_pb, write_npy

# batch, height, width, input and output channels, pads
CASES = [
    (1, 32, 32, 16, 16, (1, 1, 1, 1)),
    (2, 29, 30, 16, 16, (1, 1, 1, 1)),
    (1, 31, 35, 32, 48, (1, 1, 1, 1)),
    (3, 33, 28, 48, 32, (0, 1, 1, 0)),
    (1, 30, 33, 16, 64, (2, 2, 2, 2)),
    (1, 27, 41, 64, 128, (0, 0, 2, 1)),
]
TOLERANCE = 5e-6  # of the largest result


def tensor_type(*shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def draw(count):
    return array.array("f", (random.uniform(-1, 1) for _ in range(count)))


def program(case):
    n, h, w, c, o, pads = case
    oh, ow = h + pads[0] + pads[2] - 2, w + pads[1] + pads[3] - 2
    x, y, weights, bias = tensor_type(n, c, h, w), tensor_type(n, o, oh, ow), tensor_type(o, c, 3, 3), tensor_type(o, 1, 1)
    constant = lambda name, type, count: f"  %{name} = tenon.constant dense<\"0x{draw(count).tobytes().hex()}\"> : {type}"
    attributes = ", ".join([f"{name} = array<i64: 1, 1>" for name in ("strides", "dilations", "input_dilations")] + [f"pads = array<i64: {', '.join(map(str, pads))}>"])
    return (n * c * h * w, n * o * oh * ow), f"""func.func @main(%x: {x}, %residual: {y}) -> {y} {{
{constant("w", weights, o * c * 9)}
{constant("b", bias, o)}
  %0 = tenon.conv %x, %w {{{attributes}}} : ({x}, {weights}) -> {y}
  %1 = tenon.add %0, %b : ({y}, {bias}) -> {y}
  %2 = tenon.add %1, %residual : ({y}, {y}) -> {y}
  %3 = tenon.relu %2 : {y} -> {y}
  return %3 : {y}
}}
"""


def run(tenon, model, files, *options):
    subprocess.run([tenon, "run", f"{model}.mlir", "--inputs", *files, "--outputs", model, *options], check=True, stdout=subprocess.DEVNULL)
    return read_pb(f"{model}/output_0.pb")


def main(tenon, folder, *options):
    random.seed(0)
    wrong = unused = 0
    for number, case in enumerate(CASES):
        model = f"{folder}/case-{number}"
        sizes, text = program(case)
        with open(f"{model}.mlir", "w") as out:
            out.write(text)
        n, h, w, c, o, pads = case
        files = [f"{model}-x.npy", f"{model}-residual.npy"]
        write_npy(files[0], draw(sizes[0]), (n, c, h, w))
        write_npy(files[1], draw(sizes[1]), (n, o, h + pads[0] + pads[2] - 2, w + pads[1] + pads[3] - 2))
        expected = run(tenon, model, files, "--disable-pass=select-winograd", *options)
        found = run(tenon, model, files, *options)
        unused += expected == found
        error = get_difference(expected, found)
        if not error < TOLERANCE:
            wrong += 1
            print(f"{case}: error of {error:.1e}")
    print(f"{wrong} of {len(CASES)} wrong, {unused} without Winograd's algorithm")


if __name__ == "__main__":
    main(*sys.argv[1:])
