/* Frames and sticky notes on the canvas: the items that mirror those of the drawing, which of them
 * is where, and which are selected. They are few beside the nodes, so that every look goes over
 * all. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* A border is as near as this, in pixels. */
#define BORDER 6.0f
/* Below this zoom ports are specks, and what the pointer meets is their node. */
#define PORTS_FROM 0.3

static void
item_free (gpointer data)
{
  TelarNoteItem *item = data;

  g_clear_object (&item->layout);
  g_free (item->id);
  g_free (item->text);
  g_free (item);
}

GPtrArray *
telar_canvas_new_notes (void)
{
  return g_ptr_array_new_with_free_func (item_free);
}

TelarNoteItem *
telar_canvas_find_note (TelarCanvas *self, const char *id)
{
  for (guint i = 0; i < self->notes->len; i++) {
    TelarNoteItem *item = self->notes->pdata[i];

    if (g_str_equal (item->id, id))
      return item;
  }
  return NULL;
}

static TelarNoteItem *
make_item (const TelarNote *note)
{
  TelarNoteItem *item = g_new0 (TelarNoteItem, 1);

  item->id = g_strdup (note->id);
  item->frame = note->frame;
  item->text = g_strdup (note->text);
  item->colour = note->colour;
  item->rect =
      GRAPHENE_RECT_INIT ((float)note->x, (float)note->y, (float)note->width, (float)note->height);
  return item;
}

static float
area (const TelarNoteItem *item)
{
  return item->rect.size.width * item->rect.size.height;
}

/* Frames lie below notes, large ones below what they hold. */
static int
by_depth (gconstpointer a, gconstpointer b)
{
  const TelarNoteItem *x = *(TelarNoteItem *const *)a, *y = *(TelarNoteItem *const *)b;

  if (x->frame != y->frame)
    return x->frame ? -1 : 1;
  if (x->frame && area (x) != area (y))
    return area (x) > area (y) ? -1 : 1;
  return strcmp (x->id, y->id);
}

void
telar_canvas_sync_notes (TelarCanvas *self)
{
  const GPtrArray *notes = telar_graph_notes (telar_document_drawing (self->document));
  g_autofree char *current = self->current_note ? g_strdup (self->current_note->id) : NULL;
  g_autoptr (GPtrArray) old = self->notes;

  self->notes = telar_canvas_new_notes ();
  self->current_note = NULL;
  for (guint i = 0; i < notes->len; i++) {
    TelarNoteItem *item = make_item (notes->pdata[i]);

    for (guint j = 0; j < old->len; j++) {
      const TelarNoteItem *was = old->pdata[j];

      item->selected |= was->selected && g_str_equal (was->id, item->id);
    }
    if (g_strcmp0 (current, item->id) == 0)
      self->current_note = item;
    g_ptr_array_add (self->notes, item);
  }
  g_ptr_array_sort (self->notes, by_depth);
  telar_canvas_follow_editor (self);
  telar_canvas_update_note_proxies (self);
}

/* --- what lies where -------------------------------------------------------------------------- */

/* The borders of @rect that (@x, @y) is on. */
static guint
borders_at (const graphene_rect_t *rect, float x, float y, float reach)
{
  float left = rect->origin.x, top = rect->origin.y;
  float right = left + rect->size.width, bottom = top + rect->size.height;

  if (x < left - reach || x > right + reach || y < top - reach || y > bottom + reach)
    return 0;
  return (fabsf (x - left) <= reach ? TELAR_BORDER_LEFT : 0) |
         (fabsf (x - right) <= reach ? TELAR_BORDER_RIGHT : 0) |
         (fabsf (y - top) <= reach ? TELAR_BORDER_TOP : 0) |
         (fabsf (y - bottom) <= reach ? TELAR_BORDER_BOTTOM : 0);
}

/* A frame is held by its title alone: what lies in it is the ground, as outside. */
static graphene_rect_t
held_by (const TelarNoteItem *item)
{
  graphene_rect_t rect = item->rect;

  if (item->frame)
    rect.size.height = MIN (rect.size.height, TELAR_FRAME_TITLE);
  return rect;
}

static gboolean
hit_notes (TelarCanvas *self, const graphene_point_t *at, gboolean frames, TelarHit *hit)
{
  float reach = BORDER / (float)self->view.zoom;

  for (guint i = self->notes->len; i-- > 0;) {
    TelarNoteItem *item = self->notes->pdata[i];
    graphene_rect_t handle = held_by (item);
    guint borders = borders_at (&item->rect, at->x, at->y, reach);

    if (item->frame != frames)
      continue;
    if (borders)
      *hit = (TelarHit){ .kind = TELAR_HIT_BORDER, .note = item, .port = borders };
    else if (graphene_rect_contains_point (&handle, at))
      *hit = (TelarHit){ .kind = TELAR_HIT_NOTE, .note = item };
    else
      continue;
    return TRUE;
  }
  return FALSE;
}

