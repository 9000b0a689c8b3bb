"""decoder.py FILE: writes a decoder of two layers with caches of keys and values, in ONNX's text. Weights are pseudo-random and the same each time."""

import pathlib
import sys

WIDTH, HEADS, LAYERS = 32, 2, 2
HEAD = WIDTH // HEADS
seed = 1


def weight(name, *shape):
    """An initializer with elements from -1 to 1, scaled to keep the values' size."""
    global seed
    count, values = 1, []
    for size in shape:
        count *= size
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2**31
        values.append(f"{(seed / 2**30 - 1) * (3 / shape[0]) ** 0.5:.6f}")
    return f"float[{','.join(map(str, shape))}] {name} = {{{', '.join(values)}}}"


def layer(i, x, y):
    split = "\n".join(
        f"""  {part}r{i} = Reshape({part}{i}, heads)
  {part}h{i} = Transpose <perm = [0, 2, 1, 3]> ({part}r{i})"""
        for part in "qkv"
    )
    return f"""
  qkv{i} = MatMul({x}, wqkv{i})
  q{i}, k{i}, v{i} = Split <axis = 2, num_outputs = 3> (qkv{i})
{split}
  present_k{i} = Concat <axis = 2> (past_k{i}, kh{i})
  present_v{i} = Concat <axis = 2> (past_v{i}, vh{i})
  kt{i} = Transpose <perm = [0, 1, 3, 2]> (present_k{i})
  s{i} = MatMul(qh{i}, kt{i})
  ss{i} = Mul(s{i}, scale)
  p{i} = Softmax <axis = -1> (ss{i})
  c{i} = MatMul(p{i}, present_v{i})
  ct{i} = Transpose <perm = [0, 2, 1, 3]> (c{i})
  cr{i} = Reshape(ct{i}, merged)
  o{i} = MatMul(cr{i}, wo{i})
  a{i} = Add({x}, o{i})
  h{i} = MatMul(a{i}, w1_{i})
  g{i} = Tanh(h{i})
  m{i} = MatMul(g{i}, w2_{i})
  {y} = Add(a{i}, m{i})"""


caches = [f"{part}{i}" for i in range(LAYERS) for part in "kv"]
past = ", ".join(f"float[batch, {HEADS}, past, {HEAD}] past_{name}" for name in caches)
present = ", ".join(f"float[batch, {HEADS}, total, {HEAD}] present_{name}" for name in caches)
weights = [f"int64[4] heads = {{0, 0, {HEADS}, {HEAD}}}", f"int64[3] merged = {{0, 0, {WIDTH}}}", f"float scale = {{{HEAD**-0.5}}}"]
for i in range(LAYERS):
    weights += [weight(f"wqkv{i}", WIDTH, 3 * WIDTH), weight(f"wo{i}", WIDTH, WIDTH)]
    weights += [weight(f"w1_{i}", WIDTH, 4 * WIDTH), weight(f"w2_{i}", 4 * WIDTH, WIDTH)]
body = "".join(layer(i, f"x{i}" if i else "x", f"x{i + 1}" if i + 1 < LAYERS else "y") for i in range(LAYERS))
pathlib.Path(sys.argv[1]).write_text(
    f"""<ir_version: 8, opset_import: ["" : 18]>
decoder (float[batch, tokens, {WIDTH}] x, {past}) => (float[batch, tokens, {WIDTH}] y, {present})
<{", ".join(weights)}>
{{{body}
}}
"""
)
