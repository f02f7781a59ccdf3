/* Arranging what is on the canvas: the engine's layout with the sizes that the cards have here. The
 * thread has a copy of what it needs; its places are taken when it is done, for those nodes that
 * still are there. */
#include "app/canvas/arrange.h"

#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>

#define REPORT_MS 80
/* What is done sooner shows no progress. */
#define QUIET_US 300000

struct TelarArranging {
  TelarArrangement *arrangement;
  char *place;    /* the drawing */
  gboolean whole; /* all of it */
  gint permille, cancelled;
  gint64 begin;
  guint reporter;
};

static void
arranging_free (gpointer data)
{
  TelarArranging *arranging = data;

  telar_arrangement_free (arranging->arrangement);
  g_free (arranging->place);
  g_free (arranging);
}

static double
card_height (const TelarNode *node, gpointer scene)
{
  return telar_scene_find (scene, node->id)->item.bounds.size.height;
}

static double
port_height (const TelarNode *node, gboolean output, guint port, gpointer scene)
{
  const TelarSceneNode *card = telar_scene_find (scene, node->id);

  return telar_scene_port (card, output, port).y - card->item.bounds.origin.y;
}

static void
run_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  TelarArranging *arranging = data;

  g_task_return_boolean (task, telar_arrangement_run (arranging->arrangement, &arranging->permille,
                                                      &arranging->cancelled));
}

static gboolean
report (gpointer data)
{
  TelarCanvas *self = data;

  if (g_get_monotonic_time () - self->arranging->begin > QUIET_US)
    g_signal_emit_by_name (self, "arranging",
                           g_atomic_int_get (&self->arranging->permille) / 1000.0);
  return G_SOURCE_CONTINUE;
}

/* The canvas has no more to do with it. */
static void
let_go (TelarCanvas *self)
{
  g_clear_handle_id (&self->arranging->reporter, g_source_remove);
  self->arranging = NULL;
  g_signal_emit_by_name (self, "arranging", -1.0);
}

static void
take_places (TelarCanvas *self, const TelarArranging *arranging)
{
  const GArray *arranged = telar_arrangement_places (arranging->arrangement);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (TelarPlace));

  for (guint i = 0; i < arranged->len; i++) {
    const TelarArranged *item = &g_array_index (arranged, TelarArranged, i);
    TelarPlace place = { item->id, item->x, item->y };

    if (telar_scene_find (self->scene, item->id))
      g_array_append_val (places, place);
  }
  telar_edit_arrange (self->document, (const TelarPlace *)(gconstpointer)places->data, places->len);
}

static void
on_arranged (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarCanvas *self = TELAR_CANVAS (source);
  TelarArranging *arranging = g_task_get_task_data (G_TASK (result));

  if (self->arranging != arranging)
    return;
  let_go (self);
  if (!g_str_equal (telar_document_place (self->document), arranging->place))
    return;
  take_places (self, arranging);
  if (arranging->whole)
    telar_canvas_fit (self, TRUE);
}

void
telar_canvas_cancel_arranging (TelarCanvas *self)
{
  if (!self->arranging)
    return;
  g_atomic_int_set (&self->arranging->cancelled, 1);
  let_go (self);
}

void
telar_canvas_arrange (TelarCanvas *self)
{
  TelarCards cards = telar_cards;
  g_auto (GStrv) ids = telar_canvas_selection (self);
  gboolean whole = !ids[0] || !ids[1];
  TelarArranging *arranging;
  g_autoptr (GTask) task = NULL;

  telar_canvas_cancel_arranging (self);
  if (!self->document)
    return;
  cards.height = card_height;
  cards.port = port_height;
  cards.data = self->scene;
  arranging = g_new0 (TelarArranging, 1);
  arranging->arrangement =
      telar_arrangement_new (telar_document_drawing (self->document), &cards,
                             whole ? NULL : (const char *const *)(gconstpointer)ids);
  arranging->place = g_strdup (telar_document_place (self->document));
  arranging->whole = whole;
  arranging->begin = g_get_monotonic_time ();
  arranging->reporter = g_timeout_add (REPORT_MS, report, self);
  self->arranging = arranging;
  task = g_task_new (self, NULL, on_arranged, NULL);
  g_task_set_task_data (task, arranging, arranging_free);
  g_task_run_in_thread (task, run_in_thread);
}
