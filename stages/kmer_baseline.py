"""Logistic or ridge regression on k-mers, for one task of labelled sequences with a class or a value each.

The tables are those that bioarc gives (as: table), so rows, the drop of duplicates and class numbers are those of the
built-in stage fine-tune, as are the hold-out and the metrics: both can stand in one ranking. The penalty is chosen on
the hold-out, by sequence hash. Neither dev nor test decides anything.
"""

import csv
import json
import os
import sys

try:
    import numpy
    import scipy.sparse
    import scipy.stats
    import sklearn
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, Ridge
except ImportError as error:
    sys.exit(
        f"kmer-baseline needs scikit-learn, which {sys.executable} does not have ({error}): "
        "install it with 'pip install scikit-learn', or put a python3 that has it first in PATH"
    )

COMPLEMENT = str.maketrans("ACGTRYSWKMBDHVN", "TGCAYRSWMKVHDBN")
METRICS = {"class": ["accuracy", "mcc", "f1", "auroc"], "value": ["rmse", "pearson", "spearman"]}

# A sequence may be longer than what the module takes for a field.
csv.field_size_limit(sys.maxsize)


def tell(*words):
    """One line of the protocol."""
    print("bioarc", *words, flush=True)


def fail(code, text):
    """Ends the step with a failure that the same inputs will always give."""
    tell("failure", code, text)
    sys.exit(1)


# The task.


