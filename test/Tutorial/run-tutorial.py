"""run-tutorial.py SOURCE FOLDER [PAGE]: runs the commands of docs/Tutorial.md, or of another page, as a reader would: every ```sh block in order, in an empty folder.

A block ```LANGUAGE file=NAME is written to NAME. A ```text block after commands is what they print: its lines have to appear in that
order in the output of the block before, where `...` stands for anything.
"""

import os
import pathlib
import re
import subprocess
import sys

FENCE = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def find_in_order(expected, output):
    """The first line of `expected` that is not found in `output` after the ones before it, or None."""
    position = 0
    for line in filter(str.strip, expected.splitlines()):
        pattern = r"\s+".join(".*".join(map(re.escape, word.split("..."))) for word in line.split())
        match = re.compile(pattern).search(output, position)
        if not match:
            return line
        position = match.end()
    return None


def main(tutorial, folder):
    text = pathlib.Path(tutorial).read_text()
    output = ""
    for match in FENCE.finditer(text):
        language, file, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        if file:
            (folder / file).write_text(body)
        elif language == "sh":
            done = subprocess.run(["bash", "-euc", "exec 2>&1; " + body], cwd=folder, stdout=subprocess.PIPE, text=True)
            output = done.stdout
            print(f"--- line {line}\n{body}{output}", flush=True)
            if done.returncode:
                sys.exit(f"{tutorial}:{line}: error: the commands end with status {done.returncode}")
        elif language == "text":
            missing = find_in_order(body, output)
            if missing:
                sys.exit(f"{tutorial}:{line}: error: expected the line '{missing.strip()}' in what the commands above print")


if __name__ == "__main__":
    os.environ["TENON"] = os.path.abspath(sys.argv[1])
    page = sys.argv[3] if len(sys.argv) > 3 else "docs/Tutorial.md"
    main(os.path.join(sys.argv[1], page), pathlib.Path(sys.argv[2]))
