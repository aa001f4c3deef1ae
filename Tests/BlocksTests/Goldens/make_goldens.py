"""Writes the PyTorch goldens of this folder: block values, gradients and 20 training steps, in float64.

    pip install torch numpy && python make_goldens.py [NAME...]

One text file per block and direction. Line "shape KIND HIN HOUT CAUSAL KEY=VALUE...", "lengths ...", then one line per
array: its name and its numbers. Weights are named and shaped as in this project (a convolution is out x taps x in).
"""
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent


MLPS = ["none", "gelu", "gated", "swiglu", "dense"]


def mlp_form(kind, options):
    return MLPS[options["mlp"]] if "mlp" in options else "gelu" if kind == "transformer" else "none"


def is_rms(kind, options):
    return options["norm"] == 1 if "norm" in options else kind == "mamba"


def tensors(kind, h_in, h, options, causal):
    """All tensors in the order of the block: the mixing of tokens, then the MLP."""
    shapes = mixing(kind, h_in, h, options, causal)
    form, own = mlp_form(kind, options), kind == "transformer"
    start, norm = ("", "norm2") if own else ("mlp.", "mlp.norm")
    inner = options.get("inner", 4 * h if form == "gelu" else (h + 5) // 6 * 16)
    norms = {f"{norm}.weight": (h,), f"{norm}.bias": (h,)}
    if form == "gelu":
        shapes |= norms | {f"{start}inner.weight": (inner, h), f"{start}inner.bias": (inner,)}
        shapes |= {f"{start}outer.weight": (h, inner), f"{start}outer.bias": (h,)}
    elif form in ("gated", "swiglu"):
        shapes |= norms | {f"{start}inner.weight": (inner, h), f"{start}gate.weight": (inner, h)}
        shapes |= {f"{start}outer.weight": (h, inner)}
    elif form == "dense":
        shapes |= {f"{start}inner.weight": (h, h), f"{start}inner.bias": (h,)} | norms
    if is_rms(kind, options):
        shapes = {k: v for k, v in shapes.items() if not ("norm" in k and k.endswith("bias"))}
    return shapes


def normalize(kind, options, p, name, x):
    weight = p[f"{name}.weight"]
    if is_rms(kind, options):
        return F.rms_norm(x, weight.shape, weight, 1e-5)
    return F.layer_norm(x, weight.shape, weight, p[f"{name}.bias"])


def mixing(kind, h_in, h, options, causal):
    shapes = {}
    if h_in != h:
        shapes["projection.weight"] = (h, h_in)
    if kind == "cnn":
        shapes |= {"norm.weight": (h,), "norm.bias": (h,)}
        groups, kernel = options.get("groups", 1), options.get("kernel", 9)
        shapes |= {"convolution.weight": (kernel, h) if groups == h else (h, kernel, h // groups)}
        shapes |= {"convolution.bias": (h,)}
    elif kind == "lstm":
        directions, g = (1, h) if causal else (2, h // 2)
        shapes |= {"norm.weight": (h,), "norm.bias": (h,), "input.weight": (directions * 4 * g, h)}
        shapes |= {"input.bias": (directions * 4 * g,), "recurrent.weight": (directions * 4 * g, g)}
    elif kind == "hyena":
        units, depth = options.get("filter", 64), options.get("depth", 3)
        shapes |= {"norm.weight": (h,), "norm.bias": (h,), "inner.weight": (3 * h, h), "inner.bias": (3 * h,)}
        shapes |= {"short.weight": (options.get("short", 3), 3 * h), "short.bias": (3 * h,), "skip": (h,)}
        filters = h // options.get("groups", 1)
        for d in ["filter"] if causal else ["filter", "reversed"]:
            if options.get("form") == 1:
                parts = ["decay", "angle", "real", "imaginary"]
                shapes |= {f"{d}.{part}": (options.get("modes", 8), filters) for part in parts}
                continue
            for layer in range(depth):
                shapes |= {f"{d}.{layer}.weight": (units, units if layer else options.get("features", 5))}
                shapes |= {f"{d}.{layer}.bias": (units,)}
            shapes |= {f"{d}.frequency": (units,), f"{d}.output.weight": (filters, units)}
        shapes |= {"output.weight": (h, h), "output.bias": (h,)}
    elif kind == "mamba":
        e, n, rank = options.get("expand", 2) * h, options.get("state", 16), -(-h // 16)
        shapes |= {"norm.weight": (h,), "norm.bias": (h,), "inner.weight": (e, h), "gate.weight": (e, h)}
        for d in ["forward"] if causal else ["forward", "backward"]:
            shapes |= {f"{d}.convolution.weight": (options.get("conv", 4), e), f"{d}.convolution.bias": (e,)}
            shapes |= {f"{d}.projection.weight": (rank + 2 * n, e), f"{d}.step.weight": (e, rank)}
            shapes |= {f"{d}.step.bias": (e,), f"{d}.logA": (n, e), f"{d}.skip": (e,)}
        shapes |= {"output.weight": (h, e)}
    elif kind == "gated":
        if h_in != h:
            shapes["gate.projection.weight"] = (h, h_in)
        kernel, wide = options.get("kernel", 9), options.get("tail", 0) * h
        shapes |= {"norm.weight": (h,), "norm.bias": (h,)}
        shapes |= {"convolution.weight": (h, kernel, h), "convolution.bias": (h,)}
        shapes |= {"gate.norm.weight": (h,), "gate.norm.bias": (h,)}
        shapes |= {"gate.convolution.weight": (h, kernel, h), "gate.convolution.bias": (h,)}
        for number, (out, columns) in enumerate([(wide, h), (wide, wide), (wide, wide), (h, wide)] if wide else []):
            shapes |= {f"tail.{number}.weight": (out, columns), f"tail.{number}.bias": (out,)}
        for number, width in enumerate([wide, h] if wide else []):
            shapes |= {f"tail.norm{number + 1}.weight": (width,), f"tail.norm{number + 1}.bias": (width,)}
    elif kind == "transformer":
        shapes |= {"norm1.weight": (h,), "norm1.bias": (h,), "qkv.weight": (3 * h, h), "qkv.bias": (3 * h,)}
        shapes |= {"output.weight": (h, h), "output.bias": (h,)}
    return shapes


def rotate(x, options):  # heads x L x d, features i and i + d/2 are a pair
    half, base = x.shape[-1] // 2, options.get("rope", 10_000)
    if base == 0:
        return x
    frequency = float(base) ** (-torch.arange(half) / half)
    angle = torch.arange(x.shape[-2])[:, None] / options.get("stretch", 1) * frequency
    low, high = x[..., :half], x[..., half:]
    return torch.cat([low * angle.cos() - high * angle.sin(), high * angle.cos() + low * angle.sin()], -1)


def lstm(p, n, causal):  # PyTorch's module, with its second bias at zero
    h = n.shape[-1]
    directions, g = (1, h) if causal else (2, h // 2)
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    weights = {}
    for d in range(directions):
        part = slice(d * 4 * g, (d + 1) * 4 * g)
        values = [p["input.weight"][part], p["recurrent.weight"][part], p["input.bias"][part], torch.zeros(4 * g)]
        weights |= {name + ("_reverse" if d else ""): value for name, value in zip(names, values)}
    module = torch.nn.LSTM(h, g, bidirectional=not causal)
    return torch.func.functional_call(module, weights, (n,))[0]


def mamba(p, d, n, z):  # one direction, token after token (Gu and Dao 2023)
    taps, channels = p[f"{d}.convolution.weight"].shape
    states = p[f"{d}.logA"].shape[0]
    weight = p[f"{d}.convolution.weight"].T[:, None]
    u = F.conv1d(F.pad(n.T[None], (taps - 1, 0)), weight, p[f"{d}.convolution.bias"], groups=channels)[0].T
    u = F.silu(u)
    step, b, c = (u @ p[f"{d}.projection.weight"].T).split([p[f"{d}.step.weight"].shape[1], states, states], -1)
    delta = F.softplus(step @ p[f"{d}.step.weight"].T + p[f"{d}.step.bias"])
    a = -torch.exp(p[f"{d}.logA"].T)
    h = torch.zeros(channels, states)
    y = []
    for t in range(len(u)):
        h = torch.exp(delta[t, :, None] * a) * h + (delta[t] * u[t])[:, None] * b[t]
        y.append(h @ c[t] + p[f"{d}.skip"] * u[t])
    return torch.stack(y) * F.silu(z)


def modal_filter(p, d, lags, options):  # lags x h (Poli et al. 2023), by powers of complex poles
    poles = torch.polar(torch.exp(-F.softplus(p[f"{d}.decay"])), p[f"{d}.angle"])
    residues = torch.complex(p[f"{d}.real"], p[f"{d}.imaginary"])
    powers, values = torch.ones_like(poles), []
    for _ in range(lags):
        values.append((residues * powers).real.sum(0))
        powers = powers * poles
    return torch.stack(values).repeat_interleave(options.get("groups", 1), 1)


def implicit_filter(p, d, lags, options):  # lags x h (Nguyen et al. 2023)
    if options.get("form") == 1:
        return modal_filter(p, d, lags, options)
    length, depth, bands = options.get("length", 1024), options.get("depth", 3), (options.get("features", 5) - 1) // 2
    t = torch.arange(lags)[:, None] / length
    angle = 2 * math.pi * t * torch.linspace(1e-4, bands - 1, bands)
    z = torch.cat([t, angle.cos(), -angle.sin()], -1)
    for layer in range(depth):
        z = torch.sin(p[f"{d}.frequency"] * (z @ p[f"{d}.{layer}.weight"].T + p[f"{d}.{layer}.bias"]))
    z = (z @ p[f"{d}.output.weight"].T).repeat_interleave(options.get("groups", 1), 1)
    return z * torch.exp(-t * -torch.linspace(math.log(0.01) / 1.5, math.log(0.01) / 0.3, z.shape[1]))


def hyena(p, n, options, causal):
    L, h = n.shape
    taps = p["short.weight"].shape[0]
    left = taps - 1 if causal else (taps - 1) // 2
    u = (n @ p["inner.weight"].T + p["inner.bias"]).T[None]
    u = F.conv1d(F.pad(u, (left, taps - 1 - left)), p["short.weight"].T[:, None], p["short.bias"], groups=3 * h)
    x0, x1, v = u[0].T.split(h, -1)
    w = x1 * v

    def convolve(w, filter):  # by transforms of twice the length
        product = torch.fft.rfft(w, 2 * L, dim=0) * torch.fft.rfft(filter, 2 * L, dim=0)
        return torch.fft.irfft(product, 2 * L, dim=0)[:L]

    y = convolve(w, implicit_filter(p, "filter", L, options)) + p["skip"] * w
    if not causal:
        y = y + convolve(w.flip(0), implicit_filter(p, "reversed", L, options)).flip(0)
    return (x0 * y) @ p["output.weight"].T + p["output.bias"]


def convolve(x, weight, bias, options, causal, groups=1):  # L x h; weight in PyTorch's form, out x in / groups x taps
    dilation = options.get("dilation", 1)
    reach = (weight.shape[2] - 1) * dilation
    left = reach if causal else reach // 2
    return F.conv1d(F.pad(x.T[None], (left, reach - left)), weight, bias, dilation=dilation, groups=groups)[0].T


def attention(p, n, options, causal):
    h = n.shape[-1]
    heads = options.get("heads", h // min(64, h))
    q, k, v = (n @ p["qkv.weight"].T + p["qkv.bias"]).reshape(len(n), 3, heads, h // heads).permute(1, 2, 0, 3)
    scores = rotate(q, options) @ rotate(k, options).transpose(1, 2) / math.sqrt(h // heads)
    distance = torch.arange(len(n))[:, None] - torch.arange(len(n))
    hidden = distance.abs() > (options.get("window", 0) or len(n))
    if causal:
        hidden |= distance < 0
    y = scores.masked_fill(hidden, -math.inf).softmax(-1) @ v
    return y.permute(1, 0, 2).reshape(len(n), h) @ p["output.weight"].T + p["output.bias"]


def mixed(kind, p, n, gate, options, causal):  # what is added to the stream
    h = n.shape[-1]
    if kind == "cnn":
        groups = options.get("groups", 1)
        weight = p["convolution.weight"].T[:, None] if groups == h else p["convolution.weight"].permute(0, 2, 1)
        return F.gelu(convolve(n, weight, p["convolution.bias"], options, causal, groups))
    if kind == "hyena":
        return hyena(p, n, options, causal)
    if kind == "lstm":
        return lstm(p, n, causal)
    if kind == "transformer":
        return attention(p, n, options, causal)
    if kind == "mamba":
        inner, z = n @ p["inner.weight"].T, n @ p["gate.weight"].T
        y = mamba(p, "forward", inner, z)
        if not causal:
            y = y + mamba(p, "backward", inner.flip(0), z.flip(0)).flip(0)
        return y @ p["output.weight"].T
    if "gate.projection.weight" in p:
        gate = gate @ p["gate.projection.weight"].T
    r = normalize(kind, options, p, "gate.norm", gate)
    opening = torch.sigmoid(
        convolve(r, p["gate.convolution.weight"].permute(0, 2, 1), p["gate.convolution.bias"], options, causal))
    value = F.gelu(convolve(n, p["convolution.weight"].permute(0, 2, 1), p["convolution.bias"], options, causal))
    return value * opening


def tail(kind, p, x, options):  # ConvNova's last maps
    m = x
    for pair in range(2):
        m = F.gelu(m @ p[f"tail.{2 * pair}.weight"].T + p[f"tail.{2 * pair}.bias"])
        m = m @ p[f"tail.{2 * pair + 1}.weight"].T + p[f"tail.{2 * pair + 1}.bias"]
        m = normalize(kind, options, p, f"tail.norm{pair + 1}", m)
    return x + m


def mlp(kind, p, x, options):
    form, own = mlp_form(kind, options), kind == "transformer"
    start, name = ("", "norm2") if own else ("mlp.", "mlp.norm")
    if form == "none":
        return x
    if form == "dense":
        z = F.gelu(x @ p[f"{start}inner.weight"].T + p[f"{start}inner.bias"])
        return x + normalize(kind, options, p, name, z)
    n = normalize(kind, options, p, name, x)
    if form == "gelu":
        z = F.gelu(n @ p[f"{start}inner.weight"].T + p[f"{start}inner.bias"])
        return x + z @ p[f"{start}outer.weight"].T + p[f"{start}outer.bias"]
    active = F.silu if form == "swiglu" else F.gelu
    z = active(n @ p[f"{start}inner.weight"].T) * (n @ p[f"{start}gate.weight"].T)
    return x + z @ p[f"{start}outer.weight"].T


def block(kind, p, x, options, causal):  # one sequence, L x h_in
    gate = x
    if "projection.weight" in p:
        x = x @ p["projection.weight"].T
    if kind == "pool":
        parts = x.split(options.get("factor", 2))
        return torch.stack([part.max(0)[0] if options.get("form") == 1 else part.mean(0) for part in parts])
    n = normalize(kind, options, p, "norm1" if kind == "transformer" else "norm", x)
    x = x + mixed(kind, p, n, gate, options, causal)
    x = mlp(kind, p, x, options)
    return tail(kind, p, x, options) if options.get("tail") else x


def write(name, lines):
    text = "\n".join(
        key + " " + " ".join(v if isinstance(v, str) else f"{v:.9g}" for v in values) for key, values in lines)
    (here / f"{name}.txt").write_text(text + "\n")


def golden(name, kind, h_in, h, options, causal, seed, rate=1e-2):
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    torch.manual_seed(seed)
    lengths = [5, 1, 12]
    p = {}
    for key, shape in tensors(kind, h_in, h, options, causal).items():
        t = torch.randn(shape) / math.sqrt(shape[-1] if len(shape) < 3 else shape[1] * shape[2])
        if "norm" in key and key.endswith("weight"):
            t = 1 + 0.1 * torch.randn(shape)
        if key.endswith("frequency"):
            t = options.get("sine", 10) + torch.randn(shape)
        p[key] = t.float().double().requires_grad_()
    x = torch.randn(sum(lengths), h_in).float().double().requires_grad_()
    factor = options.get("factor", 2) if kind == "pool" else 1
    target = torch.randn(sum(-(-length // factor) for length in lengths), h).float().double()
    lines = [("shape", [kind, str(h_in), str(h), str(int(causal))] + [f"{k}={v}" for k, v in options.items()])]
    lines += [("lengths", [str(n) for n in lengths])]
    lines += [("x", x.flatten().tolist()), ("target", target.flatten().tolist())]
    lines += [(f"weights/{k}", v.flatten().tolist()) for k, v in p.items()]

    def run():
        return torch.cat([block(kind, p, part, options, causal) for part in x.split(lengths)])

    y = run()
    lines += [("y", y.flatten().tolist())]
    (y * target).sum().backward()
    lines += [("gradients/x", x.grad.flatten().tolist())]
    lines += [(f"gradients/{k}", v.grad.flatten().tolist()) for k, v in p.items()]

    # Twenty AdamW steps on the mean squared error, clipped at norm 1, decay on matrices only, and not on filters.
    decays = {k: k.endswith("weight") and "norm" not in k and not k.startswith(("filter", "reversed")) for k in p}
    matrices = [v for k, v in p.items() if decays[k]]
    rest = [v for k, v in p.items() if not decays[k]]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=rate)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = ((run() - target) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(matrices + rest, 1.0)
        optimizer.step()
    write(name, lines + [("rate", [rate]), ("losses", losses)])


golden("cnn", "cnn", 6, 8, {}, False, 1)
golden("cnn-causal", "cnn", 8, 8, {"kernel": 4, "dilation": 2}, True, 2)
golden("cnn-dilated", "cnn", 8, 8, {"kernel": 5, "dilation": 3}, False, 3)
golden("transformer", "transformer", 6, 8, {}, False, 4)
golden("transformer-causal", "transformer", 8, 8, {"heads": 2, "inner": 12}, True, 5)
golden("lstm", "lstm", 6, 8, {}, False, 6)
golden("lstm-causal", "lstm", 8, 8, {}, True, 7)
golden("mamba", "mamba", 6, 8, {}, False, 8)
golden("mamba-causal", "mamba", 18, 18, {"state": 3, "conv": 3, "expand": 1}, True, 9)
# Three layers of sines of frequency 10 multiply a difference by up to 10 each: at the rate of the others, a change of the
# weights' last bits makes PyTorch's own losses part within five steps.
golden("hyena", "hyena", 6, 8, {"filter": 12, "length": 128}, False, 10, rate=1e-3)
golden("hyena-causal", "hyena", 8, 8, {"filter": 16}, True, 11, rate=1e-3)
small = {"depth": 2, "features": 7, "filter": 9, "length": 8, "short": 5, "sine": 3}
golden("hyena-options", "hyena", 5, 6, small, False, 12)
golden("cnn-groups", "cnn", 8, 12, {"groups": 3, "kernel": 5}, False, 13)
golden("cnn-depthwise", "cnn", 8, 8, {"groups": 8, "dilation": 2, "kernel": 3}, True, 14)
golden("gated", "gated", 6, 8, {"kernel": 5}, False, 15)
golden("gated-causal", "gated", 8, 8, {"dilation": 2, "kernel": 4}, True, 16)
golden("gated-tail", "gated", 8, 8, {"kernel": 3, "mlp": 4, "norm": 1, "tail": 2}, False, 17)
golden("transformer-window", "transformer", 8, 8, {"heads": 2, "rope": 100, "stretch": 3, "window": 2}, False, 18)
golden("transformer-window-causal", "transformer", 8, 8, {"mlp": 3, "norm": 1, "window": 3}, True, 19)
golden("transformer-plain", "transformer", 8, 6, {"heads": 2, "mlp": 0, "rope": 0}, False, 20)
golden("transformer-dense", "transformer", 8, 8, {"heads": 2, "mlp": 4}, False, 21)
golden("cnn-swiglu", "cnn", 8, 6, {"kernel": 3, "mlp": 3, "norm": 1}, False, 22)
golden("lstm-gated-mlp", "lstm", 8, 6, {"inner": 10, "mlp": 2}, False, 23)
golden("mamba-layer-norm", "mamba", 8, 6, {"expand": 1, "mlp": 1, "norm": 0, "state": 3}, False, 24)
golden("hyena-modal", "hyena", 8, 6, {"form": 1, "groups": 2, "modes": 3}, False, 25, rate=1e-3)
golden("hyena-modal-causal", "hyena", 8, 8, {"form": 1, "mlp": 2, "modes": 2, "norm": 1}, True, 26, rate=1e-3)
golden("hyena-groups", "hyena", 6, 6, {"filter": 8, "groups": 3, "sine": 3}, False, 27, rate=1e-3)
golden("pool", "pool", 6, 8, {"factor": 3}, False, 28)
golden("pool-maximum", "pool", 6, 8, {"factor": 2, "form": 1}, False, 29)
