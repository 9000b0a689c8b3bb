"""Trains with several processes, and compares with one: ranks.py TENON INPUTS WORK. Then ranks that are killed, fail or are told to end leave no
other one waiting, and what the first one has saved is resumed to the same end."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

# relative: sums in another order. Behind batch norms a sign may change by that, as it does when the learning rate is another by 1e-7.
TOLERANCES = {"lenet": 2e-5, "gru": 2e-5, "resnet": 1e-3}


def command(tenon, work, model, data, ranks, options):
    launch = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--quiet", "-n", str(ranks)] if ranks > 1 else []
    return [*launch, tenon, "train", model, "--data", data, "--batch", "19", "--threads", "1", "--json", work / f"{ranks}.json", *options]


def read_losses(path):
    return [record["loss"] for record in map(json.loads, path.read_text().splitlines()) if "step" in record]


def compare(tenon, inputs, work):
    """Of 400 samples in batches of 19, the last one of an epoch has fewer samples than there are ranks."""
    for name, tolerance in TOLERANCES.items():
        expected = None
        for ranks, hosts in ((1, None), (2, None), (4, None), (4, "2")):
            environment = {**os.environ, **({"TENON_RANKS_PER_HOST": hosts} if hosts else {})}
            subprocess.run(command(tenon, work, inputs / f"{name}.onnx", inputs / "classes.npz", ranks, ["--epochs", "1", "--clip-norm", "1", "--sync-batch-norm"]),
                           check=True, stdout=subprocess.DEVNULL, env=environment, timeout=300)
            losses = read_losses(work / f"{ranks}.json")
            expected = expected or losses
            if len(losses) != len(expected) or any(abs(a - b) > tolerance * abs(b) for a, b in zip(losses, expected)):
                sys.exit(f"{name} on {ranks} ranks: expected the losses {expected}, got {losses}")
        print(f"{name}: as one process")


def split(tenon, inputs, work):
    """A part of the model on each rank, by cost and by names, at once and with parts of the batch on their way; the trained model is the same."""
    for name, ways in {"mlp": ([], ["--micro-batches", "2"], ["--place", "/[012]/*", "--place", "/3/*"]), "gru": ([],), "lenet": ([],)}.items():
        expected = None
        for ranks, options in [(1, []), *[(2, ["--split-model", *way]) for way in ways], (3, ["--split-model"])]:
            trained = work / f"{ranks}.onnx"
            common = ["--epochs", "2", "--clip-norm", "1", "-o", trained]
            whole = command(tenon, work, inputs / f"{name}.onnx", inputs / "classes.npz", ranks, common + options)
            whole[whole.index("--batch") + 1] = "20"
            subprocess.run(whole, check=True, stdout=subprocess.DEVNULL, timeout=300)
            losses = read_losses(work / f"{ranks}.json")
            expected = expected or losses
            if len(losses) != len(expected) or any(abs(a - b) > 2e-5 * abs(b) for a, b in zip(losses, expected)):
                sys.exit(f"{name} split over {ranks} ranks {options}: expected the losses {expected}, got {losses}")
            if losses == expected and ranks > 1 and trained.read_bytes() != (work / "1.onnx").read_bytes():
                sys.exit(f"{name} split over {ranks} ranks {options}: expected the trained model of one process")
        print(f"{name}: split")


def find_ranks(launcher):
    """The processes of `tenon` that mpirun has started."""
    found = []
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == launcher:
                found.append(int(status.parent.name))
        except (OSError, IndexError):
            pass
    return sorted(found)


def end_in_the_middle(tenon, inputs, work, how):
    """Starts a long training, ends it by `how` when it has a checkpoint; it has to be over soon."""
    state = work / how
    whole = command(tenon, work, inputs / "mlp.onnx", inputs / "classes.npz", 2, ["--epochs", "100000", "--checkpoint", state])
    running = subprocess.Popen(whole, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not (state / "checkpoint.tenon").exists():
        if running.poll() is not None:
            sys.exit(f"{how}: ended before it began: {running.stderr.read()}")
        time.sleep(0.01)
    if how == "killed":
        os.kill(find_ranks(running.pid)[-1], signal.SIGKILL)
    else:
        running.send_signal(signal.SIGTERM)
    try:
        _, errors = running.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        sys.exit(f"{how}: ranks wait for ever")
    if running.returncode == 0:
        sys.exit(f"{how}: expected an exit status that says so")
    resumed = command(tenon, work, inputs / "mlp.onnx", inputs / "classes.npz", 1, ["--epochs", "1", "--checkpoint", state, "--resume"])
    if subprocess.run(resumed, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"{how}: the checkpoint cannot be resumed")
    print(f"{how}: over, with a checkpoint")


def fail(tenon, inputs, work):
    """The first rank cannot write its log: an error on it alone."""
    whole = command(tenon, work, inputs / "mlp.onnx", inputs / "classes.npz", 2, ["--epochs", "100000"])
    whole[whole.index("--json") + 1] = "/dev/full"
    done = subprocess.run(whole, capture_output=True, text=True, timeout=120)
    if done.returncode == 0 or "No space left on device" not in done.stderr:
        sys.exit(f"expected an error of the first rank, got status {done.returncode}: {done.stderr}")
    print("failed: over")


def main():
    tenon, inputs, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    compare(tenon, inputs, work)
    split(tenon, inputs, work)
    for how in ("killed", "told"):
        end_in_the_middle(tenon, inputs, work, how)
    fail(tenon, inputs, work)


if __name__ == "__main__":
    main()
