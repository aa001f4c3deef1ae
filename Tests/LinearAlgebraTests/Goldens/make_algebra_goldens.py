"""The numbers of Goldens/algebra.json. Run once, with numpy: python make_algebra_goldens.py > algebra.json"""

import json

import numpy

# Numbers that follow from their place, as the tests make them.
state = 12345


def number():
    global state
    state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
    return (state >> 11) * 2.0**-52 - 1


def matrix(rows, columns):
    """Column by column."""
    return numpy.array([number() for _ in range(rows * columns)]).reshape(columns, rows).T


entries = []
for rows, columns in [(1, 1), (5, 3), (20, 7), (40, 40)]:
    a = matrix(rows, columns)
    b = numpy.array([number() for _ in range(rows)])
    square = a.T @ a + 0.5 * numpy.eye(columns)
    entries.append(
        {
            "rows": rows,
            "columns": columns,
            "cholesky": numpy.linalg.cholesky(square).T.ravel().tolist(),
            "eigenvalues": numpy.linalg.eigvalsh(square).tolist(),
            "leastSquares": numpy.linalg.lstsq(a, b, rcond=None)[0].tolist(),
        }
    )
print(json.dumps(entries))
