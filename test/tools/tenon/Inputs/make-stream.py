"""make-stream.py FOLDER ROWS...: writes FOLDER/0.npy, 1.npy, ...: float32 tensors of so many rows of two, all elements 1, 2, ... in turn; and them as
FOLDER/test_data_set_0, ..., where the output is the sum of all rows so far."""

import pathlib
import struct
import sys


def raw(values):
    return struct.pack(f"<{len(values)}f", *values)


def npy(shape, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + raw(values)


def pb(shape, values):
    return b"".join(b"\x08" + bytes([dim]) for dim in shape) + b"\x10\x01\x4a" + bytes([len(raw(values))]) + raw(values)


folder, total = pathlib.Path(sys.argv[1]), 0
for number, rows in enumerate(map(int, sys.argv[2:])):
    values = [number + 1] * (2 * rows)
    total += (number + 1) * rows
    data = folder / f"test_data_set_{number}"
    data.mkdir()
    (folder / f"{number}.npy").write_bytes(npy((rows, 2), values))
    (data / "input_0.pb").write_bytes(pb((rows, 2), values))
    (data / "output_0.pb").write_bytes(pb((2,), [total] * 2))
