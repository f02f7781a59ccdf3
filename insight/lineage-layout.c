/* Runs and what they have written stand as in a tree: each behind its parent, in the middle of what
 * comes from it. Files stand before them, beside the runs that read them. */
#include "insight/lineage-private.h"

#include <math.h>
#include <string.h>

#define CARD_WIDTH  208.0
#define CARD_HEIGHT 66.0
#define ACROSS      76.0 /* between columns, for the wires */
#define DOWN        14.0
#define MARGIN      16.0
#define FONT        12.0 /* pixels for which these are */

static const TelarLineageNode *
node_at (const TelarLineageView *view, guint i)
{
  return view->lineage->nodes->pdata[i];
}

static guint
n_nodes (const TelarLineageView *view)
{
  return view->lineage != NULL ? view->lineage->nodes->len : 0;
}

/* --- life -------------------------------------------------------------------------------- */

static const char **
word_at (TelarLineageWords *words, guint i)
{
  return (const char **)words + i;
}

#define N_WORDS (sizeof (TelarLineageWords) / sizeof (char *))

TelarLineageView *
telar_lineage_view_new (const TelarLineageWords *words)
{
  TelarLineageView *view = g_new0 (TelarLineageView, 1);

  view->words = *words;
  for (guint i = 0; i < N_WORDS; i++)
    *word_at (&view->words, i) = g_strdup (*word_at (&view->words, i));
  view->picked = -1;
  return view;
}

void
telar_lineage_view_free (TelarLineageView *view)
{
  if (view == NULL)
    return;
  for (guint i = 0; i < N_WORDS; i++)
    g_free ((char *)*word_at (&view->words, i));
  telar_lineage_free (view->lineage);
  g_free (view->cards);
  g_free (view);
}

void
telar_lineage_view_show (TelarLineageView *view, TelarLineage *lineage)
{
  telar_lineage_free (view->lineage);
  view->lineage = lineage;
  view->picked = -1;
  telar_lineage_view_place (view);
}

const TelarLineage *
telar_lineage_view_get (const TelarLineageView *view)
{
  return view->lineage;
}

/* --- places ------------------------------------------------------------------------------ */

gboolean
telar_lineage_view_shows (const TelarLineageView *view, const TelarLineageEdge *edge)
{
  const GArray *edges = view->lineage->edges;

  if (node_at (view, edge->from)->kind != TELAR_LINEAGE_DATA)
    return TRUE;
  for (guint i = 0; i < edges->len; i++) {
    const TelarLineageEdge *parent = &g_array_index (edges, TelarLineageEdge, i);
    if (parent->to != edge->to || node_at (view, parent->from)->kind == TELAR_LINEAGE_DATA)
      continue;
    for (guint k = 0; k < edges->len; k++) {
      const TelarLineageEdge *other = &g_array_index (edges, TelarLineageEdge, k);
      if (other->from == edge->from && other->to == parent->from)
        return FALSE;
    }
  }
  return TRUE;
}

/* The middle of all that the wires from a node lead to, which have their places; NaN: none. */
static double
middle_of_targets (const TelarLineageView *view, guint node)
{
  double low = INFINITY, high = -INFINITY;

  for (guint i = 0; i < view->lineage->edges->len; i++) {
    const TelarLineageEdge *edge = &g_array_index (view->lineage->edges, TelarLineageEdge, i);
    if (edge->from != node || !telar_lineage_view_shows (view, edge))
      continue;
    low = fmin (low, view->cards[edge->to].y);
    high = fmax (high, view->cards[edge->to].y);
  }
  return isfinite (low) ? (low + high) / 2 : NAN;
}

/* Nodes stand behind what they come from, so that from the last to the first the targets of each
 * have their places before it. What has none takes the next row: numbered from below, for the order
 * of the rows is that of the nodes. */
