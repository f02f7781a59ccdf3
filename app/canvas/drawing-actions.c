/* Actions on what is selected: replacing, cutting, following the wires, putting into line. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

static void
replace (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  graphene_point_t at = telar_canvas_selection_place (self);

  if (self->document && g_hash_table_size (self->selection))
    telar_canvas_quick_replace (self, at.x, at.y);
}

/* --- along the wires -------------------------------------------------------------------------- */

static void
disconnect (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  const GPtrArray *edges = telar_scene_edges (self->scene);
  g_autoptr (GArray) wires = g_array_new (FALSE, FALSE, sizeof (TelarEdge));

  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];
    TelarEdge wire = telar_scene_edge_ends (edge);

    if (edge->selected || edge->from->selected || edge->to->selected)
      g_array_append_val (wires, wire);
  }
  if (self->document && wires->len)
    telar_edit_cut (self->document, (const TelarEdge *)(gconstpointer)wires->data, wires->len);
}

/* Adds to the selection all that lies up or down the wires from it. */
static void
select_along (TelarCanvas *self, gboolean down)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    g_ptr_array_add (queue, node);
  for (guint i = 0; i < queue->len; i++) {
    TelarSceneNode *at = queue->pdata[i];

    for (guint j = 0; j < at->edges->len; j++) {
      const TelarSceneEdge *edge = at->edges->pdata[j];
      TelarSceneNode *next = down ? edge->to : edge->from;

      if (next->selected)
        continue;
      next->selected = TRUE;
      g_hash_table_add (self->selection, next);
      g_ptr_array_add (queue, next);
    }
  }
  telar_canvas_selection_changed (self);
}

static void
select_upstream (GtkWidget *widget, const char *action, GVariant *parameter)
{
  select_along (TELAR_CANVAS (widget), FALSE);
}

static void
select_downstream (GtkWidget *widget, const char *action, GVariant *parameter)
{
  select_along (TELAR_CANVAS (widget), TRUE);
}

/* --- into line -------------------------------------------------------------------------------- */

typedef struct {
  const char *id;
  gboolean note;
  graphene_rect_t rect;
} Item;

static GArray *
selected_items (TelarCanvas *self)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));

  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    Item item = { node->id, FALSE, *telar_scene_node_rect (node) };

    if (node->selected)
      g_array_append_val (items, item);
  }
  for (guint i = 0; i < self->notes->len; i++) {
    const TelarNoteItem *note = self->notes->pdata[i];
    Item item = { note->id, TRUE, note->rect };

    if (note->selected)
      g_array_append_val (items, item);
  }
  return items;
}

static void
place_items (TelarCanvas *self, const char *name, GArray *items)
{
  g_autofree TelarPlace *places = g_new (TelarPlace, items->len);
  g_autofree TelarNotePlace *notes = g_new (TelarNotePlace, items->len);
  TelarMove move = { .name = name, .nodes = places, .notes = notes };
  g_autoptr (GStringChunk) ids = g_string_chunk_new (256);

  for (guint i = 0; i < items->len; i++) {
    const Item *item = &g_array_index (items, Item, i);
    const graphene_rect_t *rect = &item->rect;
    const char *id = g_string_chunk_insert (ids, item->id);

    if (item->note)
      notes[move.n_notes++] = (TelarNotePlace){ id, rect->origin.x, rect->origin.y,
                                                rect->size.width, rect->size.height };
    else
      places[move.n_nodes++] = (TelarPlace){ id, rect->origin.x, rect->origin.y };
  }
  telar_edit_move (self->document, &move, NULL);
}

