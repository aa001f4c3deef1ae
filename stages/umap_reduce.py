"""Embeddings in fewer dimensions by UMAP (McInnes, Healy and Melville 2018), as embed writes them."""

import csv
import json
import os
import shutil
import sys

try:
    import numpy as np
    import umap
except ImportError as error:
    sys.exit(f"umap needs umap-learn in this python3 ({error}): pip install umap-learn, or set PATH to one that has it")


def name(letters):
    """The hash by which names.tsv knows a sequence: FNV-1a of 64 bits with the finisher of SplitMix64."""
    mask = (1 << 64) - 1
    digest = 0xCBF29CE484222325
    for byte in letters.encode():
        digest = (digest ^ byte) * 0x100000001B3 & mask
    digest = (digest ^ digest >> 30) * 0xBF58476D1CE4E5B9 & mask
    digest = (digest ^ digest >> 27) * 0x94D049BB133111EB & mask
    return f"{digest ^ digest >> 31:016x}"


def wanted(folder):
    """The names of the sequences of dev and test of a task."""
    names = set()
    for file in ["dev.tsv", "test.tsv"]:
        with open(f"{folder}/{file}", newline="") as rows:
            for row in csv.DictReader(rows, delimiter="\t"):
                names.add(name(row["sequence"]))
    return names


def main():
    with open(sys.argv[1]) as file:
        step = json.load(file)
    parameters, output = step["parameters"], step["outputs"]["embeddings"]
    source = step["inputs"]["embeddings"][0]["path"]
    features = np.load(f"{source}/features.npy")
    with open(f"{source}/names.tsv", newline="") as file:
        names = list(csv.DictReader(file, delimiter="\t"))
    if any(row["rows"] != "1" for row in names):
        print("bioarc failure bad-embeddings the rows are of tokens; 'by: sequence' of 'embed' gives a row for each sequence")
        return
    if step["inputs"].get("task"):
        known = wanted(step["inputs"]["task"][0]["path"])
        names = [row for row in names if row["sequence"] in known]
    # Equal sequences are one point.
    places = {}
    for row in names:
        places.setdefault(row["sequence"], int(row["row"]))
    features = features[list(places.values())]
    most = max(1, len(features) - 2)
    if parameters["dimensions"] > most:
        print(f"bioarc failure bad-parameters {len(features)} sequences have at most {most} dimensions")
        return
    print(f"bioarc environment umap-learn {umap.__version__}")
    reduced = umap.UMAP(
        n_components=parameters["dimensions"],
        metric=parameters["metric"],
        n_neighbors=min(parameters["neighbours"], len(features) - 1),
        random_state=parameters["seed"],
        n_jobs=1,
    ).fit_transform(features)
    np.save(f"{output}/features.npy", np.ascontiguousarray(reduced, dtype="<f4"))
    order = {sequence: row for row, sequence in enumerate(places)}
    with open(f"{output}/names.tsv", "w") as file:
        file.write("name\trow\trows\tsequence\n")
        for row in names:
            file.write(f"{row['name']}\t{order[row['sequence']]}\t1\t{row['sequence']}\n")
    if os.path.exists(f"{source}/model.json"):
        shutil.copyfile(f"{source}/model.json", f"{output}/model.json")


main()
