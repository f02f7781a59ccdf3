/* Importing: the file is walked as it is for a run, but drawn. */
#include "engine/exchange/import.h"

#include "engine/exchange/onnx/canvas.h"
#include "engine/exchange/onnx/model-private.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

static void
unref_tensor (gpointer tensor)
{
  telar_tensor_unref (tensor);
}

void
telar_import_refusal_free (gpointer data)
{
  TelarImportRefusal *refusal = data;
  g_free (refusal->node);
  g_free (refusal->op);
  g_free (refusal->reason);
  g_free (refusal);
}

static void
canvas_init (OnnxCanvas *canvas, const TelarImportOptions *options, gboolean any_batch)
{
  *canvas = (OnnxCanvas){ .graph = telar_graph_new (), .options = options, .any_batch = any_batch };
  canvas->walk = telar_lower_walk_new (canvas->graph);
  canvas->wires = g_array_new (FALSE, FALSE, sizeof (OnnxWire));
  canvas->drawn = g_ptr_array_new ();
  canvas->symbolic =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify)telar_onnx_value_unref, NULL);
  canvas->weights = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_tensor);
  canvas->uses = g_hash_table_new (g_str_hash, g_str_equal);
  canvas->refused = g_ptr_array_new_with_free_func (telar_import_refusal_free);
}

/* Values must be gone before. */
static void
canvas_clear (OnnxCanvas *canvas)
{
  g_clear_pointer (&canvas->walk, telar_lower_walk_free);
  g_clear_pointer (&canvas->graph, telar_graph_free);
  g_clear_pointer (&canvas->wires, g_array_unref);
  g_clear_pointer (&canvas->symbolic, g_hash_table_unref);
  g_clear_pointer (&canvas->drawn, g_ptr_array_unref);
  g_clear_pointer (&canvas->weights, g_hash_table_unref);
  g_clear_pointer (&canvas->uses, g_hash_table_unref);
  g_clear_pointer (&canvas->refused, g_ptr_array_unref);
}

static void
note_use (OnnxCanvas *canvas, char *name)
{
  guint uses = GPOINTER_TO_UINT (g_hash_table_lookup (canvas->uses, name));
  g_hash_table_replace (canvas->uses, name, GUINT_TO_POINTER (uses + 1));
}

static void
count_uses (OnnxCanvas *canvas, const Onnx__GraphProto *graph)
{
  for (gsize i = 0; i < graph->n_node; i++) {
    for (gsize k = 0; k < graph->node[i]->n_input; k++)
      note_use (canvas, graph->node[i]->input[k]);
    for (gsize k = 0; k < graph->node[i]->n_attribute; k++)
      if (graph->node[i]->attribute[k]->g)
        count_uses (canvas, graph->node[i]->attribute[k]->g);
  }
  for (gsize i = 0; i < graph->n_output; i++)
    note_use (canvas, graph->output[i]->name);
}

/* --- inputs ----------------------------------------------------------------------------------- */

static gboolean
parse_shape (const char *text, TelarShape *shape, GError **error)
{
  g_auto (GStrv) sizes = g_strsplit_set (text, "x,", -1);
  *shape = (TelarShape){ .rank = g_strv_length (sizes) };
  for (guint i = 0; sizes[i] && i < TELAR_MAX_RANK; i++)
    if (!g_ascii_string_to_signed (sizes[i], 10, 1, 1 << 24, &shape->dims[i], NULL))
      shape->rank = G_MAXUINT;
  if (shape->rank <= TELAR_MAX_RANK)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "%s is no shape: sizes with x between are, such as 1x3x224x224", text);
  return FALSE;
}

/* The given shape of input @name, or FALSE without an error. */
static gboolean
find_shape (const TelarImportOptions *options, const char *name, TelarShape *shape, GError **error)
{
  gsize length = strlen (name);
  for (guint i = 0; options && options->shapes && options->shapes[i]; i++)
    if (strncmp (options->shapes[i], name, length) == 0 && options->shapes[i][length] == '=')
      return parse_shape (options->shapes[i] + length + 1, shape, error);
  return FALSE;
}