def read_table(folder, name):
    """The rows of one table as dictionaries."""
    with open(os.path.join(folder, name + ".tsv"), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def sequence_hash(sequence):
    """The hash by which rows are held out and named in predictions: FNV-1a and SplitMix64's finisher, as in bioarc."""
    mask = (1 << 64) - 1
    value = 0xCBF29CE484222325
    for byte in sequence.encode():
        value = ((value ^ byte) * 0x100000001B3) & mask
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & mask
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & mask
    return value ^ value >> 31


def held_out(sequence, fraction, alphabet):
    """Whether a sequence is in the hold-out; DNA by the strand that comes first in the alphabet."""
    if alphabet == "dna":
        sequence = min(sequence, sequence.translate(COMPLEMENT)[::-1])
    return (sequence_hash(sequence) >> 11) * 2.0**-53 < fraction


def read_task(item, fraction):
    """The splits as (sequences, classes or values), their counts, and the names of classes, none for values."""
    options = item["options"]
    if options["labels"] not in METRICS or options["pairs"] == "true":
        what = "pairs" if options["pairs"] == "true" else f"labels of the kind {options['labels']}"
        fail("bad-task", f"the baseline reads one sequence with one class or value a row; the task has {what}")
    isvalue = options["labels"] == "value"
    numbers = {row["class"]: number for number, row in enumerate(read_table(item["path"], "classes"))}
    target = float if isvalue else numbers.__getitem__
    train, dev, test = (
        [(row["sequence"], target(row["label"])) for row in read_table(item["path"], name)]
        for name in ("train", "dev", "test")
    )
    splits = {
        "train": [row for row in train if not held_out(row[0], fraction, options["alphabet"])],
        "holdOut": [row for row in train if held_out(row[0], fraction, options["alphabet"])],
        "dev": dev,
        "test": test,
    }
    for name, rows in splits.items():
        if not rows:
            fail("empty-split", f"{name} has no rows")
    if len({label for _, label in splits["train"]}) < (2 if isvalue else len(numbers)):
        fail("one-class", "the training rows lack a class" if not isvalue else "the training rows have one value")
    counts = {name: len(rows) for name, rows in splits.items()}
    for name in ("droppedFromTrain", "devInTrain", "testInTrain", "testInDev", "conflictingLabels"):
        counts[name] = int(options[name])
    tables = {
        name: ([sequence for sequence, _ in rows], numpy.array([label for _, label in rows]))
        for name, rows in splits.items()
    }
    return tables, counts, list(numbers)


# Features.


def features(tables, parameters, alphabet):
    """By split, the two blocks of features: tf-idf of k-mers, and words at their positions. Fitted on train."""
    low, high, words = parameters["k-min"], parameters["k-max"], parameters["position-words"]
    if low > high:
        fail("bad-parameters", f"k-min {low} is above k-max {high}")

    def kmers(sequence):
        strands = [sequence]
        if parameters["strands"] == "both" and alphabet == "dna":
            strands.append(sequence.translate(COMPLEMENT)[::-1])
        return [s[i : i + k] for s in strands for k in range(low, high + 1) for i in range(len(s) - k + 1)]

    def placed(sequence):
        return [f"{i} {sequence[i:i + k]}" for k in range(1, words + 1) for i in range(len(sequence) - k + 1)]

    blocks = [TfidfVectorizer(analyzer=kmers)]
    if words > 0:
        blocks.append(CountVectorizer(analyzer=placed, binary=True, dtype=numpy.float64))
    fitted = [block.fit(tables["train"][0]) for block in blocks]
    return {name: [block.transform(rows[0]) for block in fitted] for name, rows in tables.items()}


def weighted(blocks, weight):
    """One matrix of both blocks."""
    if weight == 0 or len(blocks) == 1:
        return blocks[0]
    return scipy.sparse.hstack([blocks[0], weight * blocks[1]], format="csr")


# Metrics: those of bioarc's Rankings, with 95 % intervals.


def confusions(truth, predicted, classes, weights):
    """(R, c, c): for each row of weights the counts of true by predicted class."""
    cells = numpy.eye(classes * classes)[truth * classes + predicted]
    return (weights @ cells).reshape(-1, classes, classes)


def mcc(matrix):
    """Matthews' correlation, for several classes Gorodkin's R_K; 0 where it is not defined."""
    total, actual, predicted = matrix.sum((1, 2)), matrix.sum(2), matrix.sum(1)
    covariance = numpy.trace(matrix, axis1=1, axis2=2) * total - (actual * predicted).sum(1)
    spread = (total**2 - (predicted**2).sum(1)) * (total**2 - (actual**2).sum(1))
    return numpy.where(spread > 0, covariance / numpy.sqrt(numpy.where(spread > 0, spread, 1)), 0)


def f1(matrix):
    """F1 of class 1 of two; else the mean over classes that occur."""
    hits = numpy.diagonal(matrix, axis1=1, axis2=2)
    sums = matrix.sum(1) + matrix.sum(2)
    scores = 2 * hits / numpy.where(sums > 0, sums, 1)
    if matrix.shape[1] == 2:
        return scores[:, 1]
    return scores.sum(1) / (sums > 0).sum(1)


def auroc(truth, scores, classes, weights):
    """The area under the ROC curve of class 1 of two, else the mean over classes; NaN where one class is alone."""
    curves = [(scores[:, 1], truth == 1)] if classes == 2 else [(scores[:, c], truth == c) for c in range(classes)]
    areas = []
    for values, positive in curves:
        order = numpy.argsort(values, kind="stable")
        starts = numpy.flatnonzero(numpy.r_[True, numpy.diff(values[order]) > 0])
        ones = numpy.add.reduceat(weights[:, order] * positive[order], starts, axis=1)
        zeros = numpy.add.reduceat(weights[:, order] * ~positive[order], starts, axis=1)
        pairs = ones.sum(1) * zeros.sum(1)
        wins = (ones * (numpy.cumsum(zeros, axis=1) - zeros / 2)).sum(1)
        areas.append(numpy.where(pairs > 0, wins / numpy.where(pairs > 0, pairs, 1), numpy.nan))
    known = ~numpy.isnan(areas)
    return numpy.where(known.any(0), numpy.nansum(areas, 0) / numpy.maximum(known.sum(0), 1), numpy.nan)


def wilson(correct, rows):
    """Wilson's score interval of a fraction."""
    z, p = 1.959963984540054, correct / rows
    centre, half = p + z * z / (2 * rows), z * (p * (1 - p) / rows + z * z / (4 * rows * rows)) ** 0.5
    scale = 1 + z * z / rows
    # Rounding puts a bound past a fraction of 0 or 1.
    return max(0, min(p, (centre - half) / scale)), min(1, max(p, (centre + half) / scale))


def class_values(truth, scores, weights):
    """By metric of classes, one value per row of weights."""
    classes = scores.shape[1]
    matrix = confusions(truth, scores.argmax(1), classes, weights)
    return {
        "accuracy": numpy.trace(matrix, axis1=1, axis2=2) / matrix.sum((1, 2)),
        "mcc": mcc(matrix),
        "f1": f1(matrix),
        "auroc": auroc(truth, scores, classes, weights),
    }


def correlation(a, b):
    """Pearson's correlation; NaN where one side is constant."""
    if (a == a[0]).all() or (b == b[0]).all():
        return numpy.nan
    return float(numpy.corrcoef(a, b)[0, 1])


def regression_values(truth, scores, weights):
    """By metric of values, one value per row of weights, which say how often each row counts."""
    rows = [numpy.repeat(numpy.arange(len(truth)), draw.astype(int)) for draw in weights]
    pairs = [(truth[row], scores[row]) for row in rows]
    return {
        "rmse": numpy.array([numpy.sqrt(((a - b) ** 2).mean()) for a, b in pairs]),
        "pearson": numpy.array([correlation(a, b) for a, b in pairs]),
        "spearman": numpy.array([correlation(scipy.stats.rankdata(a), scipy.stats.rankdata(b)) for a, b in pairs]),
    }


def values(truth, scores, weights):
    """By metric, one value per row of weights."""
    return (class_values if scores.ndim == 2 else regression_values)(truth, scores, weights)


def measure(truth, scores, resamples):
    """The metrics of one split as an artifact holds them: percentile bootstrap over rows, Wilson's for accuracy."""
    rows, ones = len(truth), numpy.ones((1, len(truth)))
    exact = {name: value[0] for name, value in values(truth, scores, ones).items()}
    random = numpy.random.Generator(numpy.random.PCG64(0))
    samples = {name: [] for name in exact}
    for first in range(0, resamples, 100):
        draws = random.integers(rows, size=(min(100, resamples - first), rows))
        weights = numpy.array([numpy.bincount(draw, minlength=rows) for draw in draws], dtype=float)
        for name, value in values(truth, scores, weights).items():
            samples[name].append(value)
    entries = []
    for name in exact:
        sample = numpy.concatenate(samples[name])
        sample = sample[~numpy.isnan(sample)]
        estimate = {} if numpy.isnan(exact[name]) else {"value": float(exact[name])}
        if name == "accuracy":
            low, high = wilson(int((scores.argmax(1) == truth).sum()), rows)
            estimate |= {"low": low, "high": high}
        elif estimate and 2 * len(sample) >= resamples:
            low, high = numpy.quantile(sample, [0.025, 0.975])
            estimate |= {"low": float(low), "high": float(high)}
        entries.append({"metric": name, "estimate": estimate})
    if scores.ndim == 1:
        return {"rows": rows, "entries": entries}
    matrix = confusions(truth, scores.argmax(1), scores.shape[1], ones)[0]
    return {"rows": rows, "entries": entries, "confusion": matrix.astype(int).tolist()}


# Predictions, row by row: by them a ranking tells which models the data tell apart.


def write_predictions(path, tables, scores, margins, names):
    """A table of hold-out, dev and test: the label of each row, and what the model says; of two classes the margin."""
    if names:
        columns = [f"score:{name}" for name in names][-(1 if len(names) == 2 else len(names)) :]
        header = ["label", "predicted"] + columns
    else:
        header = ["value", "predicted"]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["split", "row", "sequence"] + header)
        for split, key in (("hold-out", "holdOut"), ("dev", "dev"), ("test", "test")):
            sequences, truth = tables[key]
            rows = zip(sequences, truth, scores[key], margins[key])
            for number, (sequence, label, score, margin) in enumerate(rows, 1):
                if names:
                    numbers = score if len(names) > 2 else [margin]
                    fields = [names[label], names[score.argmax()]] + [repr(float(value)) for value in numbers]
                else:
                    fields = [repr(float(label)), repr(float(score))]
                writer.writerow([split, number, f"{sequence_hash(sequence):016x}"] + fields)


