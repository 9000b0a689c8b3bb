"""Engines in processes of their own, pinned to the same cores, which take turns (docs/Rationale/Measuring.md says why), and what is said of two builds.

The parent makes a Worker for each engine and calls take_turns; the child, which is the same program with `--work NAME`, calls serve.
"""

import argparse
import atexit
import importlib.util
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

METER = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[2:]); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open(sys.argv[1], 'a')); sys.exit(code)")  # fmt: skip
meter_log = tempfile.NamedTemporaryFile()
ALLOWED = 1.03  # what a build may be slower than another: less is noise


class Worker:
    """The parent's end of an engine's process."""

    def __init__(self, name, command, cores):
        pin = lambda: os.sched_setaffinity(0, cores)
        self.process = subprocess.Popen(
            [sys.executable, *map(str, command), "--work", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=pin)  # fmt: skip
        self.name, self.seconds = name, []
        self.record = self.read()

    def read(self):
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"failed": f"crashed with status {self.process.wait()}"}

    def measure(self, seconds):
        if "missing" in self.record or "failed" in self.record:
            return
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        answer = self.read()
        self.seconds += answer.pop("seconds", [])
        self.record.update(answer)

    def finish(self):
        self.process.stdin.close()
        self.process.wait()
        if self.seconds:
            self.record.update(median_seconds=statistics.median(self.seconds), min_seconds=min(self.seconds), runs=len(self.seconds))
        return self.record


def take_turns(names, command, threads, rounds, seconds):
    """Each engine's record; `seconds` are measured of each, in so many turns."""
    cores = sorted(os.sched_getaffinity(0))[-threads:]
    workers = [Worker(name, command, cores) for name in names]
    for _ in range(rounds):
        for worker in workers:
            worker.measure(seconds / rounds)
    return {worker.name.partition("=")[0]: worker.finish() for worker in workers}


def memory(field):
    """Bytes of this process: VmHWM is the peak, VmRSS what it holds now. (`ru_maxrss` begins with what the process held that started this one.)"""
    line = next(line for line in open("/proc/self/status") if line.startswith(field))
    return int(line.split()[1]) * 1024


def metered(*command):
    """A command whose peak of memory child_peak() knows: a small process between starts it, because a child's `ru_maxrss` begins with its parent's."""
    return [sys.executable, "-S", "-c", METER, meter_log.name, *map(str, command)]


def child_peak():
    return max(map(int, pathlib.Path(meter_log.name).read_text().split()), default=0) * 1024


def metered_program(program):
    """A program in the place of `program` which meters it."""
    script = pathlib.Path(meter_log.name + "-" + program.name)
    script.write_text(f'#!/bin/sh\nexec {shlex.join(metered(program))} "$@"\n')
    script.chmod(0o755)
    atexit.register(script.unlink)
    return script


def serve(start):
    """The child's end. `start()` compiles; its result has `turn(seconds)`, which gives the seconds of each run, and the dictionary `record`, of which
    the first answer is made."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # engines print what they like
    answer = lambda values: print(json.dumps(values), file=answers, flush=True)
    before = memory("VmRSS")
    begin = time.perf_counter()
    try:
        engine = start()
        answer({"compile_seconds": time.perf_counter() - begin} | engine.record)
        for line in sys.stdin:
            seconds = engine.turn(float(line))
            held = {"peak_bytes": max(memory("VmHWM") - before, child_peak()), "run_bytes": max(0, memory("VmRSS") - before)}
            answer({"seconds": seconds} | held | engine.record)
    except (ImportError, FileNotFoundError) as missing:
        answer({"missing": str(missing)})
    except Exception as failure:
        answer({"failed": f"{type(failure).__name__}: {failure}"[:300]})


def repeat(run, seconds):
    """The times of the runs that fit into some seconds, three at the least."""
    end = time.perf_counter() + seconds
    times = []
    while len(times) < 3 or time.perf_counter() < end:
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return times


def add_engines(parser, engines):
    """The option --engines: names of `engines`, or builds of Tenon as find_tenon takes them."""

    def name(text):
        if "=" not in text and text not in engines:
            raise argparse.ArgumentTypeError(f"expected one of {', '.join(engines)}, or NAME=PATH, got '{text}'")
        return text

    parser.add_argument(
        "--engines", nargs="+", type=name, default=list(engines),
        help=f"some of {', '.join(engines)}; NAME=PATH is Tenon as another checkout has it, or a program build/PRESET/bin/tenon of one")  # fmt: skip


def find_tenon(name):
    """The program that an engine's name `LABEL=PATH` means: a checkout's release build, or the program itself."""
    path = pathlib.Path(name.partition("=")[2]).resolve()
    program = path if path.is_file() else path / "build/release/bin/tenon"
    if not program.exists():
        raise FileNotFoundError(program)
    return program


def load_beside(program, name):
    """bench/NAME.py of the checkout in whose build/PRESET/bin a program is: it knows that build's interface, which this checkout's may no longer be."""
    path = program.parents[3] / "bench" / name
    spec = importlib.util.spec_from_file_location("theirs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def print_builds(names, records):
    """Each further build of Tenon against the first: ratios of time, compile time and memory for each model, and what is slower than allowed."""
    builds = [name.partition("=")[0] for name in names if "=" in name]
    for build in builds[1:]:
        print(f"\n{build} / {builds[0]}, where 1 is equal and more is worse")
        print(f"  {'model':20} {'time':>8} {'compile':>8} {'peak MB':>8} {'run MB':>8}")
        columns = {key: [] for key in ("median_seconds", "compile_seconds", "peak_bytes", "run_bytes")}
        for model, engines in records.items():
            old, new = engines[builds[0]], engines[build]
            if "median_seconds" not in old or "median_seconds" not in new:
                print(f"  {model:20} not measured")
                continue
            ratios = {key: new[key] / old[key] for key in columns if old.get(key) and new.get(key)}
            for key, ratio in ratios.items():
                columns[key].append(ratio)
            verdict = "  slower" if ratios["median_seconds"] > ALLOWED else ""
            print(f"  {model:20} " + " ".join(f"{ratios[key]:8.3f}" if key in ratios else f"{'':8}" for key in columns) + verdict)
        means = " ".join(f"{float(numpy.exp(numpy.log(ratios).mean())):8.3f}" if ratios else f"{'':8}" for ratios in columns.values())
        slower = sum(ratio > ALLOWED for ratio in columns["median_seconds"])
        print(f"  {'geometric mean':20} {means}\n  {slower} of {len(columns['median_seconds'])} are slower by more than {ALLOWED - 1:.0%}", flush=True)
