/* Drawing frames and notes. Frames are tints of their colour behind the nodes; notes are sheets of
 * it. From afar the titles of frames stay as large as can be read. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define FRAME_RADIUS 14.0f
#define NOTE_RADIUS  8.0f
#define PADDING      14.0f
/* Letters smaller than this, in pixels, are left out. */
#define LEGIBLE 4.0
/* The title of a frame never gets smaller, in pixels. */
#define TITLE_LEAST 11.0
#define TITLE_SIZE  15.0
#define TEXT_SIZE   13.0

/* On whole pixels of the canvas, whatever part of it is in view. */
static graphene_rect_t
on_screen (TelarCanvas *self, const TelarNoteItem *item)
{
  double zoom = self->view.zoom;

  return GRAPHENE_RECT_INIT ((float)(round (item->rect.origin.x * zoom) - self->view.x * zoom),
                             (float)(round (item->rect.origin.y * zoom) - self->view.y * zoom),
                             roundf (item->rect.size.width * (float)zoom),
                             roundf (item->rect.size.height * (float)zoom));
}

static void
fill (GtkSnapshot *snapshot, const GskRoundedRect *round, const GdkRGBA *colour)
{
  gtk_snapshot_push_rounded_clip (snapshot, round);
  gtk_snapshot_append_color (snapshot, colour, &round->bounds);
  gtk_snapshot_pop (snapshot);
}

static void
border (GtkSnapshot *snapshot, const GskRoundedRect *round, const GdkRGBA *colour, float width)
{
  gtk_snapshot_append_border (snapshot, round, (float[]){ width, width, width, width },
                              (GdkRGBA[]){ *colour, *colour, *colour, *colour });
}

/* The halo around what is selected, with the corner that changes its size. */
static void
draw_halo (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *place, float radius)
{
  graphene_rect_t corner = GRAPHENE_RECT_INIT (place->origin.x + place->size.width - 6,
                                               place->origin.y + place->size.height - 6, 12, 12);
  GskRoundedRect round, knob;

  gsk_rounded_rect_init_from_rect (&round, place, radius);
  gsk_rounded_rect_shrink (&round, -3, -3, -3, -3);
  border (snapshot, &round, &self->theme.accent, 3);
  gsk_rounded_rect_init_from_rect (&knob, &corner, 6);
  fill (snapshot, &knob, &self->theme.accent);
  border (snapshot, &knob, &self->theme.card, 2);
}

/* --- text ------------------------------------------------------------------------------------- */

static PangoLayout *
make_layout (TelarCanvas *self, const char *text, double size, gboolean bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoFontDescription *font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (GTK_WIDGET (self))));

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  if (bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  return layout;
}

static void
draw_title (TelarCanvas *self, GtkSnapshot *snapshot, const TelarNoteItem *item,
            const graphene_rect_t *place, const GdkRGBA *ink)
{
  double zoom = self->view.zoom, size = MAX (TITLE_SIZE * zoom, TITLE_LEAST);
  float pad = MIN (PADDING * (float)zoom, 10) + 2;
  g_autoptr (PangoLayout) layout = NULL;

  if (place->size.width < 3 * size || !item->text[0])
    return;
  layout = make_layout (self, item->text, size, TRUE);
  pango_layout_set_width (layout, (int)((place->size.width - 2 * pad) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT (place->origin.x + pad, place->origin.y + pad * 0.75f));
  gtk_snapshot_append_layout (snapshot, layout, ink);
  gtk_snapshot_restore (snapshot);
}

/* The text as it breaks in the note, made once for its size. */
static PangoLayout *
layout_of (TelarCanvas *self, TelarNoteItem *item)
{
  int width = (int)((item->rect.size.width - 2 * PADDING) * PANGO_SCALE);

  if (!item->layout) {
    item->layout =
        make_layout (self, item->text[0] ? item->text : _ ("Empty note"), TEXT_SIZE, FALSE);
    pango_layout_set_wrap (item->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize (item->layout, PANGO_ELLIPSIZE_END);
  }
  pango_layout_set_width (item->layout, width);
  pango_layout_set_height (item->layout,
                           (int)((item->rect.size.height - 2 * PADDING) * PANGO_SCALE));
  return item->layout;
}

static void
draw_text (TelarCanvas *self, GtkSnapshot *snapshot, TelarNoteItem *item,
           const graphene_rect_t *place)
{
  float zoom = (float)self->view.zoom;
  GdkRGBA ink = item->text[0] ? self->theme.text : telar_theme_alpha (&self->theme.text, 0.5f);

  if (TEXT_SIZE * zoom < LEGIBLE)
    return;
  gtk_snapshot_push_clip (snapshot, place);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &place->origin);
  gtk_snapshot_scale (snapshot, zoom, zoom);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (PADDING, PADDING - 2));
  gtk_snapshot_append_layout (snapshot, layout_of (self, item), &ink);
  gtk_snapshot_restore (snapshot);
  gtk_snapshot_pop (snapshot);
}

