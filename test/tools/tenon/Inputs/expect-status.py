"""expect-status.py STATUS COMMAND...: runs the command, prints what it wrote to stderr, and fails unless it ends with STATUS."""

import subprocess
import sys

done = subprocess.run(sys.argv[2:], stderr=subprocess.PIPE, text=True)
print(done.stderr, end="")
if done.returncode != int(sys.argv[1]):
    sys.exit(f"expected status {sys.argv[1]}, got {done.returncode}")
