"""Writes the PyTorch goldens of this folder: block values, gradients and 20 training steps, in float64.

    pip install torch numpy && python make_goldens.py

One text file per block and direction. Line "shape KIND HIN HOUT CAUSAL KEY=VALUE...", "lengths ...", then one line per
array: its name and its numbers. Weights are named and shaped as in this project (a convolution is out x taps x in).
"""
import math
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent


def tensors(kind, h_in, h, options, causal):
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
        for d in ["filter"] if causal else ["filter", "reversed"]:
            for layer in range(depth):
                shapes |= {f"{d}.{layer}.weight": (units, units if layer else options.get("features", 5))}
                shapes |= {f"{d}.{layer}.bias": (units,)}
            shapes |= {f"{d}.frequency": (units,), f"{d}.output.weight": (h, units)}
        shapes |= {"output.weight": (h, h), "output.bias": (h,)}
    elif kind == "mamba":
        e, n, rank = options.get("expand", 2) * h, options.get("state", 16), -(-h // 16)
        shapes |= {"norm.weight": (h,), "inner.weight": (e, h), "gate.weight": (e, h)}
        for d in ["forward"] if causal else ["forward", "backward"]:
            shapes |= {f"{d}.convolution.weight": (options.get("conv", 4), e), f"{d}.convolution.bias": (e,)}
            shapes |= {f"{d}.projection.weight": (rank + 2 * n, e), f"{d}.step.weight": (e, rank)}
            shapes |= {f"{d}.step.bias": (e,), f"{d}.logA": (n, e), f"{d}.skip": (e,)}
        shapes |= {"output.weight": (h, e)}
    else:
        inner = options.get("inner", 4 * h)
        shapes |= {"norm1.weight": (h,), "norm1.bias": (h,), "qkv.weight": (3 * h, h), "qkv.bias": (3 * h,)}
        shapes |= {"output.weight": (h, h), "output.bias": (h,), "norm2.weight": (h,), "norm2.bias": (h,)}
        shapes |= {"inner.weight": (inner, h), "inner.bias": (inner,), "outer.weight": (h, inner), "outer.bias": (h,)}
    return shapes


def rotate(x):  # heads x L x d, features i and i + d/2 are a pair
    half = x.shape[-1] // 2
    frequency = 10_000 ** (-torch.arange(half) / half)
    angle = torch.arange(x.shape[-2])[:, None] * frequency
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


def implicit_filter(p, d, lags, options):  # lags x h (Nguyen et al. 2023)
    length, depth, bands = options.get("length", 1024), options.get("depth", 3), (options.get("features", 5) - 1) // 2
    t = torch.arange(lags)[:, None] / length
    angle = 2 * math.pi * t * torch.linspace(1e-4, bands - 1, bands)
    z = torch.cat([t, angle.cos(), -angle.sin()], -1)
    for layer in range(depth):
        z = torch.sin(p[f"{d}.frequency"] * (z @ p[f"{d}.{layer}.weight"].T + p[f"{d}.{layer}.bias"]))
    z = z @ p[f"{d}.output.weight"].T
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


def block(kind, p, x, options, causal):  # one sequence, L x h_in
    if "projection.weight" in p:
        x = x @ p["projection.weight"].T
    h = x.shape[-1]
    if kind == "cnn":
        n = F.layer_norm(x, (h,), p["norm.weight"], p["norm.bias"])
        dilation = options.get("dilation", 1)
        groups = options.get("groups", 1)
        # PyTorch's form: out x in / groups x taps.
        weight = p["convolution.weight"].T[:, None] if groups == h else p["convolution.weight"].permute(0, 2, 1)
        reach = (weight.shape[2] - 1) * dilation
        left = reach if causal else reach // 2
        n = F.pad(n.T[None], (left, reach - left))
        z = F.conv1d(n, weight, p["convolution.bias"], dilation=dilation, groups=groups)
        return x + F.gelu(z[0].T)
    if kind == "hyena":
        return x + hyena(p, F.layer_norm(x, (h,), p["norm.weight"], p["norm.bias"]), options, causal)
    if kind == "lstm":
        return x + lstm(p, F.layer_norm(x, (h,), p["norm.weight"], p["norm.bias"]), causal)
    if kind == "mamba":
        n = F.rms_norm(x, (h,), p["norm.weight"], 1e-5)
        inner, z = n @ p["inner.weight"].T, n @ p["gate.weight"].T
        y = mamba(p, "forward", inner, z)
        if not causal:
            y = y + mamba(p, "backward", inner.flip(0), z.flip(0)).flip(0)
        return x + y @ p["output.weight"].T
    heads = options.get("heads", h // min(64, h))
    n = F.layer_norm(x, (h,), p["norm1.weight"], p["norm1.bias"])
    q, k, v = (n @ p["qkv.weight"].T + p["qkv.bias"]).reshape(len(x), 3, heads, h // heads).permute(1, 2, 0, 3)
    y = F.scaled_dot_product_attention(rotate(q)[None], rotate(k)[None], v[None], is_causal=causal)[0]
    x = x + y.permute(1, 0, 2).reshape(len(x), h) @ p["output.weight"].T + p["output.bias"]
    n = F.layer_norm(x, (h,), p["norm2.weight"], p["norm2.bias"])
    return x + F.gelu(n @ p["inner.weight"].T + p["inner.bias"]) @ p["outer.weight"].T + p["outer.bias"]


def write(name, lines):
    text = "\n".join(
        key + " " + " ".join(v if isinstance(v, str) else f"{v:.9g}" for v in values) for key, values in lines)
    (here / f"{name}.txt").write_text(text + "\n")


def golden(name, kind, h_in, h, options, causal, seed, rate=1e-2):
    torch.manual_seed(seed)
    lengths = [5, 1, 12]
    p = {}
    for key, shape in tensors(kind, h_in, h, options, causal).items():
        t = torch.randn(shape) / math.sqrt(shape[-1] if len(shape) < 3 else shape[1] * shape[2])
        if key.startswith("norm") and key.endswith("weight"):
            t = 1 + 0.1 * torch.randn(shape)
        if key.endswith("frequency"):
            t = options.get("sine", 10) + torch.randn(shape)
        p[key] = t.float().double().requires_grad_()
    x = torch.randn(sum(lengths), h_in).float().double().requires_grad_()
    target = torch.randn(sum(lengths), h).float().double()
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
    decays = {k: k.endswith("weight") and not k.startswith(("norm", "filter", "reversed")) for k in p}
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
