/* The list is changed by as little as there is new, so that a table keeps its selection. */
#include "app/compare/run-set.h"

#include "app/ui/run-text.h"
#include "insight/run-json.h"

#include <math.h>

struct _TelarRunSet {
  GObject parent_instance;

  char *workspace;
  TelarStore *store;
  gint64 version;
  GListStore *items;
  GHashTable *by_id; /* gint64 * -> TelarRunItem, borrowed */
  GPtrArray *varying, *metrics;
  gboolean reading, again;
  guint turn; /* what was begun for another workspace is not taken */
};

G_DEFINE_FINAL_TYPE (TelarRunSet, telar_run_set, G_TYPE_OBJECT)

enum { READ, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- in the thread ----------------------------------------------------------------------- */

/* What the list knows already of a run. */
typedef struct {
  gint64 step;
  char *said; /* status, name, note, labels, star */
} Known;

typedef struct {
  char *workspace;
  GHashTable *known; /* gint64 * -> Known */
  guint turn;
} Job;

static void
known_free (gpointer data)
{
  g_free (((Known *)data)->said);
  g_free (data);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->workspace);
  g_hash_table_unref (job->known);
  g_free (job);
}

static char *
said_of (const TelarRunRow *row)
{
  return g_strdup_printf ("%s\n%s\n%s\n%s\n%d", row->status, row->name, row->note ? row->note : "",
                          row->labels ? row->labels : "", row->star);
}

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
put (GHashTable *table, const char *name, double value)
{
  double *kept = g_new (double, 1);

  *kept = value;
  g_hash_table_insert (table, g_strdup (name), kept);
}

static void
read_last (TelarRunReading *reading)
{
  json_t *metrics = telar_json_parsed (reading->row->metrics), *value;
  const char *name;

  json_object_foreach (metrics, name, value) if (json_is_number (value))
      put (reading->last, name, json_number_value (value));
  json_decref (metrics);
}

/* Values of epochs, and those that are only there as points: of these the last point counts. */
static gboolean
read_metrics (TelarStore *store, TelarRunReading *reading, GError **error)
{
  g_autoptr (GPtrArray) ranges = telar_store_tag_ranges (store, reading->row->id, error);
  gboolean known = g_hash_table_size (reading->last) > 0;

  if (ranges == NULL)
    return FALSE;
  for (guint i = 0; i < ranges->len; i++) {
    const TelarTagRange *range = g_ptr_array_index (ranges, i);
    int direction = telar_metric_direction (telar_metric_group (range->name));
    double best = direction > 0 ? range->max : range->min;
    if (direction == 0 || isnan (best))
      continue;
    put (reading->best, range->name, best);
    if (known || g_hash_table_contains (reading->last, range->name))
      continue;
    g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
    gint64 step;
    if (!telar_store_last_step (store, reading->row->id, range->name, &step, error) ||
        !telar_store_read (store, reading->row->id, range->name, step - 1, points, error))
      return FALSE;
    if (points->len > 0)
      put (reading->last, range->name, g_array_index (points, TelarPoint, points->len - 1).value);
  }
  return TRUE;
}

/* NULL with no error: nothing new. */
static TelarRunReading *
read_run (TelarStore *store, const Job *job, TelarRunRow *row, GError **error)
{
  const Known *known = g_hash_table_lookup (job->known, &row->id);
  g_autofree char *said = said_of (row);
  TelarRunReading *reading = g_new0 (TelarRunReading, 1);

  reading->row = row;
  if (known != NULL && known->step == row->step && g_str_equal (known->said, said)) {
    telar_run_reading_free (reading);
    return NULL;
  }
  reading->last = new_table ();
  reading->best = new_table ();
  read_last (reading);
  if (known == NULL) {
    g_autofree char *graph = telar_store_graph (store, row->id, NULL);
    reading->choices = telar_choices_read (row, graph);
  }
  if (read_metrics (store, reading, error))
    return reading;
  telar_run_reading_free (reading);
  return NULL;
}

/* Ids of all runs, in their order, and what is new of them. */
typedef struct {
  GArray *ids;         /* gint64 */
  GPtrArray *readings; /* TelarRunReading */
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_array_unref (result->ids);
  g_ptr_array_unref (result->readings);
  g_free (result);
}

static void
read_all (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  GError *error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (job->workspace, FALSE, &error);
  g_autoptr (GPtrArray) runs = store != NULL ? telar_store_runs (store, &error) : NULL;

  if (runs == NULL) {
    g_task_return_error (task, error);
    return;
  }
  Result *result = g_new (Result, 1);
  result->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  result->readings = g_ptr_array_new_with_free_func (telar_run_reading_free);
  g_ptr_array_set_free_func (runs, NULL); /* rows are taken one by one */
  for (guint i = 0; i < runs->len; i++) {
    TelarRunRow *row = g_ptr_array_index (runs, i);
    if (error != NULL) {
      telar_run_row_free (row);
      continue;
    }
    g_array_append_val (result->ids, row->id);
    TelarRunReading *reading = read_run (store, job, row, &error);
    if (reading != NULL)
      g_ptr_array_add (result->readings, reading);
  }
  if (error == NULL) {
    g_task_return_pointer (task, result, result_free);
    return;
  }
  result_free (result);
  g_task_return_error (task, error);
}

