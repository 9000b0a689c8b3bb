"""states.py FOLDER: writes FOLDER/0, 1, ...: the inputs of consecutive calls of Inputs/states.mlir."""

import array
import math
import pathlib
import sys

from tensors import write_npy

folder = pathlib.Path(sys.argv[1])
for step, rows in enumerate([1, 3, 1, 2, 1, 1]):
    target = folder / str(step)
    target.mkdir()
    values = [math.sin(0.7 * i + step) for i in range(2 * rows * 16)]
    write_npy(target / "input_0.npy", array.array("f", values), (2, rows, 16))
    write_npy(target / "input_1.npy", array.array("q", [[1, 0], [1, 1], [0, 1]][step % 3]), (2,))
    write_npy(target / "input_2.npy", array.array("f", [step + i / 16 for i in range(16)]), (1, 16))