# The step.


def main():
    with open(sys.argv[1]) as file:
        step = json.load(file)
    parameters, item = step["parameters"], step["inputs"]["task"][0]
    tell("environment", "scikit-learn", sklearn.__version__)
    tell("environment", "numpy", numpy.__version__)
    tables, counts, names = read_task(item, parameters["hold-out"])
    classes = len(names)
    primary = item["options"]["metric"]
    known = METRICS[item["options"]["labels"]]
    if primary not in known:
        fail("bad-task", f"the metric is one of {', '.join(known)}, not {primary}")
    blocks = features(tables, parameters, item["options"]["alphabet"])
    truth = {name: rows[1] for name, rows in tables.items()}

    # The weakest penalty and the fewest features are tried last, and must be better to be taken.
    weights = sorted(set(parameters["position-weights"])) if parameters["position-words"] else [0]
    grid = [(weight, c) for weight in weights for c in sorted(set(parameters["c"]))]
    if not grid:
        fail("bad-parameters", "there is no penalty to choose from")
    sign = -1 if primary == "rmse" else 1

    def predict(model, name, weight):
        """Probabilities of classes (n, c), or values (n)."""
        matrix = weighted(blocks[name], weight)
        return model.predict_proba(matrix) if classes else model.predict(matrix)

    best = None
    for done, (weight, c) in enumerate(grid):
        tell("progress", f"{done}/{len(grid)}", "fits", f"C {c:g}, weight of positions {weight:g}")
        model = LogisticRegression(C=c, max_iter=2000) if classes else Ridge(alpha=1 / c)
        model.fit(weighted(blocks["train"], weight), truth["train"])
        predicted = predict(model, "holdOut", weight)
        score = values(truth["holdOut"], predicted, numpy.ones((1, counts["holdOut"])))[primary][0]
        score = 0.0 if numpy.isnan(score) else float(score)
        tell("metric", done + 1, score, f"hold-out {primary}")
        if best is None or sign * score > sign * best[0]:
            best = (score, weight, c, model)
    tell("progress", f"{len(grid)}/{len(grid)}", "fits", f"hold-out {primary} {best[0]:.3f}")
    _, weight, c, model = best

    scores = {name: predict(model, name, weight) for name in ("holdOut", "dev", "test")}
    # Log-odds, which do not end at a probability of 1.
    margins = {
        name: model.decision_function(weighted(blocks[name], weight)) if classes == 2 else scores[name] for name in scores
    }
    write_predictions(step["outputs"]["predictions"], tables, scores, margins, names)
    measured = {name: measure(truth[name], scores[name], parameters["resamples"]) for name in ("dev", "test")}
    document = {
        "model": f"k-mer {'logistic' if classes else 'ridge'} regression",
        "settings": f"C {c:g}, weight of positions {weight:g}: the best of {len(grid)} on the hold-out",
        "parameters": int(model.coef_.size + numpy.size(model.intercept_)),
        "rows": counts,
        "metrics": {"primary": primary, "higherIsBetter": sign > 0} | measured,
    }
    with open(step["outputs"]["metrics"], "w") as file:
        json.dump(document, file, indent=2, sort_keys=True)
        file.write("\n")


main()
