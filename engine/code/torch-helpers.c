/* Functions and modules that PyTorch lacks, as source that goes into the file where it is needed.
 */
#include "engine/code/private.h"

const CodeHelper code_torch_helpers[] = {
  { "average_pool", "def average_pool(pool, x, pad, *window):\n"
                    "    \"\"\"Means of windows; what was padded does not count.\"\"\"\n"
                    "    ones = F.pad(torch.ones_like(x[:1, :1]), pad)\n"
                    "    return pool(F.pad(x, pad), *window) / pool(ones, *window)\n" },
  { "attend",
    "def attend(query, key, value, mask, scale, cap, causal):\n"
    "    \"\"\"Each query's mean of the values, weighted by how alike the keys are; and the "
    "weights.\"\"\"\n"
    "    scores = query @ key.mT * (query.shape[-1] ** -0.5 if scale is None else scale)\n"
    "    if cap > 0:\n"
    "        scores = cap * torch.tanh(scores / cap)\n"
    "    if mask is not None:\n"
    "        while mask.dim() < scores.dim():\n"
    "            mask = mask.unsqueeze(1)\n"
    "        if mask.is_floating_point():\n"
    "            scores = scores + mask\n"
    "        else:\n"
    "            scores = scores.masked_fill(mask == 0, -1e30)\n"
    "    if causal:\n"
    "        scores = scores.masked_fill(torch.ones_like(scores, dtype=torch.bool).triu(1), "
    "-1e30)\n"
    "    weights = scores.softmax(-1)\n"
    "    return weights @ value, weights\n" },
  { "counted", "def counted(index, size):\n"
               "    \"\"\"Places below zero count from the end.\"\"\"\n"
               "    return torch.where(index < 0, index + size, index)\n" },
  { "gated", "def gated(x, dim, function):\n"
             "    \"\"\"Half of the features, each let through as the other half says.\"\"\"\n"
             "    a, b = x.chunk(2, dim)\n"
             "    return a * function(b)\n" },
  { "hardmax", "def hardmax(x, dim):\n"
               "    \"\"\"One where x is largest, zero elsewhere.\"\"\"\n"
               "    return torch.zeros_like(x).scatter(dim, x.argmax(dim, keepdim=True), 1)\n" },
  { "one_hot", "def one_hot(x, size, dim, off, on, from_end):\n"
               "    \"\"\"A number as a row of off with one on.\"\"\"\n"
               "    x = torch.where(x < 0, x + size, x) if from_end else x\n"
               "    hit = x.unsqueeze(-1) == torch.arange(size, device=x.device)\n"
               "    return torch.where(hit, on, off).movedim(-1, dim)\n" },
  { "GaussianDropout", "class GaussianDropout(nn.Module):\n"
                       "    \"\"\"Multiplies by noise around one while it trains.\"\"\"\n\n"
                       "    def __init__(self, rate):\n"
                       "        super().__init__()\n"
                       "        self.deviation = (rate / (1 - rate)) ** 0.5\n\n"
                       "    def forward(self, x):\n"
                       "        if not self.training:\n"
                       "            return x\n"
                       "        return x * (1 + self.deviation * torch.randn_like(x))\n" },
  { "GaussianNoise",
    "class GaussianNoise(nn.Module):\n"
    "    \"\"\"Adds noise while it trains.\"\"\"\n\n"
    "    def __init__(self, deviation):\n"
    "        super().__init__()\n"
    "        self.deviation = deviation\n\n"
    "    def forward(self, x):\n"
    "        return x + self.deviation * torch.randn_like(x) if self.training else x\n" },
  { "last_states",
    "def last_states(results, directions):\n"
    "    \"\"\"Of all steps the last: the final state of each direction, side by side.\"\"\"\n"
    "    _, last, *rest = results\n"
    "    return last[:, -directions:].flatten(1), last, *rest\n" },
  { "last_step", "def last_step(x, lengths):\n"
                 "    \"\"\"The step before the end of each row; zeros of an empty one.\"\"\"\n"
                 "    rows = torch.arange(len(x), device=x.device)\n"
                 "    some = (lengths > 0).reshape(-1, *[1] * (x.dim() - 2))\n"
                 "    return x[rows, lengths - 1] * some\n" },
  { "later", "def later(query, key):\n"
             "    \"\"\"A mask of the steps that come after each step.\"\"\"\n"
             "    shape = query.shape[1], key.shape[1]\n"
             "    return torch.ones(shape, dtype=torch.bool, device=query.device).triu(1)\n" },
  { "LearnedPositions", "class LearnedPositions(nn.Module):\n"
                        "    \"\"\"Adds a vector of its own to each step.\"\"\"\n\n"
                        "    def __init__(self, longest, size):\n"
                        "        super().__init__()\n"
                        "        self.table = nn.Parameter(torch.randn(longest, size) * 0.02)\n\n"
                        "    def forward(self, x):\n"
                        "        return x + self.table[: x.shape[1]]\n" },
  { "Parameter", "class Parameter(nn.Module):\n"
                 "    \"\"\"Numbers that are learned and depend on nothing.\"\"\"\n\n"
                 "    def __init__(self, *shape):\n"
                 "        super().__init__()\n"
                 "        self.value = nn.Parameter(torch.zeros(*shape))\n\n"
                 "    def forward(self):\n"
                 "        return self.value\n" },
  { "repeat", "def repeat(module, times, x):\n"
              "    \"\"\"What comes out goes in again.\"\"\"\n"
              "    for _ in range(times):\n"
              "        x = module(x)\n"
              "    return x\n" },
  { "repeat_all", "def repeat_all(module, times, *values):\n"
                  "    \"\"\"What comes out goes in again.\"\"\"\n"
                  "    for _ in range(times):\n"
                  "        values = module(*values)\n"
                  "    return values\n" },
  { "Repeated", "class Repeated(nn.Sequential):\n"
                "    \"\"\"What comes out of each goes into the next.\"\"\"\n\n"
                "    def forward(self, *values):\n"
                "        for module in self:\n"
                "            values = module(*values)\n"
                "        return values\n" },
  { "reverse_sequence", "def reverse_sequence(x, lengths):\n"
                        "    \"\"\"Each row backwards as far as it is long.\"\"\"\n"
                        "    steps = torch.arange(x.shape[1], device=x.device)\n"
                        "    turned = lengths[:, None] - 1 - steps\n"
                        "    index = torch.where(turned >= 0, turned, steps)\n"
                        "    return x[torch.arange(len(x), device=x.device)[:, None], index]\n" },
  { "run_recurrent",
    "def run_recurrent(network, x, lengths=None, *states):\n"
    "    \"\"\"All steps, and the last state of each layer with the batch first.\"\"\"\n"
    "    states = tuple(s if s.dim() == 3 else s[:, None] for s in states)\n"
    "    start = tuple(s.transpose(0, 1).contiguous() for s in states)\n"
    "    start = start if len(start) != 1 else start[0]\n"
    "    steps = x if lengths is None else nn.utils.rnn.pack_padded_sequence(\n"
    "        x, lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False)\n"
    "    out, last = network(steps, start if len(start) else None)\n"
    "    last = [s.transpose(0, 1) for s in (last if isinstance(last, tuple) else (last,))]\n"
    "    if lengths is None:\n"
    "        return out, *last\n"
    "    out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, "
    "total_length=x.shape[1])\n"
    "    some = (lengths > 0)[:, None, None]\n"
    "    first = states or [torch.zeros_like(s) for s in last]\n"
    "    return out * some, *(torch.where(some, s, f) for s, f in zip(last, first))\n" },
  { "shifted", "def shifted(x, dim, first):\n"
               "    \"\"\"Each place has what stood before it; the first has what is given.\"\"\"\n"
               "    start = torch.full_like(x.narrow(dim, 0, 1), first)\n"
               "    return torch.cat([start, x.narrow(dim, 0, x.size(dim) - 1)], dim)\n" },
  { "shrink",
    "def shrink(x, threshold, bias):\n"
    "    \"\"\"Zero near zero, nearer to it elsewhere.\"\"\"\n"
    "    return torch.where(x.abs() > threshold, x - bias * x.sign(), torch.zeros_like(x))\n" },
  { "SinusoidalPositions",
    "class SinusoidalPositions(nn.Module):\n"
    "    \"\"\"Adds waves of many lengths to the steps.\"\"\"\n\n"
    "    def __init__(self, base, scale):\n"
    "        super().__init__()\n"
    "        self.base, self.scale = base, scale\n\n"
    "    def forward(self, x):\n"
    "        steps, size = x.shape[1:]\n"
    "        even = torch.arange(0, size, 2, device=x.device, dtype=torch.float64)\n"
    "        angles = torch.arange(steps, device=x.device)[:, None] / self.base ** (even / size)\n"
    "        table = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)[:, :size]\n"
    "        return x * self.scale + table.to(x.dtype)\n" },
  { "Standardize",
    "class Standardize(nn.Module):\n"
    "    \"\"\"Subtracts the mean of the training rows and divides by their deviation.\"\"\"\n\n"
    "    def __init__(self, *shape):\n"
    "        super().__init__()\n"
    "        self.register_buffer(\"mean\", torch.zeros(*shape))\n"
    "        self.register_buffer(\"deviation\", torch.ones(*shape))\n\n"
    "    def forward(self, x):\n"
    "        return (x - self.mean) / self.deviation\n" },
  { "top_k", "def top_k(x, k, dim, largest):\n"
             "    \"\"\"The first k in order; of equal ones the first come first.\"\"\"\n"
             "    values, indices = torch.sort(x, dim=dim, descending=largest, stable=True)\n"
             "    return values.narrow(dim, 0, k), indices.narrow(dim, 0, k)\n" },
  { NULL },
};