static TelarTensor *
given_value (const TelarImportOptions *options, const char *name)
{
  return options && options->values ? g_hash_table_lookup (options->values, name) : NULL;
}

static gboolean
is_input (const TelarOnnx *model, const char *name)
{
  for (guint i = 0; i < telar_onnx_n_inputs (model); i++)
    if (g_str_equal (telar_onnx_input_name (model, i), name))
      return TRUE;
  return FALSE;
}

static gboolean
check_values (const TelarOnnx *model, const TelarImportOptions *options, GError **error)
{
  GHashTableIter iter;
  gpointer name;
  if (!options || !options->values)
    return TRUE;
  g_hash_table_iter_init (&iter, options->values);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!is_input (model, name)) {
      telar_set_error (error, TELAR_ERROR_USAGE, NULL, "the file has no input %s",
                       (const char *)name);
      return FALSE;
    }
  return TRUE;
}

/* @tensor as the model's input @index, which is the same in every run. */
static TelarOnnxValue *
fixed_input (const TelarOnnx *model, guint index, TelarTensor *tensor, GError **error)
{
  TelarType type;
  gboolean fits = telar_onnx_input_type (model, index, &type) && type.dtype == tensor->type.dtype &&
                  type.shape.rank == tensor->type.shape.rank;
  for (guint i = 0; fits && i < type.shape.rank; i++)
    fits = type.shape.dims[i] < 0 || type.shape.dims[i] == tensor->type.shape.dims[i];
  if (fits)
    return telar_onnx_value_tensor (tensor, TRUE);
  g_autofree char *given = telar_type_to_string (&tensor->type);
  telar_set_error (error, TELAR_ERROR_USAGE, NULL, "the input %s does not take %s",
                   telar_onnx_input_name (model, index), given);
  return NULL;
}

static gboolean
input_type (const TelarOnnx *model, guint index, const TelarImportOptions *options,
            gboolean any_batch, TelarType *type, GError **error)
{
  const char *name = telar_onnx_input_name (model, index);
  g_autoptr (GError) why = NULL;
  TelarOnnxKind kind = telar_onnx_input_kind (model, index);
  if (kind != TELAR_ONNX_TENSOR) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the input %s is of the kind %s, which no wire of the canvas carries", name,
                     telar_onnx_kind_name (kind));
    return FALSE;
  }
  if (!telar_onnx_input_type (model, index, type)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the input %s has no numbers, or the file leaves open how many sizes it has",
                     name);
    return FALSE;
  }
  find_shape (options, name, &type->shape, &why);
  if (why) {
    g_propagate_error (error, g_steal_pointer (&why));
    return FALSE;
  }
  for (guint i = 1; i < type->shape.rank; i++)
    if (type->shape.dims[i] < 0) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "the file leaves size %u of the input %s open: give its shape", i + 1, name);
      return FALSE;
    }
  if (type->shape.rank > 0 && (type->shape.dims[0] < 0 || (any_batch && type->shape.dims[0] == 1)))
    type->shape.dims[0] = TELAR_DIM_BATCH;
  return TRUE;
}

