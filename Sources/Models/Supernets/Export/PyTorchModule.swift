import Layers

/// The Python source that a folder of exported weights comes with: plain PyTorch, no other package. It holds the blocks
/// that the model uses and names tensors as the safetensors file does.
enum PyTorchModule {
  /// The module's text for a model of these kinds of block.
  static func text(_ kinds: Set<BlockKind>) -> String {
    let blocks = BlockKind.allCases.filter(kinds.contains).map(source).joined(separator: "\n\n")
    let table = BlockKind.allCases.filter(kinds.contains).map { "\"\($0.rawValue)\": \($0.rawValue)" }
    return head + "\n\n" + blocks + "\n\nKINDS = {\(table.joined(separator: ", "))}\n\n" + tail
  }

  private static func source(_ kind: BlockKind) -> String {
    switch kind {
    case .cnn: cnn
    case .lstm: lstm
    case .transformer: transformer
    case .mamba: mamba
    case .hyena: hyena
    }
  }

  private static let head = #"""
    """A model trained by bioarc, in plain PyTorch.

        model = load("this folder")
        logits = model(ids)                 # ids: B x L token ids, all of one length -> B x L x vocabulary
        features = model.features(ids)      # B x L x width, what a head of your own would read
    """
    import json
    import math
    import os

    import torch
    import torch.nn as nn
    import torch.nn.functional as F


    def layer_norm(x, p, name):
        return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"])


    def linear(x, p, name):
        return F.linear(x, p[name + ".weight"], p.get(name + ".bias"))


    def depthwise(x, weight, bias, causal):
        taps, width = weight.shape
        left = taps - 1 if causal else (taps - 1) // 2
        x = F.pad(x.transpose(1, 2), (left, taps - 1 - left))
        return F.conv1d(x, weight.t()[:, None], bias, groups=width).transpose(1, 2)

    """#

  private static let cnn = """
    def cnn(x, p, o):
        y, weight = layer_norm(x, p, "norm").transpose(1, 2), p["convolution.weight"]
        reach = (o["kernel"] - 1) * o["dilation"]
        left = reach if o["causal"] else reach // 2
        if weight.dim() == 2:
            weight = weight.t()[:, None]
        else:
            weight = weight.transpose(1, 2)
        z = F.conv1d(F.pad(y, (left, reach - left)), weight, p["convolution.bias"], dilation=o["dilation"],
                     groups=o["groups"])
        return x + F.gelu(z.transpose(1, 2))


    """

  private static let lstm = """
    def lstm(x, p, o):
        gates, weight = linear(layer_norm(x, p, "norm"), p, "input"), p["recurrent.weight"]
        units, outputs = weight.shape[1], []
        for direction in range(1 if o["causal"] else 2):
            g = gates[..., direction * 4 * units:(direction + 1) * 4 * units]
            w = weight[direction * 4 * units:(direction + 1) * 4 * units]
            h, c, steps = x.new_zeros(x.shape[0], units), x.new_zeros(x.shape[0], units), [None] * x.shape[1]
            for t in range(x.shape[1])[::-1 if direction else 1]:
                i, f, a, q = (g[:, t] + h @ w.t()).chunk(4, 1)
                c = f.sigmoid() * c + i.sigmoid() * a.tanh()
                h = q.sigmoid() * c.tanh()
                steps[t] = h
            outputs.append(torch.stack(steps, 1))
        return x + torch.cat(outputs, -1)


