"""write-data.py OUT.npz SHAPE LABELS [VALUE]: samples of f32, each element VALUE (default 1), and labels, all written without numpy."""

import struct
import sys
import zipfile


def npy(kind, shape, data):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def main():
    path, shape, labels = sys.argv[1], [int(size) for size in sys.argv[2].split("x")], [int(label) for label in sys.argv[3].split(",")]
    value = float(sys.argv[4]) if len(sys.argv) > 4 else 1.0
    count = len(labels)
    for size in shape:
        count *= size
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x.npy", npy("<f4", (len(labels), *shape), struct.pack(f"<{count}f", *[value] * count)))
        file.writestr("y.npy", npy("<i8", (len(labels),), struct.pack(f"<{len(labels)}q", *labels)))


if __name__ == "__main__":
    main()
