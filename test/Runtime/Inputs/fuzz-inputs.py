"""fuzz-inputs.py FOLDER SEED COUNT COMMAND...: gives COMMAND --inputs FILE many wrong files of each format for a model of one input, float32 [2, 3].

A run may end with status 0 (what was changed did not matter) or with 1 and a message; files that are surely wrong must end with 1. Prints what
did not, and how many runs there were. Random changes follow from SEED.
"""

import concurrent.futures
import io
import os
import pathlib
import random
import struct
import subprocess
import sys
import zipfile
import zlib

DATA = struct.pack("<6f", 1, 2, 3, 4, 5, float("nan"))


def npy(header="{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", data=DATA, version=b"\x01\x00", size=None):
    text = header.encode("latin-1") + b"\n"
    return b"\x93NUMPY" + version + struct.pack("<H", len(text) if size is None else size) + text + data


def shape(text):
    return npy("{'descr': '<f4', 'fortran_order': False, 'shape': %s, }" % text)


def descr(text, data=DATA):
    return npy("{'descr': %s, 'fortran_order': False, 'shape': (2, 3), }" % text, data)


def npz(member=None, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("x.npy", npy() if member is None else member)
    return file.getvalue()


def patched(data, signature, offset, value):
    """`data` with other bytes at an offset from the last `signature`."""
    at = data.rindex(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    value &= 2**64 - 1
    digits = []
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes(digits + [value])


def pb(dims=(2, 3), dtype=1, raw=DATA, more=b""):
    return b"".join(field(1, dim) for dim in dims) + field(2, dtype) + field(8, b"x") + (b"" if raw is None else field(9, raw)) + more


def valid():
    return {"npy": npy(), "npz": npz(), "stored.npz": npz(method=zipfile.ZIP_STORED), "pb": pb(), "big-endian.npy": descr("'>f4'")}


def wrong():
    """Files that cannot be float32 [2, 3], by name."""
    central, end, local = b"PK\x01\x02", b"PK\x05\x06", b"PK\x03\x04"
    npys = [
        b"", b"\x93NUMPY", npy(version=b"\x09\x00"), npy(size=65535), npy(size=0), npy(""), npy("{"), npy("{'descr': '<f4'}"), npy("(" * 30000),
        npy("\0" * 64), npy("{'descr': '<f4', 'fortran_order': nan, 'shape': (2, 3), }"), npy(data=b""), npy(data=DATA[:-1]),
        *map(shape, ["()", "(6,)", "(3, 2)", "(2, 3, 1)", "(-2, -3)", "(nan, 3)", "(inf, 3)", "(2.0, 3)", "(2, 3", "2, 3", "None", "''", "(2**1, 3)",
                     "(0, 3)", "(4611686018427387904, 4)", "(9223372036854775807, 9223372036854775807)", "(99999999999999999999999999, 3)",
                     "(" + "1, " * 5000 + "2, 3)", "(" + "0, " * 40 + "9223372036854775807)"]),
        *map(descr, ["'<f8'", "'<i4'", "'<f2'", "'|b1'", "'<U3'", "'|O'", "'<f3'", "'<f99999999999'", "''", "'<'", "'nan'", "[('a', '<f4')]", "None", "4"]),
        descr("'<f8'", DATA * 2),
    ]
    archive, stored = npz(), npz(method=zipfile.ZIP_STORED)
    npzs = [
        b"", b"PK", b"PK\x05\x06" + b"\0" * 18, archive[:-1], archive[:40], npz(b"garbage"), npz(npy(data=b"")), npz(shape("(nan, 3)")),
        patched(archive, central, 20, b"\xff\xff\xff\xff"), patched(archive, central, 24, b"\xff\xff\xff\x7f"), patched(archive, central, 42, b"\xff\xff\xff\x7f"),
        patched(archive, central, 28, b"\xff\xff"), patched(archive, central, 10, b"\x63\x00"), patched(stored, central, 10, b"\x08\x00"),
        patched(archive, central, 24, b"\x01\x00\x00\x00"), patched(archive, end, 16, b"\xff\xff\xff\x7f"), patched(archive, end, 10, b"\xff\xff"),
        patched(archive, local, 26, b"\xff\xff"), patched(archive, local, 28, b"\xff\xff"), patched(archive, local, 0, b"XX"),
        patched(stored, b"NUMPY", 0, b"MUMPY"),
    ]
    pbs = [
        b"\xff" * 12, pb(raw=DATA[:-1]), pb(raw=DATA + b"\0"), pb(raw=None), pb(dtype=0), pb(dtype=999), pb(dtype=8, raw=None), pb(dtype=11, raw=DATA * 2),
        pb(dtype=7, raw=DATA * 2), pb(dtype=-1), pb(dims=(6,)), pb(dims=(3, 2)), pb(dims=()), pb(dims=(-2, -3)), pb(dims=(2**62, 4)), pb(dims=(2**63 - 1,) * 3),
        pb(dims=(0, 3), raw=b""), pb(dims=(1,) * 5000 + (2, 3)), pb(raw=None, more=field(4, DATA[:-4])), pb(raw=None, more=field(5, varint(1) * 6)),
        pb(raw=None, more=field(14, 1) + field(13, field(1, b"location") + field(2, b"/etc/passwd"))), field(1, 2) + varint(9 << 3 | 2) + varint(2**63),
        varint(9 << 3 | 2) + b"\xff" * 11, b"\x0b" * 100, pb(more=b"\x4a\xff\xff\xff\xff\x07"), zlib.compress(pb()),
    ]
    for suffix, files in (("npy", npys), ("npz", npzs), ("pb", pbs)):
        yield from ((f"wrong-{number}.{suffix}", data) for number, data in enumerate(files))


def cut_short():
    for suffix, data in valid().items():
        yield from ((f"cut-{size}.{suffix}", data[:size]) for size in range(len(data)) if size % 3 == 0)


def changed(seed, count):
    source = random.Random(seed)
    for number in range(count):
        suffix, data = source.choice(sorted(valid().items()))
        data = bytearray(data)
        for _ in range(source.choice((1, 1, 2, 8))):
            at = source.randrange(len(data))
            data[at] = source.choice((0, 1, 0x7F, 0x80, 0xFF, data[at] ^ 1 << source.randrange(8), source.randrange(256)))
        yield f"changed-{number}.{suffix}", bytes(data)


def main(folder, seed, count, command):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)

    def judge(file):
        (name, data), statuses = file
        path = folder / name
        path.write_bytes(data)
        done = subprocess.run([*command, "--inputs", str(path)], capture_output=True, timeout=60, check=False)
        if done.returncode in statuses and (done.returncode == 0 or b"error: " in done.stderr):
            path.unlink()
            return None
        return f"{name}: status {done.returncode}, {done.stderr[-500:]!r}"

    files = [((f"valid.{suffix}", data), {0}) for suffix, data in valid().items()]
    files += [(file, {1}) for file in wrong()]
    files += [(file, {0, 1}) for file in (*cut_short(), *changed(int(seed), int(count)))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for fault in pool.map(judge, files) if fault]
    print("\n".join(faults + [f"{len(files)} runs, {len(faults)} faults"]))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
