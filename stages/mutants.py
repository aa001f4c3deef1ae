"""Mutants of a wild type as whole sequences, in tables of a task."""

import csv
import gzip
import hashlib
import json
import re
import sys


def rows(path):
    """The rows of a table with tabs."""
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with (gzip.open if packed else open)(path, "rt", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def fail(text):
    print(f"bioarc failure bad-data {text}")
    sys.exit()


def main():
    with open(sys.argv[1]) as file:
        step = json.load(file)
    parameters, inputs, output = step["parameters"], step["inputs"], step["outputs"]["task"]
    first = parameters["first"]
    with open(inputs["wild-type"][0]["path"]) as file:
        lines = [line.strip() for line in file]
    if sum(line.startswith(">") for line in lines) > 1:
        fail("the wild type has several records")
    wild = "".join(line for line in lines if not line.startswith(">")).upper()
    table = rows(inputs["table"][0]["path"])
    splits = rows(inputs["splits"][0]["path"]) if inputs.get("splits") else None
    if not table:
        fail("the table has no rows")
    for column in [parameters["mutations"], parameters["value"]]:
        if column not in table[0]:
            fail(f"the table has no column '{column}': it has {', '.join(table[0])}")
    if (splits is None) != (parameters["split"] == ""):
        fail("the parameter 'split' names a column of the input 'splits': state both or neither")
    if splits is not None:
        if len(splits) != len(table):
            fail(f"the table has {len(table)} rows, and 'splits' {len(splits)}")
        if parameters["split"] not in splits[0]:
            fail(f"'splits' has no column '{parameters['split']}': it has {', '.join(splits[0])}")
    tables = {split: [] for split in ["train", "dev", "test"]}
    names = {"train": "train", "tune": "dev", "dev": "dev", "test": "test"}
    left, stops = 0, 0
    for index, row in enumerate(table):
        text = row[parameters["mutations"]].strip()
        letters, changed = list(wild), set()
        for mutation in filter(None, (part.strip() for part in text.split(","))):
            found = re.fullmatch(r"([A-Z])(\d+)([A-Z*])", mutation.upper())
            if found is None:
                fail(f"row {index + 1}: '{mutation}' is no substitution such as A108D; commas part several")
            place = int(found[2]) - first
            if not 0 <= place < len(wild):
                ends = f"{first} to {first + len(wild) - 1}"
                fail(f"row {index + 1}: '{mutation}' lies outside of residues {ends}; is 'first' right?")
            if wild[place] != found[1]:
                known = f"residue {found[2]} of the wild type is {wild[place]}"
                fail(f"row {index + 1}: {known}, not that of '{mutation}'; is 'first' right?")
            if place in changed:
                fail(f"row {index + 1}: residue {found[2]} is changed twice")
            changed.add(place)
            letters[place] = found[3]
        try:
            float(row[parameters["value"]])
        except (TypeError, ValueError):
            fail(f"row {index + 1}: '{row[parameters['value']]}' in the column '{parameters['value']}' is no number")
        sequence = "".join(letters)
        # A stop ends the protein; X keeps the places of the others, and is seen.
        stops += "*" in sequence
        sequence = sequence.replace("*", "X")
        if splits is None:
            share = int(hashlib.sha256(sequence.encode()).hexdigest()[:8], 16) / 2**32
            split = "train" if share < 0.8 else "dev" if share < 0.9 else "test"
        else:
            split = names.get(splits[index][parameters["split"]])
        if split is None:
            left += 1
        else:
            tables[split].append((text or "wild type", sequence, row[parameters["value"]]))
    for split, found in tables.items():
        if not found:
            fail(f"no row is in the split '{split}'")
        with open(f"{output}/{split}.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["name", "sequence", "label"])
            writer.writerows(found)
    if left:
        print(f"bioarc warning rows in none of the splits: {left} of {len(table)}")
    if stops:
        print(f"bioarc warning mutants with a stop, which is written X: {stops}")
    with open(f"{output}/task.json", "w") as file:
        json.dump({"options": {"labels": "value", "name": "name", "alphabet": "protein"}}, file)


main()
