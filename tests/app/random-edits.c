/* Edits drawn by lot. */
#include "tests/app/random-edits.h"

#include "app/project/edits.h"
#include "engine/trainer.h"

static const TelarGraph *
drawing (TelarDocument *document)
{
  return telar_document_drawing (document);
}

/* Caller frees; NULL where there are none. */
static char *
random_node (TelarDocument *document, GRand *rand)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing (document));

  if (nodes->len == 0)
    return NULL;
  return g_strdup (
      ((const TelarNode *)nodes->pdata[g_rand_int_range (rand, 0, (gint32)nodes->len)])->id);
}

/* One to four different nodes. */
static char **
random_nodes (TelarDocument *document, GRand *rand)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (int n = g_rand_int_range (rand, 1, 5); n > 0; n--) {
    char *id = random_node (document, rand);

    if (id && !g_ptr_array_find_with_equal_func (ids, id, g_str_equal, NULL))
      g_ptr_array_add (ids, id);
    else
      g_free (id);
  }
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}

/* --- structure -------------------------------------------------------------------------------- */

static void
add (TelarDocument *document, GRand *rand)
{
  static const char *const ops[] = { "dense",     "relu",          "conv2d",      "add",
                                     "concat",    "flatten",       "dropout",     "cross_entropy",
                                     "csv_table", "table_columns", "group_input", "group_output" };
  g_autofree char *node = g_rand_boolean (rand) ? random_node (document, rand) : NULL;
  TelarPortRef attach = { node, 0, g_rand_boolean (rand) };
  guint n_ports = 1;

  if (node) {
    const TelarOperator *op = telar_graph_find_node (drawing (document), node)->op;

    n_ports = attach.output ? telar_operator_n_outputs (op) : telar_operator_n_inputs (op);
  }
  g_free (telar_edit_add (document, ops[g_rand_int_range (rand, 0, G_N_ELEMENTS (ops))],
                          g_rand_int_range (rand, -400, 400) * 8.0,
                          g_rand_int_range (rand, -400, 400) * 8.0,
                          node && n_ports ? &attach : NULL, NULL));
}

static void
take_away (TelarDocument *document, GRand *rand)
{
  g_auto (GStrv) ids = random_nodes (document, rand);

  if (ids[0])
    telar_edit_remove (document, (const char *const *)ids, g_rand_boolean (rand));
}

static void
join (TelarDocument *document, GRand *rand)
{
  g_autofree char *from = random_node (document, rand), *to = random_node (document, rand);

  if (from)
    telar_edit_connect (document, from, (guint)g_rand_int_range (rand, 0, 2), to,
                        (guint)g_rand_int_range (rand, 0, 2), NULL);
}

static void
change_wire (TelarDocument *document, GRand *rand)
{
  const GPtrArray *edges = telar_graph_edges (drawing (document));
  g_autofree char *to = random_node (document, rand);
  const TelarBend bends[] = { { g_rand_int_range (rand, -99, 99), 5 }, { 1.5, 2 } };
  const TelarEdge *edge;

  if (edges->len == 0)
    return;
  edge = edges->pdata[g_rand_int_range (rand, 0, (gint32)edges->len)];
  switch (g_rand_int_range (rand, 0, 5)) {
  case 3:
    telar_edit_bend (document, edge, bends, (guint)g_rand_int_range (rand, 0, 3), NULL);
    break;
  case 4:
    telar_edit_cut (document, edge, 1);
    break;
  case 0:
    telar_edit_disconnect (document, edge->to, edge->to_port, edge->to_slot);
    break;
  case 1:
    g_free (telar_edit_insert (document, "relu", 8, 16, edge, NULL));
    break;
  default:
    telar_edit_rewire (document, edge, to, 0, NULL);
  }
}

static void
copy (TelarDocument *document, GRand *rand)
{
  g_auto (GStrv) ids = random_nodes (document, rand);
  g_autofree char *text = NULL;

  if (!ids[0])
    return;
  if (g_rand_boolean (rand)) {
    g_strfreev (telar_edit_duplicate (document, (const char *const *)ids, 32, NULL));
    return;
  }
  text = telar_edit_copy (document, (const char *const *)ids);
  g_strfreev (telar_edit_paste (document, text, -16, 24, NULL));
}

