"""Writes to FOLDER model.onnx, y = x * scale, where `scale` is an input with an initializer, and data with another value for it."""

import pathlib
import sys

from wire import FLOAT, field, model, node, tensor, values

folder = pathlib.Path(sys.argv[1])
inputs = [field(11, tensor(name, FLOAT, 2)) for name in ("x", "scale")]
(folder / "model.onnx").write_bytes(model(node("Mul", ["x", "scale"], "y"), *inputs, field(5, values("scale", 2, 3)), field(12, tensor("y", FLOAT, 2))))
data = folder / "test_data_set_0"
data.mkdir()
(data / "input_0.pb").write_bytes(values("x", 1, 2))
(data / "input_1.pb").write_bytes(values("scale", 10, 20))
(data / "output_0.pb").write_bytes(values("y", 10, 40))
