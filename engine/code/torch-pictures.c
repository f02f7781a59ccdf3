/* More that PyTorch lacks: resizing, places of pixels, tuples of indices, rotary positions. */
#include "engine/code/private.h"

const CodeHelper code_torch_pictures[] = {
  { "resize",
    "def resize(x, axis, size, *about):\n"
    "    \"\"\"An axis with another number of places.\"\"\"\n"
    "    weights = torch.from_numpy(resize_matrix(x.shape[axis], size, *about)).to(x)\n"
    "    return torch.tensordot(x, weights, ([axis], [0])).movedim(-1, axis)\n",
    "resize_matrix" },
  { "rotary",
    "def rotary(x, base, neighbours, positions=None, longest=None):\n"
    "    \"\"\"Turns pairs of features by angles that grow with the position.\"\"\"\n"
    "    half = x.shape[-1] // 2\n"
    "    if positions is None:\n"
    "        positions = torch.arange(x.shape[-2], device=x.device)[None]\n"
    "    speeds = base ** (-torch.arange(half, device=x.device, dtype=torch.float64) / half)\n"
    "    angles = positions[..., None] * speeds\n"
    "    angles = angles.reshape(len(angles), *[1] * (x.dim() - 3), *angles.shape[1:])\n"
    "    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)\n"
    "    a, b = (x[..., ::2], x[..., 1::2]) if neighbours else x.chunk(2, -1)\n"
    "    turned = a * cos - b * sin, b * cos + a * sin\n"
    "    return torch.stack(turned, -1).flatten(-2) if neighbours else torch.cat(turned, -1)\n" },
  { "gather_nd", "def gather_nd(x, index, paired):\n"
                 "    \"\"\"What stands at each place that a row of the index says; of each row of "
                 "x where paired.\"\"\"\n"
                 "    places = [torch.where(i < 0, i + n, i) for i, n in zip(index.unbind(-1), "
                 "x.shape[paired:])]\n"
                 "    if paired:\n"
                 "        rows = torch.arange(len(x), device=x.device)\n"
                 "        places.insert(0, rows.reshape(-1, *[1] * (index.dim() - 2)))\n"
                 "    return x[tuple(places)]\n" },
  { "full", "def full(like, sizes, value, dtype):\n"
            "    \"\"\"As many rows as another tensor has, all of one number.\"\"\"\n"
            "    return torch.full((len(like), *sizes), value, "
            "device=like.device).to(getattr(torch, dtype))\n" },
  { "local_response_norm",
    "def local_response_norm(x, size, alpha, beta, offset):\n"
    "    \"\"\"Divides each number by how large its neighbours in other channels are.\"\"\"\n"
    "    squares = F.pad(x.square().movedim(1, -1), ((size - 1) // 2, size // 2)).movedim(-1, 1)\n"
    "    total = sum(squares[:, i : i + x.shape[1]] for i in range(size))\n"
    "    return x * (offset + alpha / size * total) ** -beta\n" },
  { "max_unpool",
    "def max_unpool(x, places, sizes, kernel, stride, pad):\n"
    "    \"\"\"Each number goes back to where it was the largest of its window; zeros "
    "elsewhere.\"\"\"\n"
    "    inside, rest = True, places\n"
    "    for axis in reversed(range(len(sizes))):\n"
    "        first = torch.arange(x.shape[axis + 2], device=x.device) * stride[axis] - pad[axis]\n"
    "        first = first.reshape(-1, *[1] * (len(sizes) - 1 - axis))\n"
    "        at, rest = rest % sizes[axis], rest // sizes[axis]\n"
    "        inside = inside & (at >= first) & (at < first + kernel[axis])\n"
    "    # What is not inside goes behind the end; of windows that share a place the first "
    "counts.\n"
    "    n = math.prod(sizes)\n"
    "    places = torch.where(inside & (rest == 0), places, n).flatten(2).flip(2)\n"
    "    whole = x.new_zeros(*x.shape[:2], n + 1).scatter(2, places, x.flatten(2).flip(2))\n"
    "    return whole[..., :n].unflatten(2, sizes)\n" },
  { "pixel_shuffle",
    "def pixel_shuffle(x, block, channels_first):\n"
    "    \"\"\"Channels as squares of pixels.\"\"\"\n"
    "    rows, channels, height, width = x.shape\n"
    "    n = channels // block**2\n"
    "    sizes, axes = ((n, block, block), (0, 1, 4, 2, 5, 3)) if channels_first else (\n"
    "        (block, block, n), (0, 3, 4, 1, 5, 2))\n"
    "    x = x.reshape(rows, *sizes, height, width).permute(axes)\n"
    "    return x.reshape(rows, n, height * block, width * block)\n" },
  { "pixel_unshuffle",
    "def pixel_unshuffle(x, block, channels_first):\n"
    "    \"\"\"Squares of pixels as channels.\"\"\"\n"
    "    rows, channels, height, width = x.shape\n"
    "    x = x.reshape(rows, channels, height // block, block, width // block, block)\n"
    "    x = x.permute((0, 1, 3, 5, 2, 4) if channels_first else (0, 3, 5, 1, 2, 4))\n"
    "    return x.reshape(rows, channels * block**2, height // block, width // block)\n" },
  { NULL },
};
