/* What a wire brings is made to suit its input: flattened, reshaped, given other channels or
 * another element type. */
#include "app/project/fixes-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define FAR 8 /* nodes back from the problem to one whose width can be changed */

/* --- one node in a wire ----------------------------------------------------------------------- */

/* Tries a node of @op in every wire into the node. */
static void
try_in_wires (TelarFixer *f, const char *op, const char *settings, const char *label)
{
  const GPtrArray *edges = telar_graph_edges (telar_trial_drawing (f->trial));

  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    g_autofree char *from = g_strdup (edge->from);
    TelarEdge wire = { from, (char *)f->node, edge->from_port, edge->to_port, edge->to_slot };
    TelarGraph *graph;
    gboolean done;

    if (!g_str_equal (edge->to, f->node))
      continue;
    graph = telar_fixer_begin (f);
    done = telar_fixer_insert (f, graph, op, settings, &wire);
    if (telar_fixer_end (f, done, f->node, TELAR_PROOF_NEEDED, g_strdup (label)))
      return;
  }
}

static void
try_plain (TelarFixer *f, const char *op)
{
  const TelarOperator *found = telar_operator_find (op);
  g_autofree char *label = g_strdup_printf (_ ("Insert %s"), _ (found->label));

  try_in_wires (f, op, NULL, label);
}

/* --- sizes that the other inputs have --------------------------------------------------------- */

typedef struct {
  char *from;
  TelarType type;
} Input;

static void
input_clear (gpointer data)
{
  g_free (((Input *)data)->from);
}

/* What comes in, as far as it is known. */
static GArray *
known_inputs (TelarFixer *f)
{
  const GPtrArray *edges = telar_graph_edges (telar_trial_drawing (f->trial));
  GArray *inputs = g_array_new (FALSE, FALSE, sizeof (Input));

  g_array_set_clear_func (inputs, input_clear);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    const TelarType *type = telar_trial_type (f->trial, edge->from, edge->from_port);
    Input input;

    if (!g_str_equal (edge->to, f->node) || !type)
      continue;
    input = (Input){ g_strdup (edge->from), *type };
    g_array_append_val (inputs, input);
  }
  return inputs;
}

/* The node before @id, or further back where its kind keeps the width, that has one of its own:
 * "filters" or "units". */
static const TelarNode *
find_width (const TelarGraph *graph, const char *id, const char **param)
{
  static const char *const names[] = { "filters", "units" };

  for (guint step = 0; step < FAR; step++) {
    const TelarNode *node = telar_graph_find_node (graph, id);
    const TelarEdge *before;

    for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
      const TelarParamValue *value =
          node->params ? telar_param_set_get (node->params, names[i]) : NULL;

      *param = names[i];
      if (value && value->kind == TELAR_PARAM_INT)
        return node;
    }
    before = telar_operator_n_inputs (node->op) ? telar_graph_incoming (graph, id, 0, 0) : NULL;
    if (!before)
      return NULL;
    id = before->from;
  }
  return NULL;
}

static void
try_width (TelarFixer *f, const char *from, gint64 wanted)
{
  const char *param;
  const TelarNode *node = find_width (telar_trial_drawing (f->trial), from, &param);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, wanted);
  g_autofree char *id = NULL;
  char *label;
  TelarGraph *graph;

  if (!node || wanted < 1)
    return;
  id = g_strdup (node->id);
  label = g_strdup_printf (_ ("Set %s of “%s” to %s"), param, telar_fixer_name (node), text);
  graph = telar_fixer_begin (f);
  telar_fixer_end (f, telar_fixer_set (f, graph, id, param, text), f->node, TELAR_PROOF_NEEDED,
                   label);
}

/* The channels of pictures, with a stride where the other is smaller by a whole factor; the last
 * axis of vectors. */