/* "pixels=1x3x?x?", or NULL where nothing but the batch is open. Caller frees. */
static char *
open_shape (const TelarOnnx *model, guint index, const TelarImportOptions *options)
{
  const char *name = telar_onnx_input_name (model, index);
  g_autoptr (GString) text = g_string_new (name);
  TelarType type;
  TelarShape given;
  gboolean open = FALSE;
  if (given_value (options, name) || find_shape (options, name, &given, NULL) ||
      !telar_onnx_input_type (model, index, &type))
    return NULL;
  for (guint i = 0; i < type.shape.rank; i++) {
    gint64 size = i == 0 && type.shape.dims[0] < 0 ? 1 : type.shape.dims[i];
    g_string_append_c (text, i == 0 ? '=' : 'x');
    if (size < 0)
      g_string_append_c (text, '?');
    else
      g_string_append_printf (text, "%" G_GINT64_FORMAT, size);
    open |= size < 0;
  }
  return open ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
note_open (const TelarOnnx *model, const TelarImportOptions *options)
{
  for (guint i = 0; options && options->open && i < telar_onnx_n_inputs (model); i++) {
    char *shape = open_shape (model, i, options);
    if (shape)
      g_ptr_array_add (options->open, shape);
  }
}

/* Whether some input, as it is given or declared, fixes a batch of 1, for which any could stand. */
static gboolean
fixes_batch (const TelarOnnx *model, const TelarImportOptions *options)
{
  for (guint i = 0; i < telar_onnx_n_inputs (model); i++) {
    const char *name = telar_onnx_input_name (model, i);
    TelarType type;
    if (given_value (options, name) || !telar_onnx_input_type (model, i, &type))
      continue;
    find_shape (options, name, &type.shape, NULL);
    if (type.shape.rank > 0 && type.shape.dims[0] == 1)
      return TRUE;
  }
  return FALSE;
}

/* --- what is left over ------------------------------------------------------------------------ */

/* The ids of the nodes that a result is computed from. */
static GHashTable *
needed_nodes (const TelarGraph *graph)
{
  GHashTable *needed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) ordered = telar_graph_topological (graph);
  const GPtrArray *edges = telar_graph_edges (graph);
  for (guint i = ordered->len; i-- > 0;) {
    const TelarNode *node = ordered->pdata[i];
    if (node->op->category == TELAR_CATEGORY_OUTPUT)
      g_hash_table_add (needed, node->id);
    for (guint e = 0; g_hash_table_contains (needed, node->id) && e < edges->len; e++) {
      const TelarEdge *edge = edges->pdata[e];
      if (g_str_equal (edge->to, node->id))
        g_hash_table_add (needed, edge->from);
    }
  }
  return needed;
}

static gboolean
is_of_node (gpointer state, gpointer tensor, gpointer id)
{
  (void)tensor;
  gsize length = strlen (id);
  return strncmp (state, id, length) == 0 && ((const char *)state)[length] == '.';
}

/* Of parts that are only counted, or results that nobody reads, nothing stays; inputs do. */
static void
remove_unneeded (OnnxCanvas *canvas)
{
  g_autoptr (GHashTable) needed = needed_nodes (canvas->graph);
  g_autoptr (GPtrArray) unneeded = g_ptr_array_new_with_free_func (g_free);
  const GPtrArray *nodes = telar_graph_nodes (canvas->graph);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    if (!g_hash_table_contains (needed, node->id) &&
        !g_str_equal (node->op->name, TELAR_OPERATOR_INPUT))
      g_ptr_array_add (unneeded, g_strdup (node->id));
  }
  for (guint i = 0; i < unneeded->len; i++) {
    g_hash_table_foreach_remove (canvas->weights, is_of_node, unneeded->pdata[i]);
    telar_graph_remove_node (canvas->graph, unneeded->pdata[i]);
  }
}

/* --- drawing ---------------------------------------------------------------------------------- */

static void
set_refused (GError **error, const GPtrArray *refused)
{
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint i = 0; i < refused->len; i++) {
    const TelarImportRefusal *refusal = refused->pdata[i];
    g_string_append_printf (all, "%s%s: %s of version %d: %s", i > 0 ? "; " : "", refusal->node,
                            refusal->op, refusal->version, refusal->reason);
  }
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%u nodes cannot stand on the canvas: %s",
                   refused->len, all->str);
}

