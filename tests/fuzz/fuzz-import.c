/* Any bytes whatever, put on the canvas as an ONNX model: they are refused with a reason, or they
 * are a graph that is written, read again as the same text, and lowers without a problem. */
#include "tests/fuzz/fuzz.h"

#include "engine/exchange/import.h"
#include "engine/lower.h"
#include <string.h>

/* What a model of some bytes may need; a larger plan is refused. */
#define MEMORY ((gsize)64 << 20)

static void
check (const TelarGraph *graph)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = telar_graph_to_text (graph);
  g_autoptr (TelarGraph) again = telar_graph_from_text (text, strlen (text), "written", &error);
  g_assert_no_error (error);
  g_autofree char *text_again = telar_graph_to_text (again);
  g_assert_cmpstr (text_again, ==, text);

  g_autoptr (TelarLowered) lowered = telar_lower (graph, NULL, TELAR_LOWER_INFER);
  if (!telar_lowered_ok (lowered, &error))
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  telar_operators_init ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (TelarOnnx) model = telar_onnx_from_bytes (data, size, NULL, "fuzzed", NULL);
  if (!model)
    return 0;
  telar_onnx_set_memory_limit (model, MEMORY);
  g_autoptr (TelarGraph) graph = telar_import_onnx_model (model, NULL, &weights, &error);
  if (graph)
    check (graph);
  else
    g_assert_nonnull (error);
  return 0;
}
