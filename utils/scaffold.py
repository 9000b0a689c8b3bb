"""What utils/new-pass, utils/new-op and utils/check-house share: how names are spelled, and where text is put into files."""

import re
import subprocess
import sys
import textwrap

# What is in a skeleton where its author has to write; utils/check-house names the files that still have it.
UNWRITTEN = "has yet to be " + "written"


def kebab(name):
    """FuseBiasAdd -> fuse-bias-add, soft_max -> soft-max"""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_", "-", name).lower()


def camel(name):
    """soft_max -> SoftMax"""
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def banner(file, summary):
    """The first line of a C++ file, 80 columns wide."""
    line = f"//===- {file} - {textwrap.shorten(summary, 63 - len(file), placeholder='')} "
    return line + "-" * (75 - len(line)) + "===//"


def insert(path, text, before):
    """Puts `text` in front of the last line of the file that matches `before`, or at its end."""
    old = path.read_text()
    matches = list(re.finditer(before, old, re.MULTILINE)) if before else []
    position = matches[-1].start() if matches else len(old)
    path.write_text(old[:position] + text + old[position:])


def format_source(path):
    """As the house rules want a C++ file."""
    subprocess.run(["clang-format-22", "-i", path], check=True)


def refuse(message):
    sys.exit(f"{sys.argv[0].rsplit('/', 1)[-1]}: error: {message}")
