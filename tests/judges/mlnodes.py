#!/usr/bin/env python3
"""ONNX Runtime judges the operators of ai.onnx.ml with their attributes. Prints TAP.

  mlnodes.py CONFORMANCE     the program that runs folders of ONNX test cases on a device
"""

import collections
import itertools
import pathlib
import sys
import tempfile

import numpy
import onnxruntime
from cases import judge, write_case
from onnx import TensorProto, helper

ROWS = numpy.array([[1, 2], [-1, 0.5], [-3, -1], [0.25, 4]], numpy.float32)
GAPS = numpy.array([[1, numpy.nan], [numpy.nan, 0.5], [numpy.nan, numpy.nan], [0, 1], [-2, 3]],
                   numpy.float32)
WORDS = numpy.array([["a", "b"], ["c", "nobody"]], object)
NUMBERS = numpy.array([[1, 2], [3, 9]], numpy.int64)
TRANSFORMS = ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO")
LABELS = {"classlabels_ints": [7, 9], "classlabels_int64s": [7, 9]}


def text(name):
    return {name.replace("int64s", "strings").replace("ints", "strings"): ["no", "yes"]}


def features():
    """(operator, inputs, attributes)"""
    whole = (ROWS * 4).astype(numpy.int64)
    for x in (ROWS, whole, ROWS.astype(numpy.float64)):
        yield "Scaler", [x], {"offset": [0.5, -1.0], "scale": [2.0, 0.25]}
        yield "Scaler", [x], {"offset": [0.5], "scale": [2.0]}
        for norm in ("MAX", "L1", "L2"):
            yield "Normalizer", [x], {"norm": norm}
    yield "Normalizer", [ROWS * 0], {"norm": "L2"}
    yield "Binarizer", [ROWS], {"threshold": 0.5}
    yield "Imputer", [GAPS], {"imputed_value_floats": [5.0, 6.0], "replaced_value_float": numpy.nan}
    yield "Imputer", [GAPS], {"imputed_value_floats": [5.0], "replaced_value_float": 1.0}
    yield "Imputer", [NUMBERS], {"imputed_value_int64s": [7, 8], "replaced_value_int64": 2}
    yield "FeatureVectorizer", [ROWS, ROWS[:, :1]], {"inputdimensions": [2, 1]}
    columns = numpy.array([1, 0, 1], numpy.int64)
    for x in (ROWS, ROWS[0], NUMBERS, WORDS):
        yield "ArrayFeatureExtractor", [x, columns], {}
    yield "OneHotEncoder", [NUMBERS], {"cats_int64s": [2, 3, 1]}
    yield "OneHotEncoder", [NUMBERS[:1]], {"cats_int64s": [2, 3, 1], "zeros": 0}
    yield "OneHotEncoder", [NUMBERS.astype(numpy.float32)], {"cats_int64s": [2, 3, 1]}
    yield "OneHotEncoder", [WORDS], {"cats_strings": ["c", "a"]}


def labels():
    keys = {"strings": ["a", "b", "c"], "int64s": [1, 2, 3], "floats": [1.0, 0.5, numpy.nan]}
    inputs = {"strings": WORDS, "int64s": NUMBERS, "floats": GAPS}
    default = {"strings": {"default_string": "?"}, "int64s": {"default_int64": -7},
               "floats": {"default_float": 0.5}}
    for a, b in itertools.product(keys, keys):
        if (a, b) not in (("int64s", "int64s"), ("floats", "floats"), ("strings", "strings")):
            yield "LabelEncoder", [inputs[a]], {f"keys_{a}": keys[a],
                                                f"values_{b}": [v for v in keys[b] if v == v] +
                                                [4.0] * (b == "floats"), **default[b]}
    yield "LabelEncoder", [NUMBERS], {"keys_int64s": [1, 2], "values_int64s": [5, 6]}
    yield "LabelEncoder", [ROWS], {"keys_floats": [1.0, 2.0], "values_floats": [5.0, 6.0]}
    yield "LabelEncoder", [WORDS], {"keys_strings": ["a", "b"], "values_strings": ["x", "y"]}
    yield "CategoryMapper", [WORDS], {"cats_strings": ["a", "b"], "cats_int64s": [4, 5]}
    yield "CategoryMapper", [NUMBERS], {"cats_strings": ["a", "b"], "cats_int64s": [1, 9]}


def linear():
    for transform in TRANSFORMS:
        post = {"post_transform": transform}
        two = {"coefficients": [0.5, 0.1], "intercepts": [0.05], **post}
        yield "LinearClassifier", [ROWS], {**two, "classlabels_ints": [7, 9]}
        yield "LinearClassifier", [ROWS], {**two, **text("classlabels_ints")}
        yield "LinearClassifier", [ROWS], {"coefficients": [0.5, 0.1, -0.2, 0.3, 0.1, -0.4],
                                           "intercepts": [0.05, 0.0, 0.2],
                                           "classlabels_ints": [3, 5, 4], **post}
        yield "LinearRegressor", [ROWS], {"coefficients": [0.5, 0.1, 0.3, 0.2],
                                          "intercepts": [0.05, 0.1], "targets": 2, **post}
    yield "LinearClassifier", [numpy.abs(ROWS) / 9], {
        "coefficients": [0.5, 0.1, 0.2, 0.3], "intercepts": [0.05, 0.1],
        "classlabels_ints": [3, 5], "post_transform": "PROBIT"}
    yield "LinearRegressor", [ROWS], {"coefficients": [0.5, 0.1], "intercepts": [0.05]}