static void
try_projection (TelarFixer *f, const TelarType *has, const TelarType *wants)
{
  guint spatial = has->shape.rank >= 3 ? has->shape.rank - 2 : 0;
  g_autofree char *op = spatial ? g_strdup_printf ("conv%ud", spatial) : g_strdup ("dense");
  g_autofree char *settings = NULL, *label = NULL;

  if (has->shape.rank != wants->shape.rank || has->shape.rank < 2 || spatial > 3)
    return;
  if (spatial) {
    gint64 channels = wants->shape.dims[1], in = has->shape.dims[2], out = wants->shape.dims[2];
    gint64 stride = out > 0 && in > 0 && in % out == 0 ? in / out : 1;

    settings = g_strdup_printf ("filters=%" G_GINT64_FORMAT " kernel=1 stride=%" G_GINT64_FORMAT,
                                channels, stride);
    label = g_strdup_printf (_ ("Adapt with a 1×1 convolution of %d filters"), (int)channels);
  } else {
    gint64 width = wants->shape.dims[1];

    settings = g_strdup_printf ("units=%" G_GINT64_FORMAT, width);
    label = g_strdup_printf (_ ("Adapt with a dense layer of %d units"), (int)width);
  }
  try_in_wires (f, op, settings, label);
}

/* Two pictures of different sizes: the larger one is averaged down. */
static void
try_pool (TelarFixer *f, const TelarType *has, const TelarType *wants)
{
  GString *size = g_string_new (NULL);
  g_autofree char *settings = NULL, *label = NULL;

  for (guint i = 2; i < wants->shape.rank; i++)
    g_string_append_printf (size, "%s%" G_GINT64_FORMAT, i > 2 ? "x" : "", wants->shape.dims[i]);
  if (has->shape.rank >= 3 && wants->shape.rank == has->shape.rank &&
      has->shape.dims[2] > wants->shape.dims[2]) {
    settings = g_strdup_printf ("size=%s", size->str);
    label = g_strdup_printf (_ ("Average down to %s"), size->str);
    try_in_wires (f, "adaptive_avg_pool", settings, label);
  }
  g_string_free (size, TRUE);
}

static void
try_pairs (TelarFixer *f, const GArray *inputs)
{
  for (guint i = 0; i < inputs->len; i++) {
    const Input *one = &g_array_index (inputs, Input, i);

    for (guint j = 0; j < inputs->len; j++) {
      const TelarType *wants = &g_array_index (inputs, Input, j).type;

      if (i == j || wants->shape.rank < 2)
        continue;
      try_width (f, one->from, wants->shape.dims[1]);
      if (wants->shape.rank > 2)
        try_width (f, one->from, wants->shape.dims[wants->shape.rank - 1]);
      try_projection (f, &one->type, wants);
      try_pool (f, &one->type, wants);
    }
  }
}

/* --- another form ----------------------------------------------------------------------------- */

/* Rows of pixels as square pictures of one or three channels. */
static void
try_pictures (TelarFixer *f, const TelarType *type)
{
  static const int channels[] = { 1, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (channels) && type->shape.rank == 2; i++) {
    gint64 n = type->shape.dims[1], side = (gint64)sqrt ((double)n / channels[i]);
    g_autofree char *settings = NULL, *label = NULL;

    if (side < 2 || side * side * channels[i] != n)
      continue;
    settings = g_strdup_printf ("shape=%dx%dx%d", channels[i], (int)side, (int)side);
    label = g_strdup_printf (_ ("Reshape to %d×%d×%d"), channels[i], (int)side, (int)side);
    try_in_wires (f, "reshape", settings, label);
  }
}

static void
try_types (TelarFixer *f)
{
  static const char *const types[] = { "f32", "i64", "bool" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    g_autofree char *settings = g_strdup_printf ("type=%s", types[i]);
    g_autofree char *label = g_strdup_printf (_ ("Convert to %s"), types[i]);

    try_in_wires (f, "cast", settings, label);
  }
}

void
telar_fix_shapes (TelarFixer *f)
{
  g_autoptr (GArray) inputs = known_inputs (f);

  if (inputs->len == 0)
    return;
  try_plain (f, "flatten");
  try_pairs (f, inputs);
  for (guint i = 0; i < inputs->len; i++)
    try_pictures (f, &g_array_index (inputs, Input, i).type);
  try_plain (f, "global_avg_pool");
  try_plain (f, "expand_dims");
  try_types (f);
}
