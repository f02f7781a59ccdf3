#!/usr/bin/env python3
"""PyTorch judges value and slopes of every example of every loss in the registry, and of what
regularisers add to the loss. Prints TAP.

  losses.py LOSSES     LOSSES prints what Telar says, a line of JSON for each example
"""

import json
import math
import subprocess
import sys

import torch
from torch.nn import functional as F

TOLERANCE = 1e-5
LOSSES = {}


def loss(function):
    """Enters a function from the parameters and the tensors at the ports to the loss."""
    LOSSES[function.__name__] = function
    return function


# --- quantities -----------------------------------------------------------------------------------

def like(targets, predictions):
    return targets.reshape(predictions.shape).to(predictions.dtype)


@loss
def mse(_, predictions, targets):
    return F.mse_loss(predictions, like(targets, predictions))


@loss
def mae(_, predictions, targets):
    return F.l1_loss(predictions, like(targets, predictions))


@loss
def huber(p, predictions, targets):
    return F.huber_loss(predictions, like(targets, predictions), delta=p["delta"])


@loss
def smooth_l1(p, predictions, targets):
    return F.smooth_l1_loss(predictions, like(targets, predictions), beta=p["beta"])


@loss
def log_cosh(_, predictions, targets):
    return torch.log(torch.cosh(predictions - like(targets, predictions))).mean()


@loss
def poisson_nll(p, predictions, targets):
    return F.poisson_nll_loss(predictions, targets, log_input=p["log_input"], full=p["full"],
                              eps=p["epsilon"])


@loss
def gaussian_nll(p, predictions, targets, variances):
    return F.gaussian_nll_loss(predictions, like(targets, predictions),
                               like(variances, predictions), full=p["full"], eps=p["epsilon"])


# --- classes --------------------------------------------------------------------------------------

def rows(p, scores, labels):
    """A row of scores for each label that is kept, the labels, and the classes' weights or None."""
    scores = scores.movedim(p["axis"], -1)
    scores, labels = scores.reshape(-1, scores.shape[-1]), labels.reshape(-1)
    kept = labels != p["ignore_index"]
    weights = p["class_weights"]
    return scores[kept], labels[kept], torch.tensor(weights).double() if weights else None


@loss
def cross_entropy(p, logits, labels):
    labels = labels.reshape(logits.shape[:-1]) if p["axis"] == -1 else labels
    weights = p["class_weights"]
    return F.cross_entropy(logits.movedim(p["axis"], 1), labels,
                           torch.tensor(weights).double() if weights else None,
                           ignore_index=p["ignore_index"], label_smoothing=p["label_smoothing"])


@loss
def nll(p, logs, labels):
    logs, labels, weights = rows(p, logs, labels)
    return F.nll_loss(logs, labels, weights)


@loss
def focal(p, logits, labels):
    logits, labels, weights = rows(p, logits, labels)
    surprise = F.cross_entropy(logits, labels, weights, reduction="none")
    chance = logits.softmax(-1).gather(1, labels[:, None])[:, 0]
    return ((1 - chance) ** p["gamma"] * surprise).mean()


@loss
def categorical_hinge(p, logits, labels):
    logits, labels, weights = rows(p, logits, labels)
    if p["rivals"] == "all":
        return F.multi_margin_loss(logits, labels, p=p["power"], margin=p["margin"],
                                   weight=weights)
    right = F.one_hot(labels, logits.shape[-1])
    best = torch.where(right == 1, -math.inf, logits).amax(-1)
    return (best - (right * logits).sum(-1) + p["margin"]).clamp(min=0).pow(p["power"]).mean()


@loss
def kl_divergence(_, logits, targets):
    return F.kl_div(logits.log_softmax(-1), targets, reduction="batchmean")


# --- yes or no ------------------------------------------------------------------------------------

@loss
def binary_cross_entropy(p, logits, labels):
    weight = torch.tensor(p["pos_weight"]).double() if p["pos_weight"] else None
    return F.binary_cross_entropy_with_logits(logits, like(labels, logits), pos_weight=weight)


@loss
def binary_focal(p, logits, labels):
    labels = like(labels, logits)
    surprise = F.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    chance = logits.sigmoid()
    doubt = chance * (1 - labels) + (1 - chance) * labels
    balance = p["alpha"] * labels + (1 - p["alpha"]) * (1 - labels)
    return (balance * doubt ** p["gamma"] * surprise).mean()


@loss
def hinge(_, logits, labels):
    return (1 - (2 * like(labels, logits) - 1) * logits).clamp(min=0).mean()


@loss
def squared_hinge(_, logits, labels):
    return (1 - (2 * like(labels, logits) - 1) * logits).clamp(min=0).square().mean()


def covers(p, logits, labels):
    """Chances and labels over the places that are kept, a column for each class."""
    if logits.numel() == labels.numel():
        kept = labels.reshape(-1) != p["ignore_index"]
        return (logits.reshape(-1, 1).sigmoid()[kept],
                labels.reshape(-1, 1).to(logits.dtype)[kept])
    logits, labels, _ = rows({**p, "class_weights": None}, logits, labels)
    return logits.softmax(-1), F.one_hot(labels, logits.shape[-1])


@loss
def dice(p, logits, labels):
    chances, labels = covers(p, logits, labels)
    together = 2 * (chances * labels).sum(0) + p["smooth"]
    return 1 - (together / (chances.sum(0) + labels.sum(0) + p["smooth"])).mean()