/* --- nodes ------------------------------------------------------------------------------------ */

/* Text that the parameter may take; now and then text that it refuses. */
static char *
random_value (const TelarParam *param, GRand *rand)
{
  guint n = 0;

  switch (param->kind) {
  case TELAR_PARAM_INT:
    return g_strdup_printf ("%d", g_rand_int_range (rand, -1, 40));
  case TELAR_PARAM_REAL:
    return g_strdup_printf ("%.3f", g_rand_double_range (rand, -0.1, 1.2));
  case TELAR_PARAM_BOOL:
    return g_strdup (g_rand_boolean (rand) ? "true" : "false");
  case TELAR_PARAM_CHOICE:
    while (param->choices[n])
      n++;
    return g_strdup (param->choices[g_rand_int_range (rand, 0, (gint32)n)]);
  case TELAR_PARAM_INTS:
    return g_strdup_printf ("%dx%d", g_rand_int_range (rand, 1, 6), g_rand_int_range (rand, 1, 6));
  case TELAR_PARAM_REALS:
    return g_strdup_printf ("%.2f,1", g_rand_double (rand));
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    break;
  }
  return g_strdup_printf ("text %d “ñ”", g_rand_int_range (rand, 0, 99));
}

static const TelarParam *
random_param (const TelarParam *table, GRand *rand)
{
  guint n = 0;

  while (table && table[n].name)
    n++;
  return n ? &table[g_rand_int_range (rand, 0, (gint32)n)] : NULL;
}

static void
change_param (TelarDocument *document, GRand *rand)
{
  g_autofree char *id = random_node (document, rand);
  const TelarNode *node = id ? telar_graph_find_node (drawing (document), id) : NULL;
  const char *const ids[] = { id, NULL };
  gboolean own = g_rand_int_range (rand, 0, 5) > 0;
  const TelarParam *param =
      node ? random_param (own ? node->op->params : telar_learning_params, rand) : NULL;
  g_autofree char *text = param ? random_value (param, rand) : NULL;

  if (param && g_rand_int_range (rand, 0, 4) > 0)
    telar_edit_set_param (document, ids, param->name, text, NULL);
  else if (param)
    telar_edit_reset_param (document, ids, param->name);
}

/* Everything of a few nodes at once. */
static void
change_nodes (TelarDocument *document, GRand *rand)
{
  g_auto (GStrv) ids = random_nodes (document, rand);
  guint n = g_strv_length (ids);
  TelarPlace places[4];

  for (guint i = 0; i < n; i++)
    places[i] = (TelarPlace){ ids[i], 264.0 * i, g_rand_int_range (rand, 0, 9) * 8.0 };
  if (n && g_rand_boolean (rand))
    telar_edit_arrange (document, places, n);
  else if (n)
    telar_edit_reset_params (document, (const char *const *)ids);
}

static void
change_node (TelarDocument *document, GRand *rand)
{
  g_autofree char *id = random_node (document, rand);
  g_autofree char *name = g_strdup_printf ("name%d", g_rand_int_range (rand, 0, 1000));
  TelarPlace place = { id, g_rand_int_range (rand, -99, 99), g_rand_int_range (rand, -99, 99) };
  TelarMove loosen = { .name = "Move", .nodes = &place, .n_nodes = 1, .loosen = TRUE };

  if (!id)
    return;
  switch (g_rand_int_range (rand, 0, 5)) {
  case 3:
    g_strfreev (telar_edit_replace (document, (const char *const[]){ id, NULL },
                                    g_rand_boolean (rand) ? "tanh" : "batch_norm", NULL));
    break;
  case 4:
    telar_edit_move (document, &loosen, NULL);
    break;
  case 0:
    telar_edit_place (document, "Move", &place, 1, g_rand_boolean (rand) ? "move" : NULL);
    break;
  case 1:
    telar_edit_rename (document, id, name, NULL);
    break;
  default:
    telar_edit_set_title (document, id, g_rand_boolean (rand) ? name : NULL);
  }
}

/* --- frames and notes ------------------------------------------------------------------------- */

