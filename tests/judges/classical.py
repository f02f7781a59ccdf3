#!/usr/bin/env python3
"""Classical models of scikit-learn, exported by skl2onnx: telar predict must give the classes and
scores that scikit-learn and ONNX Runtime give. Prints TAP.

  classical.py TELAR     the command line
"""

import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnxruntime
from skl2onnx import to_onnx
from sklearn import (base, cluster, datasets, decomposition, ensemble, impute, linear_model,
                     naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree)

DEVICES = ("ref", "cpu")
CLOSE = 1e-5  # of scores, relative to the largest of their column
NEAR = 1e-4   # the same of numbers that others sum up in float32
WORDS = numpy.array(["setosa", "versicolor", "virginica"])


def data():
    """Rows and answers by name, in float32 because the exported models compute in it."""
    sets = {"iris": datasets.load_iris(return_X_y=True),
            "cancer": datasets.load_breast_cancer(return_X_y=True),
            "digits": datasets.load_digits(return_X_y=True),
            "diabetes": datasets.load_diabetes(return_X_y=True)}
    sets["flowers"] = (sets["iris"][0], WORDS[sets["iris"][1]])
    gaps = sets["cancer"][0].copy()
    gaps[numpy.random.default_rng(0).random(gaps.shape) < 0.1] = numpy.nan
    sets["gaps"] = (gaps, sets["cancer"][1])
    sets["diabetes"] = (sets["diabetes"][0], sets["diabetes"][1] / 100)
    return {name: (x.astype(numpy.float32), y) for name, (x, y) in sets.items()}


def scaled(model):
    return pipeline.make_pipeline(preprocessing.StandardScaler(), model)


def models():
    """(name, data, estimator)"""
    seed = {"random_state": 0}
    grown = {"n_estimators": 20, **seed}
    for depth in (1, 2, 3, 4, 6, None):
        size = {"max_depth": depth, **seed}
        many = {"n_estimators": 20, **size}
        yield f"forest {depth}", "iris", ensemble.RandomForestClassifier(**many)
        yield f"forest of two classes {depth}", "cancer", ensemble.RandomForestClassifier(**many)
        yield f"forest of numbers {depth}", "diabetes", ensemble.RandomForestRegressor(**many)
        yield f"tree {depth}", "iris", tree.DecisionTreeClassifier(**size)
        yield f"tree of numbers {depth}", "diabetes", tree.DecisionTreeRegressor(**size)
    yield "forest of digits", "digits", ensemble.RandomForestClassifier(50, **seed)
    yield "forest of words", "flowers", ensemble.RandomForestClassifier(10, **seed)
    yield "extra trees", "digits", ensemble.ExtraTreesClassifier(30, **seed)
    yield "extra trees of numbers", "diabetes", ensemble.ExtraTreesRegressor(30, **seed)
    yield "boosting", "iris", ensemble.GradientBoostingClassifier(**grown)
    yield "boosting of two classes", "cancer", ensemble.GradientBoostingClassifier(**grown)
    yield "boosting of numbers", "diabetes", ensemble.GradientBoostingRegressor(**grown)
    yield "adaptive boosting", "iris", ensemble.AdaBoostClassifier(n_estimators=8, **seed)
    yield "bagging", "iris", ensemble.BaggingClassifier(n_estimators=5, **seed)
    yield "voting", "iris", ensemble.VotingClassifier(
        [("a", linear_model.LogisticRegression(max_iter=500)),
         ("b", tree.DecisionTreeClassifier(max_depth=2))], voting="soft", flatten_transform=False)
    yield "logistic", "iris", linear_model.LogisticRegression(max_iter=500)
    yield "logistic of two classes", "cancer", scaled(linear_model.LogisticRegression(max_iter=500))
    yield "logistic of words", "flowers", linear_model.LogisticRegression(max_iter=500)
    yield "linear", "diabetes", linear_model.LinearRegression()
    yield "ridge", "diabetes", linear_model.Ridge()
    yield "gradient descent", "iris", scaled(linear_model.SGDClassifier(**seed))
    yield "linear vectors", "iris", svm.LinearSVC(**seed)
    yield "linear vectors of two classes", "cancer", svm.LinearSVC(**seed)
    for kernel in ("linear", "poly", "rbf", "sigmoid"):
        yield f"vectors {kernel}", "iris", scaled(svm.SVC(kernel=kernel))
        yield f"vectors of two classes {kernel}", "cancer", scaled(svm.SVC(kernel=kernel))
        yield f"vectors of numbers {kernel}", "diabetes", scaled(svm.SVR(kernel=kernel))
    yield "vectors with probabilities", "iris", scaled(svm.SVC(probability=True, **seed))
    yield "two with probabilities", "cancer", scaled(svm.SVC(probability=True, **seed))
    yield "outliers", "iris", svm.OneClassSVM(gamma=0.5)
    yield "Bayes", "iris", naive_bayes.GaussianNB()
    yield "neighbours", "iris", neighbors.KNeighborsClassifier(3)
    yield "perceptron", "iris", scaled(neural_network.MLPClassifier((8,), max_iter=300, **seed))
    yield "centres", "iris", cluster.KMeans(3, n_init=3, **seed)
    yield "components", "digits", decomposition.PCA(5, **seed)
    for norm in ("l1", "l2", "max"):
        yield f"rows of norm {norm}", "iris", preprocessing.Normalizer(norm)
    for step in (preprocessing.StandardScaler(), preprocessing.MinMaxScaler(),
                 preprocessing.RobustScaler(), preprocessing.MaxAbsScaler(),
                 preprocessing.Binarizer(threshold=2), preprocessing.PolynomialFeatures(2),
                 preprocessing.KBinsDiscretizer(3, encode="onehot-dense", strategy="uniform")):
        yield type(step).__name__, "iris", step
    yield "filled in", "gaps", pipeline.make_pipeline(
        impute.SimpleImputer(), preprocessing.StandardScaler(),
        linear_model.LogisticRegression(max_iter=500))


