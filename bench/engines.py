"""What bench/compare measures: each engine loads an ONNX model and runs it; class names are the names on the command line.

An engine's constructor does all of the work that happens once (its time is the compile time), `run()` is one inference with inputs that are in place.
An engine that is not installed raises ImportError, or FileNotFoundError for a program, and is left out.
"""

import ctypes
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

import numpy

import turns

ROOT = pathlib.Path(__file__).resolve().parent.parent


def quiet(*command):
    done = subprocess.run(turns.metered(*command), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{pathlib.Path(command[0]).name}: " + (done.stderr.strip() or done.stdout.strip() or "failed")[-300:])


def program(name):
    """A program of the running Python's environment, or of PATH."""
    found = shutil.which(name, path=os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    if not found:
        raise FileNotFoundError(name)
    return found


class TenonError(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int32), ("message", ctypes.c_char * 508)]


class TenonTensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("shape", ctypes.POINTER(ctypes.c_int64)), ("dtype", ctypes.c_int32), ("rank", ctypes.c_int32)]


class TenonOptions(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("threads", ctypes.c_int32), ("device", ctypes.c_int32 * 3), ("rest", ctypes.c_void_p * 6)]


class TenonModel(ctypes.Structure):
    """The first members of the struct tenon_model of tenon-rt/tenon.h; `calls` points to the table of calls."""

    _fields_ = [("abi", ctypes.c_uint32 * 2), ("texts", ctypes.c_char_p * 4), ("calls", ctypes.POINTER(ctypes.c_void_p))]


class Tenon:
    # the order of struct tenon_calls
    CALLS = ["open", "close", "prepare", "input_shapes", "output_shapes", "run"]
    DTYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7, "bool": 9, "float16": 10, "float64": 11}

    def __init__(self, model, inputs, threads):
        tool = pathlib.Path(os.environ.get("TENON", ROOT / "build/release/bin/tenon"))
        if not tool.exists():
            raise FileNotFoundError(tool)
        self.folder = tempfile.TemporaryDirectory()
        library = pathlib.Path(self.folder.name, "libmodel.so")
        quiet(tool, "compile", model, "-o", library)
        self.library = ctypes.CDLL(str(library))
        descriptor = TenonModel.in_dll(self.library, "tenon_model")
        open_type = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        run_type = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        self.error = TenonError()
        options = TenonOptions(size=ctypes.sizeof(TenonOptions), threads=threads)
        self.context = open_type(descriptor.calls[self.CALLS.index("open")])(ctypes.byref(descriptor), ctypes.byref(options), ctypes.byref(self.error))
        if not self.context:
            raise RuntimeError(self.error.message.decode())
        self.call = run_type(descriptor.calls[self.CALLS.index("run")])
        self.arrays = list(inputs.values())
        self.inputs = (TenonTensor * len(inputs))(*map(self.tensor, self.arrays))
        self.outputs = (TenonTensor * 64)()

    def tensor(self, array):
        shape = (ctypes.c_int64 * array.ndim)(*array.shape)
        return TenonTensor(array.ctypes.data, shape, self.DTYPES[array.dtype.name], array.ndim)

    def run(self):
        for output in self.outputs:
            output.data = None  # lent by the context
        if self.call(self.context, 0, self.inputs, self.outputs, ctypes.byref(self.error)):
            raise RuntimeError(self.error.message.decode())

    def result(self):
        output = self.outputs[0]
        shape = tuple(output.shape[i] for i in range(output.rank))
        return numpy.ctypeslib.as_array(ctypes.cast(output.data, ctypes.POINTER(ctypes.c_float)), shape)


