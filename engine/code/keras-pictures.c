/* More that Keras lacks: resizing, sampling, places of pixels, tuples of indices, rotary positions.
 */
#include "engine/code/private.h"

const CodeHelper code_keras_pictures[] = {
  { "resize",
    "def resize(x, axis, size, *about):\n"
    "    \"\"\"An axis with another number of places.\"\"\"\n"
    "    weights = resize_matrix(x.shape[axis], size, *about)\n"
    "    return ops.moveaxis(ops.tensordot(x, weights, [[axis], [0]]), -1, axis)\n",
    "resize_matrix" },
  { "rotary",
    "def rotary(x, base, neighbours, positions=None, longest=None):\n"
    "    \"\"\"Turns pairs of features by angles that grow with the position.\"\"\"\n"
    "    half = x.shape[-1] // 2\n"
    "    steps = np.arange(x.shape[-2] if positions is None else longest)\n"
    "    angles = steps[:, None] * base ** (-np.arange(half) / half)\n"
    "    cos, sin = np.cos(angles).astype(\"float32\"), np.sin(angles).astype(\"float32\")\n"
    "    if positions is not None:\n"
    "        cos, sin = (ops.take(table, positions, axis=0) for table in (cos, sin))\n"
    "        if len(x.shape) == 4:\n"
    "            cos, sin = (ops.expand_dims(table, 1) for table in (cos, sin))\n"
    "    a, b = (x[..., ::2], x[..., 1::2]) if neighbours else ops.split(x, 2, axis=-1)\n"
    "    turned = a * cos - b * sin, b * cos + a * sin\n"
    "    if not neighbours:\n"
    "        return ops.concatenate(turned, axis=-1)\n"
    "    return ops.reshape(ops.stack(turned, axis=-1), (-1, *x.shape[1:]))\n" },
  { "gather_nd", "def gather_nd(x, index, paired):\n"
                 "    \"\"\"What stands at each place that a row of the index says; of each row of "
                 "x where paired.\"\"\"\n"
                 "    sizes, rest = x.shape[paired : paired + index.shape[-1]], x.shape[paired + "
                 "index.shape[-1] :]\n"
                 "    place = 0\n"
                 "    for k, size in enumerate(sizes):\n"
                 "        at = index[..., k]\n"
                 "        place = (place * size if k else 0) + (at if size is None else "
                 "ops.where(at < 0, at + size, at))\n"
                 "    if not paired:\n"
                 "        return ops.take(ops.reshape(x, (-1, *rest)), place, axis=0)\n"
                 "    x = ops.reshape(x, (-1, int(np.prod(sizes)), int(np.prod(rest))))\n"
                 "    place = ops.reshape(place, (-1, int(np.prod(index.shape[1:-1])), 1))\n"
                 "    found = ops.take_along_axis(x, ops.tile(place, (1, 1, x.shape[2])), axis=1)\n"
                 "    return ops.reshape(found, (-1, *index.shape[1:-1], *rest))\n" },
  { "full",
    "def full(like, sizes, value, dtype):\n"
    "    \"\"\"As many rows as another tensor has, all of one number.\"\"\"\n"
    "    like = ops.reshape(like, (-1, int(np.prod(like.shape[1:]))))[:, :1]\n"
    "    rows = ops.tile(ops.zeros_like(like, dtype=\"float32\"), (1, int(np.prod(sizes))))\n"
    "    return ops.cast(ops.reshape(rows, (-1, *sizes)) + value, dtype)\n" },
  { "local_response_norm",
    "def local_response_norm(x, size, alpha, beta, offset):\n"
    "    \"\"\"Divides each number by how large its neighbours in other channels are.\"\"\"\n"
    "    sides = [(0, 0), ((size - 1) // 2, size // 2), *[(0, 0)] * (len(x.shape) - 2)]\n"
    "    squares = ops.pad(ops.square(x), sides)\n"
    "    total = sum(squares[:, i : i + x.shape[1]] for i in range(size))\n"
    "    return x * (offset + alpha / size * total) ** -beta\n" },
  { "grid_sample",
    "def grid_sample(x, grid, mode, outside, align):\n"
    "    \"\"\"What stands at each place of the grid, from -1 to 1, between the pixels.\"\"\"\n"
    "    sizes = x.shape[2:]\n"
    "    ats, corners = [], [0, 1] if mode == \"linear\" else [0]\n"
    "    for axis, size in enumerate(sizes):\n"
    "        at = grid[..., len(sizes) - 1 - axis] + 1\n"
    "        at = at * ((size - 1) / 2) if align else (at * size - 1) / 2\n"
    "        if outside == \"reflection\":\n"
    "            low, span = (0, size - 1) if align else (-0.5, size)\n"
    "            away = ops.mod(ops.abs(at - low), 2 * span)\n"
    "            at = low + ops.minimum(away, 2 * span - away)\n"
    "        ats.append(at if outside == \"zeros\" else ops.clip(at, 0, size - 1))\n"
    "    flat = ops.reshape(x, (-1, x.shape[1], int(np.prod(sizes))))\n"
    "    n, total = int(np.prod(grid.shape[1:-1])), 0\n"
    "    for corner in itertools.product(corners, repeat=len(sizes)):\n"
    "        weight, index = 1.0, 0\n"
    "        for at, size, more in zip(ats, sizes, corner):\n"
    "            cell = ops.floor(at) + more if mode == \"linear\" else ops.round(at)\n"
    "            share = 1 - ops.abs(at - cell) if mode == \"linear\" else 1.0\n"
    "            inside = ops.logical_and(cell >= 0, cell <= size - 1)\n"
    "            weight = weight * share * ops.cast(inside, \"float32\")\n"
    "            index = index * size + ops.cast(ops.clip(cell, 0, size - 1), \"int64\")\n"
    "        index = ops.tile(ops.reshape(index, (-1, 1, n)), (1, x.shape[1], 1))\n"
    "        total = total + ops.take_along_axis(flat, index, axis=2) * ops.reshape(weight, (-1, "
    "1, n))\n"
    "    return ops.reshape(total, (-1, x.shape[1], *grid.shape[1:-1]))\n" },
  { "affine_grid",
    "def affine_grid(theta, sizes, align):\n"
    "    \"\"\"Where each place of a picture comes from, from -1 to 1.\"\"\"\n"
    "    axes = [(2 * np.arange(n) + 1) / n - 1 for n in sizes]\n"
    "    if align:\n"
    "        axes = [axis * n / max(n - 1, 1) for axis, n in zip(axes, sizes)]\n"
    "    places = [*reversed(np.meshgrid(*axes, indexing=\"ij\")), np.ones(sizes)]\n"
    "    places = np.stack(places, -1).reshape(-1, len(places)).astype(\"float32\")\n"
    "    return ops.reshape(ops.matmul(places, ops.swapaxes(theta, 1, 2)), (-1, *sizes, "
    "len(sizes)))\n" },
  { "run_conv_lstm",
    "def run_conv_lstm(layer, x, lengths, sequences):\n"
    "    \"\"\"All steps, or the last; then the last state and memory.\"\"\"\n"
    "    if lengths is None:\n"
    "        out, state, memory = layer(x)\n"
    "        return out if sequences else state, state, memory\n"
    "    mask = ops.arange(x.shape[1], dtype=lengths.dtype) < ops.expand_dims(lengths, -1)\n"
    "    out, state, memory = layer(x, mask=mask)\n"
    "    shape = (-1, x.shape[1], *[1] * (len(x.shape) - 2))\n"
    "    out = out * ops.reshape(ops.cast(mask, out.dtype), shape)\n"
    "    return out if sequences else state, state, memory\n" },
  { "pixel_shuffle",
    "def pixel_shuffle(x, block, channels_first):\n"
    "    \"\"\"Channels as squares of pixels.\"\"\"\n"
    "    _, channels, height, width = x.shape\n"
    "    n = channels // block**2\n"
    "    sizes, axes = ((n, block, block), (0, 1, 4, 2, 5, 3)) if channels_first else (\n"
    "        (block, block, n), (0, 3, 4, 1, 5, 2))\n"
    "    x = ops.transpose(ops.reshape(x, (-1, *sizes, height, width)), axes)\n"
    "    return ops.reshape(x, (-1, n, height * block, width * block))\n" },
  { "pixel_unshuffle",
    "def pixel_unshuffle(x, block, channels_first):\n"
    "    \"\"\"Squares of pixels as channels.\"\"\"\n"
    "    _, channels, height, width = x.shape\n"
    "    rows, columns = height // block, width // block\n"
    "    x = ops.reshape(x, (-1, channels, rows, block, columns, block))\n"
    "    x = ops.transpose(x, (0, 1, 3, 5, 2, 4) if channels_first else (0, 3, 5, 1, 2, 4))\n"
    "    return ops.reshape(x, (-1, channels * block**2, rows, columns))\n" },
  { NULL },
};
