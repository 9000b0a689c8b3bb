"""Writes x as .npy, .pb and compressed .npz with Python's own means, into the folder given."""

import pathlib
import struct
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])


def npy(shape, values, kind="f4"):
    header = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}f", *values)


def pb(shape, values):
    dims = b"".join(b"\x08" + bytes([dim]) for dim in shape)
    raw = struct.pack(f"<{len(values)}f", *values)
    return dims + b"\x10\x01" + b"\x4a" + bytes([len(raw)]) + raw


x, bias = ((3, 2), [1, 2, 3, 4, 5, 6]), ((2,), [100, 200])
folder.mkdir(parents=True, exist_ok=True)
(folder / "x.npy").write_bytes(npy(*x))
(folder / "bias.npy").write_bytes(npy(*bias))
(folder / "wide.npy").write_bytes(npy((2, 3), x[1]))
(folder / "input_0.pb").write_bytes(pb(*x))
(folder / "input_1.pb").write_bytes(pb(*bias))
with zipfile.ZipFile(folder / "both.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("bias.npy", npy(*bias))  # not in the model's order: names tell
    archive.writestr("x.npy", npy(*x))
