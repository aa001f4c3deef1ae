"""The work of `bench training` in PyTorch, with its best public operators.

Started by the bench, which sends one JSON object a line and reads one back:

    {"work": "step", "path": [["cnn", 256], ...], "batch": 64, "length": 128, "vocabulary": 4101, "threads": 2,
     "precision": "fp32", "compiled": false, "causal": false}

runs an unmeasured step (two more when the work is new), then one measured: {"seconds": s, "peak": bytes} or
{"error": text}.
"work" is "step" (masked modelling of 15 %, AdamW), "classify" (fine-tuning step, dropout 0.1), "block" (forward
and backward of one block on random features, no optimizer), or "op" (the same of one "op" at a "width", without a path; see `op_of`).
"""
import json
import math
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


# The rate of dropout of what a block adds to the residual stream.
RATE = 0.0


def dropped(branch):
    return F.dropout(branch, RATE) if RATE else branch


class Convolution(nn.Module):
    def __init__(self, h, causal):
        super().__init__()
        self.norm, self.conv, self.causal = nn.LayerNorm(h), nn.Conv1d(h, h, 9, padding=0 if causal else 4), causal

    def forward(self, x):
        y = self.norm(x).transpose(1, 2)
        return x + dropped(F.gelu(self.conv(F.pad(y, (8, 0)) if self.causal else y).transpose(1, 2)))


class Gated(nn.Module):
    """ConvNova's block in the form of its authors: two full, dilated convolutions, of which one gates the other."""

    def __init__(self, h, causal, kernel=9, dilation=1):
        super().__init__()
        reach = (kernel - 1) * dilation
        self.norm, self.gate_norm, self.reach = nn.LayerNorm(h), nn.LayerNorm(h), reach if causal else 0
        padding = 0 if causal else reach // 2
        self.conv = nn.Conv1d(h, h, kernel, padding=padding, dilation=dilation)
        self.gate_conv = nn.Conv1d(h, h, kernel, padding=padding, dilation=dilation)

    def forward(self, x, gate=None):
        gate = x if gate is None else gate
        pad = lambda y: F.pad(y.transpose(1, 2), (self.reach, 0))
        g = torch.sigmoid(self.gate_conv(pad(self.gate_norm(gate)))).transpose(1, 2)
        c = F.gelu(self.conv(pad(self.norm(x)))).transpose(1, 2)
        return x + dropped(c * g), gate + g


