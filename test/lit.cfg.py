# How lit runs the tests of this folder, which mirror lib/. Set by the build: config.tenon_*, config.llvm_tools_dir, config.host_cc.

import importlib.util
import os
import pathlib
import shutil
import sys

import lit.formats

config.name = "Tenon"
config.test_format = lit.formats.ShTest(execute_external=False)
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.tenon_binary_dir, "test")
config.suffixes = [".mlir", ".onnxtxt", ".test"]
config.excludes = ["CMakeLists.txt", "Inputs"] # Unit is a suite of its own, found through its lit.site.cfg.py

config.environment["PATH"] = os.pathsep.join([config.tenon_tools_dir, config.llvm_tools_dir, os.environ["PATH"]])
# libLLVM is not instrumented, so containers and allocators that cross its border look broken to the address sanitizer.
config.environment["ASAN_OPTIONS"] = "detect_container_overflow=0:allow_user_poisoning=0"
for inherited in ("HOME", "TENON_DEPS_DIR"):
    if inherited in os.environ:
        config.environment[inherited] = os.environ[inherited]

shared = pathlib.Path(os.environ.get("TENON_SHARED", pathlib.Path(config.tenon_source_dir).parent / "shared"))
deps = pathlib.Path(os.environ.get("TENON_DEPS_DIR", pathlib.Path.home() / ".cache/tenon"))
onnx_tests = next(deps.glob("onnx-*-node-tests"), None) # of single operators, kept by utils/install-deps
config.substitutions += [
    ("%shared", str(shared)),
    ("%source", config.tenon_source_dir),
    ("%build", config.tenon_binary_dir),
    ("%cmake", config.cmake),
    ("%cc", config.host_cc),
    ("%cxx", config.host_cxx),
    ("%python", sys.executable),
    ("%onnx_tests", str(onnx_tests)),
]

# `--param machine=CPU`: what a test compiles for no CPU that it names is compiled as on such a machine (utils/check: machines).
if machine := lit_config.params.get("machine"):
    config.substitutions.append((r"\btenon compile\b", f"tenon compile --cpu={machine}"))


def cpu_flags():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines() if os.path.exists("/proc/cpuinfo") else []
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())


# Features: what a test may ask for with REQUIRES. `everything` marks tests that take too long for check-tenon; utils/check sets it.
available = {
    "avx2": {"avx2", "fma"} <= cpu_flags(),
    "avx512": {"avx512f", "avx512bw", "avx512vl", "avx512dq"} <= cpu_flags(),
    "ptxas": shutil.which("ptxas"),
    "mpi": shutil.which("mpirun") and (pathlib.Path(config.tenon_tools_dir).parent / "lib" / "libtenon-mpi.so").exists(),
    "shared-models": (shared / "models").is_dir(),
    "shared-data": (shared / "data").is_dir(),
    "onnx-tests": bool(onnx_tests),
    "onnxruntime": all(importlib.util.find_spec(name) for name in ("numpy", "onnx", "onnxruntime")),
    "everything": lit_config.params.get("everything") == "1",
}
config.available_features.update(name for name, present in available.items() if present)
