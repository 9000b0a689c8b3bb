"""compare.py A B: the largest difference between the outputs in two folders, and in the folders of a sequence below them, relative to the largest value of each; they
must have some."""

import math
import pathlib
import sys

from tensors import get_difference, read_pb

first, second = (sorted(pathlib.Path(folder).rglob("output_*.pb")) for folder in sys.argv[1:3])
assert first and [path.relative_to(sys.argv[1]) for path in first] == [path.relative_to(sys.argv[2]) for path in second], (first, second)
largest = 0.0
for a, b in zip(map(read_pb, first), map(read_pb, second)):
    assert len(a) == len(b) > 0, (len(a), len(b))
    assert any(a) and all(map(math.isfinite, a))
    largest = max(largest, get_difference(a, b))
print("equal" if largest == 0 else f"within {largest:.1e}")
sys.exit(largest > 1e-5)