/* Nodes lie above notes, notes above wires, wires above frames. */
TelarHit
telar_canvas_hit (TelarCanvas *self, double x, double y)
{
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  float reach = (float)(TELAR_REACH / self->view.zoom);
  TelarHit hit = telar_scene_hit (self->scene, at.x, at.y, reach, self->view.zoom >= PORTS_FROM);

  if (hit.kind != TELAR_HIT_EDGE && hit.kind != TELAR_HIT_NOTHING)
    return hit;
  if (hit_notes (self, &at, FALSE, &hit))
    return hit;
  if (hit.kind == TELAR_HIT_EDGE) {
    telar_canvas_hit_bend (self, &at, &hit);
    return hit;
  }
  hit_notes (self, &at, TRUE, &hit);
  return hit;
}

void
telar_canvas_notes_bounds (TelarCanvas *self, graphene_rect_t *bounds)
{
  for (guint i = 0; i < self->notes->len; i++)
    graphene_rect_union (bounds, &((TelarNoteItem *)self->notes->pdata[i])->rect, bounds);
}

/* --- selection -------------------------------------------------------------------------------- */

void
telar_canvas_select_note (TelarCanvas *self, TelarNoteItem *item, gboolean extend)
{
  gboolean remove = extend && item->selected;

  if (!extend)
    telar_canvas_deselect (self);
  item->selected = !remove;
  self->current_note = remove ? NULL : item;
  telar_canvas_selection_changed (self);
}

char **
telar_canvas_selected_notes (TelarCanvas *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < self->notes->len; i++) {
    const TelarNoteItem *item = self->notes->pdata[i];

    if (item->selected)
      g_ptr_array_add (ids, g_strdup (item->id));
  }
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}

void
telar_canvas_add_notes_to_selection (TelarCanvas *self, const char *const *ids)
{
  for (guint i = 0; ids[i]; i++) {
    TelarNoteItem *item = telar_canvas_find_note (self, ids[i]);

    if (!item)
      continue;
    item->selected = TRUE;
    self->current_note = item;
  }
  telar_canvas_selection_changed (self);
}

/* A note that @area touches, a frame that it holds. */
gboolean
telar_canvas_note_in (const TelarNoteItem *item, const graphene_rect_t *area)
{
  return item->frame ? graphene_rect_contains_rect (area, &item->rect)
                     : graphene_rect_intersection (area, &item->rect, NULL);
}

/* The next one in the order in which they are read. */
void
telar_canvas_step_note (TelarCanvas *self)
{
  guint index = 0;

  if (self->notes->len == 0)
    return;
  if (self->current_note && g_ptr_array_find (self->notes, self->current_note, &index))
    index = (index + 1) % self->notes->len;
  telar_canvas_select_note (self, self->notes->pdata[index], FALSE);
  telar_canvas_show_rect (self, &self->current_note->rect);
  telar_canvas_focus_note (self);
}

/* --- changing the size ------------------------------------------------------------------------ */

void
telar_canvas_size_begin (TelarCanvas *self)
{
  self->sized = self->pressed.note;
  self->sized_from = self->sized->rect;
  self->drag = TELAR_DRAG_SIZE;
}

/* The border that is held goes by (@dx, @dy), onto the grid; the one across stays. */
void
telar_canvas_size_update (TelarCanvas *self, double dx, double dy)
{
  const graphene_rect_t *from = &self->sized_from;
  guint borders = self->pressed.port;
  float left = from->origin.x, top = from->origin.y;
  float right = left + from->size.width, bottom = top + from->size.height;

  if (borders & TELAR_BORDER_LEFT)
    left = MIN (telar_canvas_snap (left + dx), right - TELAR_NOTE_LEAST);
  if (borders & TELAR_BORDER_RIGHT)
    right = MAX (telar_canvas_snap (right + dx), left + TELAR_NOTE_LEAST);
  if (borders & TELAR_BORDER_TOP)
    top = MIN (telar_canvas_snap (top + dy), bottom - TELAR_NOTE_LEAST);
  if (borders & TELAR_BORDER_BOTTOM)
    bottom = MAX (telar_canvas_snap (bottom + dy), top + TELAR_NOTE_LEAST);
  self->sized->rect = GRAPHENE_RECT_INIT (left, top, right - left, bottom - top);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
telar_canvas_size_end (TelarCanvas *self, gboolean keep)
{
  TelarNoteItem *item = g_steal_pointer (&self->sized);
  graphene_rect_t rect;

  if (!item)
    return;
  rect = item->rect;
  item->rect = self->sized_from;
  if (keep)
    telar_canvas_place_note (self, item, &rect, NULL);
}

void
telar_canvas_place_note (TelarCanvas *self, const TelarNoteItem *item, const graphene_rect_t *rect,
                         const char *merge_key)
{
  g_autofree char *id = g_strdup (item->id);
  TelarNotePlace place = { id, rect->origin.x, rect->origin.y, rect->size.width,
                           rect->size.height };
  TelarMove move = {
    .name = item->frame ? _ ("Resize the frame") : _ ("Resize the note"),
    .notes = &place,
    .n_notes = 1,
    .merge_key = merge_key,
  };

  telar_edit_move (self->document, &move, NULL);
}