def vectors():
    kernels = {"LINEAR": [0.0, 0.0, 0.0], "POLY": [0.1, 0.3, 3.0], "RBF": [0.4, 0.0, 0.0],
               "SIGMOID": [0.1, 0.2, 0.0]}
    for kind, params in kernels.items():
        kernel = {"kernel_type": kind, "kernel_params": params}
        yield "SVMRegressor", [ROWS], {"coefficients": [0.5, -0.1], "rho": [0.05], "n_supports": 2,
                                       "support_vectors": [1.0, 2.0, 3.0, 4.0], **kernel}
        two = {"support_vectors": [1.0, 2.0, 3.0, 4.0, -1.0, 0.0], "vectors_per_class": [2, 1],
               "coefficients": [0.5, -0.2, -0.3], "rho": [0.05], **kernel}
        three = {"support_vectors": [1.0, 2.0, 3.0, 4.0, -1.0, 0.0, 1.0, 1.0],
                 "vectors_per_class": [2, 1, 1], "rho": [0.05, 0.1, 0.2],
                 "coefficients": [0.5, -0.2, -0.3, 0.1, 0.2, 0.3, -0.4, 0.3], **kernel}
        for transform in TRANSFORMS:
            post = {"post_transform": transform}
            yield "SVMClassifier", [ROWS], {**two, **post, "classlabels_ints": [7, 9]}
            yield "SVMClassifier", [ROWS], {**three, **post, "classlabels_ints": [7, 9, 8]}
        platt = {"prob_a": [-1.5], "prob_b": [0.2]}
        yield "SVMClassifier", [ROWS], {**two, **platt, "classlabels_ints": [7, 9]}
        yield "SVMClassifier", [ROWS], {**two, **platt, **text("classlabels_ints")}
        yield "SVMClassifier", [ROWS], {**three, "classlabels_ints": [7, 9, 8],
                                        "prob_a": [-1.5, -1.0, -0.5], "prob_b": [0.2, 0.1, 0.0]}
    yield "SVMRegressor", [ROWS], {"coefficients": [0.5, -0.1], "rho": [0.05], "n_supports": 0,
                                   "kernel_type": "LINEAR", "kernel_params": [0.0, 0.0, 0.0]}
    yield "SVMRegressor", [ROWS], {"coefficients": [0.5, -0.4], "rho": [-0.05], "n_supports": 2,
                                   "support_vectors": [1.0, 2.0, 3.0, 4.0], "one_class": 1,
                                   "kernel_type": "POLY", "kernel_params": [0.1, 0.3, 2.0]}
    yield "SVMClassifier", [ROWS], {"coefficients": [0.5, 0.1, 0.2, -0.3, 0.1, 0.1],
                                    "classlabels_ints": [7, 9, 11], "rho": [0.05],
                                    "kernel_type": "LINEAR", "kernel_params": [0.0, 0.0, 0.0]}


def grown(modes, depth, features, random, trees=3):
    """Full trees, their nodes numbered level by level."""
    nodes = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes",
                                 "truenodeids", "falsenodeids", "missing_value_tracks_true")}
    leaves = []
    inner, count = 2 ** depth - 1, 2 ** (depth + 1) - 1
    for tree in range(trees):
        for node in range(count):
            leaf = node >= inner
            values = (tree, node, int(random.integers(features)),
                      0.0 if leaf else float(numpy.float32(random.choice([-1, 0.25, 0.5, 1, 2]))),
                      "LEAF" if leaf else str(random.choice(modes)), 0 if leaf else 2 * node + 1,
                      0 if leaf else 2 * node + 2, int(not leaf and random.integers(2)))
            for items, value in zip(nodes.values(), values):
                items.append(value)
            if leaf:
                leaves.append((tree, node))
    return {f"nodes_{key}": items for key, items in nodes.items()}, leaves


