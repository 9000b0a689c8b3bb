"""scatter-caches.py FOLDER: writes FOLDER/0, 1, ...: the inputs of consecutive calls of Inputs/scatter-caches.onnxtxt; prints the sum of all elements
of the cache behind the last one."""

import array
import pathlib
import sys

from tensors import write_npy

HEADS, ROWS, WIDTH = 2, 8, 16
folder = pathlib.Path(sys.argv[1])
caches = [[[0.0] * WIDTH for _ in range(ROWS)] for _ in range(HEADS)]


def write(name, rows, at, value):
    target = folder / name
    target.mkdir()
    values = [float(value + head + row) for head in range(HEADS) for row in range(rows) for _ in range(WIDTH)]
    write_npy(target / "input_0.npy", array.array("f", values), (1, HEADS, rows, WIDTH))
    write_npy(target / "input_1.npy", array.array("q", [at]), (1,))
    return [values[i * WIDTH : (i + 1) * WIDTH] for i in range(HEADS * rows)]


for step, (rows, at) in enumerate([(3, 0), (1, 3), (1, 1), (2, 6)]):
    new = write(str(step), rows, at, step + 1)
    for head in range(HEADS):
        for row in range(rows):
            caches[head][at + row] = new[head * rows + row]
print(f"{sum(sum(row) for cache in caches for row in cache):g}")
