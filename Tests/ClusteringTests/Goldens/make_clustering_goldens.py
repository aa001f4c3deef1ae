"""Writes clustering.json: what scikit-learn finds for rows that the test makes too.

Run once, with scikit-learn 1.9: python make_clustering_goldens.py > clustering.json
A test runs it again where there is a Python with scikit-learn.
"""

import json

import numpy as np
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    homogeneity_completeness_v_measure,
)
from sklearn.neighbors import NearestNeighbors

MASK = (1 << 64) - 1


def noise(count, seed):
    """Numbers that follow from their place, as in ClusteringTests.swift."""
    state = (seed * 0x9E3779B97F4A7C15 & MASK) | 1
    result = []
    for _ in range(count):
        state ^= state << 13 & MASK
        state ^= state >> 7
        state ^= state << 17 & MASK
        result.append((state >> 11) * 2.0**-52 - 1)
    return np.array(result)


def rows(count, columns, groups, seed):
    """Groups of rows about centres; row i is of group i modulo their number."""
    centres = 2 * noise(groups * columns, seed).reshape(groups, columns)
    spread = noise(count * columns, seed + 1).reshape(count, columns)
    return (centres[np.arange(count) % groups] + spread).astype(np.float32).astype(np.float64)


def numbers(count, most, seed):
    return ((noise(count, seed) + 1) / 2 * most).astype(int)


def canonical(labels):
    """Clusters by the first row of each."""
    order = {}
    return [order.setdefault(label, len(order)) for label in labels.tolist()]


def agreement(labels, clusters):
    h, c, v = homogeneity_completeness_v_measure(labels, clusters)
    return {
        "labels": [int(x) for x in labels],
        "clusters": [int(x) for x in clusters],
        "ami": float(adjusted_mutual_info_score(labels, clusters)),
        "ari": float(adjusted_rand_score(labels, clusters)),
        "homogeneity": float(h),
        "completeness": float(c),
        "vMeasure": float(v),
    }


def signed(scores):
    """Of each component the number farthest from 0 is positive."""
    return scores * np.sign(scores[np.argmax(np.abs(scores), 0), np.arange(scores.shape[1])])


def clustering(count, columns, groups, seed):
    values = rows(count, columns, groups, seed)
    train = count * 2 // 3
    search = NearestNeighbors(n_neighbors=5, metric="cosine", algorithm="brute").fit(values[:train])
    distances, found = search.kneighbors(values[train:])
    components = min(4, columns)
    pca = PCA(components, svd_solver="full").fit(values)
    ward = AgglomerativeClustering(groups + 2).fit(values).labels_
    means = KMeans(groups, init=values[:groups], n_init=1, tol=0, algorithm="lloyd", max_iter=300).fit(values)
    return {
        "count": count,
        "columns": columns,
        "groups": groups,
        "seed": seed,
        "neighbours": found.tolist(),
        "similarities": (1 - distances).tolist(),
        "variances": pca.explained_variance_.tolist(),
        "scores": signed(pca.transform(values)).ravel().tolist(),
        "ward": canonical(ward),
        "inertia": float(means.inertia_),
        "means": canonical(means.labels_),
    }


labels = numbers(200, 7, 21)
mixed = np.where(noise(200, 22) > 0.2, labels, numbers(200, 9, 23))
print(
    json.dumps(
        {
            "agreements": [
                agreement(labels, mixed),
                agreement(labels, numbers(200, 40, 24)),
                agreement(labels, (labels + 3) % 7),
                agreement(labels, np.zeros(200, int)),
                agreement(labels, np.arange(200)),
                agreement(np.zeros(9, int), np.zeros(9, int)),
                agreement(np.arange(9), np.arange(9)),
                agreement(numbers(40, 30, 25), numbers(40, 25, 26)),
            ],
            "clusterings": [clustering(90, 6, 5, 31), clustering(301, 17, 12, 32), clustering(24, 40, 3, 33)],
        }
    )
)
