"""Writes the PyTorch goldens of objectives and schedules to this folder, in float64.

    pip install torch && python make_objective_goldens.py

Lines of the file: a name and its numbers. Every golden of a contrast holds 2B vectors, those of a pair in a row.
"""
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent


def write(name, lines):
    text = "\n".join(key + " " + " ".join(f"{v:.9g}" for v in values) for key, values in lines)
    (here / f"{name}.txt").write_text(text + "\n")


def contrast(name, views, features, temperature, seed):
    torch.manual_seed(seed)
    z = torch.randn(views, features).float().double().requires_grad_()
    u = F.normalize(z, dim=1)
    scores = (u @ u.T / temperature).masked_fill(torch.eye(views, dtype=torch.bool), -torch.inf)
    loss = F.cross_entropy(scores, torch.arange(views) ^ 1)
    loss.backward()
    write(name, [
        ("views", [views]), ("temperature", [temperature]), ("z", z.flatten().tolist()), ("loss", [loss.item()]),
        ("gradient", z.grad.flatten().tolist()),
    ])


contrast("infonce", 10, 7, 0.1, 1)
contrast("infonce-warm", 16, 3, 2.0, 2)

# A fall along half a cosine, by PyTorch's scheduler: 0.001 to 0.0001 in 20 steps.
parameter = torch.nn.Parameter(torch.zeros(1))
optimizer = torch.optim.SGD([parameter], lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20, eta_min=1e-4)
rates = []
for _ in range(21):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    scheduler.step()
write("cosine", [("rates", rates)])