class OnnxRuntime:
    def __init__(self, model, inputs, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.inputs = inputs

    def run(self):
        self.outputs = self.session.run(None, self.inputs)

    def result(self):
        return self.outputs[0]


class OpenVino:
    def __init__(self, model, inputs, threads):
        import openvino

        options = {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        core = openvino.Core()
        network = core.read_model(model)
        network.reshape({name: array.shape for name, array in inputs.items()})
        self.request = core.compile_model(network, "CPU", options).create_infer_request()
        for name, array in inputs.items():
            self.request.set_tensor(name, openvino.Tensor(array))

    def run(self):
        self.request.infer()

    def result(self):
        return self.request.get_output_tensor(0).data


class Mnn:
    def __init__(self, model, inputs, threads):
        import MNN

        self.folder = tempfile.TemporaryDirectory()
        converted = pathlib.Path(self.folder.name, "model.mnn")
        quiet(program("mnnconvert"), "-f", "ONNX", "--modelFile", model, "--MNNModel", converted, "--bizCode", "bench")
        config = {"numThread": threads, "precision": "high", "backend": "CPU"}
        runtime = MNN.nn.create_runtime_manager((config,))
        names = outputs_of(model)
        self.module = MNN.nn.load_module_from_file(str(converted), list(inputs), names, runtime_manager=runtime)
        formats = MNN.expr.NCHW
        self.inputs = [MNN.expr.const(a, list(a.shape), formats, MNN.expr.int if a.dtype == numpy.int32 else MNN.expr.float) for a in map(self.narrow, inputs.values())]

    @staticmethod
    def narrow(array):
        return array.astype(numpy.int32) if array.dtype == numpy.int64 else array

    def run(self):
        self.outputs = self.module.onForward(self.inputs)
        self.outputs[0].read()  # it is lazy

    def result(self):
        return self.outputs[0].read()


class Torch:
    """PyTorch itself, eager, on the module that the model was exported from; the folder's name says which."""

    def __init__(self, model, inputs, threads):
        import torch

        import networks

        torch.set_num_threads(threads)
        torch.manual_seed(networks.SEED)
        self.module = networks.NETWORKS[pathlib.Path(model).parent.name]().module
        self.inputs = [torch.from_numpy(array) for array in inputs.values()]
        self.mode = torch.inference_mode(True)

    def run(self):
        with self.mode:
            outputs = self.module(*self.inputs)
        self.output = outputs[0] if isinstance(outputs, tuple) else outputs

    def result(self):
        return self.output.numpy()


class Iree:
    def __init__(self, model, inputs, threads):
        import iree.runtime

        self.folder = tempfile.TemporaryDirectory()
        imported, compiled = (pathlib.Path(self.folder.name, name) for name in ("model.mlir", "model.vmfb"))
        static = static_model(model, inputs, self.folder.name)
        quiet(program("iree-import-onnx"), static, "-o", imported, "--opset-version", "20")
        quiet(
            program("iree-compile"), imported, "-o", compiled, "--iree-hal-target-device=local",
            "--iree-hal-local-target-device-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host", "--iree-opt-level=O3")  # fmt: skip
        config = iree.runtime.Config("local-sync" if threads == 1 else "local-task")
        module = iree.runtime.VmModule.mmap(config.vm_instance, str(compiled))
        context = iree.runtime.SystemContext(vm_modules=[iree.runtime.create_hal_module(config.vm_instance, config.device), module], config=config)
        functions = context.modules[module.name]
        self.function = functions[next(name for name in functions.vm_module.function_names if not name.startswith("__") and "$" not in name)]
        self.inputs = [iree.runtime.asdevicearray(config.device, array) for array in inputs.values()]

    def run(self):
        self.output = self.function(*self.inputs)

    def result(self):
        first = self.output[0] if isinstance(self.output, (tuple, list)) else self.output
        return first.to_host()


class FmaPeak:
    """No engine, but the limit of all: the operations of the model as multiply-adds in registers, on each thread's share of them."""

    def __init__(self, model, inputs, threads):
        self.folder = tempfile.TemporaryDirectory()
        library = pathlib.Path(self.folder.name, "libpeak.so")
        quiet(program("clang-22"), "-O3", "-march=native", "-ffp-contract=fast", "-shared", "-fPIC", ROOT / "bench/fma-peak.c", "-o", library)
        self.call = ctypes.CDLL(str(library)).fma_peak
        self.share = ctypes.c_int64(int(pathlib.Path(model).with_name("flops").read_text()) // threads)
        self.threads = threads

    def run(self):
        workers = [threading.Thread(target=self.call, args=(self.share,)) for _ in range(1, self.threads)]
        for worker in workers:
            worker.start()
        self.call(self.share)
        for worker in workers:
            worker.join()

    def result(self):
        return None


def outputs_of(model):
    import onnx

    return [value.name for value in onnx.load(model, load_external_data=False).graph.output]


def static_model(model, inputs, folder):
    """A copy of the model whose inputs have the shapes of these arrays, weights inside."""
    import onnx

    loaded = onnx.load(model)
    for value in loaded.graph.input:
        for dim, size in zip(value.type.tensor_type.shape.dim, inputs[value.name].shape):
            dim.dim_value = size
    path = pathlib.Path(folder, "static.onnx")
    onnx.save(loaded, path)
    return path


ENGINES = {"tenon": Tenon, "onnxruntime": OnnxRuntime, "openvino": OpenVino, "mnn": Mnn, "torch": Torch, "iree": Iree, "fma-peak": FmaPeak}
