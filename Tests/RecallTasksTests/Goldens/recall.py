"""Examples of the six tasks of mechanistic architecture design, by other code than the program's.

python3 recall.py > recall.json

Only the numbers that are drawn are shared: Philox-4x32-10, draw d of example e of split s at the counter (e, s, d).
"""
import json

MASK = 0xFFFFFFFF
STREAM = 30


def mix(seed):
    z = (seed + (STREAM + 1) * 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def philox(seed, a, b, c):
    key = mix(seed)
    k0, k1 = key & MASK, key >> 32
    x = [a & MASK, a >> 32, b, c]
    for _ in range(10):
        p0, p1 = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [p1 >> 32 ^ x[1] ^ k0, p1 & MASK, p0 >> 32 ^ x[3] ^ k1, p0 & MASK]
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return x[0] << 32 | x[1]


class Draws:
    def __init__(self, seed, split, example):
        self.at = lambda d: philox(seed, example, split, d)
        self.count = 0

    def word(self):
        self.count += 1
        return self.at(self.count - 1)

    def choice(self, options):
        return options[self.word() * len(options) >> 64]

    def chance(self, share):
        return (self.word() >> 11) / 2**53 < share

    def tuple(self, size, options):
        """Different options, in order; a drawn one changes places with the first that is left."""
        options, result = list(options), []
        for place in range(size):
            rest = options[place:]
            index = self.word() * len(rest) >> 64
            options[place], options[place + index] = options[place + index], options[place]
            result.append(options[place])
        return tuple(result)


def shifted(pairs, train):
    """Tokens with what is asked for in their own places, as next tokens; in training all are asked for."""
    tokens = [token for token, _ in pairs]
    targets = tokens if train else [target for _, target in pairs]
    return tokens[:-1], targets[1:]


def recall(d, train, vocabulary, length, noise=0, noise_vocabulary=0):
    n = vocabulary - noise_vocabulary
    keys, values = list(range(n // 2)), list(range(n // 2, n))
    noisy = list(range(n, vocabulary))
    real = d.choice(range(length // 2 - 1)) if noise else None
    pairs, seen = [], {}
    for i in range(length // 2 - 1):
        if noise and i != real and d.chance(noise):
            pairs += [(d.choice(noisy), -1), (d.choice(noisy), -1)]
            continue
        key = d.choice(keys)
        is_new = key not in seen
        if is_new:
            seen[key] = d.choice(values)
        pairs += [(key, -1), (seen[key], -1 if is_new else seen[key])]
    key = d.choice(list(seen))
    return shifted(pairs + [(key, -1), (seen[key], seen[key])], train)


def fuzzy(d, train, vocabulary, length, motif=3):
    n, pad = vocabulary - 1, vocabulary - 1
    keys, values = range(n // 2), range(n // 2, n)
    sizes = list(range(1, motif + 1))

    def key():
        return d.tuple(d.choice(sizes) if train else motif, keys)

    def value():
        return d.tuple(d.choice(sizes), values)

    probe = (key(), value())
    size = len(probe[0]) + len(probe[1])
    end = length - size - 2 * motif
    place = d.choice(range(end - 2 * motif + 1))
    pairs, seen = [], {}
    while len(pairs) < end:
        if probe[0] not in seen and len(pairs) >= place:
            k = probe[0]
        else:
            k = key()
        is_new = k not in seen
        if is_new:
            seen[k] = probe[1] if k == probe[0] else value()
        pairs += [(token, -1) for token in k] + [(token, -1 if is_new else token) for token in seen[k]]
    pairs += [(token, -1) for token in probe[0]] + [(token, token) for token in probe[1]]
    return shifted([(pad, -1)] * (length + 1 - len(pairs)) + pairs, train)


def copying(d, train, vocabulary, length, copies):
    blank, copy = vocabulary - 2, vocabulary - 1
    tokens = [d.choice(range(vocabulary - 2)) for _ in range(copies)]
    before = sorted(d.choice(range(copies)) for _ in range(length - 2 * copies - 1))
    sparse = []
    for place, token in enumerate(tokens):
        sparse += [blank] * before.count(place) + [token]
    return sparse + [copy] + [blank] * copies, [-1] * (len(sparse) + 1) + tokens


def compression(d, train, vocabulary, length):
    tokens = [d.choice(range(vocabulary - 1)) for _ in range(length - 1)] + [vocabulary - 1]
    return tokens, tokens


def memorization(d, train, vocabulary, length, seed):
    n = vocabulary - 1
    keys, values = list(range(n // 2)), list(range(n // 2, n))
    # Fisher and Yates from the end, of the round behind those of the splits.
    for i in range(len(values) - 1, 0, -1):
        j = philox(seed, i, 3, 0) * (i + 1) >> 64
        values[i], values[j] = values[j], values[i]
    inputs, targets = [], []
    for _ in range(length // 2):
        key = d.choice(keys)
        inputs += [key, vocabulary - 1]
        targets += [-1, values[key]]
    return inputs, targets


TASKS = {
    "in-context-recall": (recall, [dict(vocabulary=16, length=32), dict(vocabulary=9, length=8)]),
    "fuzzy-in-context-recall": (fuzzy, [dict(vocabulary=16, length=40), dict(vocabulary=33, length=64, motif=2)]),
    "noisy-in-context-recall": (
        recall,
        [dict(vocabulary=32, length=32, noise=0.2, noise_vocabulary=16),
         dict(vocabulary=12, length=24, noise=0.8, noise_vocabulary=4)],
    ),
    "selective-copying": (copying, [dict(vocabulary=16, length=40, copies=8), dict(vocabulary=5, length=9, copies=3)]),
    "compression": (compression, [dict(vocabulary=16, length=12)]),
    "memorization": (memorization, [dict(vocabulary=16, length=12), dict(vocabulary=257, length=12)]),
}

result = []
for kind, (generate, settings) in TASKS.items():
    for setting in settings:
        for seed, split, example in [(0, 0, 0), (0, 0, 70_000), (7, 1, 3), (7, 2, 3)]:
            extra = {"seed": seed} if kind == "memorization" else {}
            inputs, targets = generate(Draws(seed, split, example), split == 0, **setting, **extra)
            result.append(dict(task=kind, **setting, seed=seed, split=split, example=example,
                               inputs=inputs, targets=targets))
lines = [json.dumps(row, separators=(",", ":")).replace("noise_vocabulary", "noiseVocabulary") for row in result]
print("[" + ",\n".join(lines) + "]")
