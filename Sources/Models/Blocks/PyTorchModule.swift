/// The Python source that a folder of exported weights comes with: plain PyTorch, no other package. It holds the blocks
/// that the model uses and names tensors as the safetensors file does.
package enum PyTorchModule {
  /// The module's text for a model of these kinds of block.
  package static func text(_ kinds: Set<BlockKind>) -> String {
    let used = BlockKind.all.filter(kinds.contains)
    let blocks = used.map(\.pyTorch).joined(separator: "\n\n")
    let table = used.map { "\"\($0)\": \($0)" }
    return head + "\n\n" + blocks + "\n\nKINDS = {\(table.joined(separator: ", "))}\n\n" + tail
  }

  private static let head = #"""
    """A model trained by bioarc, in plain PyTorch.

        model = load("this folder")
        logits = model(ids)                 # ids: B x L token ids, all of one length -> B x L x vocabulary
        features = model.features(ids)      # B x L x width, what a head of your own would read

    A model of a task gives B x outputs instead, or B x L x outputs where labels are of tokens. A row of ids is a
    sequence; of pairs ("paired" in config.json) two rows are an example, and where "strands" is 2 the tokens of the
    other strand follow behind every example, in rows of their own. Outputs are logits, or a standardised value.

    L is at most "position_count" of config.json, where there is one. Weights that were trained on sums over strands
    give the scores of one: add those of the other strand at the same letters, its columns turned.
    """
    import json
    import math
    import os

    import torch
    import torch.nn as nn
    import torch.nn.functional as F


    def layer_norm(x, p, name):
        return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"])


    def norm(x, p, name, o):
        if o["norm"] == "rms":
            return x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt() * p[name + ".weight"]
        return layer_norm(x, p, name)


    def mlp(x, p, o):
        form, start = o.get("mlp", "none"), "" if "norm1.weight" in p else "mlp."
        if form == "none":
            return x
        name = start + "norm" if start else "norm2"
        if form == "dense":
            return x + norm(F.gelu(linear(x, p, start + "inner")), p, name, o)
        n = norm(x, p, name, o)
        if form == "gelu":
            return x + linear(F.gelu(linear(n, p, start + "inner")), p, start + "outer")
        active = F.silu if form == "swiglu" else F.gelu
        return x + linear(active(linear(n, p, start + "inner")) * linear(n, p, start + "gate"), p, start + "outer")


    def tail(x, p, o):
        if not o.get("tail"):
            return x
        m = x
        for pair in range(2):
            m = linear(F.gelu(linear(m, p, f"tail.{2 * pair}")), p, f"tail.{2 * pair + 1}")
            m = norm(m, p, f"tail.norm{pair + 1}", o)
        return x + m


    def linear(x, p, name):
        return F.linear(x, p[name + ".weight"], p.get(name + ".bias"))


    def sinusoids(length, width):
        half = (width + 1) // 2
        rates = torch.exp(-math.log(10000.0) / half * torch.arange(half, dtype=torch.float64))
        angles = torch.arange(length, dtype=torch.float64)[:, None] * rates
        return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(length, -1)[:, :width]


    def depthwise(x, weight, bias, causal):
        taps, width = weight.shape
        left = taps - 1 if causal else (taps - 1) // 2
        x = F.pad(x.transpose(1, 2), (left, taps - 1 - left))
        return F.conv1d(x, weight.t()[:, None], bias, groups=width).transpose(1, 2)

    """#

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

        def embedded(self, ids, part):
            table = self.tensors[part + "embedding/weight"]
            if self.config["stem"] == 1:
                return F.embedding(ids, table)
            taps = table.shape[1]
            left = taps - 1 if self.config["causal"] else (taps - 1) // 2
            rows = F.pad(F.embedding(ids, table.flatten(1)).unflatten(-1, table.shape[1:]),
                         (0, 0, 0, 0, left, taps - 1 - left))
            x = sum(rows[:, tap:tap + ids.shape[1], tap] for tap in range(taps))
            return F.gelu(x + self.tensors[part + "embedding/bias"])

        def features(self, ids):
            """B x L x width; of a model that pools, as many rows as are left."""
            return self.encoded(ids)[0]

        def encoded(self, ids):
            x = self.embedded(ids, "")
            has_gate = "gate/embedding/weight" in self.tensors
            state = {"gate": self.embedded(ids, "gate/") if has_gate else None, "stride": 1}
            if self.config["positions"] == "learned":
                x = x + self.tensors["positions/weight"][:ids.shape[1]]
            if self.config["positions"] == "sinusoidal":
                x = x + sinusoids(ids.shape[1], x.shape[2]).to(x)
            for number, block in enumerate(self.config["blocks"]):
                p = self.part(f"blocks.{number}")
                if "projection.weight" in p:
                    x = F.linear(x, p["projection.weight"])
                o = {**block["options"], "causal": self.config["causal"], "state": state}
                if block["module"] == "pool":
                    x = pool(x, p, o)
                    continue
                first = "norm1" if "norm1.weight" in p else "norm"
                x = tail(mlp(x + KINDS[block["module"]](norm(x, p, first, o), p, o), p, o), p, o)
            stride = state["stride"]
            return layer_norm(x, {"n." + name: value for name, value in self.part("norm").items()}, "n"), stride

        def pooled(self, x, head):
            if head["pooling"] == "mean":
                x = x.mean(1)
            elif head["pooling"] == "max":
                x = x.amax(1)
            elif head["pooling"] == "mean+max":
                x = torch.cat([x.mean(1), x.amax(1)], 1)
            elif head["pooling"] == "last":
                x = x[:, -1]
            elif head["pooling"] == "flat":
                x = F.pad(x, (0, 0, 0, head["length"] - x.shape[1])).flatten(1)
            else:
                weights = F.linear(x, self.tensors["queries/weight"]).softmax(1)
                x = torch.einsum("blq,blc->bqc", weights, x).flatten(1)
            if head["paired"]:
                u, v = x[0::2], x[1::2]
                x = torch.cat([u, v, (u - v).abs(), u * v], 1)
            return x if head["strands"] == 1 else (x[0::2] + x[1::2]) / 2

        def forward(self, ids):
            if "head/weight" not in self.tensors:
                raise ValueError("these weights name no tokens (they were trained by cl or mae): use features(ids)")
            head = self.config["head"]
            if head and not head["by_token"]:
                return F.linear(
                    self.pooled(self.features(ids), head), self.tensors["head/weight"], self.tensors["head/bias"])
            x, stride = self.encoded(ids)
            x = x.repeat_interleave(stride, 1)[:, :ids.shape[1]]
            return F.linear(x, self.tensors["head/weight"], self.tensors["head/bias"])


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