static void
change_note (TelarDocument *document, GRand *rand)
{
  g_auto (GStrv) ids = random_nodes (document, rand);
  const GPtrArray *notes = telar_graph_notes (drawing (document));
  const TelarNote *note =
      notes->len ? notes->pdata[g_rand_int_range (rand, 0, (gint32)notes->len)] : NULL;
  g_autofree char *id = note ? g_strdup (note->id) : NULL;
  TelarNotePlace place = { id, g_rand_int_range (rand, -99, 99), 4, 30, 50 };
  TelarMove move = { .name = "Move", .notes = &place, .n_notes = 1 };

  switch (note ? g_rand_int_range (rand, 0, 5) : 0) {
  case 0:
    g_free (telar_edit_add_note (document, 1, g_rand_int_range (rand, 0, 9)));
    break;
  case 1:
    if (ids[0])
      g_free (telar_edit_add_frame (document, (const char *const *)ids));
    break;
  case 2:
    telar_edit_set_note (document, id, g_rand_boolean (rand) ? "a" : "“b”", TELAR_COLOUR_RED);
    break;
  case 3:
    telar_edit_move (document, &move, NULL);
    break;
  default:
    telar_edit_remove_all (document, (const char *const *)ids, (const char *const[]){ id, NULL },
                           g_rand_boolean (rand));
  }
}

/* --- groups ----------------------------------------------------------------------------------- */

static void
change_group (TelarDocument *document, GRand *rand)
{
  g_auto (GStrv) ids = random_nodes (document, rand);
  g_autofree char *path = NULL;

  if (!ids[0])
    return;
  switch (g_rand_int_range (rand, 0, 4)) {
  case 0:
  case 1:
    g_free (telar_edit_group (document, (const char *const *)ids, NULL));
    break;
  case 2:
    g_strfreev (telar_edit_ungroup (document, ids[0], NULL));
    break;
  default:
    path = g_build_filename (telar_document_place (document), ids[0], NULL);
    if (!telar_document_enter (document, path))
      telar_document_enter (document, "");
  }
}

/* --- settings and history --------------------------------------------------------------------- */

static void
change_settings (TelarDocument *document, GRand *rand)
{
  const TelarParam *param = random_param (telar_training_params, rand);
  g_autofree char *text = random_value (param, rand);

  switch (g_rand_int_range (rand, 0, 8)) {
  case 0:
    telar_edit_set_seed (document, g_rand_int (rand));
    break;
  case 2:
    telar_edit_set_value (document, "width", g_rand_boolean (rand) ? "12" : NULL, NULL);
    break;
  case 3:
    telar_edit_set_value (document, "depth", "2*width", NULL);
    break;
  case 1:
    telar_edit_reset_training (document, param->name);
    break;
  default:
    telar_edit_set_training (document, param->name, text, NULL);
  }
}

static void
travel (TelarDocument *document, GRand *rand)
{
  guint done = telar_document_n_done (document);

  switch (g_rand_int_range (rand, 0, 5)) {
  case 0:
    telar_document_jump (document, done > 6 ? done - (guint)g_rand_int_range (rand, 0, 6) : 0);
    break;
  case 1:
    telar_document_redo (document);
    telar_document_redo (document);
    break;
  case 2:
    telar_document_redo (document);
    break;
  default:
    telar_document_undo (document);
  }
}

void
test_random_edit (TelarDocument *document, GRand *rand, guint n_nodes)
{
  static const struct {
    int weight;
    void (*edit) (TelarDocument *document, GRand *rand);
  } kinds[] = {
    { 20, add },         { 17, join },       { 10, change_wire }, { 8, copy },
    { 9, change_param }, { 6, change_node }, { 8, change_group }, { 5, change_settings },
    { 8, travel },       { 5, change_note }, { 4, change_nodes },
  };
  guint size = telar_graph_nodes (drawing (document))->len;
  int dice = g_rand_int_range (rand, 0, 100);

  if (size > n_nodes) {
    take_away (document, rand);
    return;
  }
  if (size < 3)
    add (document, rand);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    dice -= kinds[i].weight;
    if (dice < 0) {
      kinds[i].edit (document, rand);
      return;
    }
  }
}
