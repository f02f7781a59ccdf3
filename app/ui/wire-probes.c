/* From the histograms "probe/WIRE" of a run to cards on the wires. */
#include "app/ui/wire-probes.h"

#include "app/ui/run-text.h"
#include "engine/monitor.h"
#include "insight/axis.h"
#include "insight/store-media.h"

#include <glib/gi18n.h>
#include <string.h>

#define PREFIX "probe/"

/* A request whose outcome is not known yet. */
typedef struct {
  gint64 id;
  char *wire;
} Asked;

struct TelarWireProbes {
  TelarCanvas *canvas; /* borrowed */
  gint64 run;          /* whose they are; 0: nobody's */
  gint64 cursor;       /* the last event that was read */
  GHashTable *wires;   /* names as the run knows them, a set */
  GArray *asked;       /* Asked */
};

static void
clear_asked (gpointer asked)
{
  g_free (((Asked *)asked)->wire);
}

TelarWireProbes *
telar_wire_probes_new (TelarCanvas *canvas)
{
  TelarWireProbes *probes = g_new0 (TelarWireProbes, 1);

  probes->canvas = canvas;
  probes->wires = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  probes->asked = g_array_new (FALSE, FALSE, sizeof (Asked));
  g_array_set_clear_func (probes->asked, clear_asked);
  return probes;
}

void
telar_wire_probes_free (TelarWireProbes *probes)
{
  g_hash_table_unref (probes->wires);
  g_array_unref (probes->asked);
  g_free (probes);
}

gboolean
telar_wire_probes_any (const TelarWireProbes *probes)
{
  return g_hash_table_size (probes->wires) > 0;
}

static void
begin_run (TelarWireProbes *probes, gint64 run)
{
  if (run == probes->run)
    return;
  probes->run = run;
  probes->cursor = 0;
  g_hash_table_remove_all (probes->wires);
  g_array_set_size (probes->asked, 0);
}

/* --- which there are -------------------------------------------------------------------------- */

static void
read_events (TelarWireProbes *probes, TelarStore *store)
{
  g_autoptr (GPtrArray) events = telar_store_events (store, probes->run, probes->cursor, NULL);

  for (guint i = 0; events != NULL && i < events->len; i++) {
    const TelarEventRow *event = events->pdata[i];
    probes->cursor = event->id;
    if (g_str_equal (event->kind, "probe"))
      g_hash_table_add (probes->wires, g_strdup (event->text));
    else if (g_str_equal (event->kind, "unprobe"))
      g_hash_table_remove (probes->wires, event->text);
  }
}

/* What was refused is not shown, and the person is told why. */
static void
read_outcomes (TelarWireProbes *probes, TelarStore *store)
{
  for (guint i = probes->asked->len; i-- > 0;) {
    const Asked *asked = &g_array_index (probes->asked, Asked, i);
    g_autofree char *outcome = NULL;
    gint64 step;

    if (!telar_store_outcome (store, asked->id, &step, &outcome, NULL) || outcome == NULL)
      continue;
    if (!g_str_equal (outcome, "done")) {
      g_hash_table_remove (probes->wires, asked->wire);
      g_signal_emit_by_name (probes->canvas, "message", outcome);
    }
    g_array_remove_index (probes->asked, i);
  }
}

/* --- what they say ---------------------------------------------------------------------------- */

static char *
format (double value)
{
  char text[32];

  telar_axis_format (value, TELAR_UNIT_NONE, 3, text, sizeof text);
  return g_strdup (text);
}

/* "mean 0.12 · 48 % zeros · 3 NaN". */
static char *
describe (const TelarHistogram *histogram)
{
  g_autofree char *mean = format (telar_histogram_mean (histogram));
  double all = histogram->n + histogram->others;
  char zeros[32];

  telar_axis_format (all > 0 ? histogram->zeros / all : 0, TELAR_UNIT_PERCENT, 2, zeros,
                     sizeof zeros);
  if (histogram->n > 0)
    return g_strdup_printf (_ ("mean %s · %s zeros · %.0f NaN"), mean, zeros, histogram->nans);
  return g_strdup_printf (_ ("no number · %.0f NaN"), histogram->nans);
}

/* The highest bar reaches the top. */
static void
take_histogram (TelarWireProbe *card, const TelarHistogram *histogram)
{
  double most = 0;

  card->facts = describe (histogram);
  card->bad = histogram->others > 0;
  if (!(histogram->n > 0))
    return;
  for (guint i = 0; i < histogram->n_bins; i++)
    most = MAX (most, histogram->counts[i]);
  card->n_bars = histogram->n_bins;
  card->bars = g_new (float, card->n_bars);
  for (guint i = 0; i < card->n_bars; i++)
    card->bars[i] = (float)(histogram->counts[i] / most);
  card->low = format (histogram->min);
  card->high = format (histogram->max);
}

