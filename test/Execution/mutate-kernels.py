"""Breaks device kernels and looks whether their emulation shows it.

usage: mutate-kernels.py TENON MODEL RUNTIME-FOLDER WORK

Takes the NVVM operations of each kernel of the model and leaves one barrier out, or lets one operation between barriers be the next thread's, or lets
one shuffle reach another lane. All threads' orders together have to give another result than the kernel as it is, which has the same in each order.
"""

import collections
import ctypes
import hashlib
import os
import pathlib
import random
import re
import subprocess
import sys

ORDERS = ("forward", "backward", "mixed")
BUFFER_BYTES = 1 << 18


def call(library, name, buffers, items):
    """Runs a kernel on buffers of drawn numbers; the digest of all of them afterwards."""
    numbers = random.Random(1)
    memory = [(ctypes.c_float * (BUFFER_BYTES // 4))(*(numbers.uniform(-1, 1) for _ in range(BUFFER_BYTES // 4))) for _ in range(buffers)]
    pointers = (ctypes.c_void_p * buffers)(*map(ctypes.addressof, memory))
    scratch = (ctypes.c_char * BUFFER_BYTES)()
    entry = getattr(ctypes.CDLL(library), name)
    entry.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int64] * 2
    entry(pointers, None, scratch, 0, items)
    print(hashlib.sha256(b"".join(map(bytes, memory))).hexdigest())


class Kernel:
    def __init__(self, text, runtime, work):
        self.text, self.runtime, self.work = text, runtime, work
        self.name = re.search(r"module @(\S+)", text)[1]
        self.items = re.search(r"tenon.grid = affine_map<\(\) -> \((\d+)\)>", text)[1]
        arguments = re.search(r"llvm.func @\S+?\((.*?)\) attributes", text)[1]
        self.buffers = arguments.count("!llvm.ptr") - 1  # the last one is scratch memory

    def execute(self, text):
        """What the kernel leaves, or how it ends, in each order."""
        source, library = self.work / "mutant.mlir", self.work / "mutant.so"
        source.write_text(text)
        emulated = subprocess.run(["tenon-opt", "--tenon-emulate-device", source], check=True, capture_output=True)
        code = subprocess.run(["mlir-translate", "--mlir-to-llvmir"], input=emulated.stdout, check=True, capture_output=True)
        subprocess.run(["clang-22", "-O1", "-w", "-shared", "-fPIC", "-x", "ir", "-", "-x", "none", self.runtime / "libtenon-emulator.a", "-o", library],
                       input=code.stdout, check=True)
        results = []
        for order in ORDERS:
            done = subprocess.run([sys.executable, __file__, library, self.name, str(self.buffers), self.items], capture_output=True, text=True,
                                  env={**os.environ, "TENON_EMULATOR_ORDER": order})
            results.append(done.stdout if done.returncode == 0 else done.returncode)
        return results

    def mutants(self):
        """What is broken, and the broken text."""
        tid, shuffle = "nvvm.read.ptx.sreg.tid.x : i32", r"(nvvm.shfl.sync +bfly %\S+, %\S+, )(%\S+),"
        for number, match in enumerate(re.finditer(r"\n *nvvm.barrier0", self.text)):
            yield "barrier", f"without barrier {number}", self.replace(match, "")
        for number, match in enumerate(re.finditer(rf"(%\S+) = {tid}", self.text)):
            yield ("index", f"with operation {number} by the next thread",
                   self.replace(match, f"%own = {tid}\n%one = llvm.mlir.constant(1 : i32) : i32\n{match[1]} = llvm.add %own, %one : i32"))
        distances = {match[2] for match in re.finditer(shuffle, self.text)}
        for number, match in enumerate(re.finditer(shuffle, self.text)):
            yield "shuffle", f"with shuffle {number} over another distance", self.replace(match, f"{match[1]}{min(distances - {match[2]})},")

    def replace(self, match, other):
        return self.text[: match.start()] + other + self.text[match.end() :]


def main():
    tenon, model, runtime, work = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4])
    work.mkdir(parents=True, exist_ok=True)
    printed = subprocess.run([tenon, "compile", model, "-o", work / "model.so", "--gpu=emulated", "--print-after=reconcile-unrealized-casts"], check=True,
                             capture_output=True, text=True)
    modules = re.split(r"// -----// IR Dump[^\n]*\n", printed.stderr)[1:]
    for kernel in (Kernel(text, runtime, work) for text in modules):
        expected = kernel.execute(kernel.text)
        if len(set(expected)) != 1 or not isinstance(expected[0], str):
            sys.exit(f"{kernel.name}: expected one result in all orders, got {expected}")
        noticed = collections.Counter()
        for part, what, text in kernel.mutants():
            if kernel.execute(text) == expected:
                print(f"{kernel.name}: not noticed {what}")
            else:
                noticed[part] += 1
        print(f"{kernel.name}: noticed", ", ".join(f"{count} of {part}" for part, count in noticed.items()))


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[4].isdigit():
        call(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
