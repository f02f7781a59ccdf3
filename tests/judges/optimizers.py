#!/usr/bin/env python3
"""Takes the steps of an optimizer and a schedule in PyTorch, in float64, beside Telar's.

  optimizers.py "FILE NAME=VALUE..."...

Each FILE is a safetensors file: the batch "x" and "y", Telar's learning rate of each step, "rate", and
the parameters before the first step and after each, "kernel1.0", "kernel1.1", … NAME=VALUE are the
training settings. No parameter may differ by more than 1e-9 of the largest of its tensor, and no rate by more than
1e-12. What torch.optim lacks, Lion and LAMB, is written here from the papers.
"""

import sys

import torch
from tensors import read_safetensors
from torch.optim import lr_scheduler

PARAMETERS = ("kernel1", "bias1", "kernel2", "bias2")
PER_EPOCH = 5  # steps
DEFAULTS = {
    "optimizer": "sgd", "schedule": "constant", "learning_rate": "0.001", "momentum": "0.9",
    "nesterov": "false", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", "weight_decay": "0",
    "rho": "0.9", "centred": "false", "clip_value": "0", "clip_norm": "0", "gamma": "0.1",
    "step_epochs": "10", "milestones": "30,60,90", "power": "1", "restart_factor": "1",
    "history": "10", "plateau_epochs": "10", "end_factor": "0", "min_delta": "0", "warm_up": "0",
    "line_search": "none",
}


