#!/usr/bin/env python3
"""Draws docs/images/NAME.svg of each benchmarks/results/NAME.tsv. Standard library only.

  benchmarks/plot.py           writes the pictures
  benchmarks/plot.py --check   fails where a picture is not what its table makes, or a figure is not in docs/performance.md

A table begins with lines "# title:", "# command:", "# date:" and, where all columns have one scale, "# scale: shared". Then tabs divide the
columns: names first, then one column of figures for each part of the picture, as docs/performance.md spells them.
"""

import sys
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WIDTH, LABELS, ROW, TOP = 880, 210, 26, 84

STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
    .title { font-size: 14px; font-weight: 600 } .small { font-size: 12px; fill: #59636e }
    .panel { fill: #f6f8fa; stroke: #d1d9e0 } .ours { fill: #0969da } .other { fill: #818b98 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc } .small { fill: #9198a1 } .panel { fill: #151b23; stroke: #3d444d } .ours { fill: #4493f8 } .other { fill: #656c76 }
    }
"""

# Whose bars are grey, beside those of this project.
OTHERS = ("stock", "nginx", "floor", "Guid.", "NewId.", "Ulid.")


def read(path):
    facts, rows = {}, []
    for line in path.read_text().splitlines():
        if line.startswith("# "):
            name, value = line[2:].split(": ", 1)
            facts[name] = value
        else:
            rows.append(line.split("\t"))
    return facts, rows[0], rows[1:]


def number(text):
    return float(text.replace(",", ""))


def draw(facts, head, rows):
    columns = range(1, len(head))
    most = {column: max(number(row[column]) for row in rows) for column in columns}
    if facts.get("scale") == "shared":
        most = dict.fromkeys(columns, max(most.values()))
    step = (WIDTH - LABELS - 20) / len(columns)
    height = TOP + ROW * len(rows) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">',
        f'  <title id="title">{escape(facts["title"])}</title>',
        f"  <style>{STYLE}  </style>",
        f'  <rect class="panel" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="10"/>',
        f'  <text class="title" x="20" y="32">{escape(facts["title"])}</text>',
    ]
    for column in columns:
        left = LABELS + step * (column - 1)
        parts.append(f'  <text class="small" x="{left:.0f}" y="62">{escape(head[column])}</text>')
        for index, row in enumerate(rows):
            length = (step - 76) * number(row[column]) / most[column]
            kind = "other" if row[0].startswith(OTHERS) or head[column].startswith("limit") else "ours"
            y = TOP + ROW * index
            parts.append(f'  <rect class="{kind}" x="{left:.0f}" y="{y - 9}" width="{max(length, 1):.1f}" height="16" rx="2"/>')
            parts.append(f'  <text x="{left + length + 6:.1f}" y="{y + 4}">{escape(row[column])}</text>')
    for index, row in enumerate(rows):
        parts.append(f'  <text x="20" y="{TOP + ROW * index + 4}">{escape(row[0])}</text>')
    parts.append(f'  <text class="small" x="20" y="{height - 14}">{escape(facts["date"])}: {escape(facts["command"])}</text>')
    return "\n".join([*parts, "</svg>", ""])


def faults(page, table, picture, drawn, facts, rows):
    if not picture.exists() or picture.read_text() != drawn:
        yield f"{picture.relative_to(ROOT)} is not what {table.name} makes: run benchmarks/plot.py"
    if f"images/{picture.name}" not in page:
        yield f"docs/performance.md does not show {picture.name}"
    if facts["command"] not in page:
        yield f"docs/performance.md has no command {facts['command']}"
    for row in rows:
        for figure in row[1:]:
            if figure not in page:
                yield f"docs/performance.md has no {figure}, which {table.name} has for {row[0]}"


def main():
    page = (ROOT / "docs/performance.md").read_text()
    found = []
    for table in sorted((ROOT / "benchmarks/results").glob("*.tsv")):
        facts, head, rows = read(table)
        picture, drawn = ROOT / "docs/images" / f"{table.stem}.svg", draw(facts, head, rows)
        if sys.argv[1:] == ["--check"]:
            found += faults(page, table, picture, drawn, facts, rows)
        else:
            picture.write_text(drawn)
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


sys.exit(main())
