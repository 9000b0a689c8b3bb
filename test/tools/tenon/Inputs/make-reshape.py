"""Writes FOLDER/model.onnx, y = Reshape(x, shape) with `shape` an input, byte by byte: lit's Python has no onnx."""

import pathlib
import sys

INT64, FLOAT = 7, 1


def field(number, value):
    """A protobuf field: a varint, or a text or message with its length before it."""
    if isinstance(value, int):
        return bytes([number << 3, value])
    value = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, len(value)]) + value


def tensor(name, element, *dims):
    shape = b"".join(field(1, field(1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, element) + field(2, shape)))


node = field(1, "x") + field(1, "shape") + field(2, "y") + field(3, "reshaped") + field(4, "Reshape")
graph = field(1, node) + field(2, "g") + field(11, tensor("x", FLOAT, 2, 6)) + field(11, tensor("shape", INT64, 2)) + field(12, tensor("y", FLOAT, 3, 4))
model = field(1, 8) + field(8, field(1, "") + field(2, 17)) + field(7, graph)
(pathlib.Path(sys.argv[1]) / "model.onnx").write_bytes(model)
