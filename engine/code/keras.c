/* Keras as a library that models are written for: a function of layers, groups as layers of their
 * own. Pictures stay as they were drawn, with the channels first. */
#include "engine/code/private.h"

#include <string.h>

static void
write_imports (GString *text, const char *body, gboolean loads)
{
  if (loads)
    g_string_append (text, "from pathlib import Path\n\n");
  if (strstr (body, "itertools."))
    g_string_append (text, "import itertools\n\n");
  g_string_append (text, "import keras\n");
  if (strstr (body, "np."))
    g_string_append (text, "import numpy as np\n");
  if (strstr (body, "layers.") || strstr (body, "ops."))
    g_string_append_printf (text, "from keras import %s\n",
                            !strstr (body, "ops.")      ? "layers"
                            : !strstr (body, "layers.") ? "ops"
                                                        : "layers, ops");
  if (loads)
    g_string_append (text, "from safetensors.numpy import load_file\n");
}

static void
write_loader (GString *text, const char *model, const char *weights)
{
  g_string_append_printf (
      text,
      "\n\ndef find(model, path):\n"
      "    \"\"\"The variable conv1.kernel is the kernel of the layer conv1.\"\"\"\n"
      "    layer, *parts = path.split(\".\")\n"
      "    found = model.get_layer(layer)\n"
      "    for part in parts:\n"
      "        found = found.layers[int(part)] if part.isdigit() else getattr(found, part)\n"
      "    return found\n"
      "\n\ndef load(path=Path(__file__).with_name(\"%s\")):\n"
      "    \"\"\"The model with the weights that it has learned.\"\"\"\n"
      "    model = %s()\n"
      "    for name, value in load_file(path).items():\n"
      "        find(model, name).assign(value)\n"
      "    return model\n",
      weights, model);
}

static const CodeEntry *const tables[] = { code_keras_math,      code_keras_shapes,
                                           code_keras_layers,    code_keras_convs,
                                           code_keras_sequences, NULL };
static const CodeHelper *const helpers[] = { code_common_helpers, code_keras_helpers,
                                             code_keras_pictures, NULL };

const CodeLanguage code_keras = {
  .name = "Keras",
  .tables = tables,
  .helpers = helpers,
  .base = "keras.Layer",
  .method = "call",
  .sequence = "keras.Sequential",
  .listed = TRUE,
  .functional = TRUE,
  .functions = "ops",
  .flip = { "ops.flip(", ", " },
  .write_imports = write_imports,
  .write_loader = write_loader,
};
