"""A table over tasks, as Markdown and as TSV, from metrics that stages wrote and figures that others published."""

import json
import statistics
import sys


class Missing(Exception):
    """A metric that a result does not have."""


def estimate(path, split, stated="primary"):
    """A metric of a split, whether higher is better, its value and the ends of its interval."""
    with open(path) as file:
        metrics = json.load(file)["metrics"]
    entries = metrics[split]["entries"]
    name = metrics["primary"] if stated == "primary" else stated
    found = next((entry["estimate"] for entry in entries if entry["metric"] == name), None)
    if found is None:
        known = ", ".join(entry["metric"] for entry in entries)
        raise Missing(f"a result has no {name}: its metrics are {known}")
    return name, name != "rmse", found["value"], found.get("low"), found.get("high")


def main():
    with open(sys.argv[1]) as file:
        step = json.load(file)
    published = {}
    for line in step["parameters"]["published"]:
        name, *figures = line.split()
        for figure in figures:
            task, _, value = figure.partition("=")
            published.setdefault(name, {})[task] = float(value)

    shown = step["parameters"]["metric"]
    candidates, rows, metrics = {}, [], {}
    for item in step["inputs"]["models"]:
        row = " ".join(item["ids"]["row"])
        candidate = " ".join(item["ids"]["candidate"])
        if row not in rows:
            rows.append(row)
        _, higher, dev, _, _ = estimate(item["path"], "dev")
        name, _, test, low, high = estimate(item["path"], "test", shown)
        metrics[row] = name
        candidates.setdefault(row, {}).setdefault(candidate, []).append((dev if higher else -dev, test, low, high))
    others = {}
    for item in step["inputs"].get("others", []):
        column = " ".join(item["ids"]["column"])
        others.setdefault(column, {})[" ".join(item["ids"]["row"])] = estimate(item["path"], "test", shown)[2:]

    for name in published:
        missing = [task for task in published[name] if task not in rows]
        if missing:
            print(f"bioarc failure bad-parameters 'published' names the task '{missing[0]}', which no model is of")
            return
    header = ["task", "metric", "best on dev", "test", "over seeds or rows"]
    header += [name for name in others] + list(published)
    lines = []
    for row in rows:
        best = max(candidates[row], key=lambda name: statistics.fmean(value[0] for value in candidates[row][name]))
        values = [value[1] for value in candidates[row][best]]
        if len(values) > 1:
            spread = f"{min(values):.3f} to {max(values):.3f}, {len(values)} seeds"
        else:
            low, high = candidates[row][best][0][2:]
            spread = "one seed" if low is None else f"{low:.3f} to {high:.3f}, one seed"
        line = [row, metrics[row], best, f"{statistics.fmean(values):.3f}", spread]
        for name in others:
            found = others[name].get(row)
            line.append(f"{found[0]:.3f}" if found else "-")
        line += [f"{published[name][row]:.3f}" if row in published[name] else "-" for name in published]
        lines.append(line)
    folder = step["outputs"]["table"]
    with open(f"{folder}/table.tsv", "w") as file:
        for line in [header] + lines:
            file.write("\t".join(line) + "\n")
    with open(f"{folder}/table.md", "w") as file:
        file.write("| " + " | ".join(header) + " |\n" + "|---" * len(header) + "|\n")
        for line in lines:
            file.write("| " + " | ".join(line) + " |\n")


try:
    main()
except Missing as missing:
    print(f"bioarc failure no-metric {missing}")
