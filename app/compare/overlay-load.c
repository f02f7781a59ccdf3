/* Curves of a run are read again when the run has gone on, not when another one has. */
#include "app/compare/overlay-private.h"

GHashTable *
telar_overlay_new_stamps (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

/* All of a run that its curves, and how they are called and grouped, depend on. */
static char *
stamp_of (TelarOverlay *overlay, gint64 run)
{
  TelarRunItem *item = telar_run_set_find (overlay->set, run);
  const TelarRunRow *row = item != NULL ? telar_run_item_row (item) : NULL;

  if (row == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                          " %" G_GINT64_FORMAT " %s %s %s",
                          row->started, row->step, row->epoch, row->ended, row->status, row->name,
                          row->labels != NULL ? row->labels : "");
}

static GHashTable *
stamps_of (TelarOverlay *overlay, const GArray *runs)
{
  GHashTable *stamps = telar_overlay_new_stamps ();

  for (guint i = 0; i < runs->len; i++) {
    gint64 run = g_array_index (runs, gint64, i);
    g_hash_table_insert (stamps, g_memdup2 (&run, sizeof run), stamp_of (overlay, run));
  }
  return stamps;
}

static gboolean
is_known (TelarOverlay *overlay, GHashTable *stamps, gint64 run)
{
  return g_strcmp0 (g_hash_table_lookup (overlay->known, &run),
                    g_hash_table_lookup (stamps, &run)) == 0;
}

/* Takes away the curves of runs that are in @runs, or, where @other, of those that are not. */
static gboolean
drop_curves (TelarOverlay *overlay, GHashTable *runs, gboolean other)
{
  gboolean some = FALSE;

  for (guint i = overlay->loaded != NULL ? overlay->loaded->len : 0; i-- > 0;) {
    const TelarLoadedCurve *curve = overlay->loaded->pdata[i];
    if (g_hash_table_contains (runs, &curve->run) == other)
      continue;
    g_ptr_array_remove_index (overlay->loaded, i);
    some = TRUE;
  }
  return some;
}

static gboolean
forget_others (gpointer run, gpointer stamp, gpointer runs)
{
  return !g_hash_table_contains (runs, run);
}

/* Moves the curves in @curves to those that are there already; takes @curves. */
static void
take_curves (TelarOverlay *overlay, GPtrArray *curves)
{
  if (overlay->loaded == NULL) {
    overlay->loaded = curves;
    return;
  }
  while (curves->len > 0)
    g_ptr_array_add (overlay->loaded, g_ptr_array_steal_index (curves, curves->len - 1));
  g_ptr_array_unref (curves);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarOverlay *overlay = TELAR_OVERLAY (source);
  g_autoptr (GError) error = NULL;
  GPtrArray *curves = telar_curves_load_finish (result, &error);
  GHashTableIter iter;
  gpointer run, stamp;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&overlay->loading);
  if (curves == NULL) {
    telar_overlay_tell (overlay, error);
    return;
  }
  drop_curves (overlay, overlay->asked, FALSE);
  take_curves (overlay, curves);
  g_hash_table_iter_init (&iter, overlay->asked);
  while (g_hash_table_iter_next (&iter, &run, &stamp))
    g_hash_table_insert (overlay->known, g_memdup2 (run, sizeof (gint64)), g_strdup (stamp));
  telar_overlay_fill (overlay);
  if (overlay->again)
    telar_overlay_load_changed (overlay);
}

static void
start_loading (TelarOverlay *overlay, const GArray *runs)
{
  const TelarCurveWish wish = { telar_run_set_workspace (overlay->set),
                                runs,
                                overlay->settings.filter,
                                overlay->settings.along,
                                TELAR_OVERLAY_MOST_CHARTS,
                                0,
                                G_MAXINT64 };

  g_hash_table_unref (overlay->asked);
  overlay->asked = stamps_of (overlay, runs);
  overlay->loading = g_cancellable_new ();
  telar_curves_load (G_OBJECT (overlay), &wish, overlay->loading, on_loaded, NULL);
}

void
telar_overlay_stop_loading (TelarOverlay *overlay)
{
  g_cancellable_cancel (overlay->loading);
  g_clear_object (&overlay->loading);
}

/* Whether what is being read is of runs that are shown still. */
static gboolean
is_wanted (TelarOverlay *overlay, GHashTable *stamps)
{
  GHashTableIter iter;
  gpointer run;

  if (overlay->loading == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, overlay->asked);
  while (g_hash_table_iter_next (&iter, &run, NULL))
    if (!g_hash_table_contains (stamps, run))
      return FALSE;
  return TRUE;
}

void
telar_overlay_load_changed (TelarOverlay *overlay)
{
  g_autoptr (GArray) runs = telar_overlay_runs (overlay);
  g_autoptr (GArray) stale = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) stamps = stamps_of (overlay, runs);

  overlay->again = FALSE;
  gboolean fewer = drop_curves (overlay, stamps, TRUE);
  fewer |= g_hash_table_foreach_remove (overlay->known, forget_others, stamps) > 0;
  for (guint i = 0; i < runs->len; i++)
    if (!is_known (overlay, stamps, g_array_index (runs, gint64, i)))
      g_array_append_val (stale, g_array_index (runs, gint64, i));
  if (fewer || runs->len == 0)
    telar_overlay_fill (overlay);
  if (is_wanted (overlay, stamps)) {
    overlay->again = stale->len > 0; /* when this has ended, or it would never end */
    return;
  }
  telar_overlay_stop_loading (overlay);
  if (stale->len > 0 && telar_run_set_workspace (overlay->set) != NULL)
    start_loading (overlay, stale);
}

void
telar_overlay_load (TelarOverlay *overlay)
{
  g_hash_table_remove_all (overlay->known);
  telar_overlay_stop_loading (overlay);
  telar_overlay_load_changed (overlay);
}
