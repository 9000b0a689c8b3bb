"""Compares the initializers of two modules: those whose names begin with a prefix have to be equal, all others different."""

import re
import sys


def read(path):
    """The text of each initializer: its value, or the bytes of its resource."""
    text = open(path).read()
    resources = dict(re.findall(r'^\s+"?([^\s":]+)"?: "(0x[0-9A-F]+)"', text, re.MULTILINE))
    constants = re.findall(r'tenon\.constant \{tenon\.initializer = "([^"]+)"\} (dense(?:_resource)?<"?(.*?)"?>) :', text)
    rest = re.sub(r"tenon\.constant \{[^\n]*|0x[0-9A-F]+", "", text)
    return {name: resources.get(value, whole) for name, whole, value in constants}, rest


def main():
    (before, graph), (after, other), prefix = read(sys.argv[1]), read(sys.argv[2]), sys.argv[3]
    if graph != other:
        sys.exit("the graphs differ in more than their weights")
    if not before or before.keys() != after.keys():
        sys.exit(f"expected the weights {sorted(before)}, got {sorted(after)}")
    for name, value in before.items():
        if (value == after[name]) != name.startswith(prefix):
            sys.exit(f"{name} {'is as before' if value == after[name] else 'changed'}")


if __name__ == "__main__":
    main()
