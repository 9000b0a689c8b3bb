"""Writes to FOLDER:
    model.onnx     y = Reshape(x, shape) with `shape` an input
    axes.onnx      y = ReduceSum(x, axes) with `axes` an input
    computed.onnx  the same with shape = floor(sizes of x * scale)
"""

import pathlib
import sys

from wire import FLOAT, INT64, field, model, node, tensor, values


def write(path, *parts):
    path.write_bytes(model(*parts, field(12, tensor("reshaped", FLOAT, 3, 4))))


folder = pathlib.Path(sys.argv[1])
x = field(11, tensor("x", FLOAT, 2, 6))
reshape = node("Reshape", ["x", "shape"], "reshaped")
write(folder / "model.onnx", reshape, x, field(11, tensor("shape", INT64, 2)))
write(folder / "axes.onnx", node("ReduceSum", ["x", "axes"], "reshaped"), x, field(11, tensor("axes", INT64, 1)))
scale = field(5, values("scale", 1.51, 0.67))
sizes = (node("Shape", ["x"], "sizes") + node("Cast", ["sizes"], "numbers", to=FLOAT) + node("Mul", ["numbers", "scale"], "scaled") +
         node("Cast", ["scaled"], "shape", to=INT64))
write(folder / "computed.onnx", sizes, reshape, x, scale)
