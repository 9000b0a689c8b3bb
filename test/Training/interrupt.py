"""Interrupts trainings at random moments and resumes them: each leaves whole lines and no temporary file, and in the end every step was logged once."""

import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time


def main():
    tenon, inputs, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    temporary, log, trained = work / "tmp", work / "log.json", work / "trained.onnx"
    temporary.mkdir(parents=True)
    command = [tenon, "train", inputs / "mlp.onnx", "--data", inputs / "classes.npz", "--batch", "10", "--epochs", "200", "--threads", "1",
               "--checkpoint", work / "state", "--resume", "--json", log, "-o", trained]
    interrupts = 0
    while True:
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, "TMPDIR": str(temporary)})
        before = log.stat().st_size if log.exists() else 0
        while interrupts < 4 and running.poll() is None and (log.stat().st_size if log.exists() else 0) == before:
            time.sleep(0.002)
        if interrupts < 4:
            time.sleep(random.uniform(0, 0.02))
            number = (signal.SIGINT, signal.SIGTERM)[interrupts % 2]
            running.send_signal(number)
        status = running.wait()
        if any(temporary.iterdir()):
            sys.exit(f"temporary files are left: {list(temporary.iterdir())}")
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        if status == 0:
            break
        if status != -number or trained.exists():
            sys.exit(f"expected an end by signal {number} without a trained model, got status {status}")
        interrupts += 1
    steps = [line["step"] for line in lines if "step" in line]
    if steps != list(range(1, 8001)):
        sys.exit(f"after {interrupts} interrupts expected the steps 1 to 8000, got {len(steps)} steps, the last {steps[-1:]}")
    if [line["epoch"] for line in lines if "train_loss" in line] != list(range(1, 201)):
        sys.exit("expected each epoch once")
    print(f"whole after {interrupts} interrupts")


if __name__ == "__main__":
    main()