/* --- one of each ------------------------------------------------------------------------------ */

static void
draw_frame (TelarCanvas *self, GtkSnapshot *snapshot, const TelarNoteItem *item)
{
  const TelarTheme *theme = &self->theme;
  const GdkRGBA *hue = &theme->notes[item->colour];
  GdkRGBA ground = telar_theme_alpha (hue, theme->dark ? 0.13f : 0.09f);
  GdkRGBA line = telar_theme_alpha (hue, theme->high_contrast ? 1.0f : 0.55f);
  GdkRGBA ink = telar_theme_mix (hue, &theme->text, 0.45f);
  graphene_rect_t place = on_screen (self, item);
  float radius = FRAME_RADIUS * MIN (1, (float)self->view.zoom);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &place, radius);
  if (!theme->high_contrast)
    fill (snapshot, &round, &ground);
  border (snapshot, &round, &line, theme->high_contrast ? 2 : 1.5f);
  if (self->edited_note != item)
    draw_title (self, snapshot, item, &place, &ink);
  if (item->selected)
    draw_halo (self, snapshot, &place, radius);
}

static void
draw_note (TelarCanvas *self, GtkSnapshot *snapshot, TelarNoteItem *item)
{
  const TelarTheme *theme = &self->theme;
  const GdkRGBA *hue = &theme->notes[item->colour];
  GdkRGBA paper = theme->high_contrast
                      ? theme->card
                      : telar_theme_mix (&theme->card, hue, theme->dark ? 0.24f : 0.22f);
  GdkRGBA line = theme->high_contrast ? *hue : telar_theme_mix (&paper, hue, 0.35f);
  graphene_rect_t place = on_screen (self, item);
  float zoom = (float)self->view.zoom, radius = NOTE_RADIUS * MIN (1, zoom);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &place, radius);
  gtk_snapshot_append_outset_shadow (snapshot, &round, &theme->shadow, 0, 2 * zoom, 0, 6 * zoom);
  fill (snapshot, &round, &paper);
  border (snapshot, &round, &line, theme->high_contrast ? 2 : 1);
  if (self->edited_note != item)
    draw_text (self, snapshot, item, &place);
  if (item->selected)
    draw_halo (self, snapshot, &place, radius);
}

void
telar_canvas_snapshot_notes (TelarCanvas *self, GtkSnapshot *snapshot, gboolean frames,
                             const graphene_rect_t *area)
{
  for (guint i = 0; i < self->notes->len; i++) {
    TelarNoteItem *item = self->notes->pdata[i];

    if (item->frame != frames || !graphene_rect_intersection (area, &item->rect, NULL))
      continue;
    if (frames)
      draw_frame (self, snapshot, item);
    else
      draw_note (self, snapshot, item);
  }
}

/* FNV-1a over what is drawn. */
guint
telar_canvas_notes_stamp (TelarCanvas *self)
{
  guint stamp = 2166136261u;

  for (guint i = 0; i < self->notes->len; i++) {
    const TelarNoteItem *item = self->notes->pdata[i];
    const guint parts[] = { g_str_hash (item->text),
                            (guint)item->colour,
                            item->frame,
                            item->selected,
                            item == self->edited_note,
                            (guint)(int)item->rect.origin.x,
                            (guint)(int)item->rect.origin.y,
                            (guint)(int)item->rect.size.width,
                            (guint)(int)item->rect.size.height };

    for (guint j = 0; j < G_N_ELEMENTS (parts); j++)
      stamp = (stamp ^ parts[j]) * 16777619u;
  }
  return stamp;
}

void
telar_canvas_forget_notes (TelarCanvas *self)
{
  for (guint i = 0; i < self->notes->len; i++)
    g_clear_object (&((TelarNoteItem *)self->notes->pdata[i])->layout);
}