def expected(model, x):
    """What scikit-learn says, in the order of the exported outputs."""
    if hasattr(model, "predict_proba"):
        return [model.predict(x), model.predict_proba(x)]
    if hasattr(model, "decision_function"):
        return [model.predict(x)]
    return [model.predict(x) if hasattr(model, "predict") else model.transform(x)]


def read_csv(path):
    return numpy.array(path.read_text().splitlines()[1:])


def predict(telar, path, folder, names, device, words):
    """The outputs of the model by telar predict; labels that are words come as text."""
    files = {name: folder / f"{i}.{'csv' if i == 0 and words else 'npy'}"
             for i, name in enumerate(names)}
    command = [telar, "predict", path, "--device", device, "--input", folder / "x.npy"]
    for name, file in files.items():
        command += ["--output", f"{name}={file}"]
    run = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError(run.stderr.strip())
    return [read_csv(file) if file.suffix == ".csv" else numpy.load(file)
            for file in files.values()]


def compare(got, want, who, close):
    if isinstance(want, list) and isinstance(want[0], dict):  # ZipMap
        want = [list(row.values()) for row in want]
    want = numpy.asarray(want)
    assert want.size == got.size, f"{got.shape} where {who} has {want.shape}"
    want = want.reshape(got.shape)
    if got.dtype.kind in "iuU":
        wrong = int((got.astype(str) != want.astype(str)).sum())
        assert wrong == 0, f"{wrong} of {got.size} labels are not those of {who}"
    else:
        scale = numpy.maximum(1, numpy.abs(want).max(axis=0, keepdims=True))
        apart = float((numpy.abs(got - want) / scale).max())
        assert apart <= close, f"{apart:.2g} apart from {who}"


def judge(telar, folder, model, x, y):
    model.fit(x, y)
    tensors = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    exported = to_onnx(model, x[:1], options=tensors,
                       target_opset={"": 19, "ai.onnx.ml": 3})
    path = folder / "model.onnx"
    path.write_bytes(exported.SerializeToString())
    rows = x[::max(1, len(x) // 100)]
    numpy.save(folder / "x.npy", rows)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [port.name for port in session.get_outputs()]
    runtime = session.run(None, {session.get_inputs()[0].name: rows})
    close = NEAR if base.is_regressor(model) else CLOSE
    for device in DEVICES:
        got = predict(telar, path, folder, names, device, y.dtype.kind == "U")
        for mine, theirs in zip(got, runtime):
            compare(mine, theirs, f"ONNX Runtime on {device}", close)
        for mine, theirs in zip(got, expected(model, rows)):
            compare(mine, theirs, f"scikit-learn on {device}", close)


def main(telar):
    warnings.simplefilter("ignore")
    onnxruntime.set_default_logger_severity(4)
    sets, cases, failed = data(), list(models()), False
    print(f"1..{len(cases)}")
    for number, (name, rows, model) in enumerate(cases, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                judge(telar, pathlib.Path(folder), model, *sets[rows])
                print(f"ok {number} - {name}", flush=True)
            except AssertionError as why:
                failed = True
                print(f"not ok {number} - {name}\n# {why}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
