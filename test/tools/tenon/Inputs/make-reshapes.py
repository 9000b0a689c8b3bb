"""Writes to FOLDER, byte by byte, for lit's Python has no onnx:
    model.onnx     y = Reshape(x, shape) with `shape` an input
    axes.onnx      y = ReduceSum(x, axes) with `axes` an input
    computed.onnx  the same with shape = floor(sizes of x * scale)
"""

import pathlib
import struct
import sys

INT64, FLOAT = 7, 1
INT_ATTRIBUTE = 2


def varint(number):
    return bytes([number]) if number < 128 else bytes([number % 128 + 128]) + varint(number // 128)


def field(number, value):
    """A protobuf field: a varint, or a text or message with its length before it."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, element, *dims):
    shape = b"".join(field(1, field(1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, element) + field(2, shape)))


def node(operator, inputs, output, **integers):
    attributes = b"".join(field(5, field(1, name) + field(3, value) + field(20, INT_ATTRIBUTE)) for name, value in integers.items())
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, output) + field(4, operator) + attributes)


def write(path, *parts):
    graph = b"".join(parts) + field(2, "g") + field(12, tensor("reshaped", FLOAT, 3, 4))
    path.write_bytes(field(1, 8) + field(8, field(1, "") + field(2, 17)) + field(7, graph))


folder = pathlib.Path(sys.argv[1])
x = field(11, tensor("x", FLOAT, 2, 6))
reshape = node("Reshape", ["x", "shape"], "reshaped")
write(folder / "model.onnx", reshape, x, field(11, tensor("shape", INT64, 2)))
write(folder / "axes.onnx", node("ReduceSum", ["x", "axes"], "reshaped"), x, field(11, tensor("axes", INT64, 1)))
scale = field(5, field(1, 2) + field(2, FLOAT) + field(8, "scale") + field(9, struct.pack("<2f", 1.51, 0.67)))
sizes = (node("Shape", ["x"], "sizes") + node("Cast", ["sizes"], "numbers", to=FLOAT) + node("Mul", ["numbers", "scale"], "scaled") +
         node("Cast", ["scaled"], "shape", to=INT64))
write(folder / "computed.onnx", sizes, reshape, x, scale)
