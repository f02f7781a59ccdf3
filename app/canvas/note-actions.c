/* Actions on frames, notes and bends, each with a key. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* --- frames and notes ------------------------------------------------------------------------- */

/* What was just made is selected and asks for its words. */
static void
write_new (TelarCanvas *self, const char *id)
{
  TelarNoteItem *item = telar_canvas_find_note (self, id);

  telar_canvas_select_note (self, item, FALSE);
  telar_canvas_show_rect (self, &item->rect);
  telar_canvas_edit_note (self, item);
}

static void
add_frame (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_auto (GStrv) ids = telar_canvas_selection (self);
  g_autofree char *id = NULL;

  if (!self->document || !ids[0])
    return;
  id = telar_edit_add_frame (self->document, (const char *const *)ids);
  write_new (self, id);
}

static void
add_note (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  graphene_point_t at = self->pointer_inside ? self->pointer : telar_canvas_selection_place (self);
  g_autofree char *id = NULL;

  if (!self->document)
    return;
  at = telar_canvas_from_widget (self, at.x, at.y);
  id = telar_edit_add_note (self->document, telar_canvas_snap (at.x), telar_canvas_snap (at.y));
  write_new (self, id);
}

static void
edit_note (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  if (self->current_note)
    telar_canvas_edit_note (self, self->current_note);
}

static void
next_note (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_step_note (TELAR_CANVAS (widget));
}

static TelarColour
find_colour (const char *name)
{
  TelarColour colour = TELAR_COLOUR_GREY;

  while (colour + 1 < TELAR_N_COLOURS && !g_str_equal (telar_colour_names[colour], name))
    colour++;
  return colour;
}

static void
colour_note (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  TelarColour colour = find_colour (g_variant_get_string (parameter, NULL));
  g_auto (GStrv) ids = telar_canvas_selected_notes (self);

  for (guint i = 0; ids[i]; i++) {
    g_autofree char *text = g_strdup (telar_canvas_find_note (self, ids[i])->text);

    telar_edit_set_note (self->document, ids[i], text, colour);
  }
}

/* The next colour, for those that choose by key. */
static void
next_colour (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  if (self->current_note)
    gtk_widget_activate_action (
        widget, "canvas.colour-note", "s",
        telar_colour_names[(self->current_note->colour + 1) % TELAR_N_COLOURS]);
}

/* Larger to the right and down. */
static void
size_note (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  const char *way = g_variant_get_string (parameter, NULL);
  const TelarNoteItem *item = self->current_note;
  graphene_rect_t rect;
  g_autofree char *key = NULL;

  if (!item)
    return;
  rect = item->rect;
  rect.size.width += (g_str_equal (way, "wider") - g_str_equal (way, "narrower")) * 2 * TELAR_GRID;
  rect.size.height += (g_str_equal (way, "taller") - g_str_equal (way, "shorter")) * 2 * TELAR_GRID;
  if (rect.size.width < TELAR_NOTE_LEAST || rect.size.height < TELAR_NOTE_LEAST)
    return;
  key = g_strdup_printf ("size %s", item->id);
  telar_canvas_place_note (self, item, &rect, key);
}

/* --- bends ------------------------------------------------------------------------------------ */

static void
add_bend (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_bend_by_key (TELAR_CANVAS (widget));
}

static void
next_bend (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_step_bend (TELAR_CANVAS (widget));
}

static void
straighten (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_straighten (TELAR_CANVAS (widget));
}

static void
cut_wire (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  TelarEdge wire;

  if (telar_canvas_selected_wire (self, &wire))
    telar_edit_cut (self->document, &wire, 1);
}

void
telar_canvas_add_note_actions (GtkWidgetClass *klass)
{
  const GdkModifierType shift = GDK_SHIFT_MASK, alt = GDK_ALT_MASK | GDK_SHIFT_MASK;
  const TelarCanvasAction actions[] = {
    { "canvas.add-frame", NULL, add_frame, GDK_KEY_f, 0, 0 },
    { "canvas.add-note", NULL, add_note, GDK_KEY_n, 0, 0 },
    { "canvas.next-note", NULL, next_note, GDK_KEY_n, GDK_KEY_N, shift },
    { "canvas.edit-note", NULL, edit_note, GDK_KEY_F2, 0, 0 },
    { "canvas.colour-note", "s", colour_note, 0, 0, 0 },
    { "canvas.next-colour", NULL, next_colour, GDK_KEY_c, 0, 0 },
    { "canvas.size-note", "s", size_note, GDK_KEY_Right, GDK_KEY_KP_Right, alt, "wider" },
    { "canvas.size-note", "s", size_note, GDK_KEY_Left, GDK_KEY_KP_Left, alt, "narrower" },
    { "canvas.size-note", "s", size_note, GDK_KEY_Down, GDK_KEY_KP_Down, alt, "taller" },
    { "canvas.size-note", "s", size_note, GDK_KEY_Up, GDK_KEY_KP_Up, alt, "shorter" },
    { "canvas.add-bend", NULL, add_bend, GDK_KEY_r, 0, 0 },
    { "canvas.next-bend", NULL, next_bend, GDK_KEY_r, GDK_KEY_R, shift },
    { "canvas.straighten", NULL, straighten, GDK_KEY_s, 0, 0 },
    { "canvas.cut-wire", NULL, cut_wire, 0, 0, 0 },
  };

  telar_canvas_install (klass, actions, G_N_ELEMENTS (actions));
}
