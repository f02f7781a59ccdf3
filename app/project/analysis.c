/* Following a document with the engine. Three stages, each started by the one before: the feed
 * (only when a data node or the seed changed), lowering (after every edit), the plan's cost (when
 * the edits pause). */
#include "app/project/analysis.h"

#include "app/project/problem-list.h"
#include "app/project/shared-feed.h"

#include <string.h>

#define LOWER_DELAY 20  /* ms after an edit: a burst of edits is lowered once */
#define COST_DELAY  250 /* ms */

struct _TelarAnalysis {
  GObject parent_instance;

  TelarDocument *document;
  TelarSharedFeed *feed; /* NULL before the data is read */
  char *feed_key;
  GError *feed_error;
  GCancellable *reading, *planning;
  guint lower_source, cost_source;

  TelarLowered *lowered;
  TelarProblemList *problems; /* what lowering, reading and planning found */
  GHashTable *parameters;     /* id -> gint64 * */
  gint64 total_parameters;
  char *before, *before_place; /* of before_nodes; NULL: to be looked up */
  TelarCost *cost;
  gint64 fitting_batch;
};

G_DEFINE_FINAL_TYPE (TelarAnalysis, telar_analysis, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
tell (TelarAnalysis *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- problems and parameters ------------------------------------------------------------------ */

static void
collect_problems (TelarAnalysis *self)
{
  const GPtrArray *found = self->lowered->problems;

  telar_problem_list_clear (self->problems);
  if (self->feed_error)
    telar_problem_list_add (self->problems, telar_error_get_node (self->feed_error),
                            TELAR_PROBLEM_ERROR, self->feed_error->message);
  for (guint i = 0; i < found->len; i++) {
    const TelarProblem *problem = found->pdata[i];

    telar_problem_list_add (self->problems, problem->node, problem->severity, problem->message);
  }
}

static void
collect_parameters (TelarAnalysis *self)
{
  g_hash_table_unref (self->parameters);
  self->parameters = telar_lowered_count_parameters (self->lowered, &self->total_parameters);
  if (!self->lowered->program)
    self->total_parameters = -1;
}

/* --- the cost of a step ----------------------------------------------------------------------- */

static void
on_cost (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarAnalysis *self = TELAR_ANALYSIS (source);
  g_autoptr (GError) error = NULL;
  gint64 fitting = 0;
  TelarCost *cost = telar_cost_measure_finish (result, &fitting, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->planning);
  g_clear_pointer (&self->cost, telar_cost_free);
  self->cost = cost;
  /* What cannot be planned (a plan that does not fit in memory) is a problem like any other. */
  if (error) {
    self->fitting_batch = fitting;
    telar_problem_list_add (self->problems, telar_error_get_node (error), TELAR_PROBLEM_ERROR,
                            error->message);
  }
  tell (self);
}

static gboolean
start_cost (gpointer data)
{
  TelarAnalysis *self = data;

  self->cost_source = 0;
  if (!self->feed || telar_problem_list_n_errors (self->problems) || !self->lowered ||
      !self->lowered->program) {
    tell (self); /* there is nothing more to come */
    return G_SOURCE_REMOVE;
  }
  self->planning = g_cancellable_new ();
  telar_cost_measure (G_OBJECT (self), telar_document_graph (self->document), self->feed,
                      self->planning, on_cost, NULL);
  return G_SOURCE_REMOVE;
}

static void
schedule_cost (TelarAnalysis *self)
{
  g_cancellable_cancel (self->planning);
  g_clear_object (&self->planning);
  g_clear_pointer (&self->cost, telar_cost_free);
  self->fitting_batch = 0;
  g_clear_handle_id (&self->cost_source, g_source_remove);
  self->cost_source = g_timeout_add (COST_DELAY, start_cost, self);
}

/* --- the feed --------------------------------------------------------------------------------- */

static void
lower (TelarAnalysis *self)
{
  const TelarGraph *graph = telar_document_graph (self->document);

  g_clear_pointer (&self->before, g_free);
  g_clear_pointer (&self->lowered, telar_lowered_free);
  self->lowered = telar_lower (graph, self->feed ? self->feed->feed : NULL, TELAR_LOWER_TRAIN);
  collect_problems (self);
  collect_parameters (self);
  schedule_cost (self);
  tell (self);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarAnalysis *self = TELAR_ANALYSIS (source);
  g_autoptr (GError) error = NULL;
  TelarSharedFeed *feed = telar_shared_feed_read_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->reading);
  self->feed = feed;
  self->feed_error = g_steal_pointer (&error);
  lower (self);
}

static void
forget_feed (TelarAnalysis *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_pointer (&self->feed, telar_shared_feed_unref);
  g_clear_error (&self->feed_error);
}

static void
start_reading (TelarAnalysis *self)
{
  self->reading = g_cancellable_new ();
  telar_shared_feed_read (G_OBJECT (self), telar_document_graph (self->document), self->reading,
                          on_read, NULL);
}

static gboolean
follow (gpointer data)
{
  TelarAnalysis *self = data;
  g_autofree char *key = NULL;

  telar_graph_evaluate (telar_document_graph (self->document));
  key = telar_shared_feed_key (telar_document_graph (self->document));
  self->lower_source = 0;
  if (g_strcmp0 (key, self->feed_key) != 0) {
    forget_feed (self);
    g_free (self->feed_key);
    self->feed_key = g_steal_pointer (&key);
    if (self->feed_key[0])
      start_reading (self);
  }
  lower (self);
  return G_SOURCE_REMOVE;
}

/* Whether nothing has changed but how the document looks. */
static gboolean
is_layout (const TelarPatch *patch)
{
  const GPtrArray *changes = telar_patch_changes (patch);

  for (guint i = 0; i < changes->len; i++)
    if (!telar_record_is_layout (((const TelarChange *)changes->pdata[i])->path))
      return FALSE;
  return TRUE;
}

static void
on_document_changed (TelarAnalysis *self, const TelarPatch *patch)
{
  if (!self->lower_source && !is_layout (patch))
    self->lower_source = g_timeout_add (LOWER_DELAY, follow, self);
}

/* --- answers ---------------------------------------------------------------------------------- */

TelarDocument *
telar_analysis_document (TelarAnalysis *self)
{
  return self->document;
}

gboolean
telar_analysis_is_busy (TelarAnalysis *self)
{
  return self->reading || self->planning || self->lower_source || self->cost_source;
}

/* What lowering puts before the ids of the drawing that is edited; looked up once for each place
 * and lowering, as every node of the drawing asks. */
static const char *
before_nodes (TelarAnalysis *self)
{
  const char *place = telar_document_place (self->document);
  const char *found;

  if (self->before && g_str_equal (self->before_place, place))
    return self->before;
  g_free (self->before);
  g_free (self->before_place);
  found = *place && self->lowered ? telar_lowered_find_within (self->lowered, place) : NULL;
  self->before_place = g_strdup (place);
  self->before = found ? g_strdup (found) : g_strconcat (place, *place ? "/" : "", NULL);
  return self->before;
}

/* As lowering calls it. */
char *
telar_analysis_path (TelarAnalysis *self, const char *node)
{
  return g_strconcat (before_nodes (self), node, NULL);
}

const TelarType *
telar_analysis_find_type (TelarAnalysis *self, const char *path, const char *port)
{
  return self->lowered ? telar_lowered_port (self->lowered, path, port) : NULL;
}

const TelarType *
telar_analysis_type (TelarAnalysis *self, const char *node, const char *port)
{
  g_autofree char *id = telar_analysis_path (self, node);

  return telar_analysis_find_type (self, id, port);
}

char *
telar_analysis_shape (TelarAnalysis *self, const char *node, const char *port)
{
  const TelarType *type = telar_analysis_type (self, node, port);
  g_autofree char *shape = type ? telar_shape_to_string (&type->shape) : NULL;

  if (!type)
    return NULL;
  if (type->dtype == TELAR_F32)
    return shape[0] ? g_steal_pointer (&shape) : g_strdup ("1");
  return g_strdup_printf ("%s %s", telar_dtype_name (type->dtype), shape);
}

const GPtrArray *
telar_analysis_problems (TelarAnalysis *self)
{
  return telar_problem_list_all (self->problems);
}

const TelarProblem *
telar_analysis_find_problem (TelarAnalysis *self, const char *path)
{
  return telar_problem_list_find (self->problems, path);
}

const TelarProblem *
telar_analysis_problem (TelarAnalysis *self, const char *node)
{
  g_autofree char *id = telar_analysis_path (self, node);

  return telar_analysis_find_problem (self, id);
}

guint
telar_analysis_n_errors (TelarAnalysis *self)
{
  return telar_problem_list_n_errors (self->problems);
}

gint64
telar_analysis_parameters (TelarAnalysis *self, const char *node)
{
  g_autofree char *id = node ? telar_analysis_path (self, node) : NULL;
  const gint64 *count;

  if (!node || self->total_parameters < 0)
    return self->total_parameters;
  count = g_hash_table_lookup (self->parameters, id);
  return count ? *count : 0;
}

const TelarStepCost *
telar_analysis_cost (TelarAnalysis *self)
{
  return self->cost ? &self->cost->step : NULL;
}

gint64
telar_analysis_fitting_batch (TelarAnalysis *self)
{
  return self->fitting_batch;
}

const TelarPartCost *
telar_analysis_node_cost (TelarAnalysis *self, const char *node)
{
  g_autofree char *id = telar_analysis_path (self, node);

  return self->cost ? g_hash_table_lookup (self->cost->nodes, id) : NULL;
}

void
telar_analysis_states (TelarAnalysis *self, const char *node, char ***prefixes, char ***places)
{
  const char *group = telar_graph_group_name (telar_document_drawing (self->document));
  const GPtrArray *nodes = self->lowered ? telar_lowered_nodes (self->lowered) : NULL;
  GPtrArray *found = g_ptr_array_new (), *where = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; nodes && i < nodes->len; i++) {
    const TelarLoweredNode *at = nodes->pdata[i];

    /* Uses that share their weights have one name for them. */
    if (!g_str_equal (at->node->id, node) ||
        g_strcmp0 (telar_graph_group_name (at->drawing), group) != 0 ||
        !g_hash_table_add (seen, (gpointer)at->states))
      continue;
    g_ptr_array_add (found, g_strdup (at->states));
    g_ptr_array_add (where, g_strdup (at->id));
  }
  g_ptr_array_add (found, NULL);
  g_ptr_array_add (where, NULL);
  *prefixes = (char **)g_ptr_array_free (found, FALSE);
  *places = (char **)g_ptr_array_free (where, FALSE);
}