static gboolean
draw_graph (OnnxTrace *trace, const TelarOnnx *model, OnnxScope *scope, GError **error)
{
  OnnxCanvas *canvas = trace->canvas;
  const Onnx__GraphProto *graph = model->proto->graph;
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, graph->n_output + 1);
  if (!onnx_trace_graph (trace, graph, scope, outputs, error))
    return FALSE;
  gboolean good = canvas->refused->len == 0;
  if (!good)
    set_refused (error, canvas->refused);
  for (gsize i = 0; i < graph->n_output; i++) {
    good = good && onnx_canvas_output (canvas, graph->output[i]->name, outputs[i], error);
    telar_onnx_value_unref (outputs[i]);
  }
  return good;
}

static gboolean
draw_model (OnnxCanvas *canvas, TelarOnnx *model, TelarDevice *device, GError **error)
{
  OnnxTrace trace;
  OnnxScope scope;
  OnnxModelInfo versions = { model->proto->opset_import, model->proto->n_opset_import };
  gboolean good = TRUE;
  count_uses (canvas, model->proto->graph);
  onnx_trace_init (&trace, model->proto, model->folder, device, model->constants);
  trace.canvas = canvas;
  onnx_scope_init (&scope, NULL);
  scope.versions = &versions;
  for (guint i = 0; good && i < telar_onnx_n_inputs (model); i++) {
    const char *name = telar_onnx_input_name (model, i);
    TelarTensor *fixed = given_value (canvas->options, name);
    TelarType type;
    TelarOnnxValue *value = NULL;
    if (fixed)
      value = fixed_input (model, i, fixed, error);
    else if (input_type (model, i, canvas->options, canvas->any_batch, &type, error))
      value = onnx_canvas_input (canvas, name, &type, error);
    good = value != NULL;
    if (good)
      onnx_scope_put (&scope, name, value);
  }
  good = good && draw_graph (&trace, model, &scope, error);
  onnx_scope_clear (&scope);
  onnx_trace_clear (&trace);
  return good;
}

TelarGraph *
telar_import_onnx_model (TelarOnnx *model, const TelarImportOptions *options, GHashTable **weights,
                         GError **error)
{
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 1, error);
  g_autoptr (GError) why = NULL, why_fixed = NULL;
  OnnxCanvas canvas;
  if (!device || !check_values (model, options, error))
    return NULL;
  note_open (model, options);
  canvas_init (&canvas, options, fixes_batch (model, options));
  gboolean good = draw_model (&canvas, model, device, &why);
  g_autoptr (GPtrArray) refused = g_ptr_array_ref (canvas.refused);
  if (!good && canvas.any_batch && !g_error_matches (why, TELAR_ERROR, TELAR_ERROR_INTERRUPTED)) {
    canvas_clear (&canvas);
    canvas_init (&canvas, options, FALSE);
    good = draw_model (&canvas, model, device, &why_fixed);
  }
  if (g_error_matches (why_fixed, TELAR_ERROR, TELAR_ERROR_INTERRUPTED)) {
    g_clear_error (&why);
    why = g_steal_pointer (&why_fixed);
  }
  if (!good && options && options->refused)
    g_ptr_array_extend_and_steal (options->refused, g_steal_pointer (&refused));
  if (good)
    remove_unneeded (&canvas);
  else
    g_propagate_error (error, g_steal_pointer (&why));
  TelarGraph *graph = good ? g_steal_pointer (&canvas.graph) : NULL;
  *weights = good ? g_steal_pointer (&canvas.weights) : NULL;
  canvas_clear (&canvas);
  return graph;
}

TelarGraph *
telar_import_onnx (const char *path, const TelarImportOptions *options, GHashTable **weights,
                   GError **error)
{
  g_autoptr (TelarOnnx) model = onnx_model_load_any (path, error);
  if (!model)
    return NULL;
  TelarGraph *graph = telar_import_onnx_model (model, options, weights, error);
  if (!graph)
    g_prefix_error (error, "%s: ", path);
  return graph;
}
