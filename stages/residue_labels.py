"""Sequences, labels of residues and masks in FASTA, as tables of a task."""

import csv
import json
import re
import sys
import zipfile


def fasta(text, file):
    """By name, the header and the letters."""
    records, name = {}, None
    for line in text.splitlines():
        if line.startswith(">"):
            name = (line[1:].split() or [""])[0]
            if not name or name in records:
                fail(f"{file}: {'a record has no name' if not name else f'two records have the name {name}'}")
            records[name] = [line, []]
        elif name is not None:
            records[name][1].append(line.strip())
    return {name: (header, "".join(parts)) for name, (header, parts) in records.items()}


def fail(text):
    print(f"bioarc failure bad-data {text}")
    sys.exit()


def main():
    with open(sys.argv[1]) as file:
        step = json.load(file)
    parameters, output = step["parameters"], step["outputs"]["task"]
    path = step["inputs"]["archive"][0]["path"]
    if not zipfile.is_zipfile(path):
        fail("the archive is no zip file")
    with zipfile.ZipFile(path) as archive:
        members = archive.namelist()
        files = {}
        for part in ["sequences", "labels", "mask"]:
            found = [name for name in members if name.split("/")[-1] == parameters[part]]
            if len(found) != 1:
                fail(f"the archive has {len(found)} files '{parameters[part]}'; it has {', '.join(members[:20])}")
            files[part] = fasta(archive.read(found[0]).decode(), found[0])
    tables = {split: [] for split in ["train", "dev", "test"]}
    unresolved = 0
    for name, (header, labels) in files["labels"].items():
        if name not in files["sequences"] or name not in files["mask"]:
            fail(f"'{name}' has labels, but no sequence or no mask")
        sequence, mask = files["sequences"][name][1], files["mask"][name][1]
        if not len(sequence) == len(labels) == len(mask):
            fail(f"'{name}' has {len(sequence)} residues, {len(labels)} labels and a mask of {len(mask)}")
        part = re.search(r"SET=(\w+)", header)
        if part is None or part[1] not in ("train", "test"):
            fail(f"the header of '{name}' does not say SET=train or SET=test")
        split = "test" if part[1] == "test" else "dev" if "VALIDATION=True" in header else "train"
        unresolved += len(mask) - mask.count("1")
        tables[split].append((name, sequence, "".join(a if b == "1" else "." for a, b in zip(labels, mask))))
    for split, rows in tables.items():
        with open(f"{output}/{split}.csv", "w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["name", "sequence", "label"])
            table.writerows(rows)
    if unresolved:
        print(f"bioarc warning residues without a label: {unresolved}")
    options = {"labels": "letters", "ignore": ".", "name": "name", "metric": "accuracy"}
    options["alphabet"] = parameters["alphabet"]
    with open(f"{output}/task.json", "w") as file:
        json.dump({"options": options}, file)


main()
