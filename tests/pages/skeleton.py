# SPDX-License-Identifier: Apache-2.0
"""skeleton.py PAGE: what a page of Markdown and its translation have in common, a line each.

Headings by their depth; blocks as they are, but a picture (```text) by its number of lines only; for
each paragraph, list item and row of a table what is between backticks and where its links lead,
sorted, since languages order words otherwise.
"""
import os
import re
import sys

page = sys.argv[1]
VERSIONS = {"README.md", "docs/README.zh-CN.md"}  # lead to each other


def target(link):
    path, hash_mark, heading = link.partition("#")
    if not re.match(r"[a-z]+:", path):
        path = os.path.normpath(os.path.join(os.path.dirname(page), path))
    return path + hash_mark + heading


def print_text(kind, lines):
    text = " ".join(lines)
    code = re.findall(r"`([^`]+)`", text)
    links = [target(link) for link in re.findall(r"\]\(([^)]+)\)", text)]
    columns = text.count("|") - sum(span.count("|") for span in code) if kind == "row" else ""
    print(kind, columns, sorted(code), sorted(set(links) - VERSIONS))


def kind_of(line):
    if re.match(r"#+ ", line):
        return "heading " + line.split()[0]
    return {"- ": "item", "| ": "row", "|-": "rule"}.get(line[:2], "paragraph")


block, text, kind = None, [], ""
for line in open(page, encoding="utf-8").read().splitlines() + [""]:
    if block is None and line.startswith("```"):
        block, language = [], line[3:]
    elif block is not None:
        if line == "```":
            print("block", language, len(block) if language == "text" else "\n".join(block))
            block = None
        else:
            block.append(line)
    else:
        begins = kind_of(line)
        if text and (not line or begins != "paragraph" or kind.startswith(("row", "heading"))):
            print_text(kind, text)
            text = []
        if line:
            kind = kind if text else begins
            text.append(line)
