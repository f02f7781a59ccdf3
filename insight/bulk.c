/* Putting a whole run into the store.
 *
 * Points are gathered per tag and packed 4,096 at a time; packed chunks are committed some dozens
 * at a time, so that a run that is recorded meanwhile waits for no more than that. Points whose
 * step does not go on from the last are set aside and merged at the end. */
#include "insight/bulk.h"
#include "engine/text.h"
#include "insight/store-private.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define COMMIT_CHUNKS 64
#define COMMIT_OTHERS 256 /* things that are no points */
#define MOST_METRICS  32  /* that are taken when nobody says which */

struct TelarBulkTag {
  char *name;
  gsize size; /* of the name */
  gint64 id, last_step;
  double last_value;
  TelarWallPoint *points; /* going on */
  guint n, room;
  GArray *late;       /* TelarWallPoint, those that do not; NULL without one */
  TelarBulkTag *next; /* what came after it the last time */
};

/* A chunk that waits to be committed. */
typedef struct {
  gint64 tag;
  TelarWallPoint *points;
  guint n;
} Ready;

struct TelarBulk {
  TelarStore *store;
  gint64 run;
  GHashTable *by_name; /* name -> TelarBulkTag, owned by tags */
  GPtrArray *tags;     /* TelarBulkTag, as they came */
  TelarBulkTag *latest;
  GArray *ready; /* Ready */
  guint held;    /* things in the open transaction; 0: there is none */
  TelarBulkSummary summary;
  gboolean finished;
};

static GArray *
new_points (guint reserve)
{
  return g_array_sized_new (FALSE, FALSE, sizeof (TelarWallPoint), reserve);
}

static void
tag_free (gpointer data)
{
  TelarBulkTag *tag = data;

  g_free (tag->points);
  g_clear_pointer (&tag->late, g_array_unref);
  g_free (tag->name);
  g_free (tag);
}

static void
ready_clear (gpointer data)
{
  Ready *ready = data;

  g_free (ready->points);
}

TelarBulk *
telar_bulk_new (TelarStore *store, const TelarRecording *recording, GError **error)
{
  gint64 run;

  if (!telar_store_start_run (store, recording, &run, error))
    return NULL;
  TelarBulk *bulk = g_new0 (TelarBulk, 1);
  bulk->store = store;
  store->keep_media = TRUE;
  bulk->run = run;
  bulk->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  bulk->tags = g_ptr_array_new_with_free_func (tag_free);
  bulk->ready = g_array_new (FALSE, FALSE, sizeof (Ready));
  g_array_set_clear_func (bulk->ready, ready_clear);
  bulk->summary = (TelarBulkSummary){ .last_step = -1, .first_wall = NAN, .last_wall = NAN };
  return bulk;
}

void
telar_bulk_free (TelarBulk *bulk)
{
  if (bulk == NULL)
    return;
  bulk->store->keep_media = FALSE;
  if (bulk->held > 0)
    telar_store_finish (bulk->store, FALSE, NULL);
  if (!bulk->finished)
    telar_store_run (bulk->store, NULL, "DELETE FROM run WHERE id = ?", "i", bulk->run);
  g_hash_table_unref (bulk->by_name);
  g_ptr_array_unref (bulk->tags);
  g_array_unref (bulk->ready);
  g_free (bulk);
}

gint64
telar_bulk_run (const TelarBulk *bulk)
{
  return bulk->run;
}

/* --- adding ------------------------------------------------------------------------------ */

static gboolean
is_named (const TelarBulkTag *tag, const char *name, gsize size)
{
  return tag != NULL && tag->size == size && memcmp (tag->name, name, size) == 0;
}

static TelarBulkTag *
find_or_make_tag (TelarBulk *bulk, const char *name, gsize size, GError **error)
{
  g_autofree char *copy = g_strndup (size > 0 ? name : "", size);
  TelarBulkTag *tag = g_hash_table_lookup (bulk->by_name, copy);
  gint64 id;

  if (tag != NULL)
    return tag;
  if (size == 0 || strlen (copy) != size || !g_utf8_validate (copy, -1, NULL)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the name of a curve is empty or no UTF-8");
    return NULL;
  }
  if (!telar_store_tag (bulk->store, bulk->run, copy, &id, error))
    return NULL;
  tag = g_new0 (TelarBulkTag, 1);
  tag->name = g_steal_pointer (&copy);
  tag->size = size;
  tag->id = id;
  tag->last_step = -1;
  g_ptr_array_add (bulk->tags, tag);
  g_hash_table_insert (bulk->by_name, tag->name, tag);
  return tag;
}

