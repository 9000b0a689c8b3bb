"""Runs transposed convolutions, and convolutions of dilated inputs, over many strides, pads, dilations and groups in one to three dimensions, and
compares with sums over their definitions. All numbers are small integers, so that the sums are exact.

usage: dilated-convolutions.py TENON FOLDER
"""

import array
import itertools
import math
import random
import subprocess
import sys

from tensors import read_pb, write_npy

COUNT = 36  # of each kind


def indices(shape):
    return itertools.product(*map(range, shape))


class Tensor:
    def __init__(self, shape, values=None):
        self.shape, self.values = tuple(shape), values or [0] * math.prod(shape)

    def offset(self, index):
        offset = 0
        for i, size in zip(index, self.shape, strict=True):
            offset = offset * size + i
        return offset

    def __getitem__(self, index):
        return self.values[self.offset(index)]

    def add(self, index, value):
        self.values[self.offset(index)] += value


def draw_tensor(*shape):
    return Tensor(shape, [random.randint(-4, 4) for _ in range(math.prod(shape))])


class ConvTranspose:
    """Input [n, c, spatial...], weights [c, o / groups, window...]: each element adds its weights to the result from `index * stride - pad` on."""

    op, lists = "conv_transpose", ("strides", "pads", "dilations", "output_pads")

    def __init__(self, rank):
        self.rank = rank
        self.sizes, self.window = (draw(rank, 1, 5) for _ in range(2))
        self.strides, self.dilations = draw(rank, 1, 4), draw(rank, 1, 3)
        self.groups, inputs, outputs = random.choice([(1, 5, 6), (1, 16, 20), (2, 3, 2), (5, 1, 1), (3, 1, 2)])
        if rank == 2 and self.groups == 1:  # so many phases that they are computed as channels
            self.window, self.strides, self.dilations = draw(2, 5, 9), [5, 4], [1, 1]
        self.output_pads = [random.randrange(stride) for stride in self.strides]
        full = [(n - 1) * s + (k - 1) * d + 1 + o for n, s, k, d, o in zip(self.sizes, self.strides, self.window, self.dilations, self.output_pads)]
        low = [random.randint(0, min(size - 1, k * d)) for size, k, d in zip(full, self.window, self.dilations)]
        high = [random.randint(0, min(size - before - 1, k * d)) for size, before, k, d in zip(full, low, self.window, self.dilations)]
        self.pads = low + high
        self.results = [size - before - after for size, before, after in zip(full, low, high)]
        self.input = draw_tensor(2, self.groups * inputs, *self.sizes)
        self.weights = draw_tensor(self.groups * inputs, outputs, *self.window)
        self.outputs, self.per_group = self.groups * outputs, inputs

    def expected(self):
        result = Tensor([2, self.outputs, *self.results])
        outputs = self.outputs // self.groups
        for n, c, *position in indices(self.input.shape):
            value, group = self.input[n, c, *position], c // self.per_group
            for tap in indices(self.window):
                to = [p * s + t * d - before for p, s, t, d, before in zip(position, self.strides, tap, self.dilations, self.pads)]
                if all(0 <= i < size for i, size in zip(to, self.results)):
                    for o in range(outputs):
                        result.add((n, group * outputs + o, *to), value * self.weights[c, o, *tap])
        return result