gint64
telar_analysis_rows (TelarAnalysis *self, TelarSplit split)
{
  return self->feed ? telar_feed_rows (self->feed->feed, split) : -1;
}

/* --- the object ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarAnalysis *self = TELAR_ANALYSIS (object);

  g_clear_handle_id (&self->lower_source, g_source_remove);
  g_clear_handle_id (&self->cost_source, g_source_remove);
  forget_feed (self);
  g_cancellable_cancel (self->planning);
  g_clear_object (&self->planning);
  g_clear_pointer (&self->lowered, telar_lowered_free);
  g_clear_pointer (&self->cost, telar_cost_free);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (telar_analysis_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarAnalysis *self = TELAR_ANALYSIS (object);

  telar_problem_list_free (self->problems);
  g_hash_table_unref (self->parameters);
  g_free (self->feed_key);
  g_free (self->before);
  g_free (self->before_place);
  G_OBJECT_CLASS (telar_analysis_parent_class)->finalize (object);
}

static void
telar_analysis_class_init (TelarAnalysisClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  signals[CHANGED] = g_signal_new ("changed", TELAR_TYPE_ANALYSIS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
telar_analysis_init (TelarAnalysis *self)
{
  self->problems = telar_problem_list_new ();
  self->parameters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->total_parameters = -1;
}

TelarAnalysis *
telar_analysis_new (TelarDocument *document)
{
  TelarAnalysis *self = g_object_new (TELAR_TYPE_ANALYSIS, NULL);

  self->document = g_object_ref (document);
  g_signal_connect_object (document, "changed", G_CALLBACK (on_document_changed), self,
                           G_CONNECT_SWAPPED);
  follow (self);
  return self;
}

TelarLowered *
telar_analysis_lower_model (TelarAnalysis *self)
{
  return telar_lower (telar_document_graph (self->document), self->feed ? self->feed->feed : NULL,
                      TELAR_LOWER_INFER);
}
