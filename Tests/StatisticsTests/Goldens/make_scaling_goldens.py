"""Writes scaling.json: losses by a law with noise, and with outliers; their law by SciPy, a parabola by NumPy.

    pip install numpy scipy && python make_scaling_goldens.py
"""
import json
import pathlib

import numpy as np
from scipy.optimize import minimize
from scipy.special import huber, logsumexp

rng = np.random.default_rng(7)


def runs(noise, outliers):
    rows = []
    for budget in 6e18 * 3.0 ** np.arange(5):
        for size in 2.0 ** np.linspace(-2, 2, 7):
            n = size * 4e8 * (budget / 6e18) ** 0.45
            d = budget / 6 / n
            loss = (1.69 + 406.4 * n**-0.34 + 410.7 * d**-0.28) * np.exp(noise * rng.normal())
            rows.append([n, d, budget, loss * (1.03 if rng.random() < outliers else 1)])
    return rows


def law(rows):
    n, d, _, loss = np.array(rows).T

    def value(p):
        terms = np.stack([p[0] + 0 * n, p[1] - p[2] * np.log(n), p[3] - p[4] * np.log(d)])
        return huber(1e-3, logsumexp(terms, axis=0) - np.log(loss)).sum() * 1e6

    best = None
    for start in ([0.5, 6, 0.3, 6, 0.3], [0, 5, 0.5, 5, 0.5], [0.5, 10, 0.5, 5, 0.2]):
        end = minimize(value, start, method="L-BFGS-B", options=dict(maxiter=2000, maxfun=4000, ftol=1e-14))
        best = end if best is None or end.fun < best.fun else best
    for _ in range(3):
        best = minimize(value, best.x, method="Nelder-Mead",
                        options=dict(maxiter=4000, maxfev=4000, xatol=1e-11, fatol=1e-12))
    return best.x.tolist(), best.fun


cases = []
for noise, outliers in ((0.002, 0), (0.0005, 0), (0.002, 0.15)):
    rows = runs(noise, outliers)
    point, value = law(rows)
    x, y = np.log([r[0] for r in rows[:7]]), np.array([r[3] for r in rows[:7]])
    curve = np.polyfit(x - x.mean(), y, 2)
    cases.append(dict(runs=rows, law=point, value=value, parabola=curve[::-1].tolist(),
                      lowest=float(x.mean() - curve[1] / (2 * curve[0]))))
    print(point, value)
(pathlib.Path(__file__).parent / "scaling.json").write_text(json.dumps(cases) + "\n")
