#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report.py FIGURES PAGE PLOT: the figures of a run (see lib.sh) as tables into the page, between its
marks, and as a plot, an SVG that is readable on light and on dark ground."""

import math
import os
import re
import subprocess
import sys
from xml.sax.saxutils import escape

BEGIN, END = "<!-- figures -->", "<!-- end of the figures -->"

PARTS = {
    "commands": ("A command, a create, a life",
                 "In multiples of what the barest wrapper adds, a static program that only execs. "
                 "Both times are what is added to the target's own (`/bin/true`)."),
    "plugins": ("The number of plugins and of hooks", "In the same multiples."),
    "spec": ("The size of config.json",
             "Against the whole time of a program that parses and writes the same file with json-c "
             "and does nothing else."),
    "load": ("Under load", "The real runc with busybox; runc alone is given the hook in config.json."),
    "image-verify": ("A signed image, at create",
                     "A container of a real dockerd. Against the whole time of `openssl dgst -verify` or "
                     "`gpgv` for the same signature, of `skopeo standalone-verify` for the same "
                     "signature and manifest, and of a create without the plugin."),
    "verify-rootfs": ("Every file of an image",
                      "200 MB in 6,000 files, in memory. Against `openssl dgst -sha256` over the "
                      "layers' bytes; a blob against `gzip -d` piped into it."),
}


def read_figures(path):
    names = ("part", "name", "value", "low", "high", "target", "goal", "unit", "ours", "reference")
    figures = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            figure = dict(zip(names, line.rstrip("\n").split("\t")))
            for key in ("value", "low", "high"):
                figure[key] = float(figure[key])
            figures.append(figure)
    return figures


def is_met(figure):
    bound = float(figure["target"][1:])
    value = figure["value"]
    return value <= bound if figure["target"][0] == "<" else value >= bound


# --- the page ----------------------------------------------------------------------------------------

def verdict(figure):
    if figure["target"] == "-":
        return "", ""
    word = "at most " if figure["target"][0] == "<" else "at least "
    goal = f" (goal {figure['goal']})" if figure["goal"] != "-" else ""
    return word + figure["target"][1:] + goal, "yes" if is_met(figure) else "**no**"


def table(figures):
    yield "| | ours | reference | figure | quartiles | target | met |"
    yield "|---|---|---|---|---|---|---|"
    for figure in figures:
        unit = " MiB" if figure["unit"] == "MiB" else ""
        target, met = verdict(figure)
        spread = f"{figure['low']:.2f} to {figure['high']:.2f}" if not unit else ""
        yield (f"| {figure['name']} | {figure['ours']} | {figure['reference']} "
               f"| {figure['value']:.2f}{unit} | {spread} | {target} | {met} |")


def output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip()


def first_number(text):
    found = re.search(r"\d+(\.\d+)+", text)
    return found.group(0) if found else "?"


def load_average(figures):
    return next((f", {figure['value']:.1f} processes at work before it"
                 for figure in figures if figure["part"] == "run"), "")


def machine(figures):
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines
                      if line.startswith("model name")), "an unknown processor")
    virtual = ", virtual" if " hypervisor" in open("/proc/cpuinfo", encoding="utf-8").read() else ""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {
        "gcc": output("cc", "-dumpfullversion"),
        "glibc": os.confstr("CS_GNU_LIBC_VERSION").split()[-1],
        "json-c": output("pkg-config", "--modversion", "json-c"),
        "libconfig": output("pkg-config", "--modversion", "libconfig"),
        "runc": first_number(output("runc", "--version")),
        "docker": first_number(output("dockerd", "--version")),
        "openssl": first_number(output("openssl", "version")),
        "gpgv": first_number(output("gpgv", "--version")),
    }
    yield (f"Measured on {model}{virtual}, {os.cpu_count()} cores, {memory:.0f} GiB, "
           f"Linux {os.uname().release.split('-')[0]}, with "
           + ", ".join(f"{name} {version}" for name, version in versions.items())
           + load_average(figures) + ".")


def page_text(figures):
    yield from machine(figures)
    for part, (title, words) in PARTS.items():
        of_part = [figure for figure in figures if figure["part"] == part]
        if of_part:
            yield from ("", f"### {title}", "", words, "", *table(of_part))


def write_page(path, figures):
    with open(path, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n" + "\n".join(page_text(figures)) + "\n" + END + after)


# --- the plot ----------------------------------------------------------------------------------------

STYLE = """
  text { font: 13px sans-serif; fill: #24292f }
  .title { font-weight: bold }
  .axis { stroke: #57606a } .grid { stroke: #d0d7de }
  .bar, .ours { fill: #0969da } .spread { stroke: #24292f; stroke-width: 1.5 }
  .target { stroke: #cf222e; stroke-width: 2 } .goal { stroke: #1a7f37; stroke-width: 2 }
  .line { fill: none; stroke: #0969da; stroke-width: 2 }
  .limit { fill: none; stroke: #cf222e; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .axis { stroke: #8b949e } .grid { stroke: #30363d }
    .bar, .ours { fill: #4493f8 } .spread { stroke: #e6edf3 }
    .target { stroke: #f85149 } .goal { stroke: #3fb950 }
    .line { stroke: #4493f8 } .limit { stroke: #f85149 }
  }
"""
WIDTH, LEFT, RIGHT, ROW = 860, 330, 30, 26


def text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def bars(figures, top):
    """One for each figure, with its quartiles, its target and its goal. Returns also where it ends."""
    most = max(max(figure["value"] for figure in figures),
               max(float(figure["target"][1:]) for figure in figures if figure["target"] != "-"))
    scale = (WIDTH - LEFT - RIGHT) / (most * 1.08)
    bottom = top + ROW * len(figures)
    drawn = [text(10, top - 14, "What is added, in multiples of a bare exec", kind="title")]
    step = max(1, math.ceil(most / 10))
    for tick in range(0, math.floor(most * 1.08) + 1, step):
        x = LEFT + tick * scale
        drawn += [line(x, top, x, bottom, "grid"), text(x, bottom + 16, str(tick), "middle")]
    for index, figure in enumerate(figures):
        y = top + ROW * index
        x = LEFT + figure["value"] * scale
        low, high = (LEFT + max(0, min(figure[key], most * 1.08)) * scale for key in ("low", "high"))
        drawn += [text(LEFT - 8, y + 17, figure["name"], "end"),
                  f'<rect x="{LEFT}" y="{y + 5}" width="{x - LEFT:.1f}" height="{ROW - 10}" class="bar"/>',
                  line(low, y + ROW / 2, high, y + ROW / 2, "spread")]
        for key in ("target", "goal"):
            if figure[key] != "-":
                at = LEFT + float(figure[key].lstrip("<>")) * scale
                drawn.append(line(at, y + 2, at, y + ROW - 2, key))
    drawn += [line(LEFT, top, LEFT, bottom, "axis"),
              text(WIDTH - RIGHT, bottom + 34, "× the cost of a static program that only execs", "end"),
              line(10, bottom + 30, 30, bottom + 30, "target"), text(36, bottom + 34, "at most"),
              line(100, bottom + 30, 120, bottom + 30, "goal"), text(126, bottom + 34, "goal")]
    return drawn, bottom + 50


def milliseconds(words):
    return float(words.split()[0]) / 1000


def growth(figures, top):
    """Time by size, both logarithmic, with twice the reference as the limit."""
    height, right = 240, WIDTH - RIGHT
    points = [(float(re.search(r"(\d+) kB", figure["name"]).group(1)), milliseconds(figure["ours"]),
               milliseconds(figure["reference"])) for figure in figures]
    sizes = [math.log10(point[0]) for point in points]
    low = math.floor(math.log10(min(min(point[1:]) for point in points)))
    high = math.ceil(math.log10(max(max(point[1], 2 * point[2]) for point in points)))
    left = 110

    def place(size, took):
        return (left + (math.log10(size) - sizes[0]) / (sizes[-1] - sizes[0]) * (right - left - 40),
                top + height - (math.log10(took) - low) / (high - low) * height)

    drawn = [text(10, top - 14, "A create by the size of config.json", kind="title")]
    for power in range(low, high + 1):
        _, y = place(points[0][0], 10.0**power)
        drawn += [line(left, y, right, y, "grid"), text(left - 8, y + 4, f"{10.0**power:g} ms", "end")]
    for size, *_ in points:
        x, _ = place(size, 1)
        name = f"{size / 1000:g} MB" if size >= 1000 else f"{size:g} kB"
        drawn.append(text(x, top + height + 18, name, "middle"))
    for kind, value in (("line", lambda point: point[1]), ("limit", lambda point: 2 * point[2])):
        path = " ".join("{:.1f},{:.1f}".format(*place(point[0], value(point))) for point in points)
        drawn.append(f'<polyline points="{path}" class="{kind}"/>')
    for point in points:
        x, y = place(point[0], point[1])
        drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="ours"/>')
    drawn += [line(left, top, left, top + height, "axis"),
              line(left, top + height, right, top + height, "axis"),
              text(right, top + height + 38, "size of config.json", "end"),
              line(10, top + height + 34, 30, top + height + 34, "line"),
              text(36, top + height + 38, "added by us"),
              line(130, top + height + 34, 150, top + height + 34, "limit"),
              text(156, top + height + 38, "at most: twice what json-c needs to parse and write it")]
    return drawn, top + height + 54


def write_plot(path, figures):
    costs = [figure for figure in figures
             if figure["part"] in ("commands", "plugins") and figure["unit"] == "times"]
    sizes = [figure for figure in figures if figure["part"] == "spec" and " kB" in figure["name"]]
    drawn, bottom = [], 10
    if costs:
        more, bottom = bars(costs, bottom + 30)
        drawn += more
    if len(sizes) > 1:
        more, bottom = growth(sizes, bottom + 34)
        drawn += more
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom:.0f}" '
                   f'role="img">\n<title>What the Container Hooks Toolkit costs</title>\n'
                   f"<style>{STYLE}</style>\n" + "\n".join(drawn) + "\n</svg>\n")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    figures = read_figures(sys.argv[1])
    write_page(sys.argv[2], figures)
    write_plot(sys.argv[3], figures)


if __name__ == "__main__":
    main()
