"""What bench/compare-training measures: each engine takes training steps on the same data in the same order; class names as in engines.py.

`turn(seconds)` gives the time of each step, `record` the loss of the first one, and the seconds until it was done without it: compilation and loading.
"""

import json
import os
import subprocess
import time

import training_cases
import turns


class Tenon:
    """`tenon train` on the files that the parent wrote. Each turn is a process: it compiles, and takes the case's steps."""

    def __init__(self, name, folder, threads, program):
        if not program.exists():
            raise FileNotFoundError(program)
        case = training_cases.CASES[name]
        self.report = folder / f"{os.getpid()}.json"
        self.command = [
            *turns.metered(program), "train", folder / f"{name}.onnx", "--data", folder / f"{name}.npz", "--no-shuffle", "--batch", str(case.batch),
            "--threads", str(threads), "--loss", case.loss, "--optimizer", case.optimizer, "--json", self.report]  # fmt: skip
        self.record = {"run_bytes": 0}  # not told from the peak: all is in that process

    def turn(self, seconds):
        self.report.unlink(missing_ok=True)
        begin = time.perf_counter()
        done = subprocess.run(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        whole = time.perf_counter() - begin
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-300:])
        steps = [json.loads(line) for line in self.report.read_text().splitlines()]
        steps = [step for step in steps if "step" in step]
        times = [step["seconds"] for step in steps]
        self.record |= {"compile_seconds": min(self.record.get("compile_seconds", whole), whole - sum(times)), "loss": steps[0]["loss"]}
        return times


class InProcess:
    """Steps of a framework in this process: `prepare(name, threads)` makes the batches and the function of one batch that gives the loss."""

    def __init__(self, name, folder, threads, program):
        self.batches, self.step = self.prepare(name, threads)
        self.at = 0
        self.record = {"loss": float(self.step(*self.batches[0]))}

    def turn(self, seconds):
        end = time.perf_counter() + seconds
        times = []
        while len(times) < 3 or time.perf_counter() < end:
            self.at += 1
            begin = time.perf_counter()
            float(self.step(*self.batches[self.at % len(self.batches)]))
            times.append(time.perf_counter() - begin)
        return times


class Torch(InProcess):
    COMPILES = False

    def prepare(self, name, threads):
        import torch

        torch.set_num_threads(threads)
        case = training_cases.CASES[name]
        module, x, y = training_cases.make(name)
        kind, rate = (torch.optim.SGD, 0.01) if case.optimizer.startswith("sgd") else (torch.optim.Adam, 0.001)
        optimizer = kind(module.parameters(), lr=rate)
        loss = torch.nn.functional.mse_loss if case.loss == "mse" else torch.nn.functional.cross_entropy
        forward = lambda samples, targets: loss(module(samples), targets)
        if self.COMPILES:
            os.environ.setdefault("CXX", "clang++-22")
            forward = torch.compile(forward)

        def step(samples, targets):
            optimizer.zero_grad()
            value = forward(samples, targets)
            value.backward()
            optimizer.step()
            return value.detach()

        return list(zip(x.split(case.batch), y.split(case.batch))), step


class TorchCompile(Torch):
    COMPILES = True


class Jax(InProcess):
    def prepare(self, name, threads):
        if threads == 1:
            os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        import jax
        from jax import numpy as jnp

        import jax_networks

        case = training_cases.CASES[name]
        module, x, y = training_cases.make(name)
        self.parameters = jax_networks.arrays(module)
        self.state = {key: (jnp.zeros_like(value), jnp.zeros_like(value)) for key, value in self.parameters.items()}
        network, is_sgd = jax_networks.NETWORKS[name], case.optimizer.startswith("sgd")

        def loss(parameters, samples, targets):
            results = network(parameters, samples)
            if case.loss == "mse":
                return jnp.mean((results - targets) ** 2)
            logits = jax.nn.log_softmax(results, 1)
            return -jnp.mean(jnp.take_along_axis(logits, targets[:, None], 1))

        def adam(value, gradient, moments, count):
            first, second = 0.9 * moments[0] + 0.1 * gradient, 0.999 * moments[1] + 0.001 * gradient**2
            change = first / (1 - 0.9**count) / (jnp.sqrt(second / (1 - 0.999**count)) + 1e-8)
            return value - 0.001 * change, (first, second)

        def update(parameters, state, count, samples, targets):
            value, gradients = jax.value_and_grad(loss)(parameters, samples, targets)
            if is_sgd:
                return value, {key: parameters[key] - 0.01 * gradients[key] for key in parameters}, state
            changed = {key: adam(parameters[key], gradients[key], state[key], count) for key in parameters}
            return value, {key: new[0] for key, new in changed.items()}, {key: new[1] for key, new in changed.items()}

        update = jax.jit(update, donate_argnums=(0, 1))
        self.count = 0

        def step(samples, targets):
            self.count += 1
            value, self.parameters, self.state = update(self.parameters, self.state, float(self.count), samples, targets)
            jax.block_until_ready(self.parameters)
            return value

        batches = [(jnp.asarray(a.numpy()), jnp.asarray(b.numpy())) for a, b in zip(x.split(case.batch), y.split(case.batch))]
        return batches, step


ENGINES = {"tenon": Tenon, "torch": Torch, "torch-compile": TorchCompile, "jax": Jax}
