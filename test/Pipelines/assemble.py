"""Compiles models to PTX and has ptxas take it: assemble.py [--train] FOLDER MODEL..."""

import pathlib
import re
import subprocess
import sys

ARCHITECTURES = ["sm_80", "sm_90a"]


def check(model, arch, text, flags):
    done = subprocess.run(["tenon", "compile", model, "-o", text, f"--gpu={arch}", *flags], capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()
    if ".extern .func" in text.read_text():
        return "calls a function that it does not hold"
    done = subprocess.run(["ptxas", f"-arch={arch}", "-v", text, "-o", "/dev/null"], capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()
    spills = re.findall(r"properties for (\S+)\n.* ([1-9]\d*) bytes spill stores", done.stderr)
    if spills:
        return f"kernels spill: {spills}"
    return None


def main():
    arguments = sys.argv[1:]
    flags = []
    if arguments[0] == "--train":
        flags = [arguments.pop(0)]
    folder, models = pathlib.Path(arguments[0]), arguments[1:]
    failed = False
    for model in models:
        for arch in ARCHITECTURES:
            problem = check(model, arch, folder / "kernels.ptx", flags)
            print(f"{model} {arch}: {problem or 'assembled'}")
            failed |= problem is not None
    sys.exit(failed)


if __name__ == "__main__":
    main()
