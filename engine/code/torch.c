/* PyTorch as a library that models are written for. */
#include "engine/code/private.h"

#include <string.h>

static void
write_imports (GString *text, const char *body, gboolean loads)
{
  if (loads)
    g_string_append (text, "from pathlib import Path\n\n");
  if (strstr (body, "math."))
    g_string_append (text, "import math\n\n");
  if (strstr (body, "np."))
    g_string_append (text, "import numpy as np\n");
  if (strstr (body, "torch."))
    g_string_append (text, "import torch\n");
  g_string_append (text, "from torch import nn\n");
  if (strstr (body, "F."))
    g_string_append (text, "from torch.nn import functional as F\n");
  if (strstr (body, "parametrizations."))
    g_string_append (text, "from torch.nn.utils import parametrizations\n");
  if (loads)
    g_string_append (text, "from safetensors.torch import load_file\n");
}

static void
write_loader (GString *text, const char *model, const char *weights)
{
  g_string_append_printf (text,
                          "\n\ndef load(path=Path(__file__).with_name(\"%s\")):\n"
                          "    \"\"\"The model with the weights that it has learned.\"\"\"\n"
                          "    model = %s()\n"
                          "    model.load_state_dict(load_file(path))\n"
                          "    return model.eval()\n",
                          weights, model);
}

static const CodeEntry *const tables[] = { code_torch_math,      code_torch_shapes,
                                           code_torch_layers,    code_torch_convs,
                                           code_torch_sequences, NULL };
static const CodeHelper *const helpers[] = { code_common_helpers, code_torch_helpers,
                                             code_torch_pictures, NULL };

const CodeLanguage code_torch = {
  .name = "PyTorch",
  .tables = tables,
  .helpers = helpers,
  .base = "nn.Module",
  .method = "forward",
  .sequence = "nn.Sequential",
  .functions = "torch",
  .flip = { "", ".flip(" },
  .write_imports = write_imports,
  .write_loader = write_loader,
};