class Recurrence(nn.Module):
    def __init__(self, h, causal):
        super().__init__()
        self.norm = nn.LayerNorm(h)
        self.lstm = nn.LSTM(h, h if causal else h // 2, batch_first=True, bidirectional=not causal)

    def forward(self, x):
        return x + dropped(self.lstm(self.norm(x))[0])


class Transformer(nn.Module):
    def __init__(self, h, causal):
        super().__init__()
        self.heads, self.causal = h // min(64, h), causal
        self.norm1, self.qkv, self.out = nn.LayerNorm(h), nn.Linear(h, 3 * h), nn.Linear(h, h)
        self.norm2, self.inner, self.outer = nn.LayerNorm(h), nn.Linear(h, 4 * h), nn.Linear(4 * h, h)
        self.tables = {}

    def rotate(self, x):
        length, half = x.shape[-2], x.shape[-1] // 2
        if length not in self.tables:
            angle = torch.arange(length)[:, None] * 10_000 ** (-torch.arange(half) / half)
            self.tables[length] = (angle.cos(), angle.sin())
        cosine, sine = self.tables[length]
        low, high = x[..., :half], x[..., half:]
        return torch.cat([low * cosine - high * sine, high * cosine + low * sine], -1).to(x.dtype)

    def forward(self, x):
        b, t, h = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, h // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(self.rotate(q), self.rotate(k), v, is_causal=self.causal)
        x = x + dropped(self.out(y.transpose(1, 2).reshape(b, t, h)))
        return x + dropped(self.outer(F.gelu(self.inner(self.norm2(x)))))


def sweep(a, x):
    """x[t] += a[t] x[t - 1] along dimension 1, in place; `a` is used up. The length is a power of two."""
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


class Scan(torch.autograd.Function):
    """h[t] = a[t] h[t - 1] + x[t] along dimension 1: a parallel scan of linear work (Blelloch 1990), in place, with a
    gradient of its own. Quicker and leaner than a scan that autograd records."""

    @staticmethod
    def forward(context, a, x):
        h = x.clone()
        sweep(a.clone(), h)
        context.save_for_backward(a, h)
        return h

    @staticmethod
    def backward(context, dh):
        a, h = context.saved_tensors
        later, dx = torch.cat([a[:, 1:], torch.zeros_like(a[:, :1])], 1).flip(1), dh.flip(1)
        sweep(later, dx)
        dx, da = dx.flip(1), torch.zeros_like(a)
        torch.mul(h[:, :-1], dx[:, 1:], out=da[:, 1:])
        return da, dx


def scan(a, x):
    length = x.shape[1]
    rest = (1 << (length - 1).bit_length()) - length
    if rest:
        a, x = F.pad(a, (0, 0, 0, 0, 0, rest)), F.pad(x, (0, 0, 0, 0, 0, rest))
    return Scan.apply(a, x)[:, :length]


class Direction(nn.Module):
    def __init__(self, inner, rank, state):
        super().__init__()
        self.rank, self.state = rank, state
        self.conv = nn.Conv1d(inner, inner, 4, groups=inner, padding=3)
        self.project, self.dt = nn.Linear(inner, rank + 2 * state, bias=False), nn.Linear(rank, inner)
        self.a_log = nn.Parameter(torch.arange(1.0, state + 1).log().repeat(inner, 1))
        self.d = nn.Parameter(torch.ones(inner))

    def forward(self, u):
        u = F.silu(self.conv(u.transpose(1, 2))[..., : u.shape[1]].transpose(1, 2))
        dt, b, c = self.project(u).split([self.rank, self.state, self.state], -1)
        dt = F.softplus(self.dt(dt)).float()
        a = torch.exp(dt[..., None] * -torch.exp(self.a_log))
        h = scan(a, (dt * u)[..., None] * b[:, :, None, :])
        return (h * c[:, :, None, :]).sum(-1) + self.d * u


class Mamba(nn.Module):
    def __init__(self, h, causal):
        super().__init__()
        self.norm = nn.RMSNorm(h, 1e-5)
        self.enter, self.leave = nn.Linear(h, 4 * h, bias=False), nn.Linear(2 * h, h, bias=False)
        self.directions = nn.ModuleList(Direction(2 * h, math.ceil(h / 16), 16) for _ in range(1 if causal else 2))

    def forward(self, x):
        u, z = self.enter(self.norm(x)).chunk(2, -1)
        y = self.directions[0](u)
        if len(self.directions) == 2:
            y = y + self.directions[1](u.flip(1)).flip(1)
        return x + dropped(self.leave(y * F.silu(z)))


class Sine(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.frequency = nn.Parameter(10 * torch.ones(width))

    def forward(self, x):
        return torch.sin(self.frequency * x)


class Hyena(nn.Module):
    def __init__(self, h, causal, reference=1024):
        super().__init__()
        self.norm, self.causal, self.reference = nn.LayerNorm(h), causal, reference
        self.enter, self.leave = nn.Linear(h, 3 * h), nn.Linear(h, h)
        self.short = nn.Conv1d(3 * h, 3 * h, 3, groups=3 * h, padding=2 if causal else 1)
        sine = Sine(64)
        self.filters = nn.ModuleList(
            nn.Sequential(nn.Linear(5, 64), sine, nn.Linear(64, 64), sine, nn.Linear(64, 64), sine,
                          nn.Linear(64, h, bias=False))
            for _ in range(1 if causal else 2))
        self.bias = nn.Parameter(torch.randn(h))
        self.register_buffer("decay", torch.linspace(math.log(0.01) / 1.5, math.log(0.01) / 0.3, h).abs())

    def kernel(self, mlp, length):
        n = torch.arange(length)
        t = (n / (self.reference - 1))[:, None]
        phase = torch.linspace(1e-4, 1, 2)[None] * (2 * math.pi * n / self.reference)[:, None]
        return mlp(torch.cat([t, phase.cos(), -phase.sin()], 1)).float() * torch.exp(-t * self.decay)

    def forward(self, x):
        length = x.shape[1]
        y = self.short(self.enter(self.norm(x)).transpose(1, 2))[..., :length]
        x0, x1, v = y.chunk(3, 1)
        v = (x1 * v).float()
        spectrum = torch.fft.rfft(self.kernel(self.filters[0], length).t(), n=2 * length)
        if not self.causal:
            spectrum = spectrum + torch.fft.rfft(self.kernel(self.filters[1], length).t(), n=2 * length).conj()
        w = torch.fft.irfft(torch.fft.rfft(v, n=2 * length) * spectrum, n=2 * length)[..., :length]
        return x + dropped(self.leave((x0 * (w + self.bias[:, None] * v)).transpose(1, 2)))


KINDS = {"cnn": Convolution, "gated": Gated, "lstm": Recurrence, "transformer": Transformer, "mamba": Mamba, "hyena": Hyena}


class Net(nn.Module):
    def __init__(self, path, vocabulary, causal):
        super().__init__()
        width = gate = min(64, min(h for _, h, _ in path))
        self.embedding, blocks, gates = nn.Embedding(vocabulary, width), [], []
        self.gate = nn.Embedding(vocabulary, width) if any(kind == "gated" for kind, _, _ in path) else None
        for kind, h, options in path:
            if h != width:
                blocks.append(nn.Linear(width, h, bias=False))
            if kind == "gated":
                gates.append(nn.Linear(gate, h, bias=False) if gate != h else nn.Identity())
                gate = h
            blocks.append(KINDS[kind](h, causal, **options))
            width = h
        self.blocks, self.gates, self.norm = nn.ModuleList(blocks), nn.ModuleList(gates), nn.LayerNorm(width)
        self.head, self.classifier = nn.Linear(width, vocabulary), nn.Linear(width, 2)

    def features(self, ids):
        x, gate, gates = self.embedding(ids), None if self.gate is None else self.gate(ids), iter(self.gates)
        for block in self.blocks:
            if isinstance(block, Gated):
                x, gate = block(x, next(gates)(gate))
            else:
                x = block(x)
        return x


def selective_scan(u, gate, projected, step, bias, a_log, d):
    rank, state = step.shape[1], a_log.shape[1]
    dt, b, c = projected.split([rank, state, state], -1)
    dt = F.softplus(F.linear(dt, step, bias))
    h = scan(torch.exp(dt[..., None] * -torch.exp(a_log)), (dt * u)[..., None] * b[:, :, None, :])
    return ((h * c[:, :, None, :]).sum(-1) + d * u) * F.silu(gate)


def long_convolution(u, forward, backward, skip):
    """u (B, 3h, L) and filters (h, L)."""
    length = u.shape[-1]
    x0, x1, v = u.chunk(3, 1)
    w = x1 * v
    spectrum = torch.fft.rfft(forward, n=2 * length) + torch.fft.rfft(backward, n=2 * length).conj()
    return x0 * (torch.fft.irfft(torch.fft.rfft(w, n=2 * length) * spectrum, n=2 * length)[..., :length] + skip * w)


def contrast(z):
    z = F.normalize(z, dim=1)
    scores = (z @ z.t() / 0.1).fill_diagonal_(-1e30)
    return F.cross_entropy(scores, torch.arange(len(z)) ^ 1)


def op_of(name, b, t, h, vocabulary):
    """The inputs of an op, all of which get gradients, and the op. A scalar result is a loss."""
    x = lambda *shape: torch.randn(shape, requires_grad=True)
    ids = torch.randint(vocabulary, (b, t))
    places = (torch.rand(b, t) < 0.15).flatten().nonzero().squeeze(1)
    targets, features = ids.flatten()[places], [x(b, t, h)]
    inner, rank, state = 2 * h, math.ceil(h / 16), 16
    transformer = Transformer(h, False)
    heads = max(1, h // 64)

    def attention(qkv):
        q, k, v = qkv.view(b, t, 3, heads, h // heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(transformer.rotate(q), transformer.rotate(k), v)
        return y.transpose(1, 2).reshape(b, t, h)

    if name == "embedding":
        return [x(vocabulary, h)], lambda table: F.embedding(ids, table)
    if name == "gather rows":
        return features, lambda x: x.flatten(0, 1)[places]
    if name == "linear":
        return features, nn.Linear(h, 4 * h)
    if name == "convolution":
        return [x(b, h, t)], nn.Conv1d(h, h, 9, padding=4, bias=False)
    if name == "depthwise convolution":
        return [x(b, h, t)], nn.Conv1d(h, h, 3, padding=1, groups=h, bias=False)
    if name == "attention":
        return [x(b, t, 3 * h)], attention
    if name == "lstm":
        return features, nn.LSTM(h, h // 2, batch_first=True, bidirectional=True)
    if name == "selective scan":
        return ([x(b, t, inner), x(b, t, inner), x(b, t, rank + 2 * state), x(inner, rank), x(inner), x(inner, state),
                 x(inner)], selective_scan)
    if name == "long convolution":
        return [x(b, 3 * h, t), x(h, t), x(h, t), x(h, 1)], long_convolution
    if name == "sine":
        return features, Sine(h)
    if name == "layer norm":
        return features, nn.LayerNorm(h)
    if name == "rms norm":
        return features, nn.RMSNorm(h, 1e-5)
    if name == "gelu":
        return features + [x(h)], lambda x, bias: F.gelu(x + bias)
    if name == "add":
        return features + [x(b, t, h)], torch.add
    if name == "dropout":
        return features, lambda x: F.dropout(x, 0.1)
    if name == "means":
        return features, lambda x: x.mean(1)
    if name == "maxima":
        return features, lambda x: x.amax(1)
    if name == "pair features":
        return [x(b, h)], lambda v: torch.cat([v[::2], v[1::2], (v[::2] - v[1::2]).abs(), v[::2] * v[1::2]], 1)
    if name == "filter window":
        decay = torch.exp(-torch.arange(t)[:, None] / 1023 * torch.linspace(3.07, 15.35, h))
        return [x(t, h)], lambda v: v * decay
    if name == "binary cross-entropy":
        ones = torch.ones(b, t, h)
        return features, lambda v: F.binary_cross_entropy_with_logits(v, ones)
    if name == "squared error":
        ones = torch.ones(b * t)
        return [x(b * t)], lambda v: F.mse_loss(v, ones)
    if name == "cross-entropy":
        return [x(len(places), vocabulary)], lambda logits: F.cross_entropy(logits, targets)
    if name == "contrast":
        return [x(2 * b, h)], contrast
    raise ValueError(f"no op named {name}")


def prepare_op(name, b, t, h, vocabulary, autocast):
    if name == "adamw":
        weights = nn.Parameter(torch.randn(12 * h * h))
        weights.grad = torch.randn(12 * h * h)
        return torch.optim.AdamW([weights], fused=True).step
    inputs, op = op_of(name, b, t, h, vocabulary)

    def run():
        with autocast():
            y = op(*inputs)
        return y[0] if isinstance(y, tuple) else y

    dy = torch.randn_like(run())

    def step():
        y = run()
        y.backward(None if y.dim() == 0 else dy)
        for x in inputs:
            x.grad = None
        if isinstance(op, nn.Module):
            op.zero_grad()

    return step


def prepare(a):
    """A function that does one step of the work."""
    torch.manual_seed(0)
    batch, length, vocabulary = a["batch"], a["length"], a["vocabulary"]
    autocast = lambda: torch.autocast("cpu", torch.bfloat16, enabled=a["precision"] == "bf16")
    if a["work"] == "op":
        return prepare_op(a["op"], batch, length, a["width"], vocabulary, autocast)
    if a["work"] == "block":
        (kind, h, options), = a["path"]
        block = KINDS[kind](h, a["causal"], **options)
        run = torch.compile(block) if a["compiled"] else block
        x = torch.randn(batch, length, h, requires_grad=True)
        dy = torch.randn(batch, length, h)

        def step():
            with autocast():
                y = run(x)
                y = y[0] if isinstance(y, tuple) else y
            y.backward(dy.to(y.dtype))
            block.zero_grad()
            x.grad = None

        return step
    net = Net(a["path"], vocabulary, a["causal"])
    optimizer = torch.optim.AdamW(net.parameters(), fused=True)
    ids = torch.randint(5, vocabulary, (batch, length))
    chosen = torch.rand(batch, length) < 0.15
    masked, targets, labels = ids.masked_fill(chosen, 2), ids[chosen], torch.arange(batch) % 2
    places = chosen.flatten().nonzero().squeeze(1)

    def pretrain():
        x = net.features(masked)
        return F.cross_entropy(net.head(net.norm(x.flatten(0, 1)[places])), targets)

    global RATE
    RATE = 0.0 if a["work"] == "step" else 0.1

    def classify():
        x = net.features(ids)
        return F.cross_entropy(net.classifier(F.dropout(net.norm(x).mean(1), 0.1)), labels)

    loss_of = pretrain if a["work"] == "step" else classify
    if a["compiled"]:
        loss_of = torch.compile(loss_of)

    def step():
        with autocast():
            loss = loss_of()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()

    return step


def main():
    text, step = None, None
    for line in sys.stdin:
        try:
            if line != text:
                text, step = None, None
                work = json.loads(line)
                torch.set_num_threads(work["threads"])
                step = prepare(work)
                step()
                step()
                text = line
            step()
            start = time.perf_counter()
            step()
            seconds = time.perf_counter() - start
            # ru_maxrss is in KiB on Linux.
            reply = {"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
        print(json.dumps(reply), flush=True)


main()