class DilatedConv:
    """Input [n, c, spatial...], weights [o, c / groups, window...]: tap t of result i meets `i * stride + t * dilation - pad` of the dilated input."""

    op, lists = "conv", ("strides", "pads", "dilations", "input_dilations")

    def draw_lists(self, rank):
        self.sizes, self.window = (draw(rank, 1, 5) for _ in range(2))
        self.strides, self.dilations, self.input_dilations = draw(rank, 1, 4), draw(rank, 1, 4), draw(rank, 1, 4)
        self.pads = draw(2 * rank, 0, 6)

    def draw_channels(self):
        return random.choice([(1, 5, 6), (1, 16, 20), (2, 3, 2), (5, 1, 1), (3, 1, 2)])

    def __init__(self, rank):
        self.rank = rank
        while True:
            self.draw_lists(rank)
            room = [(n - 1) * d + before + after - (k - 1) * w for n, d, before, after, k, w in zip(
                self.sizes, self.input_dilations, self.pads, self.pads[rank:], self.window, self.dilations)]  # fmt: skip
            if min(room) >= 0:
                break
        self.results = [r // s + 1 for r, s in zip(room, self.strides)]
        self.groups, inputs, outputs = self.draw_channels()
        self.input = draw_tensor(2, self.groups * inputs, *self.sizes)
        self.weights = draw_tensor(self.groups * outputs, inputs, *self.window)
        self.outputs, self.per_group = self.groups * outputs, inputs

    def expected(self):
        result = Tensor([2, self.outputs, *self.results])
        for o, *position in indices(result.shape[1:]):
            group = o * self.groups // self.outputs
            for tap in indices(self.window):
                at = [p * s + t * w - before for p, s, t, w, before in zip(position, self.strides, tap, self.dilations, self.pads)]
                if any(i % d for i, d in zip(at, self.input_dilations)):
                    continue
                at = [i // d for i, d in zip(at, self.input_dilations)]
                if all(0 <= i < size for i, size in zip(at, self.sizes)):
                    for n, c in indices((2, self.per_group)):
                        result.add((n, o, *position), self.input[n, group * self.per_group + c, *at] * self.weights[o, c, *tap])
        return result


class NarrowConv(DilatedConv):
    """Few outputs in rows of four: with constant weights, several results of a row are computed at once."""

    def draw_lists(self, rank):
        super().draw_lists(rank)
        self.dilations[-1] = self.input_dilations[-1] = 1
        self.window[-1] = random.randint(3, 5)
        row = 4 * random.randint(1, 3)
        whole = (row - 1) * self.strides[-1] + self.window[-1]
        self.pads[rank - 1] = self.pads[-1] = random.randint(0, 2)
        self.sizes[-1] = max(whole - 2 * self.pads[-1], 1)

    def draw_channels(self):
        return random.choice([(1, 7, 1), (1, 4, 2), (1, 9, 3)])


def draw(count, low, high):
    return [random.randint(low, high) for _ in range(count)]


def tensor_type(shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def program(cases):
    """One function with a result for each case. Every second one's weights are constants, which are packed."""
    arguments, lines, types = [], [], []
    for i, case in enumerate(cases):
        weights = tensor_type(case.weights.shape)
        arguments.append(f"%x{i}: {tensor_type(case.input.shape)}")
        if i % 2:
            values = ", ".join(f"{value}.0" for value in case.weights.values)
            lines += [f"  %flat{i} = tenon.constant dense<[{values}]> : tensor<{len(case.weights.values)}xf32>",
                      f"  %w{i} = tenon.reshape %flat{i} : tensor<{len(case.weights.values)}xf32> -> {weights}"]  # fmt: skip
        else:
            arguments.append(f"%w{i}: {weights}")
        attributes = ", ".join(f"{name} = array<i64: {', '.join(map(str, getattr(case, name)))}>" for name in case.lists)
        types.append(tensor_type([2, case.outputs, *case.results]))
        lines.append(f"  %y{i} = tenon.{case.op} %x{i}, %w{i} {{{attributes}, groups = {case.groups} : i64}} : ({tensor_type(case.input.shape)}, {weights}) -> {types[-1]}")
    results = ", ".join(f"%y{i}" for i in range(len(cases)))
    return f"func.func @main({', '.join(arguments)}) -> ({', '.join(types)}) {{\n" + "\n".join(lines) + f"\n  return {results} : {', '.join(types)}\n}}\n"


def run(cases, tenon, model):
    files = []
    for i, case in enumerate(cases):
        for tensor in (case.input,) if i % 2 else (case.input, case.weights):
            files.append(f"{model}-{len(files)}.npy")
            write_npy(files[-1], array.array("f", tensor.values), tensor.shape)
    with open(f"{model}.mlir", "w") as out:
        out.write(program(cases))
    subprocess.run([tenon, "run", f"{model}.mlir", "--inputs", *files, "--outputs", model], check=True, stdout=subprocess.DEVNULL)
    return [read_pb(f"{model}/output_{i}.pb") for i in range(len(cases))]


def main(tenon, folder):
    random.seed(0)
    wrong = 0
    kinds = ConvTranspose, DilatedConv, NarrowConv
    for kind in kinds:
        cases = [kind(1 + i % 3) for i in range(COUNT)]
        for case, result in zip(cases, run(cases, tenon, f"{folder}/{kind.__name__}"), strict=True):
            if list(result) != case.expected().values:
                wrong += 1
                lists = {name: getattr(case, name) for name in case.lists}
                print(f"{kind.op} of {case.input.shape} with {case.weights.shape}, {case.groups} groups, {lists}: wrong")
    print(f"{wrong} of {len(kinds) * COUNT} wrong")


if __name__ == "__main__":
    main(*sys.argv[1:])
