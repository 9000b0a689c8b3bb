"""Trains with checkpoints, killed at random moments and resumed each time: the trained model has to be the uninterrupted one, bit for bit."""

import pathlib
import random
import subprocess
import sys
import time


def main():
    tenon, inputs, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    work.mkdir(parents=True, exist_ok=True)
    command = [tenon, "train", str(inputs / "resnet.onnx"), "--data", str(inputs / "classes.npz"), "--batch", "12", "--epochs", "60", "--threads", "1",
               "--seed", "3", "--schedule", "cosine:warmup=10"]
    begin = time.monotonic()
    subprocess.run([*command, "-o", str(work / "whole.onnx")], check=True, stdout=subprocess.DEVNULL)
    whole = time.monotonic() - begin

    interrupted = [*command, "-o", str(work / "resumed.onnx"), "--checkpoint", str(work / "state"), "--resume"]
    generator = random.Random()  # other moments each time: all have to do
    kills = 0
    while True:
        running = subprocess.Popen(interrupted, stdout=subprocess.DEVNULL)
        try:
            # some time after it has begun, so that it gets on
            status = running.wait(timeout=whole * generator.uniform(0.2, 0.6) if kills < 12 else None)
            break
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            kills += 1
    if status:
        sys.exit(f"the resumed training ended with status {status}")
    if (work / "whole.onnx").read_bytes() != (work / "resumed.onnx").read_bytes():
        sys.exit(f"after {kills} kills the trained model is another one")
    print(f"equal after {kills} kills")


if __name__ == "__main__":
    main()