/* --- what runs have ---------------------------------------------------------------------- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *)a, *(const char *const *)b);
}

static int
compare_metrics (gconstpointer a, gconstpointer b)
{
  const char *one = *(const char *const *)a, *other = *(const char *const *)b;
  int difference = telar_metric_rank (other) - telar_metric_rank (one);

  return difference != 0 ? difference : g_strcmp0 (one, other);
}

/* Counts for each name whether runs disagree, or some lack it. */
static void
find_varying (TelarRunSet *set)
{
  g_autoptr (GHashTable) first = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) counts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) differ = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (set->items));
  GHashTableIter iter;
  gpointer name, value;

  g_ptr_array_set_size (set->varying, 0);
  for (guint i = 0; i < n; i++) {
    g_autoptr (TelarRunItem) item = g_list_model_get_item (G_LIST_MODEL (set->items), i);
    g_hash_table_iter_init (&iter, telar_run_item_choices (item)->values);
    while (g_hash_table_iter_next (&iter, &name, &value)) {
      const char *other = g_hash_table_lookup (first, name);
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));
      if (other == NULL)
        g_hash_table_insert (first, name, value);
      else if (!g_str_equal (other, value))
        g_hash_table_add (differ, name);
      g_hash_table_insert (counts, name, GUINT_TO_POINTER (count + 1));
    }
  }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &name, &value))
    if (g_hash_table_contains (differ, name) || GPOINTER_TO_UINT (value) < n)
      g_ptr_array_add (set->varying, g_strdup (name));
  g_ptr_array_sort (set->varying, compare_names);
}

static void
find_metrics (TelarRunSet *set)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name;

  g_ptr_array_set_size (set->metrics, 0);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set->items)); i++) {
    g_autoptr (TelarRunItem) item = g_list_model_get_item (G_LIST_MODEL (set->items), i);
    g_hash_table_iter_init (&iter, telar_run_item_metrics (item));
    while (g_hash_table_iter_next (&iter, &name, NULL))
      if (!g_hash_table_contains (names, name)) {
        g_ptr_array_add (set->metrics, g_strdup (name));
        g_hash_table_add (names, set->metrics->pdata[set->metrics->len - 1]);
      }
  }
  g_ptr_array_sort (set->metrics, compare_metrics);
}

/* --- taking ------------------------------------------------------------------------------ */

static gboolean
remove_gone (TelarRunSet *set, const GArray *ids)
{
  g_autoptr (GHashTable) there = g_hash_table_new (g_int64_hash, g_int64_equal);
  gboolean removed = FALSE;

  for (guint i = 0; i < ids->len; i++)
    g_hash_table_add (there, &g_array_index (ids, gint64, i));
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (set->items)); i > 0; i--) {
    g_autoptr (TelarRunItem) item = g_list_model_get_item (G_LIST_MODEL (set->items), i - 1);
    gint64 id = telar_run_item_id (item);
    if (g_hash_table_contains (there, &id))
      continue;
    g_hash_table_remove (set->by_id, &id);
    g_list_store_remove (set->items, i - 1);
    removed = TRUE;
  }
  return removed;
}

static int
newest_first (gconstpointer a, gconstpointer b, gpointer data)
{
  const TelarRunRow *one = telar_run_item_row ((TelarRunItem *)a);
  const TelarRunRow *other = telar_run_item_row ((TelarRunItem *)b);

  if (one->started != other->started)
    return one->started > other->started ? -1 : 1;
  return one->id > other->id ? -1 : one->id < other->id;
}

static gboolean
take_readings (TelarRunSet *set, GPtrArray *readings)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < readings->len; i++) {
    TelarRunReading *reading = g_ptr_array_index (readings, i);
    gint64 id = reading->row->id;
    TelarRunItem *item = g_hash_table_lookup (set->by_id, &id);
    if (item != NULL) {
      telar_run_item_update (item, reading);
      continue;
    }
    item = telar_run_item_new (reading);
    g_ptr_array_add (fresh, item);
    g_hash_table_insert (set->by_id, g_memdup2 (&id, sizeof id), item);
  }
  if (fresh->len == 0)
    return FALSE;
  g_list_store_splice (set->items, 0, 0, fresh->pdata, fresh->len);
  g_list_store_sort (set->items, newest_first, NULL);
  return TRUE;
}

static void start_reading (TelarRunSet *set);

