"""What README.md, CONTRIBUTING.md, docs and the READMEs of chart and samples say, read as their readers do. Standard library only."""

import re
import subprocess
import sys
import time
from pathlib import Path

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/*.md", "helm/id-generator/README.md", "samples/*/README.md"]
COMMANDS = r"(?:curl|helm|kubectl|docker|dotnet|git|psql|node|python3|go|java|export|bash|\./|verification/|benchmarks/|tests/)"


def documents(root):
    return [path for pattern in DOCUMENTS for path in sorted(root.glob(pattern))]


def blocks(path):
    """Each fenced block: its language, its first line's number, the line of text before it, and its lines."""
    language, begin, lines, before = None, 0, [], ""
    for number, line in enumerate(path.read_text().split("\n"), 1):
        if language is None and (fence := re.fullmatch(r"```(\w*)", line)):
            language, begin, lines = fence[1], number + 1, []
        elif language is not None and line == "```":
            yield language, begin, before, lines
            language, before = None, ""
        elif language is not None:
            lines.append(line)
        elif line:
            before = line
            if re.match(rf"    {COMMANDS}\b", line):
                yield "indented", number, "", [line]


def commands(path):
    """Each command of a console block: its line, its text, the output shown below it (None if none is), and whether it begins a block."""
    for language, begin, _, lines in blocks(path):
        if language != "console":
            continue
        found, continued = [], False
        for number, line in enumerate(lines, begin):
            if continued:
                found[-1][1] += "\n" + line
            elif line.startswith("$ "):
                found.append([number, line[2:], [], not found])
            elif found:
                found[-1][2].append(line)
            else:
                found.append([number, "", [line], True])
            continued = not found[-1][2] and line.endswith("\\")
        for number, text, output, first in found:
            yield number, text, "\n".join(output) if output else None, first


def shape(text):
    """The text without what differs from run to run: digits, and how many ranges there are."""
    text = re.sub(r"\d+", "0", text)
    text = re.sub(r'(\{"first":"0","count":0\},?)+', "RANGES", text)
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))


def anchors(path):
    """As GitHub makes them of headings."""
    found, fenced = set(), False
    for line in path.read_text().split("\n"):
        fenced ^= line.startswith("```")
        if fenced or not (heading := re.match(r"#+ (.*)", line)):
            continue
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading[1]).replace("`", "")
        slug = anchor = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        count = 0
        while anchor in found:
            count += 1
            anchor = f"{slug}-{count}"
        found.add(anchor)
    return found


class Results:
    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0

    def add(self, good, what, why=""):
        if good:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL  {what}")
            for line in why.strip().split("\n")[-20:]:
                print(f"      {line}")


def check_links(root, results):
    for path in documents(root):
        text = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)
        text = re.sub(r"`[^`\n]*`(?!\])", "", text)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            to = (path.parent / file).resolve() if file else path
            what = f"{path.relative_to(root)} links to {target}"
            if not to.exists():
                results.add(False, what, "There is no such file.")
            elif anchor and to.suffix == ".md":
                results.add(anchor in anchors(to), what, "There is no such heading.")
            else:
                results.add(True, what)


def check_blocks(root, results):
    for path in documents(root):
        for language, begin, before, lines in blocks(path):
            where = f"{path.relative_to(root)}:{begin}"
            if language in ("sh", "bash", "shell", "indented"):
                results.add(False, where, "A command stands in a block ```console and begins with $.")
            elif sample := re.fullmatch(r"\[`(samples/[^`]+)`\]\(.*\):", before):
                results.add((root / sample[1]).read_text() == "\n".join(lines) + "\n", f"{where} is {sample[1]}", "The two differ.")


def read_exceptions(text):
    """Items of lines "$ command", "because …" and "instead …" (it is not run), or "before …" (this first)."""
    items = {}
    for item in re.split(r"\n\s*\n", text.strip()):
        lines = item.strip().split("\n")
        assert lines[0].startswith("$ "), lines[0]
        items[lines[0][2:]] = dict(line.split(" ", 1) for line in lines[1:])
    return items


def run(command, copy, seconds=50):
    try:
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=copy, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        return 124, "", f"It did not end within {seconds} s."


def check_commands(root, copy, port, exceptions, has_cluster, only, results):
    """Runs the commands of all documents, in order, in a copy of the repository; only those for a cluster, or only the others."""
    ran, listed, met = 0, 0, set()
    for path in documents(root):
        fresh = True
        for number, text, output, _ in commands(path):
            exception = exceptions.get(text, {})
            met.add(text)
            needs_cluster = bool(re.search(r"\b(helm|kubectl) ", text)) and "instead" not in exception
            if needs_cluster != (only == "cluster"):
                continue
            what = f"{path.relative_to(root)}:{number}: {text}"
            began = time.monotonic()
            if not text:
                results.add(False, what, "Output without a command.")
            elif "instead" in exception:
                listed += 1
                code, _, all_output = run(exception["instead"].replace("localhost:8080", f"localhost:{port}"), copy)
                results.add(code == 0, f"{what}\n      instead: {exception['instead']}", all_output)
            elif needs_cluster and not has_cluster:
                print(f"skip  {what}")
                results.skipped += 1
            else:
                ran += 1
                if fresh and needs_cluster:
                    run("start_afresh", copy)
                    fresh = False
                if "before" in exception:
                    code, _, all_output = run(exception["before"], copy)
                    results.add(code == 0, f"{what}\n      before: {exception['before']}", all_output)
                code, actual, all_output = run(text.replace("localhost:8080", f"localhost:{port}"), copy)
                good = code == 0 and (output is None or shape(output) == shape(actual))
                results.add(good, what, f"exit code {code}\n{all_output}" + ("" if output is None else f"\nexpected:\n{output}"))
            if time.monotonic() - began > 5:
                print(f"      {time.monotonic() - began:.0f} s: {text}")
    if only != "cluster":
        for text in exceptions:
            results.add(text in met, f"the list in check.sh has: {text}", "No document has this command any more.")
    print(f"{ran} commands {'of a cluster ' if only == 'cluster' else ''}run, {listed} listed")


def main():
    what, root = sys.argv[1], Path(sys.argv[2])
    results = Results()
    if what == "text":
        check_links(root, results)
        check_blocks(root, results)
    else:
        copy, port, exceptions, has_cluster = sys.argv[3:7]
        check_commands(root, copy, port, read_exceptions(Path(exceptions).read_text()), has_cluster == "yes", what, results)
    print(f"{results.passed} {results.failed} {results.skipped}")


main()
