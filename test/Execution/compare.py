"""compare.py A B: the largest difference between the outputs in two folders, relative to the largest value of each; they must have some."""

import pathlib
import sys

from tensors import read_pb

first, second = (sorted(pathlib.Path(folder).glob("output_*.pb")) for folder in sys.argv[1:3])
assert first and [path.name for path in first] == [path.name for path in second], (first, second)
largest = 0.0
for a, b in zip(map(read_pb, first), map(read_pb, second)):
    assert len(a) == len(b) > 0, (len(a), len(b))
    scale = max(map(abs, a))
    assert scale > 0
    largest = max(largest, max(abs(x - y) for x, y in zip(a, b)) / scale)
print("equal" if largest == 0 else f"within {largest:.1e}")
sys.exit(largest > 1e-5)
