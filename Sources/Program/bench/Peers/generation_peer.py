"""Draws tokens one by one from a StripedHyena with random weights, every layer from a cache of constant size.

Reads a line of JSON, works, and answers with a line: seconds and peak memory.
"""

import json
import resource
import sys
import time

import torch
import torch.nn.functional as F


class Norm:
    def __init__(self, width):
        self.weight = torch.ones(width)

    def __call__(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


def linear(out, width):
    return torch.randn(out, width) / width**0.5


class Hyena:
    def __init__(self, o, batch):
        h, n = o["width"], o["modes"]
        self.inner, self.inner_bias = linear(3 * h, h), torch.zeros(3 * h)
        self.short, self.short_bias = torch.randn(o["short"], 3 * h) / o["short"] ** 0.5, torch.zeros(3 * h)
        self.pole = torch.exp(torch.complex(-torch.rand(n, h) * 0.1, torch.randn(n, h)))
        self.residue = torch.complex(torch.randn(n, h), torch.randn(n, h)) / n
        self.skip, self.output, self.output_bias = torch.randn(h), linear(h, h), torch.zeros(h)
        self.rows = torch.zeros(batch, o["short"], 3 * h)
        self.state = torch.zeros(batch, n, h, dtype=torch.complex64)

    def __call__(self, x):
        u = F.linear(x, self.inner, self.inner_bias)
        self.rows = torch.cat([self.rows[:, 1:], u[:, None]], 1)
        x0, x1, v = ((self.rows * self.short).sum(1) + self.short_bias).chunk(3, -1)
        v = x1 * v
        self.state = self.state * self.pole + v[:, None]
        y = (self.state * self.residue).real.sum(1)
        return F.linear(x0 * (y + self.skip * v), self.output, self.output_bias)


class Attention:
    def __init__(self, o, batch):
        h = o["width"]
        self.heads, self.window = o["heads"], o["window"]
        self.qkv, self.qkv_bias = linear(3 * h, h), torch.zeros(3 * h)
        self.output, self.output_bias = linear(h, h), torch.zeros(h)
        self.keys = torch.zeros(batch, self.heads, self.window + 1, h // self.heads)
        self.values = torch.zeros_like(self.keys)
        self.place = 0
        half = h // self.heads // 2
        self.frequency = 10000.0 ** (-torch.arange(half) / half)

    def __call__(self, x):
        b, h = x.shape
        q, k, v = F.linear(x, self.qkv, self.qkv_bias).view(b, 3, self.heads, h // self.heads).unbind(1)
        angle = self.place * self.frequency
        cosine, sine = angle.cos(), angle.sin()

        def rotate(z):
            low, high = z.chunk(2, -1)
            return torch.cat([low * cosine - high * sine, high * cosine + low * sine], -1)

        # A ring: the oldest key gives way to the newest.
        at = self.place % (self.window + 1)
        self.keys[:, :, at], self.values[:, :, at] = rotate(k), v
        self.place += 1
        n = min(self.place, self.window + 1)
        y = F.scaled_dot_product_attention(rotate(q)[:, :, None], self.keys[:, :, :n], self.values[:, :, :n])
        return F.linear(y[:, :, 0].reshape(b, h), self.output, self.output_bias)


class Layer:
    def __init__(self, o, batch):
        h, n = o["width"], o["inner"]
        self.norm1, self.norm2 = Norm(h), Norm(h)
        self.mixing = Hyena(o, batch) if o["isHyena"] else Attention(o, batch)
        self.inner, self.gate, self.outer = linear(n, h), linear(n, h), linear(h, n)

    def __call__(self, x):
        x = x + self.mixing(self.norm1(x))
        y = self.norm2(x)
        return x + F.linear(F.gelu(F.linear(y, self.inner)) * F.linear(y, self.gate), self.outer)


@torch.inference_mode()
def work(o):
    torch.manual_seed(0)
    batch = o["together"]
    embedding, head = torch.randn(o["vocabulary"], o["width"]), linear(o["vocabulary"], o["width"])
    layers, norm = [Layer(layer, batch) for layer in o["layers"]], Norm(o["width"])
    tokens = torch.full((batch,), 5)
    start = time.perf_counter()
    for _ in range(o["length"]):
        x = embedding[tokens]
        for layer in layers:
            x = layer(x)
        scores = F.linear(norm(x), head)[:, 5:]
        tokens = 5 + torch.multinomial(scores.softmax(-1), 1)[:, 0]
    return time.perf_counter() - start


for line in sys.stdin:
    try:
        o = json.loads(line)
        # One token's work is too little for two threads, of which a large batch makes use.
        seconds = []
        for threads in (1, 2):
            torch.set_num_threads(threads)
            seconds.append(work(o))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": min(seconds), "peak": peak}), flush=True)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)