static double
place_tree (TelarLineageView *view)
{
  double next = 0;

  for (guint i = n_nodes (view); i-- > 0;) {
    if (node_at (view, i)->kind == TELAR_LINEAGE_DATA)
      continue;
    double middle = middle_of_targets (view, i);
    if (isnan (middle)) {
      middle = next;
      next -= CARD_HEIGHT + DOWN;
    }
    view->cards[i].y = middle;
  }
  return next;
}

static int
compare_heights (gconstpointer a, gconstpointer b, gpointer data)
{
  const TelarLineageView *view = data;
  double one = view->cards[*(const guint *)a].y, other = view->cards[*(const guint *)b].y;

  return one < other ? -1 : one > other;
}

/* Files in the order of their runs, none over another. */
static void
place_data (TelarLineageView *view)
{
  g_autoptr (GArray) data = g_array_new (FALSE, FALSE, sizeof (guint));
  double sum = 0, packed = 0, last = -INFINITY;

  for (guint i = 0; i < n_nodes (view); i++)
    if (node_at (view, i)->kind == TELAR_LINEAGE_DATA) {
      double middle = middle_of_targets (view, i);
      view->cards[i].y = isnan (middle) ? 0 : middle;
      g_array_append_val (data, i);
    }
  g_array_sort_with_data (data, compare_heights, view);
  for (guint i = 0; i < data->len; i++) {
    TelarBox *card = &view->cards[g_array_index (data, guint, i)];
    double wanted = card->y;
    card->y = MAX (card->y, last + CARD_HEIGHT + DOWN);
    last = card->y;
    sum += card->y - wanted;
    packed++;
  }
  for (guint i = 0; i < data->len; i++) /* what was pushed down is shared by all */
    view->cards[g_array_index (data, guint, i)].y -= sum / packed;
}

void
telar_lineage_view_place (TelarLineageView *view)
{
  double top = INFINITY;
  guint first = G_MAXUINT, n = n_nodes (view);

  g_free (view->cards);
  view->cards = g_new0 (TelarBox, MAX (n, 1));
  view->width = view->height = 0;
  if (n == 0)
    return;
  place_tree (view);
  place_data (view);
  for (guint i = 0; i < n; i++) {
    top = fmin (top, view->cards[i].y);
    first = MIN (first, node_at (view, i)->depth);
  }
  for (guint i = 0; i < n; i++) {
    TelarBox *card = &view->cards[i];
    *card = (TelarBox){ MARGIN + (node_at (view, i)->depth - first) * (CARD_WIDTH + ACROSS),
                        MARGIN + card->y - top, CARD_WIDTH, CARD_HEIGHT };
    view->width = fmax (view->width, card->x + CARD_WIDTH + MARGIN);
    view->height = fmax (view->height, card->y + CARD_HEIGHT + MARGIN);
  }
}

void
telar_lineage_view_size (const TelarLineageView *view, double font_size, double *width,
                         double *height)
{
  *width = ceil (view->width * font_size / FONT);
  *height = ceil (view->height * font_size / FONT);
}

/* --- what cards say ---------------------------------------------------------------------- */

const char *
telar_lineage_view_kind (const TelarLineageView *view, const TelarLineageNode *node)
{
  switch (node->kind) {
  case TELAR_LINEAGE_DATA:
    return view->words.data;
  case TELAR_LINEAGE_RUN:
    return view->words.run;
  case TELAR_LINEAGE_GONE:
    return view->words.gone;
  case TELAR_LINEAGE_ARTIFACT:
    break;
  }
  return g_str_equal (node->detail, "weights") ? view->words.weights : view->words.model;
}

/* @pattern with its "%s" filled in. */
static char *
fill_in (const char *pattern, const char *text)
{
  const char *hole = strstr (pattern, "%s");

  return hole == NULL
             ? g_strdup (pattern)
             : g_strdup_printf ("%.*s%s%s", (int)(hole - pattern), pattern, text, hole + 2);
}

