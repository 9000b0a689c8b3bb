"""rounded.py WORK TENON MODEL EXPECTED: emulated device kernels that round their factors come as near to EXPECTED as the precision allows, with the
threads in any order."""

import os
import pathlib
import subprocess
import sys

from tensors import get_difference, read_pb

TOLERANCES = {"tf32": 2e-3, "f16": 2e-3, "bf16": 2e-2} # of the largest output

work, tenon, model, expected = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4])
failed = False
for precision, tolerance in TOLERANCES.items():
    library = work / f"{precision}.so"
    subprocess.run([tenon, "compile", model, "-o", library, "--gpu=emulated", f"--precision={precision}"], check=True)
    first = None
    for order in ("forward", "backward", "mixed"):
        outputs = work / f"{precision}-{order}"
        subprocess.run([tenon, "run", library, "--random", "0", "--dim", "s=13", "--outputs", outputs], check=True, stdout=subprocess.DEVNULL,
                       env=os.environ | {"TENON_EMULATOR_ORDER": order})
        got = [read_pb(path) for path in sorted(outputs.glob("output_*.pb"))]
        failed |= first is not None and got != first
        first = got
    difference = 0.0
    for a, b in zip(map(read_pb, sorted(expected.glob("output_*.pb"))), first, strict=True):
        difference = max(difference, get_difference(a, b))
    print(f"{precision}: within {difference:.1e}")
    failed |= not 0 < difference <= tolerance
sys.exit(failed)
