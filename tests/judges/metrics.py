#!/usr/bin/env python3
"""scikit-learn judges metrics, over several batches of which the last is shorter. Prints TAP.

  metrics.py MEASURE      MEASURE ARRAYS.npz BATCH SPEC… prints what Telar measures, a line per spec
"""

import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
from sklearn import calibration, datasets, metrics, naive_bayes, neighbors

TOLERANCE = 1e-6
ROWS, BATCH = 157, 32
IGNORED = 255
CASES = []


def case(name, *specs):
    """Enters a function from the arrays to what is expected of each spec."""
    def enter(function):
        CASES.append((name, specs, function))
        return function
    return enter


def make_arrays(random):
    """Class 4 is never right and class 5 neither right nor, with its low scores, answered."""
    labels = random.choice(4, ROWS, p=[0.5, 0.3, 0.15, 0.05])
    scores = random.normal(size=(ROWS, 6)) + 1.5 * numpy.eye(6)[labels] - [0, 0, 0, 0, 0, 50]
    yes = random.integers(0, 2, ROWS)
    several = random.integers(0, 2, (ROWS, 3))
    regions = random.integers(0, 3, (ROWS, 5, 4))
    regions[random.random(regions.shape) < 0.1] = IGNORED
    targets = random.normal(size=(ROWS, 3)) * [1, 5, 0.1] + [100, -3, 0.5]
    return {
        "labels": labels,
        "scores": scores.astype(numpy.float32),
        "yes": yes,
        # With ties.
        "one": (numpy.round(random.normal(size=ROWS) * 4 + 3 * yes) / 8).astype(numpy.float32),
        "several": several,
        "chances": (random.random((ROWS, 3)) * 0.6 + 0.4 * several).astype(numpy.float32),
        "regions": regions,
        "layers": random.normal(size=(ROWS, 3, 5, 4)).astype(numpy.float32),
        "targets": targets.astype(numpy.float32),
        "predictions": (targets + random.normal(size=(ROWS, 3)) * 0.3 + 0.1).astype(numpy.float32),
        "tokens": random.integers(0, 7, (ROWS, 8)),
        "logits": random.normal(size=(ROWS, 8, 7)).astype(numpy.float32),
        "candidates": random.integers(0, 4, (ROWS, 12)),
        "references": random.integers(0, 4, (ROWS, 10)),
    }


# --- classes --------------------------------------------------------------------------------------

SHARES = {"precision": metrics.precision_score, "recall": metrics.recall_score,
          "f1": metrics.f1_score, "iou": metrics.jaccard_score}
AVERAGES = ("macro", "micro", "weighted")


@case("averages over classes",
      *(f"{share} average={average} scores labels" for share in SHARES for average in AVERAGES))
def averages(a):
    answers = a["scores"].argmax(1)
    return [function(a["labels"], answers, average=average, zero_division=0)
            for function in SHARES.values() for average in AVERAGES]


@case("each class", "precision average=each scores labels", "recall average=each scores labels",
      "f1 average=each scores labels", "iou average=each scores labels")
def each_class(a):
    return [function(a["labels"], a["scores"].argmax(1), average=None, labels=range(6),
                     zero_division=0) for function in SHARES.values()]


@case("two classes", *(f"{share} threshold=0.25 one yes" for share in SHARES))
def two_classes(a):
    return [function(a["yes"], a["one"] > 0.25) for function in SHARES.values()]


@case("agreement", *(f"{name} {arrays}" for name in ("balanced_accuracy", "mcc", "cohen_kappa")
                     for arrays in ("scores labels", "one yes")))
