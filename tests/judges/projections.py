#!/usr/bin/env python3
"""scikit-learn judges principal components and t-SNE. Prints TAP.

  projections.py PROJECT      PROJECT N D COMPONENTS PERPLEXITY projects the floats that it is given
"""

import os
import subprocess
import sys

os.environ["OMP_NUM_THREADS"] = "1"  # its threads spin where others compute

import numpy
from sklearn import datasets, decomposition, manifold, metrics

COMPONENTS, PERPLEXITY, NEIGHBOURS = 3, 30, 12


def project(program, rows):
    given = numpy.ascontiguousarray(rows, numpy.float32)
    text = subprocess.run([program, *map(str, given.shape), str(COMPONENTS), str(PERPLEXITY)],
                          input=given.tobytes(), stdout=subprocess.PIPE, check=True).stdout.decode()
    first, *lines = text.splitlines()
    values = numpy.array([line.split() for line in lines], float)
    return float(first), values[:, :-2], values[:, -2:]


def check_components(rows, ours):
    """Largest error of a coordinate, in parts of the component's deviation, up to the sign."""
    theirs = decomposition.PCA(ours.shape[1], svd_solver="full").fit_transform(rows.astype(float))
    signs = numpy.sign((ours * theirs).sum(axis=0))
    return (numpy.abs(ours * signs - theirs) / theirs.std(axis=0).max()).max()


def divergence(rows, points):
    """Kullback and Leibler's, over all pairs, of any embedding."""
    distances = metrics.pairwise.euclidean_distances(rows.astype(numpy.float32), squared=True)
    chances = manifold._t_sne._joint_probabilities(distances, PERPLEXITY, 0)
    close = 1 / (1 + metrics.pairwise.euclidean_distances(points, squared=True))
    upper = numpy.triu_indices(len(points), 1)
    close = close[upper]
    q = close / (2 * close.sum())
    return 2 * (chances * numpy.log(numpy.maximum(chances, 1e-300) / q)).sum()


def main(program):
    failed = 0

    def tell(number, good, text):
        nonlocal failed
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {text}", flush=True)

    print("1..4")
    random = numpy.random.default_rng(5)
    digits = datasets.load_digits().data[:600]
    stated, components, points = project(program, digits)
    error = check_components(digits, components)
    tell(1, error <= 1e-5, f"principal components of digits: {error:.1e}")

    wide = random.normal(size=(150, 40)) @ random.normal(size=(40, 700)) + 50
    wide = wide.astype(numpy.float32)
    error = check_components(wide, project(program, wide)[1])
    tell(2, error <= 1e-5, f"of 150 rows of 700 numbers: {error:.1e}")

    judge = manifold.TSNE(perplexity=PERPLEXITY, random_state=1).fit_transform(digits)
    ours, theirs = divergence(digits, points), divergence(digits, judge)
    tell(3, ours <= 1.1 * theirs and abs(stated - ours) < 0.15,
         f"t-SNE's divergence {ours:.3f} (stated {stated:.3f}), scikit-learn's {theirs:.3f}")
    ours = manifold.trustworthiness(digits, points, n_neighbors=NEIGHBOURS)
    theirs = manifold.trustworthiness(digits, judge, n_neighbors=NEIGHBOURS)
    tell(4, ours >= theirs - 0.02, f"trustworthiness {ours:.4f}, scikit-learn's {theirs:.4f}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
