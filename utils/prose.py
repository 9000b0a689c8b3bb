"""Paragraphs of documentation: pages in Markdown, and the descriptions of TableGen records. What utils/reflow-docs and utils/check-house share."""

import re
import textwrap

# Lines of prose end before this column. Tables and code have lines as long as they need.
WIDTH = 120

ITEM = re.compile(r"(\s*)([-*+]|\d+\.)\s+")
# What begins a line that is no prose, or would be something else at the begin of a line.
SPECIAL = re.compile(r"\s*(#|\||<|```|\[[^\]]+\]:|---|===)")


class Paragraph:
    """Lines `first` to before `last` of a text, and the indents of the first one and of the others."""

    def __init__(self, first, last, begin, rest):
        self.first, self.last, self.begin, self.rest = first, last, begin, rest

    def is_long(self, lines):
        return any(len(line) > WIDTH for line in lines[self.first : self.last])

    def reflow(self, lines):
        words = " ".join(line.strip() for line in lines[self.first : self.last])
        words = words[len(self.begin.strip()) :].strip() if self.begin.strip() else words
        # a line that began with these would be a list, a heading or a table
        words = re.sub(r" (?=([-+*#|]|\d+\.) )", "\0", words)
        wrapped = textwrap.wrap(words, WIDTH, initial_indent=self.begin, subsequent_indent=self.rest, break_long_words=False, break_on_hyphens=False)
        return [line.replace("\0", " ") for line in wrapped]


def paragraphs(lines, first=0, last=None):
    """Those of Markdown in lines `first` to before `last`."""
    last = len(lines) if last is None else last
    found, fence, after_blank, in_list, at = [], False, True, False, first
    while at < last:
        line = lines[at]
        if line.strip().startswith("```"):
            fence = not fence
        is_code = line.startswith("    ") and after_blank and not in_list
        if fence or not line.strip() or SPECIAL.match(line) or is_code:
            after_blank = not line.strip() or (after_blank and is_code)
            in_list &= not line.strip() or line.startswith(" ")
            at += 1
            continue
        item = ITEM.match(line)
        in_list = bool(item) or (in_list and line.startswith(" "))
        indent = re.match(r"\s*", line)[0]
        begin = item[0] if item else indent
        rest = " " * len(begin)
        end = at + 1
        while end < last and lines[end].strip() and not SPECIAL.match(lines[end]) and not ITEM.match(lines[end]):
            end += 1
        found.append(Paragraph(at, end, begin, rest))
        at, after_blank = end, False
    return found


def description_ranges(lines):
    """The lines between `description = [{` and `}];` of TableGen records."""
    first = None
    for number, line in enumerate(lines):
        if first is None and re.search(r"\bdescription = \[\{\s*$", line):
            first = number + 1
        elif first is not None and line.strip() == "}];":
            yield first, number
            first = None


def dedented(lines, first, last):
    """Lines `first` to before `last` without their common indent, and it."""
    indent = min((len(line) - len(line.lstrip()) for line in lines[first:last] if line.strip()), default=0)
    return [line[indent:] for line in lines[first:last]], indent


def blocks(path, lines):
    """Each text in a file of documentation: where it begins, its lines, and the columns that it is indented by."""
    if path.suffix == ".md":
        yield 0, lines, 0
    elif path.suffix == ".td":
        for first, last in description_ranges(lines):
            yield first, *dedented(lines, first, last)


def long_lines(path, text):
    """The numbers of lines of prose that are too long."""
    lines = text.splitlines()
    for begin, block, indent in blocks(path, lines):
        for paragraph in paragraphs(block):
            for number in range(paragraph.first, paragraph.last):
                if len(block[number]) + indent > WIDTH and " " in block[number].strip():
                    yield begin + number + 1


def reflow(path, text):
    """The text, with paragraphs that have too long a line wrapped anew."""
    lines = text.split("\n")
    for begin, block, indent in reversed(list(blocks(path, lines))):
        margin = " " * indent
        for paragraph in reversed(paragraphs(block)):
            whole = [margin + line if line else line for line in block[paragraph.first : paragraph.last]]
            if not any(len(line) > WIDTH for line in whole):
                continue
            outer = Paragraph(0, len(whole), margin + paragraph.begin, margin + paragraph.rest)
            lines[begin + paragraph.first : begin + paragraph.last] = outer.reflow(whole)
    return "\n".join(lines)