class Lion(torch.optim.Optimizer):
    """Chen et al.: "Symbolic discovery of optimization algorithms", 2023, algorithm 2."""

    def __init__(self, groups, betas):
        super().__init__(groups, {"lr": 0.0, "betas": betas, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self, closure):
        loss = torch.enable_grad()(closure)()
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                c = beta1 * m + (1 - beta1) * p.grad
                p -= group["lr"] * (c.sign() + group["weight_decay"] * p)
                self.state[p]["m"] = beta2 * m + (1 - beta2) * p.grad
        return loss


class Lamb(torch.optim.Optimizer):
    """You et al.: "Large batch optimization for deep learning", 2020, algorithm 2, phi the identity."""

    def __init__(self, groups, betas, eps):
        super().__init__(groups, {"lr": 0.0, "betas": betas, "eps": eps, "weight_decay": 0.0})

    @torch.no_grad()
    def step(self, closure):
        loss = torch.enable_grad()(closure)()
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for p in group["params"]:
                state = self.state[p]
                t = state["t"] = state.get("t", 0) + 1
                m = state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * p.grad
                v = state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * p.grad**2
                r = (m / (1 - beta1**t)) / ((v / (1 - beta2**t)).sqrt() + group["eps"])
                u = r + group["weight_decay"] * p
                of_p, of_u = p.norm().item(), u.norm().item()
                ratio = of_p / of_u if of_p > 0 and of_u > 0 else 1.0
                p -= group["lr"] * ratio * u
        return loss


def make_optimizer(s, groups):
    number = lambda name: float(s[name])
    truth = lambda name: s[name] == "true"
    betas, eps = (number("beta1"), number("beta2")), number("epsilon")
    adam = {"betas": betas, "eps": eps}
    return {
        "sgd": lambda: torch.optim.SGD(groups, momentum=number("momentum"), nesterov=truth("nesterov")),
        "adam": lambda: torch.optim.Adam(groups, **adam),
        "adamw": lambda: torch.optim.AdamW(groups, **adam),
        "amsgrad": lambda: torch.optim.Adam(groups, amsgrad=True, **adam),
        "nadam": lambda: torch.optim.NAdam(groups, **adam),
        "radam": lambda: torch.optim.RAdam(groups, **adam),
        "rmsprop": lambda: torch.optim.RMSprop(
            groups, alpha=number("rho"), eps=eps, momentum=number("momentum"), centered=truth("centred")
        ),
        "adagrad": lambda: torch.optim.Adagrad(groups, eps=eps),
        "adadelta": lambda: torch.optim.Adadelta(groups, rho=number("rho"), eps=eps),
        "lion": lambda: Lion(groups, betas),
        "lamb": lambda: Lamb(groups, betas, eps),
        "lbfgs": lambda: torch.optim.LBFGS(
            [p for group in groups for p in group["params"]], max_iter=1, max_eval=26, tolerance_grad=0,
            tolerance_change=0, history_size=int(s["history"]),
            line_search_fn=None if s["line_search"] == "none" else "strong_wolfe"),
    }[s["optimizer"]]()


def make_schedule(s, optimizer, steps):
    """The scheduler, and how many steps it goes on after; 0: never."""
    rate, end, gamma = float(s["learning_rate"]), float(s["end_factor"]), float(s["gamma"])
    name, epochs = s["schedule"], int(s["step_epochs"])
    if int(s["warm_up"]) > 0:
        assert name == "constant"
        warm_up = int(s["warm_up"])
        return lr_scheduler.LinearLR(optimizer, 1 / warm_up, 1, warm_up - 1), 1
    milestones = [int(word) for word in s["milestones"].split(",")]
    return {
        "constant": lambda: (None, 0),
        "step": lambda: (lr_scheduler.StepLR(optimizer, epochs, gamma), PER_EPOCH),
        "multi-step": lambda: (lr_scheduler.MultiStepLR(optimizer, milestones, gamma), PER_EPOCH),
        "exponential": lambda: (lr_scheduler.ExponentialLR(optimizer, gamma), PER_EPOCH),
        "linear": lambda: (lr_scheduler.LinearLR(optimizer, 1, end, steps), 1),
        "polynomial": lambda: (lr_scheduler.PolynomialLR(optimizer, steps, float(s["power"])), 1),
        "cosine": lambda: (lr_scheduler.CosineAnnealingLR(optimizer, steps, rate * end), 1),
        "cosine-restarts": lambda: (
            lr_scheduler.CosineAnnealingWarmRestarts(
                optimizer, epochs * PER_EPOCH, int(s["restart_factor"]), rate * end
            ),
            1,
        ),
        "one-cycle": lambda: (lr_scheduler.OneCycleLR(optimizer, rate, steps, cycle_momentum=False), 1),
        "plateau": lambda: (
            lr_scheduler.ReduceLROnPlateau(
                optimizer, factor=gamma, patience=int(s["plateau_epochs"]), min_lr=rate * end,
                threshold=float(s["min_delta"]), threshold_mode="abs",
            ),
            PER_EPOCH,
        ),
    }[name]()


def judge(path, *settings):
    s = DEFAULTS | dict(setting.split("=") for setting in settings)
    run = {name: torch.from_numpy(array.copy()) for name, array in read_safetensors(path).items()}
    rates, decay, together = run["rate"], float(s["weight_decay"]), s["optimizer"] == "lbfgs"
    # As the network has them: factors of the learning rate, and of the decay, which is the kernels'.
    factors = ((1, 1), (2, 0), (0.5, 2), (1, 0))
    # L-BFGS has one rate for all: there a factor is the square of a parameter's unit of length, and
    # the decay part of the loss.
    units = [factor**0.5 if together else 1 for factor, _ in factors]
    parameters = [(run[f"{name}.0"] / unit).requires_grad_() for name, unit in zip(PARAMETERS, units)]
    groups = [{"params": [p], "lr": 0.0, "weight_decay": factor * decay}
              for p, (_, factor) in zip(parameters, factors)]
    optimizer = make_optimizer(s, groups)
    clock = torch.optim.SGD([torch.zeros(1, requires_grad=True)], float(s["learning_rate"]))
    scheduler, every = make_schedule(s, clock, len(rates))
    clip_value, clip_norm = float(s["clip_value"]), float(s["clip_norm"])
    worst = worst_rate = 0.0
    for step, rate in enumerate(rates.tolist()):
        now = clock.param_groups[0]["lr"]
        worst_rate = max(worst_rate, abs(now - rate) / float(s["learning_rate"]))
        for group, (factor, _) in zip(optimizer.param_groups, factors):
            group["lr"] = now if together else factor * now

        def closure():
            optimizer.zero_grad()
            kernel1, bias1, kernel2, bias2 = (p * unit for p, unit in zip(parameters, units))
            y = torch.tanh(run["x"] @ kernel1 + bias1) @ kernel2 + bias2
            loss = ((y - run["y"]) ** 2).mean()
            penalty = decay * (kernel1**2).sum() / 2 + 2 * decay * (kernel2**2).sum() / 2
            loss = loss + penalty if together else loss
            loss.backward()
            if clip_value > 0:
                torch.nn.utils.clip_grad_value_(parameters, clip_value)
            if clip_norm > 0:
                torch.nn.utils.clip_grad_norm_(parameters, clip_norm)
            return loss

        loss = optimizer.step(closure)
        clock.step()
        if every and (step + 1) % every == 0:
            scheduler.step(*([loss.item()] if s["schedule"] == "plateau" else []))
        for name, p, unit in zip(PARAMETERS, parameters, units):
            theirs, ours = p * unit, run[f"{name}.{step + 1}"]
            worst = max(worst, ((ours - theirs).abs().max() / theirs.abs().max()).item())
    good = worst <= 1e-9 and worst_rate <= 1e-12
    print(
        f"{'' if good else 'FAILED '}{' '.join(settings)}: {len(rates)} steps, loss {loss.item():.3g}, rate {rates[-1]:.3g}; "
        f"largest differences: parameters {worst:.1e}, rates {worst_rate:.1e}"
    )
    return good


def main(*cases):
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)  # for the scalars that optimizers keep
    return 0 if all([judge(*case.split()) for case in cases]) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
