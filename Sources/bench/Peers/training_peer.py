"""The steps of `bench training` in PyTorch eager, fp32: the same architectures, sizes and optimizer.

    python training_peer.py [--batch 64] [--length 128] [--vocabulary 4101] [--threads 2] [paths...]
"""
import argparse
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Convolution(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.norm, self.conv = nn.LayerNorm(h), nn.Conv1d(h, h, 9, padding=4)

    def forward(self, x):
        return x + F.gelu(self.conv(self.norm(x).transpose(1, 2)).transpose(1, 2))


class Transformer(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.heads = h // min(64, h)
        self.norm1, self.qkv, self.out = nn.LayerNorm(h), nn.Linear(h, 3 * h), nn.Linear(h, h)
        self.norm2, self.inner, self.outer = nn.LayerNorm(h), nn.Linear(h, 4 * h), nn.Linear(4 * h, h)

    def rotate(self, x):
        half = x.shape[-1] // 2
        angle = torch.arange(x.shape[-2])[:, None] * 10_000 ** (-torch.arange(half) / half)
        low, high = x[..., :half], x[..., half:]
        return torch.cat([low * angle.cos() - high * angle.sin(), high * angle.cos() + low * angle.sin()], -1)

    def forward(self, x):
        b, t, h = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(self.rotate(q), self.rotate(k), v)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, h))
        return x + self.outer(F.gelu(self.inner(self.norm2(x))))


class Net(nn.Module):
    def __init__(self, kind, widths, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, min(64, min(widths)))
        blocks, width = [], min(64, min(widths))
        for h in widths:
            if h != width:
                blocks.append(nn.Linear(width, h, bias=False))
            blocks.append({"cnn": Convolution, "transformer": Transformer}[kind](h))
            width = h
        self.blocks, self.norm = nn.Sequential(*blocks), nn.LayerNorm(width)
        self.head, self.classifier = nn.Linear(width, vocabulary), nn.Linear(width, 2)


def measure(step, steps=15):
    times = []
    for _ in range(steps + 3):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times[3:]), min(times[3:])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("paths", nargs="*")
    for name, value in (("batch", 64), ("length", 128), ("vocabulary", 4101), ("threads", 2)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    a = arguments.parse_args()
    torch.set_num_threads(a.threads)
    paths = a.paths or ["cnn:64,64,64", "cnn:128,128,128", "transformer:64,64,64", "transformer:128,128,128"]
    for path in paths:
        kind, widths = path.split(":")
        net = Net(kind, [int(w) for w in widths.split(",")], a.vocabulary)
        optimizer = torch.optim.AdamW(net.parameters(), fused=True)
        ids = torch.randint(5, a.vocabulary, (a.batch, a.length))
        chosen = torch.rand(a.batch, a.length) < 0.15
        labels = torch.arange(a.batch) % 2

        def finish(loss):
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()

        def pretrain():
            x = net.blocks(net.embedding(ids.masked_fill(chosen, 2)))
            finish(F.cross_entropy(net.head(net.norm(x[chosen])), ids[chosen]))

        def finetune():
            finish(F.cross_entropy(net.classifier(net.norm(net.blocks(net.embedding(ids))).mean(1)), labels))

        for name, step in (("pretrain", pretrain), ("finetune", finetune)):
            median, best = measure(step)
            print(f"{name} {path} {median * 1e3:.2f} ms  {a.batch * a.length / median:.0f} tokens/s  (best {best * 1e3:.2f} ms)")


main()