def agreement(a):
    pairs = [(a["labels"], a["scores"].argmax(1)), (a["yes"], a["one"] > 0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # classes that are never right
        return [function(*pair) for function in (
            metrics.balanced_accuracy_score, metrics.matthews_corrcoef, metrics.cohen_kappa_score)
            for pair in pairs]


@case("accuracy", "accuracy scores labels", "binary_accuracy one yes",
      "top_k_accuracy k=2 scores labels", "top_k_accuracy k=3 scores labels",
      "top_k_accuracy k=2 ignore_index=1 scores labels")
def accuracy(a):
    kept = a["labels"] != 1
    return [metrics.accuracy_score(a["labels"], a["scores"].argmax(1)),
            metrics.accuracy_score(a["yes"], a["one"] > 0),
            *(metrics.top_k_accuracy_score(a["labels"], a["scores"], k=k, labels=range(6))
              for k in (2, 3)),
            metrics.top_k_accuracy_score(a["labels"][kept], a["scores"][kept], k=2,
                                         labels=range(6))]


@case("confusion matrix", "confusion_matrix scores labels", "confusion_matrix one yes")
def confusion(a):
    return [metrics.confusion_matrix(a["labels"], a["scores"].argmax(1), labels=range(6)),
            metrics.confusion_matrix(a["yes"], a["one"] > 0)]


@case("regions of pictures", "accuracy axis=1 layers regions",
      *(f"{name} axis=1 ignore_index={IGNORED} layers regions"
        for name in ("accuracy", "iou", "dice_metric", "confusion_matrix")))
def regions(a):
    counted = a["regions"] != IGNORED
    right, answers = a["regions"][counted], a["layers"].argmax(1)[counted]
    return [metrics.accuracy_score(a["regions"].ravel(), a["layers"].argmax(1).ravel()),
            metrics.accuracy_score(right, answers),
            metrics.jaccard_score(right, answers, average="macro"),
            metrics.f1_score(right, answers, average="macro"),
            metrics.confusion_matrix(right, answers)]


# --- areas ----------------------------------------------------------------------------------------

def softmax(x):
    e = numpy.exp(x.astype(float) - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def over_classes(function, a):
    """The mean over the classes that occur."""
    chances = softmax(a["scores"])
    return numpy.mean([function(a["labels"] == k, chances[:, k]) for k in range(4)])


AREAS = {"roc_auc": metrics.roc_auc_score, "pr_auc": metrics.average_precision_score}


@case("areas", *(f"{area} {arrays}" for area in AREAS
                 for arrays in ("one yes", "probabilities=true chances several", "scores labels")))
def areas(a):
    return [value for function in AREAS.values() for value in (
        function(a["yes"], a["one"]), function(a["several"], a["chances"], average="macro"),
        over_classes(function, a))]


@case("areas of binned scores", *(f"{area} bins=64 probabilities=true chances several"
                                  for area in AREAS))
def binned(a):
    bins = numpy.floor(a["chances"] * 64)
    return [function(a["several"], bins, average="macro") for function in AREAS.values()]


@case("bins are off by no more than they say", "roc_auc bins=4096 one yes")
def bound(a):
    chances = numpy.floor(4096 / (1 + numpy.exp(-a["one"].astype(float))))
    together = sum((chances[a["yes"] == 1] == level).sum() * (chances[a["yes"] == 0] == level).sum()
                   for level in numpy.unique(chances))
    return [Within(metrics.roc_auc_score(a["yes"], a["one"]),
                   together / 2 / (a["yes"] == 1).sum() / (a["yes"] == 0).sum())]


# --- quantities -----------------------------------------------------------------------------------

QUANTITIES = {
    "mse_metric": metrics.mean_squared_error,
    "rmse": lambda *pair: math.sqrt(metrics.mean_squared_error(*pair)),
    "mae_metric": metrics.mean_absolute_error,
    "mape": metrics.mean_absolute_percentage_error,
    "r2": metrics.r2_score,
    "explained_variance": metrics.explained_variance_score,
}


@case("quantities", *(f"{name} predictions targets" for name in QUANTITIES))
def quantities(a):
    return [function(a["targets"].astype(float), a["predictions"].astype(float))
            for function in QUANTITIES.values()]


# --- sequences ------------------------------------------------------------------------------------

@case("perplexity", "perplexity logits tokens", "perplexity ignore_index=3 logits tokens")
def perplexity(a):
    chances = softmax(a["logits"]).reshape(-1, 7)
    tokens = a["tokens"].reshape(-1)
    kept = tokens != 3
    return [math.exp(metrics.log_loss(tokens, chances, labels=range(7))),
            math.exp(metrics.log_loss(tokens[kept], chances[kept], labels=range(7)))]


def grams(text, n):
    return collections.Counter(tuple(text[i:i + n]) for i in range(len(text) - n + 1))


def until(text, end):
    return text[:text.index(end)] if end in text else text


def bleu(candidates, references):
    """Papineni et al. 2002, by the book."""
    logs = 0
    for n in range(1, 5):
        matches = sum((grams(c, n) & grams(r, n)).total() for c, r in zip(candidates, references))
        logs += math.log(matches / sum(grams(c, n).total() for c in candidates)) / 4
    lengths = sum(map(len, references)) / sum(map(len, candidates))
    return math.exp(min(0, 1 - lengths) + logs)


@case("BLEU", "bleu candidates references", "bleu references candidates",
      "bleu padding=0 candidates references", "bleu logits tokens")
def bleu_scores(a):
    candidates, references = a["candidates"].tolist(), a["references"].tolist()
    return [bleu(candidates, references), bleu(references, candidates),
            bleu([until(c, 0) for c in candidates], [until(r, 0) for r in references]),
            bleu(a["logits"].argmax(-1).tolist(), a["tokens"].tolist())]


# --- judging --------------------------------------------------------------------------------------

class Within:
    """A number and how far from it one may be."""

    def __init__(self, value, distance):
        self.value, self.distance = value, distance


def judge(measure, path, specs, expected):
    """What differs."""
    done = subprocess.run([measure, path, str(BATCH), *specs], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        return [done.stderr.strip()]
    problems = []
    for spec, line, want in zip(specs, done.stdout.splitlines(), expected, strict=True):
        told = json.loads(line)
        numbers = list(told["metrics"].values()) + sum(told["figures"].values(), [])
        distance = want.distance if isinstance(want, Within) else 0
        want = numpy.ravel(want.value if isinstance(want, Within) else want)
        off = numpy.abs(numpy.array(numbers) - want) if len(numbers) == len(want) else [math.inf]
        if not numpy.max(off) <= distance + TOLERANCE * max(1, numpy.abs(want).max()):
            problems.append(f"{spec}: {numbers}, expected {want.tolist()}")
    return problems


# --- curves ---------------------------------------------------------------------------------------

def corners(false_rates, true_rates, negatives, positives):
    """The points of a ROC curve that are not on the line between their neighbours."""
    points = numpy.rint(numpy.stack([false_rates * negatives, true_rates * positives], 1))
    steps = numpy.diff(points, axis=0)
    bends = steps[:-1, 0] * steps[1:, 1] != steps[:-1, 1] * steps[1:, 0]
    keep = numpy.r_[True, bends, True]
    return false_rates[keep], true_rates[keep]


def curves_of(right, chances):
    """What scikit-learn makes of the chances of one class: abscissas, ordinates, area."""
    precision, recall, _ = metrics.precision_recall_curve(right, chances)
    false_rates, true_rates, _ = metrics.roc_curve(right, chances, drop_intermediate=False)
    share, mean = calibration.calibration_curve(right, chances, n_bins=10)
    bins = numpy.searchsorted(numpy.linspace(0, 1, 11)[1:-1], chances)
    counts = numpy.bincount(bins, minlength=10)
    error = (counts[counts > 0] * numpy.abs(share - mean)).sum() / len(chances)
    negatives, positives = (right == 0).sum(), right.sum()
    return {
        "precision_recall": (recall, precision, metrics.average_precision_score(right, chances)),
        "roc": (*corners(false_rates, true_rates, negatives, positives),
                metrics.roc_auc_score(right, chances)),
        "calibration": (mean, share, error),
    }


def classified(dataset, model):
    """Scores of half of the rows by a model that has learned the others."""
    rows, labels = dataset(return_X_y=True)
    model.fit(rows[::2], labels[::2])
    chances = model.predict_proba(rows[1::2])
    return numpy.log(numpy.maximum(chances, 1e-12)).astype(numpy.float32), labels[1::2]


def several(dataset, model):
    scores, labels = classified(dataset, model)
    chances = softmax(scores.astype(numpy.float64)).astype(numpy.float32)
    right = numpy.eye(scores.shape[1], dtype=int)[labels]
    expected = {str(k): curves_of(right[:, k], chances[:, k]) for k in range(scores.shape[1])}
    expected["micro"] = curves_of(right.ravel(), chances.ravel())
    answers = curves_of((chances.argmax(1) == labels).astype(int), chances.max(1))
    expected["answers"] = {"calibration": answers["calibration"]}
    return "cross_entropy scores labels", scores, labels, expected


def yes_or_no(dataset, model):
    scores, labels = classified(dataset, model)
    odds = (scores[:, 1:] - scores[:, :1]).astype(numpy.float32)
    chances = (1 / (1 + numpy.exp(-odds.astype(numpy.float64)))).astype(numpy.float32)
    return ("binary_cross_entropy scores labels", odds, labels,
            {"1": curves_of(labels, chances.ravel())})


# Of few neighbours many rows have the same chances.
CURVES = [
    ("curves of digits, neighbours", several, datasets.load_digits,
     neighbors.KNeighborsClassifier(4)),
    ("curves of wine, Bayes", several, datasets.load_wine, naive_bayes.GaussianNB()),
    ("curves of tumours, neighbours", yes_or_no, datasets.load_breast_cancer,
     neighbors.KNeighborsClassifier(5)),
    ("curves of tumours, Bayes", yes_or_no, datasets.load_breast_cancer, naive_bayes.GaussianNB()),
]


def judge_curves(measure, folder, build, *data):
    """What differs."""
    spec, scores, labels, expected = build(*data)
    path = pathlib.Path(folder) / "curves.npz"
    numpy.savez(path, scores=scores, labels=labels.astype(numpy.int64))
    done = subprocess.run([measure, path, str(BATCH), spec], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        return [done.stderr.strip()]
    told = json.loads(done.stdout)["curves"]
    want = {f"{kind}/{name}": curve for name, kinds in expected.items()
            for kind, curve in kinds.items()}
    problems = [f"there is {name}" for name in set(told) ^ set(want)]
    for name in set(told) & set(want):
        x, y, area = want[name]
        curve = told[name]
        if len(curve["x"]) != len(x) or not (
                numpy.allclose(curve["x"], x, atol=TOLERANCE) and
                numpy.allclose(curve["y"], y, atol=TOLERANCE) and
                math.isclose(curve["area"], area, rel_tol=TOLERANCE, abs_tol=TOLERANCE)):
            problems.append(f"{name}: area {curve['area']}, expected {area}; "
                            f"{len(curve['x'])} points, expected {len(x)}")
    return problems


def tell(number, name, problems):
    print("".join(f"# {problem}\n" for problem in problems), end="")
    print(f"{'not ok' if problems else 'ok'} {number} {name}")
    return bool(problems)


def main():
    measure = sys.argv[1]
    arrays = make_arrays(numpy.random.default_rng(5))
    print(f"1..{len(CASES) + len(CURVES)}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "arrays.npz"
        numpy.savez(path, **arrays)
        for number, (name, specs, function) in enumerate(CASES, 1):
            failed += tell(number, name, judge(measure, path, specs, function(arrays)))
        for number, (name, *data) in enumerate(CURVES, len(CASES) + 1):
            failed += tell(number, name, judge_curves(measure, folder, *data))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