static void
on_read (GObject *object, GAsyncResult *outcome, gpointer data)
{
  TelarRunSet *set = TELAR_RUN_SET (object);
  const Job *job = g_task_get_task_data (G_TASK (outcome));
  g_autoptr (GError) error = NULL;
  Result *result = g_task_propagate_pointer (G_TASK (outcome), &error);

  set->reading = FALSE;
  if (job->turn == set->turn && result != NULL) {
    gboolean removed = remove_gone (set, result->ids);
    gboolean added = take_readings (set, result->readings);
    if (removed || added)
      find_varying (set);
    if (removed || result->readings->len > 0 || added) {
      find_metrics (set);
      g_signal_emit (set, signals[READ], 0);
    }
  } else if (job->turn == set->turn) {
    g_signal_emit (set, signals[FAILED], 0, error->message);
  }
  g_clear_pointer (&result, result_free);
  if (set->again)
    start_reading (set);
}

static void
start_reading (TelarRunSet *set)
{
  set->again = set->reading;
  if (set->reading)
    return;
  set->reading = TRUE;
  Job *job = g_new0 (Job, 1);
  job->workspace = g_strdup (set->workspace);
  job->known = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, known_free);
  job->turn = set->turn;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set->items)); i++) {
    g_autoptr (TelarRunItem) item = g_list_model_get_item (G_LIST_MODEL (set->items), i);
    const TelarRunRow *row = telar_run_item_row (item);
    Known *known = g_new (Known, 1);
    *known = (Known){ row->step, said_of (row) };
    g_hash_table_insert (job->known, g_memdup2 (&row->id, sizeof row->id), known);
  }
  g_autoptr (GTask) task = g_task_new (set, NULL, on_read, NULL);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, read_all);
}

void
telar_run_set_poll_now (TelarRunSet *set)
{
  g_return_if_fail (TELAR_IS_RUN_SET (set));
  if (telar_run_set_store (set) == NULL)
    return;
  set->version = telar_store_version (set->store);
  start_reading (set);
}

void
telar_run_set_poll (TelarRunSet *set)
{
  g_return_if_fail (TELAR_IS_RUN_SET (set));
  if (telar_run_set_store (set) != NULL && telar_store_version (set->store) != set->version)
    telar_run_set_poll_now (set);
}

/* --- life -------------------------------------------------------------------------------- */

TelarStore *
telar_run_set_store (TelarRunSet *set)
{
  g_autoptr (GError) error = NULL;

  if (set->store == NULL && set->workspace != NULL && telar_store_exists (set->workspace)) {
    set->store = telar_store_open (set->workspace, FALSE, &error);
    set->version = -1;
    if (set->store == NULL)
      g_signal_emit (set, signals[FAILED], 0, error->message);
  }
  return set->store;
}

const char *
telar_run_set_workspace (TelarRunSet *set)
{
  return set->workspace;
}

void
telar_run_set_set_workspace (TelarRunSet *set, const char *workspace)
{
  g_return_if_fail (TELAR_IS_RUN_SET (set));
  if (g_strcmp0 (workspace, set->workspace) == 0)
    return;
  g_free (set->workspace);
  set->workspace = g_strdup (workspace);
  g_clear_pointer (&set->store, telar_store_close);
  set->turn++;
  g_hash_table_remove_all (set->by_id);
  g_list_store_remove_all (set->items);
  find_varying (set);
  find_metrics (set);
  telar_run_set_poll (set);
}

GListModel *
telar_run_set_model (TelarRunSet *set)
{
  return G_LIST_MODEL (set->items);
}

TelarRunItem *
telar_run_set_find (TelarRunSet *set, gint64 run)
{
  return g_hash_table_lookup (set->by_id, &run);
}

const GPtrArray *
telar_run_set_varying (TelarRunSet *set)
{
  return set->varying;
}

const GPtrArray *
telar_run_set_metrics (TelarRunSet *set)
{
  return set->metrics;
}

static void
finalize (GObject *object)
{
  TelarRunSet *set = TELAR_RUN_SET (object);

  telar_store_close (set->store);
  g_free (set->workspace);
  g_hash_table_unref (set->by_id);
  g_object_unref (set->items);
  g_ptr_array_unref (set->varying);
  g_ptr_array_unref (set->metrics);
  G_OBJECT_CLASS (telar_run_set_parent_class)->finalize (object);
}

static void
telar_run_set_class_init (TelarRunSetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  signals[READ] = g_signal_new ("read", TELAR_TYPE_RUN_SET, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", TELAR_TYPE_RUN_SET, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_run_set_init (TelarRunSet *set)
{
  set->items = g_list_store_new (TELAR_TYPE_RUN_ITEM);
  set->by_id = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  set->varying = g_ptr_array_new_with_free_func (g_free);
  set->metrics = g_ptr_array_new_with_free_func (g_free);
}

TelarRunSet *
telar_run_set_new (void)
{
  return g_object_new (TELAR_TYPE_RUN_SET, NULL);
}
