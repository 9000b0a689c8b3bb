"""Exports models, runs them in ONNX Runtime on seeded inputs, and in Tenon as they were before; fails where outputs differ."""

import pathlib
import subprocess
import sys

import numpy
import onnx
import onnxruntime

TOLERANCE = 1e-4  # of the largest output
TYPES = {"tensor(float)": numpy.float32, "tensor(int64)": numpy.int64, "tensor(bool)": numpy.bool_}


def make_inputs(session, folder, generator):
    feed, files = {}, []
    for index, given in enumerate(session.get_inputs()):
        shape = [size if isinstance(size, int) else 3 for size in given.shape]
        value = generator.standard_normal(shape) if given.type == "tensor(float)" else generator.integers(0, 2, shape)
        feed[given.name] = value.astype(TYPES[given.type])
        files.append(folder / f"input_{index}.npy")
        numpy.save(files[-1], feed[given.name])
    return feed, files


def compare(model, folder):
    folder.mkdir(parents=True)
    exported = folder / "model.onnx"
    subprocess.run(["tenon-translate", "--mlir-to-onnx", model, "-o", exported], check=True)
    onnx.checker.check_model(str(exported), full_check=True)
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    feed, files = make_inputs(session, folder, numpy.random.default_rng(0))
    subprocess.run(["tenon", "run", model, "--inputs", *files, "--outputs", folder], check=True, stdout=subprocess.DEVNULL)
    for index, want in enumerate(session.run(None, feed)):
        tensor = onnx.load_tensor(str(folder / f"output_{index}.pb"))
        got = onnx.numpy_helper.to_array(tensor)
        if got.shape != want.shape or got.dtype != want.dtype:
            return f"output {index}: {got.dtype}{got.shape} against {want.dtype}{want.shape}"
        difference = numpy.abs(got.astype("f8") - want.astype("f8")).max()
        if not difference <= TOLERANCE * max(numpy.abs(want.astype("f8")).max(), 1e-6):
            return f"output {index}: differs by {difference}"
    return None


def main():
    folder = pathlib.Path(sys.argv[1])
    problems = {path: compare(path, folder / pathlib.Path(path).stem) for path in sys.argv[2:]}
    for path, problem in problems.items():
        print(f"{path}: {problem or 'as in ONNX Runtime'}")
    sys.exit(any(problems.values()))


if __name__ == "__main__":
    main()
