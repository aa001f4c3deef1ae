"""Writes linear.json: what scikit-learn finds for a small feature matrix that the test makes too.

Run once, with scikit-learn 1.9: python make_linear_goldens.py > linear.json
"""

import json

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import matthews_corrcoef, r2_score
from sklearn.preprocessing import StandardScaler

ROWS, TRAIN, MASK = 90, 60, (1 << 64) - 1


def noise(count, seed):
    """Numbers that follow from their place, as in LinearModelTests.swift."""
    state = (seed * 0x9E3779B97F4A7C15 & MASK) | 1
    result = []
    for _ in range(count):
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        result.append((state >> 11) * 2.0**-52 - 1)
    return np.array(result)


raw = noise(ROWS * 4, 5).reshape(ROWS, 4)
columns = [raw[:, 0], 100 + 3 * raw[:, 1], 1e-3 * raw[:, 2], np.full(ROWS, 7.25), raw[:, 0] + 0.1 * raw[:, 3]]
features = np.stack(columns, 1).astype(np.float32).astype(np.float64)
signal = raw[:, 0] - 0.7 * raw[:, 1] + 0.4 * raw[:, 2] + 0.8 * noise(ROWS, 6)
classes = np.digitize(signal, [-0.3, 0.4])
scaler = StandardScaler().fit(features[:TRAIN])
train, test = scaler.transform(features[:TRAIN]), scaler.transform(features[TRAIN:])


def case(name, strength, model, target, score):
    model.fit(train, target[:TRAIN])
    weights = np.atleast_2d(model.coef_).T.ravel().tolist() + np.atleast_1d(model.intercept_).tolist()
    return {"name": name, "strength": strength, "weights": weights, "score": score(target[TRAIN:], model.predict(test))}


cases = []
for strength in [0.001, 0.1, 10.0]:
    logistic = lambda: LogisticRegression(C=strength, tol=1e-12, max_iter=100_000)
    cases += [
        case("two classes", strength, logistic(), (signal > 0).astype(int), matthews_corrcoef),
        case("three classes", strength, logistic(), classes, matthews_corrcoef),
        case("values", strength, Ridge(alpha=1 / strength), signal, r2_score),
    ]
print(json.dumps(cases, indent=1))
