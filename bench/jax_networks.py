"""The networks of training_cases.py in JAX: functions of (parameters, samples), in training mode.

Their parameters are the PyTorch modules', by the same names, so that all engines begin with the same loss. Batch norms use the statistics of the batch; the
running ones, which no step depends on, are left out.
"""

import jax
from jax import lax
from jax import numpy as jnp

from training_cases import CONTEXT


def arrays(module):
    return {name: jnp.asarray(value.detach().numpy()) for name, value in module.named_parameters()}


def dense(p, name, x):
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def conv(p, name, x, stride=1, padding=0):
    y = lax.conv_general_dilated(x, p[f"{name}.weight"], (stride, stride), [(padding, padding)] * 2, dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return y + p[f"{name}.bias"][:, None, None] if f"{name}.bias" in p else y


def max_pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")


def batch_norm(p, name, x):
    mean, variance = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * p[f"{name}.weight"][:, None, None] + p[f"{name}.bias"][:, None, None]


def layer_norm(p, name, x):
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) * lax.rsqrt(variance + 1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]


def linear_regression(p, x):
    return x @ p["weight"].T + p["bias"]


def mlp(p, x):
    return dense(p, "3", jax.nn.relu(dense(p, "1", x.reshape(len(x), -1))))


def lenet(p, x):
    x = max_pool(jax.nn.relu(conv(p, "0", x, padding=2)))
    x = max_pool(jax.nn.relu(conv(p, "3", x))).reshape(len(x), -1)
    return dense(p, "11", jax.nn.relu(dense(p, "9", jax.nn.relu(dense(p, "7", x)))))


def resnet18(p, x):
    x = jax.nn.relu(batch_norm(p, "net.bn1", conv(p, "net.conv1", x, padding=1)))
    for layer in range(1, 5):
        for block in range(2):
            name, stride = f"net.layer{layer}.{block}", 2 if layer > 1 and block == 0 else 1
            y = jax.nn.relu(batch_norm(p, f"{name}.bn1", conv(p, f"{name}.conv1", x, stride, 1)))
            y = batch_norm(p, f"{name}.bn2", conv(p, f"{name}.conv2", y, 1, 1))
            if f"{name}.downsample.0.weight" in p:
                x = batch_norm(p, f"{name}.downsample.1", conv(p, f"{name}.downsample.0", x, stride))
            x = jax.nn.relu(x + y)
    return dense(p, "net.fc", x.mean((2, 3)))


def lstm_layer(p, layer, x):
    """`x` is [step, batch, channel]; the products with the input are one for all steps."""
    name = lambda part: p[f"lstm.{part}_l{layer}"]
    inputs = x @ name("weight_ih").T + name("bias_ih") + name("bias_hh")

    def step(state, gates):
        h, c = state
        i, f, g, o = jnp.split(gates + h @ name("weight_hh").T, 4, -1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((x.shape[1], name("weight_hh").shape[1]))
    return lax.scan(step, (zero, zero), inputs)[1]


def character_lstm(p, x):
    y = lstm_layer(p, 1, lstm_layer(p, 0, p["embed.weight"][x].transpose(1, 0, 2)))
    return dense(p, "out", y).transpose(1, 2, 0)


def character_gpt(p, x, heads=4):
    mask = jnp.triu(jnp.full((CONTEXT, CONTEXT), -1e9), 1)
    split = lambda part: part.reshape(len(x), CONTEXT, heads, -1).transpose(0, 2, 1, 3)
    x = p["embed.weight"][x] + p["position"]
    for layer in range(sum(name.endswith("qkv.weight") for name in p)):
        name = f"blocks.{layer}"
        q, k, v = map(split, jnp.split(dense(p, f"{name}.qkv", layer_norm(p, f"{name}.norm1", x)), 3, -1))
        weights = jax.nn.softmax(q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5 + mask, -1)
        x = x + dense(p, f"{name}.project", (weights @ v).transpose(0, 2, 1, 3).reshape(x.shape))
        x = x + dense(p, f"{name}.narrow", jax.nn.gelu(dense(p, f"{name}.widen", layer_norm(p, f"{name}.norm2", x)), approximate=False))
    return dense(p, "out", layer_norm(p, "norm", x)).swapaxes(1, 2)


NETWORKS = {
    "linear-regression": linear_regression,
    "mlp": mlp,
    "lenet": lenet,
    "resnet18": resnet18,
    "character-lstm": character_lstm,
    "character-gpt": character_gpt,
}