TelarBulkTag *
telar_bulk_tag (TelarBulk *bulk, const char *name, gsize size, GError **error)
{
  TelarBulkTag *latest = bulk->latest;
  TelarBulkTag *tag = latest != NULL && is_named (latest->next, name, size) ? latest->next : NULL;

  if (tag == NULL) {
    tag = find_or_make_tag (bulk, name, size, error);
    if (latest != NULL)
      latest->next = tag;
  }
  bulk->latest = tag;
  return tag;
}

/* Puts in the chunks that are ready, and commits what was held. */
static gboolean
commit_ready (TelarBulk *bulk, GError **error)
{
  if (bulk->ready->len == 0 && bulk->held == 0)
    return TRUE;
  if (bulk->held == 0 && !telar_store_begin (bulk->store, error))
    return FALSE;
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < bulk->ready->len; i++) {
    const Ready *ready = &g_array_index (bulk->ready, Ready, i);
    ok = telar_store_insert_wall_chunk (bulk->store, ready->tag, ready->points, ready->n, error);
  }
  g_array_set_size (bulk->ready, 0);
  bulk->held = 0;
  return telar_store_finish (bulk->store, ok, error);
}

gboolean
telar_bulk_hold (TelarBulk *bulk, GError **error)
{
  if (bulk->held == COMMIT_OTHERS && !commit_ready (bulk, error))
    return FALSE;
  if (bulk->held == 0 && !telar_store_begin (bulk->store, error))
    return FALSE;
  bulk->held++;
  return TRUE;
}

/* The gathered points of @tag become a chunk. */
static gboolean
close_chunk (TelarBulk *bulk, TelarBulkTag *tag, GError **error)
{
  if (tag->n == 0)
    return TRUE;
  Ready ready = { tag->id, g_steal_pointer (&tag->points), tag->n };
  tag->n = tag->room = 0;
  g_array_append_val (bulk->ready, ready);
  return bulk->ready->len < COMMIT_CHUNKS || commit_ready (bulk, error);
}

/* Thousands of curves of a few points must not take the room of thousands of chunks. */
static void
make_room (TelarBulkTag *tag)
{
  tag->room = CLAMP (4 * tag->room, 16, TELAR_CHUNK_POINTS);
  tag->points = g_renew (TelarWallPoint, tag->points, tag->room);
}

static void
note_point (TelarBulkSummary *summary, const TelarWallPoint *point)
{
  summary->points++;
  summary->last_step = MAX (summary->last_step, point->step);
  if (!(summary->first_wall <= point->wall))
    summary->first_wall = point->wall;
  if (!(summary->last_wall >= point->wall))
    summary->last_wall = point->wall;
}

gboolean
telar_bulk_add (TelarBulk *bulk, TelarBulkTag *tag, const TelarWallPoint *point, GError **error)
{
  if (point->step < 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "“%s” has step %" G_GINT64_FORMAT "; steps begin with 0", tag->name,
                     point->step);
    return FALSE;
  }
  note_point (&bulk->summary, point);
  if (point->step <= tag->last_step) {
    if (tag->late == NULL)
      tag->late = new_points (0);
    g_array_append_vals (tag->late, point, 1);
    return TRUE;
  }
  if (tag->n == tag->room)
    make_room (tag);
  tag->points[tag->n++] = *point;
  tag->last_step = point->step;
  tag->last_value = point->value;
  return tag->n < TELAR_CHUNK_POINTS || close_chunk (bulk, tag, error);
}

/* --- what came late ---------------------------------------------------------------------- */

static int
compare_steps (gconstpointer a, gconstpointer b)
{
  const TelarWallPoint *x = a, *y = b;
  return x->step < y->step ? -1 : x->step > y->step;
}

static gboolean
append_points (const TelarWallPoint *points, guint n, gpointer data)
{
  g_array_append_vals (data, points, n);
  return TRUE;
}

/* Sorts @all, which is in the order of arrival, into the curve, the last of each step, and the
 * rest. */
static void
sort_out (GArray *all, GArray *curve, GArray *replaced)
{
  g_array_sort (all, compare_steps); /* stable: equal steps stay in the order of arrival */
  for (guint i = 0; i < all->len; i++) {
    const TelarWallPoint *point = &g_array_index (all, TelarWallPoint, i);
    gboolean last = i + 1 == all->len || point[1].step != point->step;
    g_array_append_vals (last ? curve : replaced, point, 1);
  }
}

