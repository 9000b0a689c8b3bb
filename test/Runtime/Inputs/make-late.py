"""Writes inputs of late.mlir to FOLDER: five floats, and counts."""

import array
import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "../../Execution"))
from tensors import write_npy

folder = sys.argv[1]
write_npy(f"{folder}/x.npy", array.array("f", [1, 2, 3, 4, 5]), (5,))
for name, count in (("three", 3), ("nine", 9), ("minus", -1)):
    write_npy(f"{folder}/{name}.npy", array.array("q", [count]), ())
