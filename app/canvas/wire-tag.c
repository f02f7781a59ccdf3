/* The tag at the pointer while a wire is drawn: the shapes at both ends, and why they do not meet.
 */
#include "app/canvas/canvas-private.h"

#include "app/canvas/summary.h"

#define WIDEST 340 /* of the text, in pixels */
#define PAD    10

/* What already comes into the node beside the wire: "N,24,14,14". Caller frees; NULL when there is
 * nothing else. */
static char *
other_shapes (TelarCanvas *self, const TelarNode *to, const TelarEdge *wire)
{
  const TelarGraph *graph = telar_document_drawing (self->document);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint port = 0; port < telar_operator_n_inputs (to->op); port++) {
    const TelarEdge *edge = telar_graph_incoming (graph, to->id, port, 0);
    const TelarNode *from = edge ? telar_graph_find_node (graph, edge->from) : NULL;
    g_autofree char *shape = NULL;

    if (!edge || (port == wire->to_port && !to->op->inputs[port].repeated))
      continue;
    shape =
        telar_analysis_shape (self->analysis, from->id, from->op->outputs[edge->from_port].name);
    if (shape)
      g_string_append_printf (text, "%s%s", text->len ? "  " : "", shape);
  }
  return text->len ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* "N,12,28,28 → N,9408", where it fits; "N,12,28,28 ≠ N,24,14,14" or "N,784 ≠ Convolution 2D" where
 * not. Caller frees; NULL when what the wire carries is unknown. */
char *
telar_canvas_wire_shapes (TelarCanvas *self, const TelarEdge *wire, const TelarType *result)
{
  const TelarGraph *graph = telar_document_drawing (self->document);
  const TelarNode *from = telar_graph_find_node (graph, wire->from);
  const TelarNode *to = telar_graph_find_node (graph, wire->to);
  g_autofree char *has = NULL, *other = NULL, *title = NULL;

  if (!self->analysis)
    return NULL;
  has = telar_analysis_shape (self->analysis, from->id, from->op->outputs[wire->from_port].name);
  if (!has)
    return NULL;
  if (result) {
    g_autofree char *gives = telar_shape_to_string (&result->shape);

    return g_strdup_printf ("%s  →  %s", has, *gives ? gives : "1");
  }
  if (!self->wiring.refusal)
    return g_steal_pointer (&has);
  other = other_shapes (self, to, wire);
  title = telar_node_title (to);
  return g_strdup_printf ("%s  ≠  %s", has, other ? other : title);
}

static PangoLayout *
make_layout (TelarCanvas *self, const char *shapes, const char *reason)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autofree char *markup = NULL;

  if (shapes && reason)
    markup = g_markup_printf_escaped ("<b>%s</b>\n<small>%s</small>", shapes, reason);
  else if (shapes)
    markup = g_markup_printf_escaped ("<b>%s</b>", shapes);
  else
    markup = g_markup_printf_escaped ("<small>%s</small>", reason);
  pango_layout_set_markup (layout, markup, -1);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (reason)
    pango_layout_set_width (layout, WIDEST * PANGO_SCALE);
  return layout;
}

void
telar_canvas_draw_wire_tag (TelarCanvas *self, GtkSnapshot *snapshot)
{
  const TelarWiring *wiring = &self->wiring;
  const GdkRGBA *ground = wiring->refusal ? &self->theme.error : &self->theme.card;
  const GdkRGBA *ink = wiring->refusal ? &self->theme.card : &self->theme.text;
  g_autoptr (PangoLayout) layout = NULL;
  graphene_point_t at = self->pointer;
  GskRoundedRect round;
  graphene_rect_t box;
  int width, height;

  if (!wiring->refusal && !wiring->shapes)
    return;
  if (wiring->by_key && wiring->target.node) {
    at = telar_scene_port (wiring->target.node, !wiring->output, wiring->target.port);
    at = telar_canvas_to_widget (self, at.x, at.y);
  }
  layout = make_layout (self, wiring->shapes, wiring->refusal);
  pango_layout_get_pixel_size (layout, &width, &height);
  box = GRAPHENE_RECT_INIT (at.x + 14, at.y + 18, (float)width + 2 * PAD, (float)height + PAD);
  box.origin.x =
      MIN (box.origin.x, (float)gtk_widget_get_width (GTK_WIDGET (self)) - box.size.width - 4);
  if (box.origin.y + box.size.height > (float)gtk_widget_get_height (GTK_WIDGET (self)))
    box.origin.y = at.y - box.size.height - 14;
  gsk_rounded_rect_init_from_rect (&round, &box, 9);
  gtk_snapshot_append_outset_shadow (snapshot, &round, &self->theme.shadow, 0, 1, 1, 5);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, ground, &box);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (box.origin.x + PAD, box.origin.y + PAD / 2.f));
  gtk_snapshot_append_layout (snapshot, layout, ink);
  gtk_snapshot_restore (snapshot);
}
