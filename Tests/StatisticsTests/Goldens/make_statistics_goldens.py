"""Writes statistics.json: what scipy, statsmodels and scikit-posthocs say. Needs scipy, statsmodels, scikit-posthocs."""

import json
import pathlib

import numpy
import pandas
import scikit_posthocs
import scipy.cluster.hierarchy
import scipy.optimize
import scipy.stats
import statsmodels.api
import statsmodels.formula.api
import statsmodels.stats.multitest

random = numpy.random.default_rng(17)
golden = {}

golden["tails"] = [
    {"kind": kind, "at": at, "a": a, "b": b, "tail": float(tail)}
    for kind, at, a, b, tail in (
        [("normal", z, 0, 0, scipy.stats.norm.sf(z)) for z in (-3, -0.5, 0, 1.2, 4, 9)]
        + [("student", t, n, 0, scipy.stats.t.sf(t, n)) for t in (-2.5, 0.3, 1.96, 8, 60) for n in (1, 2.5, 7, 40, 3000)]
        + [("fisher", f, a, b, scipy.stats.f.sf(f, a, b)) for f in (0.2, 1, 3.7, 25) for a in (1, 4, 12) for b in (2, 9, 310)]
        + [("chiSquared", x, n, 0, scipy.stats.chi2.sf(x, n)) for x in (0.1, 2, 11, 90) for n in (1, 3, 10, 60)]
        + [("range", q, k, 0, scipy.stats.studentized_range.sf(q, k, numpy.inf)) for q in (1, 2.5, 3.6, 5) for k in (2, 3, 7, 20)]
    )
]

golden["nemenyi"] = [
    {"k": k, "q": float(scipy.stats.studentized_range.ppf(0.95, k, numpy.inf) / numpy.sqrt(2))} for k in (3, 5, 12)
]

golden["signedRank"] = []
for count, ties in ((8, False), (25, False), (60, False), (12, True), (5, False)):
    x = random.normal(0.3, 1, count)
    if ties:
        x = numpy.round(x * 2) / 2
    result = scipy.stats.wilcoxon(x) if not ties else scipy.stats.wilcoxon(x[x != 0], correction=False, method="approx")
    golden["signedRank"].append({"x": x.tolist(), "statistic": float(result.statistic), "p": float(result.pvalue)})

golden["signFlip"] = []
for count in (4, 9, 12):
    x = random.normal(0.5, 1, count)
    result = scipy.stats.permutation_test(
        (x,), lambda x, axis: numpy.sum(x, axis=axis), permutation_type="samples", n_resamples=numpy.inf
    )
    golden["signFlip"].append({"x": x.tolist(), "p": float(result.pvalue)})

golden["friedman"] = []
for n, k, ties in ((10, 4, False), (6, 3, True), (12, 7, False)):
    blocks = random.normal(0, 1, (n, k)) + numpy.arange(k) * 0.3
    if ties:
        blocks = numpy.round(blocks)
    chi, p = scipy.stats.friedmanchisquare(*blocks.T)
    nemenyi = scikit_posthocs.posthoc_nemenyi_friedman(blocks).to_numpy()
    ranks = scipy.stats.rankdata(-blocks, axis=1).mean(axis=0)
    golden["friedman"].append(
        {"blocks": blocks.tolist(), "chi": float(chi), "p": float(p), "ranks": ranks.tolist(), "nemenyi": nemenyi.tolist()}
    )

p = random.uniform(0, 0.2, 15)
golden["holm"] = {"p": p.tolist(), "adjusted": statsmodels.stats.multitest.multipletests(p, method="holm")[1].tolist()}

a = numpy.round(random.normal(0, 1, 40), 1)
b = numpy.round(0.5 * a + random.normal(0, 1, 40), 1)
golden["spearman"] = {"a": a.tolist(), "b": b.tolist(), "rho": float(scipy.stats.spearmanr(a, b).statistic)}

# Average linkage: merges as (left, right, height), and the order of leaves.
points = random.normal(0, 1, (9, 3))
distances = numpy.sqrt(((points[:, None] - points[None]) ** 2).sum(-1))
linkage = scipy.cluster.hierarchy.linkage(distances[numpy.triu_indices(9, 1)], "average")
golden["linkage"] = {"distances": distances.tolist(), "heights": linkage[:, 2].tolist()}



def share(f, a, b, tail):
    """Partial eta squared whose noncentral F lies above f with this probability (Steiger 2004)."""
    if scipy.stats.f.sf(f, a, b) >= tail:
        return 0.0
    noncentrality = scipy.optimize.brentq(lambda l: scipy.stats.ncf.sf(f, a, b, l) - tail, 1e-9, 1e4, xtol=1e-12)
    return float(noncentrality / (noncentrality + a + b + 1))


golden["anova"] = []
for counts, replicates, missing in (((3, 2), 4, 0), ((4, 3, 2), 3, 0), ((3, 3, 2), 3, 11)):
    rows = [[]]
    for count in counts:
        rows = [row + [level] for row in rows for level in range(count)]
    rows = [row for row in rows for _ in range(replicates)]
    keep = sorted(random.permutation(len(rows))[missing:])
    rows = [rows[i] for i in keep]
    y = numpy.array([0.4 * row[0] - 0.3 * (row[1] == 1) + 0.5 * (row[0] == 1 and row[1] == 1) for row in rows])
    y += random.normal(0, 0.5, len(rows))
    names = [f"f{i}" for i in range(len(counts))]
    frame = pandas.DataFrame(rows, columns=names)
    frame["y"] = y
    formula = "y ~ (" + " + ".join(f"C({name}, Sum)" for name in names) + ")**2"
    fit = statsmodels.formula.api.ols(formula, frame).fit()
    table = statsmodels.api.stats.anova_lm(fit, typ=2)
    grid = [[]]
    for count in counts:
        grid = [row + [level] for row in grid for level in range(count)]
    # Rows of the design over all combinations: each column of the fitted design, by the combination.
    matrix = numpy.array([fit.model.exog[[list(row) == other for other in rows].index(True)] for row in grid])
    means = []
    for level in range(counts[0]):
        weights = matrix[[row[0] == level for row in grid]].mean(axis=0)
        test = fit.t_test(weights)
        low, high = test.conf_int()[0]
        means.append([float(test.effect[0]), float(low), float(high)])
    golden["anova"].append(
        {
            "counts": list(counts),
            "levels": [[int(v) for v in row] for row in rows],
            "y": y.tolist(),
            "terms": [
                {
                    "squares": float(r["sum_sq"]),
                    "degrees": int(r["df"]),
                    "f": float(r["F"]),
                    "p": float(r["PR(>F)"]),
                    "share": [share(r["F"], r["df"], table["df"].iloc[-1], tail) for tail in (0.025, 0.975)],
                }
                for _, r in table.iloc[:-1].iterrows()
            ],
            "error": float(table["sum_sq"].iloc[-1]),
            "errorDegrees": int(table["df"].iloc[-1]),
            "means": means,
        }
    )

pathlib.Path(__file__).with_name("statistics.json").write_text(json.dumps(golden, indent=1) + "\n")
