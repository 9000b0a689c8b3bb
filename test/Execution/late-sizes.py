"""Compiles small ONNX graphs whose sizes follow from data, runs them on several inputs and compares with what Python computes.

usage: late-sizes.py TENON TRANSLATE FOLDER
"""

import array
import subprocess
import sys

from tensors import read_pb, write_npy


class Case:
    """A graph in ONNX's text, its inputs, one list of (type, shape, values) for each run, and the outputs of each run as flat lists."""

    def __init__(self, name, graph, runs):
        self.name, self.graph, self.runs = name, graph, runs


def floats(*values):
    return ("f", (len(values),), values)


def ints(*values):
    return ("q", (len(values),), values)


def scalar(value):
    return ("q", (), (value,))


CASES = [
    Case("nonzero", "(float[s] x) => (int64[1, n] y, float[n] z) { y = NonZero(x)  r = Constant <value_ints = [-1]> ()  i = Reshape(y, r)  z = Gather(x, i) }",
         [([floats(0, 3, 0, 5)], [[1, 3], [3, 5]]), ([floats(0, 0)], [[], []]), ([floats(1, 2, 3, 4, 5, 6)], [[0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6]])]),
    Case("compress", "(float[s] x, int64[t] t) => (float[n] y) { c = Cast <to = 9> (t)  z = Compress <axis = 0> (x, c)  y = Add(z, z) }",
         [([floats(1, 2, 3), ints(1, 0, 1)], [[2, 6]]), ([floats(1, 2, 3), ints(0, 0)], [[]])]),
    Case("unique", "(int64[s] x) => (int64[n] y, int64[n] i, int64[s] v, int64[n] c) { y, i, v, c = Unique <sorted = 0> (x) }",
         [([ints(4, 2, 4, 9, 2, 4)], [[4, 2, 9], [0, 1, 3], [0, 1, 0, 2, 1, 0], [3, 2, 1]]), ([ints(7)], [[7], [0], [0], [1]])]),
    Case("unique_sorted", "(int64[s] x) => (int64[n] y, int64[n] i, int64[s] v, int64[n] c) { y, i, v, c = Unique (x) }",
         [([ints(4, 2, 4, 9, 2, 4)], [[2, 4, 9], [1, 0, 3], [1, 0, 1, 2, 0, 1], [2, 3, 1]])]),
    Case("slice", "(float[s] x, int64[1] a, int64[1] b) => (float[n] y) { y = Slice(x, a, b) }",
         [([floats(0, 1, 2, 3, 4), ints(1), ints(3)], [[1, 2]]), ([floats(0, 1, 2, 3, 4), ints(-2), ints(99)], [[3, 4]]),
          ([floats(0, 1, 2, 3, 4), ints(4), ints(2)], [[]]), ([floats(0, 1, 2, 3, 4), ints(-99), ints(-1)], [[0, 1, 2, 3]])]),
    Case("slice_backwards", """(float[s] x, int64[1] a, int64[1] b) => (float[n] y) {
            zero = Constant <value_ints = [0]> ()  step = Constant <value_ints = [-2]> ()  y = Slice(x, a, b, zero, step) }""",
         [([floats(0, 1, 2, 3, 4), ints(99), ints(-99)], [[4, 2, 0]]), ([floats(0, 1, 2, 3, 4), ints(3), ints(0)], [[3, 1]]),
          ([floats(0, 1, 2, 3, 4), ints(0), ints(3)], [[]])]),
    Case("clamped", "(float[s] x) => (float[n] y) { a = Constant <value_ints = [0]> ()  b = Constant <value_ints = [3]> ()  y = Slice(x, a, b) }",
         [([floats(1, 2, 3, 4, 5)], [[1, 2, 3]]), ([floats(1, 2)], [[1, 2]])]),
    Case("range", "(int64 a, int64 b, int64 d) => (int64[n] y) { y = Range(a, b, d) }",
         [([scalar(1), scalar(7), scalar(2)], [[1, 3, 5]]), ([scalar(5), scalar(-2), scalar(-3)], [[5, 2, -1]]), ([scalar(5), scalar(9), scalar(-1)], [[]])]),
    Case("reshape", "(float[s] x, int64[2] r) => (float[a, b] y) { z = Reshape(x, r)  y = Transpose(z) }",
         [([floats(1, 2, 3, 4, 5, 6), ints(2, -1)], [[1, 4, 2, 5, 3, 6]]), ([floats(1, 2, 3, 4), ints(0, 1)], [[1, 2, 3, 4]])]),
    Case("pad", "(float[s] x, int64[2] p) => (float[n] y) { y = Pad(x, p) }",
         [([floats(1, 2, 3), ints(1, 2)], [[0, 1, 2, 3, 0, 0]]), ([floats(1, 2, 3), ints(-1, 1)], [[2, 3, 0]])]),
    Case("topk", "(float[s] x, int64[1] k) => (float[k] y, int64[k] i) { y, i = TopK(x, k) }",
         [([floats(3, 9, 1, 7), ints(2)], [[9, 7], [1, 3]]), ([floats(3, 9), ints(0)], [[], []])]),
    Case("if", """(float[s] x, int64 t) => (float[n] y) {
            c = Cast <to = 9> (t)
            z = If (c) <then_branch = a () => (float[s] t) { t = Add(x, x) }, else_branch = b () => (float[m] e) {
                one = Constant <value_ints = [1]> ()  two = Constant <value_ints = [2]> ()  e = Slice(x, one, two) }>
            y = Neg(z) }""",
         [([floats(1, 2, 3), scalar(1)], [[-2, -4, -6]]), ([floats(1, 2, 3), scalar(0)], [[-2]])]),
    Case("loop_grows", """(float[s] x, int64 n) => (float[m] y, float[k, 1] rows) {
            yes = Constant <value = bool {1}> ()  zero = Constant <value_ints = [0]> ()
            y, rows = Loop <body = round (int64 i, bool go, float[a] v) => (bool on, float[b] w, float[1] row) {
                on = Identity(go)  w = Concat <axis = 0> (v, x)  row = ReduceSum(w) }> (n, yes, x) }""",
         [([floats(1, 2), scalar(2)], [[1, 2] * 3, [6, 9]]), ([floats(1, 2), scalar(0)], [[1, 2], []]), ([floats(3), scalar(4)], [[3] * 5, [6, 9, 12, 15]])]),
    Case("loop_ends", """(float[1] x, float[1] limit) => (float[1] y, float[k, 1] rows) {
            yes = Constant <value = bool {1}> ()  count = Constant <value_int = 100> ()
            y, rows = Loop <body = round (int64 i, bool go, float[1] v) => (bool on, float[1] w, float[1] row) {
                w = Add(v, v)  row = Identity(v)  less = Less(w, limit)  shape = Constant <value_ints = [0]> ()
                on = Squeeze(less, shape) }> (count, yes, x) }""",
         [([floats(1), floats(10)], [[16], [1, 2, 4, 8]]), ([floats(6), floats(10)], [[12], [6]])]),
    Case("loop_swaps", """(float[2] x, float[2] z, int64 n) => (float[2] y, float[2] w) {
            yes = Constant <value = bool {1}> ()
            y, w = Loop <body = round (int64 i, bool go, float[2] a, float[2] b) => (bool on, float[2] c, float[2] d) {
                on = Identity(go)  c = Identity(b)  d = Add(a, b) }> (n, yes, x, z) }""",
         [([floats(1, 2), floats(1, 1), scalar(4)], [[5, 7], [8, 11]]), ([floats(1, 2), floats(1, 1), scalar(0)], [[1, 2], [1, 1]])]),
    # more rounds than one kernel runs (strip-mine-loops), ended by the condition, by the count, and before the first
    Case("collatz", """(int64 x, int64 limit) => (int64 y, int64 steps) {
            yes = Constant <value = bool {1}> ()  zero = Constant <value_int = 0> ()
            y, steps = Loop <body = round (int64 i, bool go, int64 v, int64 s) => (bool on, int64 w, int64 t) {
                one = Constant <value_int = 1> ()  two = Constant <value_int = 2> ()  three = Constant <value_int = 3> ()
                half = Div(v, two)  rest = Mod(v, two)  odd = Equal(rest, one)  up = Mul(v, three)  more = Add(up, one)
                w = Where(odd, more, half)  t = Add(i, one)  on = Greater(w, one) }> (limit, yes, x, zero) }""",
         [([scalar(27), scalar(10**9)], [[1], [111]]), ([scalar(75128138247), scalar(10**9)], [[1], [1228]]), ([scalar(75128138247), scalar(1024)], [[45329129], [1024]]),
          ([scalar(75128138247), scalar(1025)], [[135987388], [1025]]),
          ([scalar(27), scalar(0)], [[27], [0]])]),
    # the matrix that is looked up decides where to look next; the positions swap
    Case("loop_follows", """(int64[s] next, int64 start, int64 count) => (int64 y, int64 z) {
            yes = Constant <value = bool {1}> ()
            y, z = Loop <body = round (int64 i, bool go, int64 a, int64 b) => (bool on, int64 c, int64 d) {
                on = Identity(go)  d = Gather(next, a)  c = Identity(b) }> (count, yes, start, start) }""",
         [([ints(1, 2, 3, 4, 5, 6, 7, 0), scalar(0), scalar(5003)], [[5], [6]]), ([ints(1, 0), scalar(1), scalar(1)], [[1], [0]])]),
    Case("loop_in_loop", """(int64 n, float[s] x) => (float[s] y) {
            yes = Constant <value = bool {1}> ()
            y = Loop <body = outer (int64 i, bool go, float[s] v) => (bool on, float[s] w) {
                on = Identity(go)
                w = Loop <body = inner (int64 j, bool go2, float[s] a) => (bool on2, float[s] b) {
                    on2 = Identity(go2)  b = Add(a, x) }> (i, go, v) }> (n, yes, x) }""",
         [([scalar(4), floats(1, 2)], [[7, 14]]), ([scalar(1), floats(1, 2)], [[1, 2]])]),
    Case("suppression", """(float[1, s, 4] boxes, float[1, 1, s] scores, int64[1] limit) => (int64[n, 3] y) {
            iou = Constant <value_floats = [0.5]> ()  least = Constant <value_floats = [0.2]> ()
            y = NonMaxSuppression(boxes, scores, limit, iou, least) }""",
         [([("f", (1, 4, 4), (0, 0, 1, 1, 0, 0, 1, 0.9, 0, 5, 1, 6, 0, 8, 1, 9)), ("f", (1, 1, 4), (0.8, 0.9, 0.3, 0.1)), ints(9)],
           [[0, 0, 1, 0, 0, 2]]),
          ([("f", (1, 4, 4), (0, 0, 1, 1, 0, 0, 1, 0.9, 0, 5, 1, 6, 0, 8, 1, 9)), ("f", (1, 1, 4), (0.8, 0.9, 0.3, 0.1)), ints(1)], [[0, 0, 1]])]),
    Case("unique_rows", "(float[s, 2] x) => (float[n, 2] y, int64[n] i, int64[s] v, int64[n] c) { y, i, v, c = Unique <axis = 0> (x) }",
         [([("f", (4, 2), (1, 0, 1, 0, 0, 1, 1, 0))], [[0, 1, 1, 0], [2, 0], [1, 1, 0, 1], [1, 3]]), ([("f", (1, 2), (5, 6))], [[5, 6], [0], [0], [1]])]),
    Case("unique_columns", "(int64[2, s] x) => (int64[2, n] y, int64[n] i, int64[s] v, int64[n] c) { y, i, v, c = Unique <axis = -1, sorted = 0> (x) }",
         [([("q", (2, 4), (3, 1, 3, 1, 2, 5, 2, 4))], [[3, 1, 1, 2, 5, 4], [0, 1, 3], [0, 1, 0, 2], [2, 1, 1]])]),
    Case("resize_nearest", """(float[1, w] x, float[2] scales) => (float[1, n] y) {
            y = Resize <mode = "nearest", coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"> (x,,scales) }""",
         [([("f", (1, 3), (1, 2, 3)), floats(1, 2)], [[1, 1, 2, 2, 3, 3]]), ([("f", (1, 4), (1, 2, 3, 4)), floats(1, 0.625)], [[1, 2]])]),
    Case("resize_linear", """(float[1, w] x, float[1] scale) => (float[1, n] y) {
            one = Constant <value_floats = [1.0]> ()  scales = Concat <axis = 0> (one, scale)
            y = Resize <mode = "linear", coordinate_transformation_mode = "asymmetric"> (x,,scales) }""",
         [([("f", (1, 3), (1, 2, 4)), floats(2)], [[1, 1.5, 2, 3, 4, 4]])]),
    Case("scan_grows", """(float[s, 4] x) => (float[t] y, float[s] sums) {
            none = Constant <value_floats = [0.0]> ()
            y, sums = Scan <num_scan_inputs = 1, scan_input_directions = [1], scan_output_directions = [1], body = step (float[k] a, float[4] row) => (float[m] b, float sum) {
                kept = NonZero(row)  all = Constant <value_ints = [-1]> ()  at = Reshape(kept, all)  some = Gather(row, at)
                sum = ReduceSum <keepdims = 0> (some)  b = Concat <axis = 0> (a, some) }> (none, x) }""",
         [([("f", (2, 4), (0, 1, 2, 0, 5, 0, 0, 1))], [[0, 5, 1, 1, 2], [3, 6]]), ([("f", (1, 4), (0, 0, 0, 0))], [[0], [0]])]),
    Case("guard_between", """(float[s] x, int64 i) => (float y) {
            kept = NonZero(x)  all = Constant <value_ints = [-1]> ()  at = Reshape(kept, all)  one = Gather(at, i)  y = Gather(x, one) }""",
         [([floats(0, 3, 0, 5), scalar(1)], [[5]]), ([floats(0, 3, 0, 5), scalar(-2)], [[3]])]),
    # text: the next token follows from the last one, until 0 comes or the limit
    Case("greedy", """(int64[1] first, int64[v] next, int64 limit) => (int64[t] tokens, int64[n] steps) {
            yes = Constant <value = bool {1}> ()
            tokens, steps = Loop <body = step (int64 i, bool go, int64[k] a) => (bool on, int64[l] b, int64 step) {
                end = Constant <value_ints = [-1]> ()  zero = Constant <value_ints = [0]> ()
                last = Gather(a, end)  token = Gather(next, last)  b = Concat <axis = 0> (a, token)
                is_end = Equal(token, zero)  is_more = Not(is_end)  on = Squeeze(is_more, zero)  step = Identity(i) }> (limit, yes, first) }""",
         [([ints(3), ints(9, 0, 1, 2), scalar(20)], [[3, 2, 1, 0], [0, 1, 2]]), ([ints(3), ints(9, 0, 1, 2), scalar(2)], [[3, 2, 1], [0, 1]]), ([ints(1), ints(0, 0), scalar(0)], [[1], []])]),
    # text: the two best continuations of two beams, whose sequences grow
    Case("beams", """(float[v, v] logits, int64 steps) => (int64[2, t] sequences, float[2] scores) {
            yes = Constant <value = bool {1}> ()  start = Constant <value = int64[2, 1] {0, 0}> ()  first = Constant <value_floats = [0.0, -1000.0]> ()
            sequences, scores = Loop <body = step (int64 i, bool go, int64[2, k] beams, float[2] sums) => (bool on, int64[2, l] longer, float[2] best) {
                on = Identity(go)  end = Constant <value_ints = [-1]> ()  one = Constant <value_ints = [1]> ()  two = Constant <value_ints = [2]> ()
                last = Gather <axis = 1> (beams, end)  tokens = Reshape(last, end)
                rows = Gather(logits, tokens)  column = Unsqueeze(sums, one)  all = Add(rows, column)  flat = Reshape(all, end)
                best, places = TopK(flat, two)
                size = Shape <start = 1> (logits)  from = Div(places, size)  token = Mod(places, size)
                chosen = Gather(beams, from)  added = Unsqueeze(token, one)  longer = Concat <axis = 1> (chosen, added) }> (steps, yes, start, first) }""",
         [([("f", (3, 3), (0, 2, 1, 0, 1, 4, 3, 0, 0)), scalar(2)], [[0, 1, 2, 0, 2, 0], [6, 4]]), ([("f", (3, 3), (0, 2, 1, 0, 1, 4, 3, 0, 0)), scalar(0)], [[0, 0], [0, -1000]])]),
    # a detector's end: boxes of two classes, the best of what suppression leaves, in order
    Case("detector", """(float[1, s, 4] boxes, float[1, 2, s] scores, int64 most) => (float[k, 4] y, float[k] best, int64[k] classes) {
            limit = Constant <value_ints = [2]> ()  iou = Constant <value_floats = [0.5]> ()  least = Constant <value_floats = [0.25]> ()
            found = NonMaxSuppression(boxes, scores, limit, iou, least)
            zero = Constant <value_ints = [0]> ()  all = Constant <value_ints = [-1]> ()  one = Constant <value_int = 1> ()  two = Constant <value_int = 2> ()
            class = Gather <axis = 1> (found, one)  box = Gather <axis = 1> (found, two)
            size = Shape <start = 2> (scores)  row = Mul(class, size)  place = Add(row, box)
            flat = Reshape(scores, all)  score = Gather(flat, place)
            count = Shape(score)  wanted = Unsqueeze(most, zero)  k = Min(count, wanted)
            best, order = TopK(score, k)  plain = Squeeze(boxes, zero)  chosen = Gather(box, order)
            y = Gather(plain, chosen)  classes = Gather(class, order) }""",
         [([("f", (1, 3, 4), (0, 0, 1, 1, 0, 0, 1, 0.875, 0, 5, 1, 6)), ("f", (1, 2, 3), (0.5, 0.75, 0.125, 0.25, 0.375, 0.625)), scalar(2)],
           [[0, 0, 1, 0.875, 0, 5, 1, 6], [0.75, 0.625], [0, 1]]),
          ([("f", (1, 3, 4), (0, 0, 1, 1, 0, 0, 1, 0.875, 0, 5, 1, 6)), ("f", (1, 2, 3), (0.5, 0.75, 0.125, 0.25, 0.375, 0.625)), scalar(9)],
           [[0, 0, 1, 0.875, 0, 5, 1, 6, 0, 0, 1, 0.875], [0.75, 0.625, 0.375], [0, 1, 1]]),
          ([("f", (1, 1, 4), (0, 0, 1, 1)), ("f", (1, 2, 1), (0, 0)), scalar(9)], [[], [], []])]),
]