    """

  private static let transformer = """
    def transformer(x, p, o):
        (b, t, h), heads = x.shape, o["heads"]
        qkv = linear(layer_norm(x, p, "norm1"), p, "qkv")
        q, k, v = qkv.view(b, t, 3, heads, h // heads).permute(2, 0, 3, 1, 4)
        half = h // heads // 2
        angle = torch.arange(t)[:, None] * 10_000.0 ** (-torch.arange(half) / half)
        cosine, sine = angle.cos().to(x), angle.sin().to(x)

        def rotate(z):
            low, high = z[..., :half], z[..., half:]
            return torch.cat([low * cosine - high * sine, high * cosine + low * sine], -1)

        y = F.scaled_dot_product_attention(rotate(q), rotate(k), v, is_causal=o["causal"])
        x = x + linear(y.transpose(1, 2).reshape(b, t, h), p, "output")
        return x + linear(F.gelu(linear(layer_norm(x, p, "norm2"), p, "inner")), p, "outer")


    """

  private static let mamba = """
    def mamba(x, p, o):
        normal = x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt() * p["norm.weight"]
        inner, gate, total = linear(normal, p, "inner"), linear(normal, p, "gate"), 0
        for name in ("forward",) if o["causal"] else ("forward", "backward"):
            u = inner if name == "forward" else inner.flip(1)
            u = F.silu(depthwise(u, p[name + ".convolution.weight"], p[name + ".convolution.bias"], True))
            states = p[name + ".logA"].shape[0]
            rank = p[name + ".step.weight"].shape[1]
            dt, b, c = linear(u, p, name + ".projection").split([rank, states, states], -1)
            dt = F.softplus(linear(dt, p, name + ".step"))
            a, h, steps = -torch.exp(p[name + ".logA"].t()), 0, []
            for t in range(u.shape[1]):
                h = torch.exp(dt[:, t, :, None] * a) * h + (dt[:, t] * u[:, t])[..., None] * b[:, t, None]
                steps.append((h * c[:, t, None]).sum(-1))
            y = torch.stack(steps, 1) + p[name + ".skip"] * u
            total = total + (y if name == "forward" else y.flip(1))
        return x + linear(total * F.silu(gate), p, "output")


    """

  private static let hyena = """
    def hyena(x, p, o):
        h, length = x.shape[-1], x.shape[1]
        u = linear(layer_norm(x, p, "norm"), p, "inner")
        x0, x1, v = depthwise(u, p["short.weight"], p["short.bias"], o["causal"]).chunk(3, -1)
        n, bands = torch.arange(length, dtype=torch.float64)[:, None], (o["features"] - 1) // 2
        t = n / o["length"]
        phase = 2 * math.pi * torch.linspace(1e-4, max(bands - 1, 1e-4), bands, dtype=torch.float64) * t
        z0 = torch.cat([t, phase.cos(), -phase.sin()], 1).to(x)
        window = torch.linspace(-math.log(0.01) / 1.5, -math.log(0.01) / 0.3, h, dtype=torch.float64)

        def spectrum(name):
            z = z0
            for layer in range(o["depth"]):
                z = torch.sin(p[name + ".frequency"] * linear(z, p, f"{name}.{layer}"))
            lags = linear(z, p, name + ".output") * torch.exp(-t * window).to(x)
            return torch.fft.rfft(lags, n=2 * length, dim=0)

        s = spectrum("filter") if o["causal"] else spectrum("filter") + spectrum("reversed").conj()
        v = x1 * v
        y = torch.fft.irfft(torch.fft.rfft(v, n=2 * length, dim=1) * s, n=2 * length, dim=1)[:, :length]
        return x + linear(x0 * (y + p["skip"] * v), p, "output")


    """

  private static let tail = #"""

    class Model(nn.Module):
        def __init__(self, config, tensors):
            super().__init__()
            self.config = config
            # Names keep their dots; ParameterDict does not allow them.
            self.tensors = nn.ParameterDict({name.replace(".", "/"): value for name, value in tensors.items()})

        def part(self, prefix):
            start = prefix.replace(".", "/") + "/"
            return {name[len(start):].replace("/", "."): value for name, value in self.tensors.items()
                    if name.startswith(start)}

        def features(self, ids):
            x = F.embedding(ids, self.tensors["embedding/weight"])
            for number, block in enumerate(self.config["blocks"]):
                p = self.part(f"blocks.{number}")
                if "projection.weight" in p:
                    x = F.linear(x, p["projection.weight"])
                x = KINDS[block["module"]](x, p, {**block["options"], "causal": self.config["causal"]})
            return layer_norm(x, {"n." + name: value for name, value in self.part("norm").items()}, "n")

        def forward(self, ids):
            if "head/weight" not in self.tensors:
                raise ValueError("these weights were trained by contrast and name no tokens: use features(ids)")
            return F.linear(self.features(ids), self.tensors["head/weight"], self.tensors["head/bias"])


    def read(path):
        """The tensors of a safetensors file of 32-bit floats."""
        with open(path, "rb") as file:
            data = file.read()
        size = int.from_bytes(data[:8], "little")
        header, body, tensors = json.loads(data[8:8 + size]), bytearray(data[8 + size:]), {}
        for name, entry in header.items():
            if name != "__metadata__":
                first, end = entry["data_offsets"]
                flat = torch.frombuffer(body, dtype=torch.float32, count=(end - first) // 4, offset=first)
                tensors[name] = flat.reshape(entry["shape"]).clone()
        return tensors


    def load(folder=None):
        folder = folder or os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(folder, "config.json")) as file:
            config = json.load(file)
        return Model(config, read(os.path.join(folder, "model.safetensors"))).eval()

    """#
}
