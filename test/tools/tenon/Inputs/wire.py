"""Fields of ONNX's protobuf messages, byte by byte, for lit's Python has no onnx."""

import struct

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


def values(name, *numbers):
    """A TensorProto: a vector of floats."""
    return field(1, len(numbers)) + field(2, FLOAT) + field(8, name) + field(9, struct.pack(f"<{len(numbers)}f", *numbers))


def node(operator, inputs, output, **integers):
    attributes = b"".join(field(5, field(1, name) + field(3, value) + field(20, INT_ATTRIBUTE)) for name, value in integers.items())
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, output) + field(4, operator) + attributes)


def model(*graph):
    """A model of opset 17, from the fields of its graph."""
    return field(1, 8) + field(8, field(1, "") + field(2, 17)) + field(7, b"".join(graph) + field(2, "g"))
