"""Tensor files without any package: writes .npy, reads the .pb files that `tenon run --outputs` writes."""

import array
import math
import struct

NPY_TYPES = {"f": "<f4", "d": "<f8", "i": "<i4", "q": "<i8", "B": "|u1"}
ONNX_TYPES = {1: "f", 11: "d", 6: "i", 7: "q", 9: "B", 2: "B"}  # TensorProto.DataType


def write_npy(path, values, shape):
    """`values` is an array.array."""
    header = repr({"descr": NPY_TYPES[values.typecode], "fortran_order": False, "shape": tuple(shape)})
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values.tobytes())


def fields(message):
    """The fields of a protobuf message as (number, value)."""
    position = 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while position < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            yield key >> 3, message[position : position + size]
            position += size


def read_pb(path):
    """The elements of a TensorProto with raw data, as an array.array."""
    message = open(path, "rb").read()
    found = dict((number, value) for number, value in fields(message) if number in (2, 9))
    data = found.get(9, b"")
    if found[2] == 10: # float16, which array.array does not know
        return array.array("f", struct.unpack(f"<{len(data) // 2}e", data))
    return array.array(ONNX_TYPES[found[2]], data)


def get_difference(expected, got):
    """The largest difference relative to the largest expected element; infinite where one side alone is NaN or infinite."""
    difference = largest = 0.0
    for x, y in zip(expected, got, strict=True):
        if x != y and (x == x or y == y):
            distance = abs(x - y)
            difference = max(difference, distance if distance == distance else math.inf)
        if math.isfinite(x):
            largest = max(largest, abs(x))
    return difference / (largest or 1.0)