static char *
step_text (const TelarLineageView *view, const TelarLineageNode *node)
{
  char step[32];

  telar_axis_format ((double)node->step, TELAR_UNIT_COUNT, 15, step, sizeof step);
  return fill_in (node->kind == TELAR_LINEAGE_ARTIFACT ? view->words.step : view->words.forked,
                  step);
}

char *
telar_lineage_view_line (const TelarLineageView *view, const TelarLineageNode *node)
{
  g_autoptr (GString) line = g_string_new (telar_lineage_view_kind (view, node));

  if (node->kind == TELAR_LINEAGE_ARTIFACT && !g_str_equal (node->detail, "weights"))
    g_string_append_printf (line, " · %s", node->detail);
  if (node->step >= 0) {
    g_autofree char *step = step_text (view, node);
    g_string_append_printf (line, " · %s", step);
  }
  if (node->sha256 != NULL) {
    g_autofree char *size = g_format_size ((guint64)MAX (node->bytes, 0));
    g_string_append_printf (line, " · %s", size);
  }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

const char *
telar_lineage_view_warning (const TelarLineageView *view, const TelarLineageNode *node)
{
  switch (node->file) {
  case TELAR_LINEAGE_FILE_CHANGED:
    return view->words.changed;
  case TELAR_LINEAGE_FILE_MISSING:
    return view->words.missing;
  case TELAR_LINEAGE_FILE_UNKNOWN:
    return view->words.unknown;
  case TELAR_LINEAGE_FILE_SAME:
  case TELAR_LINEAGE_FILE_UNASKED:
    break;
  }
  return NULL;
}

char *
telar_lineage_view_describe (const TelarLineageView *view, guint i)
{
  const TelarLineageNode *node = node_at (view, i);
  const char *warning = telar_lineage_view_warning (view, node);
  g_autofree char *line = telar_lineage_view_line (view, node);
  g_autoptr (GString) text = g_string_new (node->name);

  g_string_append_printf (text, "\n%s", line);
  if (node->path != NULL)
    g_string_append_printf (text, "\n%s", node->path);
  if (node->sha256 != NULL)
    g_string_append_printf (text, "\n%s", node->sha256);
  if (warning != NULL)
    g_string_append_printf (text, "\n%s", warning);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- picking ----------------------------------------------------------------------------- */

void
telar_lineage_view_card (const TelarLineageView *view, guint node, double box[4])
{
  const TelarBox *card = &view->cards[node];

  box[0] = view->left + card->x * view->scale;
  box[1] = view->top + card->y * view->scale;
  box[2] = card->width * view->scale;
  box[3] = card->height * view->scale;
}

int
telar_lineage_view_at (const TelarLineageView *view, double x, double y)
{
  double box[4];

  for (guint i = 0; i < n_nodes (view); i++) {
    telar_lineage_view_card (view, i, box);
    if (x >= box[0] && x < box[0] + box[2] && y >= box[1] && y < box[1] + box[3])
      return (int)i;
  }
  return -1;
}

int
telar_lineage_view_picked (const TelarLineageView *view)
{
  return view->picked;
}

gboolean
telar_lineage_view_pick (TelarLineageView *view, int node)
{
  gboolean changed = node != view->picked;

  view->picked = node;
  return changed;
}

void
telar_lineage_view_move (TelarLineageView *view, int dx, int dy)
{
  double best = INFINITY;
  int from = view->picked, nearest = view->picked;

  for (guint i = 0; i < n_nodes (view); i++) {
    if (from < 0 && node_at (view, i)->asked)
      nearest = (int)i;
    if (from < 0 || (int)i == from)
      continue;
    double x = view->cards[i].x - view->cards[from].x, y = view->cards[i].y - view->cards[from].y;
    double along = x * dx + y * dy, aside = fabs (x * dy) + fabs (y * dx);
    if (along > 1 && along + 2 * aside < best) {
      best = along + 2 * aside;
      nearest = (int)i;
    }
  }
  view->picked = nearest;
}