@loss
def tversky(p, logits, labels):
    chances, labels = covers(p, logits, labels)
    found = (chances * labels).sum(0)
    wrong, missed = (chances * (1 - labels)).sum(0), ((1 - chances) * labels).sum(0)
    index = (found + p["smooth"]) / (found + p["alpha"] * wrong + p["beta"] * missed + p["smooth"])
    return 1 - index.mean()


# --- vectors --------------------------------------------------------------------------------------

def signs(labels, dtype):
    return torch.where(labels > 0, 1, -1).to(dtype)


@loss
def cosine_similarity(_, predictions, targets):
    return (1 - F.cosine_similarity(predictions, targets, dim=-1)).mean()


@loss
def cosine_embedding(p, first, second, labels):
    return F.cosine_embedding_loss(first, second, signs(labels, first.dtype), margin=p["margin"])


@loss
def contrastive(p, first, second, labels):
    distance = F.pairwise_distance(first, second)
    far = (p["margin"] - distance).clamp(min=0)
    return (torch.where(labels > 0, distance, far) ** 2).mean() / 2


@loss
def margin_ranking(p, first, second, labels):
    return F.margin_ranking_loss(first, second, signs(labels, first.dtype), margin=p["margin"])


@loss
def triplet(p, anchor, positive, negative):
    distance = {"euclidean": F.pairwise_distance,
                "squared": lambda x, y: (x - y).square().sum(-1),
                "cosine": lambda x, y: 1 - F.cosine_similarity(x, y, dim=-1)}[p["distance"]]
    return F.triplet_margin_with_distance_loss(anchor, positive, negative, margin=p["margin"],
                                               swap=p["swap"], distance_function=distance)


@loss
def info_nce(p, queries, keys):
    if p["normalise"]:
        queries, keys = F.normalize(queries, dim=-1), F.normalize(keys, dim=-1)
    scores = queries @ keys.T / p["temperature"]
    own = torch.arange(len(scores))
    ahead = (own - own[:, None]) % len(own)
    ways = [scores, scores.T] if p["symmetric"] else [scores]
    return sum(F.cross_entropy(way.masked_fill(ahead > p["rivals"], -math.inf), own)
               for way in ways) / len(ways)


# --- sequences ------------------------------------------------------------------------------------

@loss
def ctc(p, logits, labels, input_lengths=None, label_lengths=None):
    n, steps, _ = logits.shape
    if input_lengths is None:
        input_lengths = torch.full((n,), steps)
    if label_lengths is None:
        label_lengths = (labels >= 0).sum(1)
    each = F.ctc_loss(logits.log_softmax(-1).movedim(1, 0), labels, input_lengths, label_lengths,
                      blank=p["blank"], reduction="none", zero_infinity=p["zero_infinity"])
    return (each / label_lengths.clamp(min=1) if p["per_label"] else each).mean()


# --- regularisers ---------------------------------------------------------------------------------

def cost(l1, l2, x):
    return l1 * x.abs().sum() + l2 * x.square().sum()


@loss
def dense(p, kernel, **_):
    return cost(p["kernel_l1"], p["kernel_l2"], kernel)


@loss
def activity_penalty(p, **ports):
    return cost(p["l1"], p["l2"], ports["in"]) / len(ports["in"])


# --- judging --------------------------------------------------------------------------------------

def differs(what, got, expected):
    """A line that tells by how much, relative to the largest number; empty when it agrees."""
    scale = max(expected.abs().max().item(), 1e-3)
    off = (got - expected).abs().max().item() / scale
    return "" if off <= TOLERANCE else f"{what} is off by {off:.2g}\n"


def judge(told):
    """What differs."""
    if told["operator"] not in LOSSES:
        return "there is no case for it here\n"
    tensors = {}
    for port, given in told["inputs"].items():
        whole = given["slopes"] is None and all(x == int(x) for x in given["values"])
        values = torch.tensor(given["values"], dtype=torch.int64 if whole else torch.float64)
        tensors[port] = values.reshape(given["shape"]).requires_grad_(not whole)
    parameters = told["parameters"]
    value = LOSSES[told["operator"]](parameters, **tensors) * parameters.get("weight", 1)
    value.backward()
    problems = differs("the value", torch.tensor(told["value"], dtype=torch.float64),
                       value.detach())
    for port, tensor in tensors.items():
        slopes = told["inputs"][port]["slopes"]
        if tensor.grad is not None:
            expected = tensor.grad.reshape(-1)
            got = torch.tensor(slopes, dtype=torch.float64) if slopes else expected * 0
            problems += differs(f"the slope by {port}", got, expected)
    return problems


def main():
    lines = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout
    answers = [json.loads(line) for line in lines.splitlines()]
    unseen = set(LOSSES) - {told["operator"] for told in answers}
    print(f"1..{len(answers) + 1}")
    failed = bool(unseen)
    print(f"{'not ok' if unseen else 'ok'} 1 every loss has an example {' '.join(sorted(unseen))}")
    for number, told in enumerate(answers, 2):
        problems = judge(told)
        print("".join(f"# {line}\n" for line in problems.splitlines()), end="")
        print(f"{'not ok' if problems else 'ok'} {number} {told['operator']} {told['example']}")
        failed |= bool(problems)
    return failed


if __name__ == "__main__":
    sys.exit(main())