/* The output of the drawing that @wire names: "stage/conv1", "stage/lstm.state". Caller frees the
 * id; NULL where it is elsewhere. */
static char *
find_output (const char *wire, TelarDocument *document, guint *port)
{
  const char *place = telar_document_place (document), *dot = strrchr (wire, '.');
  gsize length = strlen (place);

  if (length > 0 && (!g_str_has_prefix (wire, place) || wire[length] != '/'))
    return NULL;
  const char *rest = wire + length + (length > 0);
  g_autofree char *id = dot != NULL ? g_strndup (rest, (gsize)(dot - rest)) : g_strdup (rest);
  const TelarNode *node = telar_graph_find_node (telar_document_drawing (document), id);
  int found = node == NULL ? -1 : dot != NULL ? telar_operator_find_output (node->op, dot + 1) : 0;
  if (found < 0)
    return NULL;
  *port = (guint)found;
  return g_steal_pointer (&id);
}

static void
add_card (TelarWireProbes *probes, TelarStore *store, const char *wire, TelarDocument *document,
          gint64 step, GPtrArray *cards)
{
  guint port;
  g_autofree char *node = find_output (wire, document, &port);
  g_autofree char *name = g_strconcat (PREFIX, wire, NULL);

  if (node == NULL)
    return;
  g_autoptr (TelarHistogram) histogram =
      telar_store_histogram_at (store, probes->run, name, step, NULL);
  TelarWireProbe *card = g_new0 (TelarWireProbe, 1);
  card->node = g_steal_pointer (&node);
  card->port = port;
  if (histogram != NULL)
    take_histogram (card, histogram);
  else
    card->facts = g_strdup (_ ("Waiting for a step"));
  g_ptr_array_add (cards, card);
}

void
telar_wire_probes_look (TelarWireProbes *probes, TelarStore *store, const TelarRunRow *row,
                        TelarDocument *document, gint64 step)
{
  g_autoptr (GPtrArray) cards = g_ptr_array_new_with_free_func (telar_wire_probe_free);
  GHashTableIter iter;
  gpointer wire;

  begin_run (probes, row != NULL ? row->id : 0);
  if (row != NULL) {
    read_events (probes, store);
    read_outcomes (probes, store);
    g_hash_table_iter_init (&iter, probes->wires);
    while (g_hash_table_iter_next (&iter, &wire, NULL))
      add_card (probes, store, wire, document, step, cards);
  }
  telar_canvas_set_probes (probes->canvas, cards->len > 0 ? cards : NULL);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* As the run names it. Caller frees. */
static char *
name_wire (TelarDocument *document, const char *id, guint port)
{
  const TelarNode *node = telar_graph_find_node (telar_document_drawing (document), id);
  const char *place = telar_document_place (document);
  gboolean one = telar_operator_n_outputs (node->op) == 1;

  return g_strconcat (place, place[0] ? "/" : "", id, one ? "" : ".",
                      one ? "" : node->op->outputs[port].name, NULL);
}

static gboolean
ask (TelarWireProbes *probes, TelarStore *store, TelarRequestKind kind, const char *wire,
     GError **error)
{
  TelarRequest request = { .kind = kind };

  g_strlcpy (request.text, wire, sizeof request.text);
  Asked asked = { telar_store_put_request (store, probes->run, &request, error), NULL };
  if (asked.id == 0)
    return FALSE;
  asked.wire = g_strdup (wire);
  g_array_append_val (probes->asked, asked);
  return TRUE;
}

static gboolean
was_probed (TelarWireProbes *probes, TelarStore *store, const char *wire, GError **error)
{
  g_autofree char *name = g_strconcat (PREFIX, wire, NULL);
  g_autoptr (TelarHistogram) last =
      telar_store_histogram_at (store, probes->run, name, G_MAXINT64, NULL);

  if (last == NULL)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s",
                     _ ("The run is over, and this wire was not probed in it"));
  return last != NULL;
}

gboolean
telar_wire_probes_toggle (TelarWireProbes *probes, TelarStore *store, const TelarRunRow *row,
                          TelarDocument *document, const char *node, guint port, GError **error)
{
  begin_run (probes, row->id);
  g_autofree char *wire = name_wire (document, node, port);
  gboolean shown = g_hash_table_contains (probes->wires, wire);
  TelarRequestKind kind = shown ? TELAR_REQUEST_UNPROBE : TELAR_REQUEST_PROBE;

  if (telar_run_is_open (row) ? !ask (probes, store, kind, wire, error)
                              : !shown && !was_probed (probes, store, wire, error))
    return FALSE;
  if (shown)
    g_hash_table_remove (probes->wires, wire);
  else
    g_hash_table_add (probes->wires, g_steal_pointer (&wire));
  return TRUE;
}