def trees():
    modes = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ")
    random = numpy.random.default_rng(0)
    for depth, some in itertools.product((1, 2, 5, 7), [modes[:1], modes[1:2], modes]):
        nodes, leaves = grown(some, depth, 2, random)
        said = [leaf for leaf in leaves for _ in range(2)]
        parts = {"treeids": [tree for tree, _ in said], "nodeids": [node for _, node in said],
                 "ids": [0, 1] * len(leaves), "weights": random.normal(size=len(said)).tolist()}
        targets = {f"target_{key}": items for key, items in parts.items()}
        for x, vote in itertools.product((ROWS, GAPS), ("SUM", "AVERAGE", "MIN", "MAX")):
            yield "TreeEnsembleRegressor", [x], {**nodes, **targets, "n_targets": 2,
                                                 "aggregate_function": vote,
                                                 "base_values": [0.5, -0.5]}
        classes = {f"class_{key}": items for key, items in parts.items()}
        yield "TreeEnsembleClassifier", [GAPS], {**nodes, **classes,
                                                 "classlabels_int64s": [4, 5, 6]}
        yield "TreeEnsembleClassifier", [GAPS], {**nodes, **classes, "post_transform": "SOFTMAX",
                                                 "base_values": [0.5, -0.5, 0.1],
                                                 "classlabels_strings": ["x", "y", "z"]}
        one = {"class_treeids": [tree for tree, _ in leaves], "class_ids": [0] * len(leaves),
               "class_nodeids": [node for _, node in leaves], "classlabels_int64s": [7, 9]}
        for weights, transform in itertools.product(
                (random.normal(size=len(leaves)), random.random(len(leaves)) / 3), TRANSFORMS):
            yield "TreeEnsembleClassifier", [GAPS], {
                **nodes, **one, "class_weights": weights.tolist(), "post_transform": transform}


def ensemble(depth, modes, vote, dtype, random, trees=3):
    """Full trees of version 5, whose leaves have lists of their own."""
    inner, leaves = 2 ** depth - 1, 2 ** depth
    below = [(tree, 2 * node + side) for tree in range(trees) for node in range(inner)
             for side in (1, 2)]
    children = [tree * leaves + child - inner if child >= inner else tree * inner + child
                for tree, child in below]
    is_leaf = [int(child >= inner) for _, child in below]
    asked = random.choice(modes, inner * trees).astype(numpy.uint8)
    members = [value for mode in asked if mode == 6 for value in (2, 1, -3, numpy.nan)]
    kind = helper.np_dtype_to_tensor_dtype(numpy.dtype(dtype))

    def tensor(name, items, kind=kind):
        return helper.make_tensor(name, kind, [len(items)], items)

    sets = {"membership_values": tensor("members", members)} if members else {}
    return {
        "nodes_featureids": random.integers(2, size=inner * trees).tolist(),
        "nodes_splits": tensor("splits", random.choice([-1, 0.25, 0.5, 1, 2], inner * trees)),
        "nodes_modes": tensor("modes", asked, TensorProto.UINT8),
        "nodes_truenodeids": children[::2], "nodes_falsenodeids": children[1::2],
        "nodes_trueleafs": is_leaf[::2], "nodes_falseleafs": is_leaf[1::2],
        "nodes_missing_value_tracks_true": random.integers(2, size=inner * trees).tolist(),
        "leaf_targetids": random.integers(2, size=leaves * trees).tolist(),
        "leaf_weights": tensor("weights", random.normal(size=leaves * trees)),
        "tree_roots": [tree * inner for tree in range(trees)], "n_targets": 2,
        "aggregate_function": vote, "post_transform": 0, **sets}


def ensembles():
    random = numpy.random.default_rng(1)
    for depth, modes, vote, x in itertools.product(
            (1, 3, 6), ([0], [0, 1, 2, 3, 4, 5], [0, 6]), (1,), (GAPS, GAPS.astype(float))):
        yield "TreeEnsemble", [x], ensemble(depth, modes, vote, x.dtype, random)


def model_of(operator, inputs, attributes):
    outputs = 2 if "Classifier" in operator else 1
    names = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(operator, [f"x{i}" for i in range(len(inputs))], names,
                            domain="ai.onnx.ml", **attributes)
    kinds = [TensorProto.STRING if x.dtype == object else helper.np_dtype_to_tensor_dtype(x.dtype)
             for x in inputs]
    ports = [helper.make_tensor_value_info(f"x{i}", kind, x.shape)
             for i, (kind, x) in enumerate(zip(kinds, inputs))]
    graph = helper.make_graph([node], "node", ports, [helper.make_empty_tensor_value_info(name)
                                                      for name in names])
    return helper.make_model(graph, ir_version=8, opset_imports=[
        helper.make_opsetid("", 17),
        helper.make_opsetid("ai.onnx.ml", {"LabelEncoder": 4, "TreeEnsemble": 5}.get(operator, 3))])


def write_all(suite, most=None):
    """Folders of cases, a node each, below @suite, at most @most of an operator."""
    written = collections.Counter()
    onnxruntime.set_default_logger_severity(4)
    cases = itertools.chain(features(), labels(), linear(), vectors(), trees(), ensembles())
    for number, (operator, inputs, attributes) in enumerate(cases):
        written[operator] += 1
        if most and written[operator] > most:
            continue
        write_case(suite / f"{number:03}-{operator}", model_of(operator, inputs, attributes),
                   {f"x{i}": x for i, x in enumerate(inputs)})


def main(conformance):
    with tempfile.TemporaryDirectory() as folder:
        suite = pathlib.Path(folder) / "ml"
        write_all(suite)
        return 1 if judge(conformance, suite) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
