"""compile-in-time.py FOLDER SECONDS KIND:N...: compiles a graph of N ops of each kind; each has SECONDS of processor time.

chain: elementwise ops, one after the other. lattice: each op reads the two before it. convs: a convolution and an addition of its input, again and
again. sines: of a constant, which the compiler computes. concat: as many operands of one concatenation. branches: an `if` in an `if`.
"""

import pathlib
import resource
import subprocess
import sys

T = "tensor<4x64xf32>"
IMAGE, WINDOW = "tensor<1x8x8x8xf32>", "tensor<8x8x3x3xf32>"


def function(arguments, results, *lines):
    return "\n".join([f"func.func @main({arguments}) -> {results[1]} {{", *lines, f"  return {results[0]} : {results[1]}", "}"])


def chain(n):
    names = ["%x"] + [f"%v{i}" for i in range(n)]
    ops = [f"  {names[i + 1]} = tenon.{('tanh', 'abs', 'sigmoid', 'neg')[i % 4]} {names[i]} : {T} -> {T}" for i in range(n)]
    return function(f"%x: {T}", (names[-1], T), *ops)


def sines(n):
    names = [f"%v{i}" for i in range(n + 1)]
    ops = [f"  %v0 = tenon.constant dense<0.5> : {T}"]
    ops += [f"  {names[i + 1]} = tenon.sin {names[i]} : {T} -> {T}" for i in range(n)]
    return function(f"%x: {T}", ("%r", T), *ops, f"  %r = tenon.add %x, {names[-1]} : ({T}, {T}) -> {T}")


def lattice(n):
    names = ["%x", "%y"] + [f"%v{i}" for i in range(n)]
    ops = [f"  {names[i + 2]} = tenon.{('mul', 'add')[i % 2]} {names[i]}, {names[i + 1]} : ({T}, {T}) -> {T}" for i in range(n)]
    return function(f"%x: {T}, %y: {T}", (names[-1], T), *ops)


def convs(n):
    names = ["%x"] + [f"%v{i}" for i in range(n)]
    ops = [f"  %w = tenon.constant dense<0.1> : {WINDOW}"]
    for i in range(n):
        ops.append(f"  %c{i} = tenon.conv {names[i]}, %w {{pads = array<i64: 1, 1, 1, 1>}} : ({IMAGE}, {WINDOW}) -> {IMAGE}")
        ops.append(f"  {names[i + 1]} = tenon.add %c{i}, {names[i]} : ({IMAGE}, {IMAGE}) -> {IMAGE}")
    return function(f"%x: {IMAGE}", (names[-1], IMAGE), *ops)


def concat(n):
    ops = [f"  %v{i} = tenon.{('tanh', 'exp')[i % 2]} {f'%v{i - 2}' if i > 1 else '%x'} : {T} -> {T}" for i in range(n // 2)]
    ops += [f"  %v{i} = tenon.slice %y starts <[{i}, 0]> : tensor<{n + 3}x64xf32> -> {T}" for i in range(n // 2, n)]
    joined = f"tensor<{4 * n}x64xf32>"
    ops.append(f"  %r = tenon.concat {', '.join(f'%v{i}' for i in range(n))} {{axis = 0 : i64}} : ({', '.join([T] * n)}) -> {joined}")
    return function(f"%x: {T}, %y: tensor<{n + 3}x64xf32>", ("%r", joined), *ops)


def branches(n):
    ops = [f"  %b{i} = tenon.if %c : tensor<i1> -> {T} {{" for i in range(n)]
    ops += [f"  %t = tenon.tanh %x : {T} -> {T}", f"  tenon.yield %t : {T}"]
    for i in reversed(range(n)):
        ops += ["  } else {", f"  %e{i} = tenon.exp %x : {T} -> {T}", f"  tenon.yield %e{i} : {T}", "  }"]
        ops += [f"  tenon.yield %b{i} : {T}"] if i else []
    return function(f"%x: {T}, %c: tensor<i1>", ("%b0", T), *ops)


folder, seconds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
for case in sys.argv[3:]:
    kind, count = case.split(":")
    model = folder / f"{kind}.mlir"
    model.write_text({f.__name__: f for f in (chain, sines, lattice, convs, concat, branches)}[kind](int(count)))
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    done = subprocess.run(["tenon", "compile", model, "-o", folder / f"{kind}.so"], preexec_fn=limit)
    if done.returncode:
        sys.exit(f"{case}: exit status {done.returncode}, after at most {seconds} s")