static gboolean
insert_all (TelarBulk *bulk, const TelarBulkTag *tag, const GArray *curve, const GArray *replaced,
            GError **error)
{
  for (guint i = 0; i < curve->len; i += TELAR_CHUNK_POINTS)
    if (!telar_store_insert_wall_chunk (bulk->store, tag->id,
                                        &g_array_index (curve, TelarWallPoint, i),
                                        MIN (curve->len - i, TELAR_CHUNK_POINTS), error))
      return FALSE;
  for (guint i = 0; i < replaced->len; i += TELAR_CHUNK_POINTS)
    if (!telar_store_insert_replaced (bulk->store, tag->id,
                                      &g_array_index (replaced, TelarWallPoint, i),
                                      MIN (replaced->len - i, TELAR_CHUNK_POINTS), error))
      return FALSE;
  return TRUE;
}

/* The curve of @tag anew, with what came late in its place. */
static gboolean
merge_late (TelarBulk *bulk, TelarBulkTag *tag, GError **error)
{
  g_autoptr (GArray) all = new_points (0);
  g_autoptr (GArray) curve = new_points (0);
  g_autoptr (GArray) replaced = new_points (0);

  if (!telar_store_walk_wall (bulk->store, tag->id, append_points, all, error))
    return FALSE;
  g_array_append_vals (all, tag->late->data, tag->late->len);
  sort_out (all, curve, replaced);
  bulk->summary.replaced += replaced->len;
  tag->last_value = g_array_index (curve, TelarWallPoint, curve->len - 1).value;
  if (!telar_store_begin (bulk->store, error))
    return FALSE;
  gboolean ok = telar_store_forget_chunks (bulk->store, tag->id, error) &&
                insert_all (bulk, tag, curve, replaced, error);
  return telar_store_finish (bulk->store, ok, error);
}

/* --- the end ----------------------------------------------------------------------------- */

static gboolean
flush (TelarBulk *bulk, GError **error)
{
  for (guint i = 0; i < bulk->tags->len; i++)
    if (!close_chunk (bulk, bulk->tags->pdata[i], error))
      return FALSE;
  if (!commit_ready (bulk, error))
    return FALSE;
  for (guint i = 0; i < bulk->tags->len; i++) {
    TelarBulkTag *tag = bulk->tags->pdata[i];
    if (tag->late != NULL && !merge_late (bulk, tag, error))
      return FALSE;
  }
  return TRUE;
}

static void
put_last (const TelarBulkTag *tag, json_t *values)
{
  double value = tag->last_value;

  json_object_set_new (values, tag->name, isfinite (value) ? json_real (value) : json_null ());
}

/* JSON of the last values; caller frees. */
static char *
last_values (const TelarBulk *bulk, const GPtrArray *metrics)
{
  json_t *values = json_object ();

  for (guint i = 0; metrics != NULL && i < metrics->len; i++) {
    const TelarBulkTag *tag = g_hash_table_lookup (bulk->by_name, metrics->pdata[i]);
    if (tag != NULL)
      put_last (tag, values);
  }
  for (guint i = 0; metrics == NULL && i < MIN (bulk->tags->len, MOST_METRICS); i++)
    put_last (bulk->tags->pdata[i], values);
  char *text = telar_json_to_text (values);
  json_decref (values);
  return text;
}

static gboolean
write_end (TelarBulk *bulk, const TelarBulkEnd *end, GError **error)
{
  g_autofree char *metrics = last_values (bulk, end->metrics);
  gint64 now = g_get_real_time ();
  gint64 first = telar_wall_to_time (bulk->summary.first_wall);
  gint64 last = telar_wall_to_time (bulk->summary.last_wall);

  return telar_store_run (bulk->store, error,
                          "UPDATE document SET settings = coalesce (?, settings) WHERE run = ?",
                          "si", end->settings, bulk->run) &&
         telar_store_run (bulk->store, error,
                          "UPDATE run SET status = ?, step = ?, metrics = ?, started = ?,"
                          " ended = ? WHERE id = ?",
                          "sisiii", telar_run_status_name (end->status),
                          MAX (bulk->summary.last_step, 0), metrics, first > 0 ? first : now,
                          last > 0 ? last : now, bulk->run);
}

gboolean
telar_bulk_finish (TelarBulk *bulk, const TelarBulkEnd *end, TelarBulkSummary *summary,
                   GError **error)
{
  if (!flush (bulk, error) || !telar_store_begin (bulk->store, error))
    return FALSE;
  if (!telar_store_finish (bulk->store, write_end (bulk, end, error), error))
    return FALSE;
  bulk->summary.tags = bulk->tags->len;
  bulk->finished = TRUE;
  *summary = bulk->summary;
  return TRUE;
}
