"""shape-chain.py N: ONNX's text of a model whose Reshape asks for a shape that N additions compute."""

import sys

count = int(sys.argv[1])
print('<ir_version: 8, opset_import: ["" : 16]>')
print("chain (float[N, 4] x) => (float[A, B] y) {")
print(" zeros = Constant <value = int64[2] {0, 0}> ()")
print(" s0 = Shape (x)")
for i in range(count):
    print(f" s{i + 1} = Add (s{i}, zeros)")
print(f" y = Reshape (x, s{count})")
print("}")