def compile_case(case, tenon, translate, folder):
    text, module, library = (f"{folder}/{case.name}{suffix}" for suffix in (".onnxtxt", ".mlir", ".so"))
    with open(text, "w") as file:
        file.write('<ir_version: 8, opset_import: ["" : 16]>\ng ' + case.graph + "\n")
    with open(module, "w") as file:
        subprocess.run([translate, "--onnx-text-to-mlir", text], check=True, stdout=file)
    subprocess.run([tenon, "compile", module, "-o", library], check=True)
    return library


def run(library, inputs, tenon, folder):
    files = []
    for index, (kind, shape, values) in enumerate(inputs):
        files.append(f"{folder}/input_{index}.npy")
        write_npy(files[-1], array.array(kind, values), shape)
    # twice, in one context
    subprocess.run([tenon, "run", library, "--inputs", *files, "--repeat", "2", "--outputs", folder], check=True, stdout=subprocess.DEVNULL)


def main(tenon, translate, folder):
    wrong = count = 0
    for case in CASES:
        library = compile_case(case, tenon, translate, folder)
        for inputs, expected in case.runs:
            run(library, inputs, tenon, folder)
            got = [list(read_pb(f"{folder}/output_{i}.pb")) for i in range(len(expected))]
            count += 1
            if got != expected:
                wrong += 1
                print(f"wrong: {case.name} {inputs}: expected {expected}, got {got}")
    print(f"{wrong} of {count} wrong")


main(*sys.argv[1:])
