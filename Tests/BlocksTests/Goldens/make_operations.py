"""Writes operations.txt: floating-point operations of blocks, counted one by one by running their loops; products of
matrices, convolutions and attention are checked against PyTorch's counter.

    pip install torch && python make_operations.py

A line: KIND HIN HOUT CAUSAL LENGTHS(,) OPERATIONS [OPTION=VALUE...].
"""
import pathlib

import torch
import torch.nn.functional as F
from torch.utils.flop_counter import FlopCounterMode

MLPS = ["none", "gelu", "gated", "swiglu", "dense"]


class Count:
    """Operations by what they are of."""

    def __init__(self):
        self.products = self.others = 0

    def linear(self, rows, inputs, outputs):
        for _ in range(rows):
            for _ in range(outputs):
                for _ in range(inputs):
                    self.products += 2

    def norm(self, rows, width, rms):
        for _ in range(rows):
            for _ in range(width):
                if not rms:
                    self.others += 1  # the sum of the mean
                    self.others += 1  # the deviation
                self.others += 2  # its square, added
                self.others += 2  # times the scale, times the weight
                if not rms:
                    self.others += 1  # the bias

    def convolution(self, length, taps, features, groups=1):
        for _ in range(length):
            for _ in range(features):
                for _ in range(taps):
                    for _ in range(features // groups):
                        self.products += 2

    def attention(self, length, heads, size, causal, window):
        for _ in range(heads):
            for t in range(length):
                for s in range(length):
                    if (causal and s > t) or (window and abs(t - s) > window):
                        continue
                    for _ in range(size):
                        self.products += 2  # the score
                        self.products += 2  # the weighted value

    def transform(self, n):
        """Radix 2 on n complex numbers: a complex product of 6 and two complex sums of 2 by butterfly."""
        if n == 1:
            return 0
        return 2 * self.transform(n // 2) + sum(6 + 2 + 2 for _ in range(n // 2))

    def real(self, n):
        self.others += self.transform(n) / 2


def count(kind, h_in, h, causal, lengths, o):
    c, rows = Count(), sum(lengths)
    rms = o.get("norm", 1 if kind == "mamba" else 0) == 1
    if h_in != h:
        c.linear(rows, h_in, h)
    if kind == "gated" and h_in != h:
        c.linear(rows, h_in, h)
    if kind == "pool":
        for _ in range(rows * h):
            c.others += 1
        return c
    c.norm(rows, h, rms)
    if kind == "cnn":
        for length in lengths:
            c.convolution(length, o.get("kernel", 9), h, o.get("groups", 1))
    if kind == "gated":
        c.norm(rows, h, rms)
        for length in lengths:
            c.convolution(length, o.get("kernel", 9), h)
            c.convolution(length, o.get("kernel", 9), h)
        wide = o.get("tail", 0) * h
        if wide:
            for a, b in ((h, wide), (wide, wide), (wide, wide), (wide, h)):
                c.linear(rows, a, b)
            c.norm(rows, wide, rms)
            c.norm(rows, h, rms)
    if kind == "transformer":
        heads = o.get("heads", max(1, h // 64))
        c.linear(rows, h, 3 * h)
        if o.get("rope", 10000):
            for _ in range(rows * h * 2):
                c.others += 3  # two products and a sum for a number of a query or a key
        for length in lengths:
            c.attention(length, heads, h // heads, causal, o.get("window", 0))
        c.linear(rows, h, h)
    if kind == "lstm":
        for _ in range(1 if causal else 2):
            units = h if causal else h // 2
            c.linear(rows, h, 4 * units)
            c.linear(rows, units, 4 * units)
    if kind == "mamba":
        e, states, rank = o.get("expand", 2) * h, o.get("state", 16), (h + 15) // 16
        c.linear(rows, h, e)
        c.linear(rows, h, e)
        for _ in range(1 if causal else 2):
            for _ in range(rows * e):
                for _ in range(o.get("conv", 4)):
                    c.products += 2
            c.linear(rows, e, rank + 2 * states)
            c.linear(rows, rank, e)
            for _ in range(rows * e):
                c.others += 1  # dt u
                for _ in range(states):
                    c.others += 1  # dt A
                    c.others += 1 + 2  # decay h + (dt u) B
                    c.others += 2  # y + C h
                c.others += 2  # y + D u
        c.linear(rows, e, h)
    if kind == "hyena":
        c.linear(rows, h, 3 * h)
        for _ in range(rows * 3 * h):
            for _ in range(o.get("short", 3)):
                c.products += 2
        longest, filters = max(lengths), h // o.get("groups", 1)
        for _ in range(1 if causal else 2):
            if o.get("form", 0):
                for _ in range(longest * filters * o.get("modes", 8)):
                    c.others += 6 + 4  # the next power; the real part of its product with the residue, added
            else:
                units = o.get("filter", 64)
                c.linear(longest, o.get("features", 5), units)
                for _ in range(o.get("depth", 3) - 1):
                    c.linear(longest, units, units)
                c.linear(longest, units, filters)
            for _ in range(h):
                c.real(2 * longest)
        for length in lengths:
            for _ in range(h):
                c.real(2 * length)
                for _ in range(length + 1):
                    c.others += 6
                c.real(2 * length)
                for _ in range(length):
                    c.others += 2
        c.linear(rows, h, h)
    form = MLPS[o["mlp"]] if "mlp" in o else "gelu" if kind == "transformer" else "none"
    inner = o.get("inner", 4 * h if form == "gelu" else (h + 5) // 6 * 16)
    if form != "none":
        c.norm(rows, h, rms)
    if form == "gelu":
        c.linear(rows, h, inner)
        c.linear(rows, inner, h)
    elif form in ("gated", "swiglu"):
        c.linear(rows, h, inner)
        c.linear(rows, h, inner)
        c.linear(rows, inner, h)
    elif form == "dense":
        c.linear(rows, h, h)
    return c


def by_pytorch(kind, h, length, o):
    """Products of one sequence that sees both sides, by PyTorch's counter."""
    x, weight = torch.zeros(1, length, h), lambda a, b: torch.zeros(b, a)
    with FlopCounterMode(display=False) as counter:
        if kind == "cnn":
            k = o.get("kernel", 9)
            F.conv1d(x.transpose(1, 2), torch.zeros(h, h // o.get("groups", 1), k), padding=k // 2,
                     groups=o.get("groups", 1))
        if kind == "transformer":
            heads = o.get("heads", max(1, h // 64))
            q, k, v = F.linear(x, weight(h, 3 * h)).view(1, length, 3, heads, h // heads).permute(2, 0, 3, 1, 4)
            (q @ k.transpose(2, 3)) @ v
            F.linear(x, weight(h, h))
            F.linear(F.linear(x, weight(h, 4 * h)), weight(4 * h, h))
        if kind == "lstm":
            units = h // 2
            for _ in range(2):
                F.linear(x, weight(h, 4 * units))
                for _ in range(length):
                    F.linear(torch.zeros(1, units), weight(units, 4 * units))
    return counter.get_total_flops()


CASES = [
    ("cnn", 8, 8, 0, [5, 3], {}), ("cnn", 4, 8, 1, [5], {"kernel": 4, "groups": 2}),
    ("cnn", 8, 8, 0, [7], {"groups": 8, "dilation": 2, "mlp": 3}), ("gated", 4, 6, 0, [4, 2], {"kernel": 3}),
    ("gated", 6, 6, 1, [5], {"kernel": 3, "tail": 2, "norm": 1}), ("transformer", 8, 8, 0, [6], {}),
    ("transformer", 8, 8, 1, [6, 1, 4], {"heads": 2}), ("transformer", 8, 8, 1, [9, 2], {"heads": 2, "window": 3}),
    ("transformer", 8, 8, 0, [9, 2], {"window": 3, "rope": 0, "mlp": 4}),
    ("transformer", 4, 12, 1, [6], {"heads": 2, "mlp": 3, "norm": 1}), ("lstm", 6, 6, 0, [4], {}),
    ("lstm", 4, 6, 1, [4, 1], {"mlp": 2}), ("mamba", 6, 6, 1, [5], {}),
    ("mamba", 4, 18, 0, [3, 2], {"state": 4, "expand": 1, "conv": 2, "norm": 0}),
    ("hyena", 6, 6, 1, [8], {}), ("hyena", 4, 6, 0, [4, 8], {"depth": 2, "filter": 8, "groups": 3, "short": 5}),
    ("hyena", 6, 6, 1, [16, 2], {"form": 1, "modes": 4, "mlp": 2, "norm": 1}), ("pool", 6, 6, 0, [5, 2], {"factor": 2}),
]

if __name__ == "__main__":
    lines = []
    for kind, h_in, h, causal, lengths, options in CASES:
        c = count(kind, h_in, h, causal, lengths, options)
        text = " ".join(f"{name}={value}" for name, value in options.items())
        total = c.products + c.others
        assert total == int(total)
        lines.append(
            f"{kind} {h_in} {h} {causal} {','.join(map(str, lengths))} {int(total)} {text}".strip())
    for kind, h, length, options in (
        ("cnn", 8, 5, {}), ("cnn", 8, 7, {"groups": 2, "kernel": 3}), ("transformer", 8, 6, {}), ("lstm", 6, 4, {}),
    ):
        assert count(kind, h, h, 0, [length], options).products == by_pytorch(kind, h, length, options), kind
    (pathlib.Path(__file__).parent / "operations.txt").write_text("\n".join(lines) + "\n")
