"""The passes of `bench blocks` in PyTorch eager, fp32, one thread.

    python blocks_peer.py [--sequences 16] [--length 128] [--steps 10] [lstm:256 mamba:256 mamba-loop:256 ...]

mamba runs a parallel scan over time (up-sweep and down-sweep in place, with a gradient of its own: the quickest known
form in plain PyTorch), mamba-loop the recurrence token after token.
"""
import argparse
import statistics
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


def sweep(a, x):
    """x_t += a_t x_(t-1) along dimension 1, in place; a becomes products of itself. The length is a power of two."""
    length, distance = x.shape[1], 1
    while distance < length:
        low, high = slice(distance - 1, None, 2 * distance), slice(2 * distance - 1, None, 2 * distance)
        x[:, high].addcmul_(a[:, high], x[:, low])
        a[:, high].mul_(a[:, low])
        distance *= 2
    distance //= 4
    while distance >= 1:
        low, high = slice(2 * distance - 1, -distance, 2 * distance), slice(3 * distance - 1, None, 2 * distance)
        x[:, high].addcmul_(a[:, high], x[:, low])
        a[:, high].mul_(a[:, low])
        distance //= 2


class ParallelScan(torch.autograd.Function):
    @staticmethod
    def forward(context, a, x):
        h = x.clone()
        sweep(a.clone(), h)
        context.save_for_backward(a, h)
        return h

    @staticmethod
    def backward(context, dh):
        a, h = context.saved_tensors
        later = torch.cat([a[:, 1:], torch.zeros_like(a[:, :1])], 1).flip(1)
        dx = dh.flip(1)
        sweep(later, dx)
        dx = dx.flip(1)
        da = torch.zeros_like(a)
        torch.mul(h[:, :-1], dx[:, 1:], out=da[:, 1:])
        return da, dx


def loop(a, x):
    h, states = torch.zeros_like(x[:, 0]), []
    for t in range(x.shape[1]):
        h = torch.addcmul(x[:, t], a[:, t], h)
        states.append(h)
    return torch.stack(states, 1)


class Direction(nn.Module):
    def __init__(self, e, states, rank, scan):
        super().__init__()
        self.conv = nn.Conv1d(e, e, 4, padding=3, groups=e)
        self.project, self.step = nn.Linear(e, rank + 2 * states, bias=False), nn.Linear(rank, e)
        self.step.bias.data.fill_(-4.6)
        self.log_a = nn.Parameter(torch.arange(1, states + 1).float().log().repeat(e, 1))
        self.skip, self.rank, self.states, self.scan = nn.Parameter(torch.ones(e)), rank, states, scan

    def forward(self, x, z):
        u = F.silu(self.conv(x.transpose(1, 2))[..., : x.shape[1]].transpose(1, 2))
        step, b, c = self.project(u).split([self.rank, self.states, self.states], -1)
        delta = F.softplus(self.step(step))
        decay = torch.exp(delta[..., None] * -torch.exp(self.log_a))
        h = self.scan(decay, (delta * u)[..., None] * b[:, :, None])
        return ((h @ c[..., None])[..., 0] + self.skip * u) * F.silu(z)


class Mamba(nn.Module):
    def __init__(self, h, scan, states=16):
        super().__init__()
        self.norm, self.inner, self.out = nn.RMSNorm(h, 1e-5), nn.Linear(h, 4 * h, bias=False), nn.Linear(2 * h, h, False)
        self.directions = nn.ModuleList(Direction(2 * h, states, (h + 15) // 16, scan) for _ in range(2))

    def forward(self, x):
        u, z = self.inner(self.norm(x)).chunk(2, -1)
        y = self.directions[0](u, z) + self.directions[1](u.flip(1), z.flip(1)).flip(1)
        return x + self.out(y)


class LSTM(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.norm, self.lstm = nn.LayerNorm(h), nn.LSTM(h, h // 2, bidirectional=True, batch_first=True)

    def forward(self, x):
        return x + self.lstm(self.norm(x))[0]


MAKE = {"lstm": LSTM, "mamba": lambda h: Mamba(h, ParallelScan.apply), "mamba-loop": lambda h: Mamba(h, loop)}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("blocks", nargs="*", default=["lstm:256", "mamba:256", "mamba-loop:256"])
    for name, value in (("sequences", 16), ("length", 128), ("steps", 10)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    a = arguments.parse_args()
    torch.set_num_threads(1)
    for text in a.blocks:
        kind, width = text.split(":")
        block = MAKE[kind](int(width))
        x = torch.rand(a.sequences, a.length, int(width), requires_grad=True)
        gradient, times = torch.rand_like(x), []
        for _ in range(a.steps + 2):
            start = time.perf_counter()
            block.zero_grad()
            block(x).backward(gradient)
            times.append(time.perf_counter() - start)
        times = sorted(times[2:])
        print(f"{text} {statistics.median(times) * 1e3:.2f} ms (best {times[0] * 1e3:.2f} ms)", flush=True)


main()
