/* A graph as PyTorch: the entry to it, and the weights that its code loads. */
#include "engine/code/private.h"

#include <string.h>

const CodeEntry *
code_torch_find (const char *op)
{
  static const CodeEntry *const tables[] = { code_torch_math, code_torch_shapes, code_torch_layers,
                                             code_torch_sequences };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const CodeEntry *entry = tables[i]; entry->op; entry++)
      if (g_str_equal (entry->op, op))
        return entry;
  return NULL;
}

static void
refusal_free (gpointer data)
{
  TelarCodeRefusal *refusal = data;

  g_free (refusal->node);
  g_free (refusal->op);
  g_free (refusal->reason);
  g_free (refusal);
}

TelarCode *
telar_code_pytorch (const TelarGraph *graph, const TelarLowered *lowered, const char *name,
                    const char *weights)
{
  TelarCode *code = g_new0 (TelarCode, 1);
  g_autoptr (GHashTable) nodes = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) helpers = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) classes = g_ptr_array_new_with_free_func (code_class_free);
  const GPtrArray *all = telar_lowered_nodes (lowered);
  CodeWriter w = { graph, lowered, nodes, helpers, classes, code };
  CodeUse main = { graph, g_strdup (""), g_strdup ("") };

  code->refused = g_ptr_array_new_with_free_func (refusal_free);
  code->weights = code_weights_new ();
  for (guint i = 0; i < all->len; i++) {
    const TelarLoweredNode *node = all->pdata[i];
    g_hash_table_insert (nodes, (gpointer)node->id, (gpointer)node);
  }
  CodeCall *call = code_call_of (&w, &main);
  if (code->refused->len == 0) {
    code_find_parameters (&w);
    code->source = code_write (&w, name, weights);
  }
  code_call_free (call);
  return code;
}

void
telar_code_free (TelarCode *code)
{
  g_free (code->source);
  g_ptr_array_unref (code->refused);
  g_ptr_array_unref (code->weights);
  g_free (code);
}

gboolean
telar_code_ok (const TelarCode *code, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (code->refused->len == 0)
    return TRUE;
  for (guint i = 0; i < code->refused->len; i++) {
    const TelarCodeRefusal *r = code->refused->pdata[i];
    g_string_append_printf (text, "%s%s (%s): %s", i ? "; " : "", r->node, r->op, r->reason);
  }
  telar_set_error (error, TELAR_ERROR_INVALID,
                   ((const TelarCodeRefusal *)code->refused->pdata[0])->node,
                   "not all of it can be said in PyTorch: %s", text->str);
  return FALSE;
}

/* --- weights ---------------------------------------------------------------------------------- */

static TelarTensor *
transposed (const TelarTensor *tensor)
{
  TelarShape shape = tensor->type.shape;
  gint64 rows = shape.dims[0], columns = shape.dims[1];
  TelarTensor *turned;

  shape.dims[0] = columns;
  shape.dims[1] = rows;
  turned = telar_tensor_new (tensor->type.dtype, &shape);
  gsize rest = telar_tensor_elements (tensor) / (gsize)MAX (rows * columns, 1);
  gsize size = rest * telar_dtype_size (tensor->type.dtype);
  for (gint64 i = 0; i < rows; i++)
    for (gint64 j = 0; j < columns; j++)
      memcpy ((char *)turned->data + (gsize)(j * rows + i) * size,
              (const char *)tensor->data + (gsize)(i * columns + j) * size, size);
  return turned;
}

static TelarTensor *
filled (gint64 length, double value)
{
  TelarShape shape = telar_shape (length);
  TelarTensor *tensor = telar_tensor_new (TELAR_F32, &shape);

  for (gint64 i = 0; i < length; i++)
    telar_tensor_set (tensor, (gsize)i, value);
  return tensor;
}

static TelarTensor *
one_part (const CodeWeight *weight, const char *name, const TelarStates *states, GError **error)
{
  TelarTensor *state = telar_states_get (states, name);
  TelarShape row = telar_shape (weight->length);

  if (!state) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the model has no weights %s", name);
    return NULL;
  }
  if (weight->form == CODE_TRANSPOSED)
    return transposed (state);
  if (weight->form != CODE_RESHAPED)
    return telar_tensor_ref (state);
  TelarTensor *flat = telar_tensor_copy (state);
  flat->type.shape = row;
  return flat;
}

/* The parts one after the other along the first axis. */
static TelarTensor *
joined (const GPtrArray *parts)
{
  TelarShape shape = ((const TelarTensor *)parts->pdata[0])->type.shape;
  gsize at = 0;

  for (guint i = 1; i < parts->len; i++)
    shape.dims[0] += ((const TelarTensor *)parts->pdata[i])->type.shape.dims[0];
  TelarTensor *all = telar_tensor_new (((const TelarTensor *)parts->pdata[0])->type.dtype, &shape);
  for (guint i = 0; i < parts->len; i++) {
    const TelarTensor *part = parts->pdata[i];
    memcpy ((char *)all->data + at, part->data, part->bytes);
    at += part->bytes;
  }
  return all;
}

static TelarTensor *
make_weight (const CodeWeight *weight, const TelarStates *states, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);

  if (weight->form == CODE_ONES || weight->form == CODE_ZEROS)
    return filled (weight->length, weight->form == CODE_ONES ? 1 : 0);
  for (guint i = 0; i < weight->states->len; i++) {
    TelarTensor *part = one_part (weight, weight->states->pdata[i], states, error);
    if (!part)
      return NULL;
    g_ptr_array_add (parts, part);
  }
  return parts->len == 1 ? telar_tensor_ref (parts->pdata[0]) : joined (parts);
}

GHashTable *
telar_code_state (const TelarCode *code, const TelarStates *states, GError **error)
{
  g_autoptr (GHashTable) state =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);

  for (guint i = 0; i < code->weights->len; i++) {
    const CodeWeight *weight = code->weights->pdata[i];
    TelarTensor *tensor = make_weight (weight, states, error);

    if (!tensor)
      return NULL;
    g_hash_table_insert (state, g_strdup (weight->name), tensor);
  }
  return g_steal_pointer (&state);
}