static void
align (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  static const struct {
    const char *name;
    float x, y; /* 0 low, 1 high, negative: as it is */
  } sides[] = {
    { "left", 0, -1 }, { "centre", 0.5f, -1 }, { "right", 1, -1 },
    { "top", -1, 0 },  { "middle", -1, 0.5f }, { "bottom", -1, 1 },
  };
  const char *name = g_variant_get_string (parameter, NULL);
  g_autoptr (GArray) items = selected_items (self);
  graphene_rect_t all;
  guint side = 0;

  while (side < G_N_ELEMENTS (sides) && !g_str_equal (sides[side].name, name))
    side++;
  if (side == G_N_ELEMENTS (sides) || items->len < 2)
    return;
  all = g_array_index (items, Item, 0).rect;
  for (guint i = 1; i < items->len; i++)
    graphene_rect_union (&all, &g_array_index (items, Item, i).rect, &all);
  for (guint i = 0; i < items->len; i++) {
    graphene_rect_t *rect = &g_array_index (items, Item, i).rect;

    if (sides[side].x >= 0)
      rect->origin.x = all.origin.x + (all.size.width - rect->size.width) * sides[side].x;
    if (sides[side].y >= 0)
      rect->origin.y = all.origin.y + (all.size.height - rect->size.height) * sides[side].y;
  }
  place_items (self, _ ("Align"), items);
}

static int
by_x (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;

  return x->rect.origin.x < y->rect.origin.x ? -1 : x->rect.origin.x > y->rect.origin.x;
}

static int
by_y (gconstpointer a, gconstpointer b)
{
  const Item *x = a, *y = b;

  return x->rect.origin.y < y->rect.origin.y ? -1 : x->rect.origin.y > y->rect.origin.y;
}

/* The first and the last stay where they are. */
static void
distribute (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  gboolean across = g_str_equal (g_variant_get_string (parameter, NULL), "horizontal");
  g_autoptr (GArray) items = selected_items (self);
  const graphene_rect_t *first, *last;
  float free, at;

  if (items->len < 3)
    return;
  g_array_sort (items, across ? by_x : by_y);
  first = &g_array_index (items, Item, 0).rect;
  last = &g_array_index (items, Item, items->len - 1).rect;
  at = across ? first->origin.x : first->origin.y;
  free = across ? last->origin.x + last->size.width - at : last->origin.y + last->size.height - at;
  for (guint i = 0; i < items->len; i++) {
    const graphene_size_t *size = &g_array_index (items, Item, i).rect.size;

    free -= across ? size->width : size->height;
  }
  for (guint i = 0; i < items->len; i++) {
    graphene_rect_t *rect = &g_array_index (items, Item, i).rect;

    *(across ? &rect->origin.x : &rect->origin.y) = roundf (at);
    at += (across ? rect->size.width : rect->size.height) + free / (float)(items->len - 1);
  }
  place_items (self, _ ("Distribute"), items);
}

void
telar_canvas_add_drawing_actions (GtkWidgetClass *klass)
{
  const GdkModifierType alt = GDK_ALT_MASK;
  const GdkModifierType both = GDK_CONTROL_MASK | GDK_SHIFT_MASK;
  const TelarCanvasAction actions[] = {
    { "canvas.replace", NULL, replace, GDK_KEY_r, GDK_KEY_R, GDK_CONTROL_MASK },
    { "canvas.disconnect", NULL, disconnect, GDK_KEY_x, GDK_KEY_X, both },
    { "canvas.select-upstream", NULL, select_upstream, GDK_KEY_Left, GDK_KEY_KP_Left, alt },
    { "canvas.select-downstream", NULL, select_downstream, GDK_KEY_Right, GDK_KEY_KP_Right, alt },
    { "canvas.align", "s", align, GDK_KEY_Left, GDK_KEY_KP_Left, both, "left" },
    { "canvas.align", "s", align, GDK_KEY_Right, GDK_KEY_KP_Right, both, "right" },
    { "canvas.align", "s", align, GDK_KEY_Up, GDK_KEY_KP_Up, both, "top" },
    { "canvas.align", "s", align, GDK_KEY_Down, GDK_KEY_KP_Down, both, "bottom" },
    { "canvas.align", "s", align, GDK_KEY_c, GDK_KEY_C, both, "centre" },
    { "canvas.align", "s", align, GDK_KEY_m, GDK_KEY_M, both, "middle" },
    { "canvas.distribute", "s", distribute, GDK_KEY_h, GDK_KEY_H, both, "horizontal" },
    { "canvas.distribute", "s", distribute, GDK_KEY_v, GDK_KEY_V, both, "vertical" },
  };

  telar_canvas_install (klass, actions, G_N_ELEMENTS (actions));
}
