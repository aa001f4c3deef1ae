"""Writes curves.json: what scikit-learn and scipy say of curves of predictions. Needs scikit-learn, scipy."""

import json
import pathlib

import numpy
import scipy.stats
import sklearn.calibration
import sklearn.metrics

random = numpy.random.default_rng(23)
golden = {"rates": [], "calibration": [], "bands": []}

for count, digits, share in ((40, 1, 0.5), (300, 2, 0.1), (7, 3, 0.4), (60, 0, 0.7)):
    labels = (random.uniform(size=count) < share).astype(int)
    labels[:2] = [0, 1]
    scores = numpy.round(random.normal(0, 1, count) + labels, digits)
    fall, rise, thresholds = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False)
    precision, recall, _ = sklearn.metrics.precision_recall_curve(labels, scores)
    golden["rates"].append(
        {
            "labels": labels.tolist(),
            "scores": scores.tolist(),
            "falsePositiveRates": fall.tolist(),
            "truePositiveRates": rise.tolist(),
            "thresholds": thresholds[1:].tolist(),
            "precision": precision[::-1].tolist(),
            "recall": recall[::-1].tolist(),
            "auroc": float(sklearn.metrics.roc_auc_score(labels, scores)),
            "averagePrecision": float(sklearn.metrics.average_precision_score(labels, scores)),
        }
    )

for count, digits, bins in ((500, 6, 10), (98, 6, 15), (200, 1, 10), (3, 6, 10)):
    p = numpy.round(random.beta(1.2, 0.8, count), digits)
    came = (random.uniform(size=count) < p**1.5).astype(int)
    came[:2] = [0, 1]
    observed, forecast = sklearn.calibration.calibration_curve(came, p, n_bins=bins, strategy="quantile")
    edges = numpy.percentile(p, numpy.linspace(0, 1, bins + 1) * 100)
    place = numpy.searchsorted(edges[1:-1], p)
    rows = numpy.bincount(place, minlength=bins)
    rows = rows[rows > 0]
    golden["calibration"].append(
        {
            "probabilities": p.tolist(),
            "outcomes": came.tolist(),
            "bins": bins,
            "rows": rows.tolist(),
            "forecast": forecast.tolist(),
            "observed": observed.tolist(),
            "expectedError": float((rows * abs(observed - forecast)).sum() / count),
            "brier": float(sklearn.metrics.brier_score_loss(came, p)),
        }
    )

for curves in (3, 2, 6):
    x = [sorted(random.choice(numpy.arange(30), int(random.integers(4, 20)), replace=False).tolist()) for _ in range(curves)]
    y = [random.normal(0, 1, len(places)).tolist() for places in x]
    start, end = max(places[0] for places in x), min(places[-1] for places in x)
    grid = sorted({v for places in x for v in places if start <= v <= end} | {start, end})
    values = numpy.array([numpy.interp(grid, a, b) for a, b in zip(x, y)])
    low, high = scipy.stats.t.interval(0.95, curves - 1, values.mean(0), scipy.stats.sem(values, axis=0))
    golden["bands"].append(
        {"x": x, "y": y, "grid": grid, "mean": values.mean(0).tolist(), "low": low.tolist(), "high": high.tolist()}
    )

pathlib.Path(__file__).with_name("curves.json").write_text(json.dumps(golden, indent=1) + "\n")
