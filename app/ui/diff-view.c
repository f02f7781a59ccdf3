/* The drawing shows the new document's cards and wires, and as ghosts what it no longer has. Places
 * count for nothing in what is told. */
#include "app/ui/diff-view.h"

#include "app/canvas/card.h"
#include "app/canvas/scene.h"
#include "engine/diff.h"

#include <glib/gi18n.h>

#define MARGIN     24.0
#define CLOSE_ZOOM 0.6

struct _TelarDiffView {
  AdwWindow parent_instance;

  TelarGraph *before, *after;
  GPtrArray *found;      /* TelarDifference * */
  TelarScene *old, *new; /* of the drawing that is shown */
  char *group;           /* its name, NULL: the main one */
  char *focus;           /* the node that is looked at closely, or NULL */
  GtkWidget *area, *list, *all;
};

G_DEFINE_FINAL_TYPE (TelarDiffView, telar_diff_view, ADW_TYPE_WINDOW)

enum { REVEAL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* --- drawing ---------------------------------------------------------------------------------- */

static const GdkRGBA colours[] = {
  [TELAR_DIFF_ADDED] = { 0.15f, 0.63f, 0.41f, 1 },
  [TELAR_DIFF_REMOVED] = { 0.88f, 0.11f, 0.14f, 1 },
  [TELAR_DIFF_CHANGED] = { 0.90f, 0.60f, 0.04f, 1 },
  [TELAR_DIFF_RENAMED] = { 0.21f, 0.52f, 0.89f, 1 },
};

/* What became of a node of the drawing that is shown, or -1; a change outdoes a new name. */
static int
kind_of (TelarDiffView *self, const char *id, gboolean old)
{
  int kind = -1;

  for (guint i = 0; i < self->found->len; i++) {
    const TelarDifference *d = self->found->pdata[i];

    if (d->subject == TELAR_DIFF_NODE && g_strcmp0 (d->group, self->group) == 0 &&
        g_strcmp0 (old ? d->was : d->is, id) == 0 && kind != TELAR_DIFF_CHANGED)
      kind = (int)d->kind;
  }
  return kind;
}

static void
draw_title (cairo_t *cr, GtkWidget *widget, const TelarSceneNode *node, const TelarTheme *theme)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, node->title);
  g_autoptr (PangoFontDescription) font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (widget)));

  pango_font_description_set_absolute_size (font, 15 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int)((rect->size.width - 24) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  telar_theme_set (cr, &theme->text);
  cairo_move_to (cr, rect->origin.x + 14, rect->origin.y + 12);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_node (TelarDiffView *self, cairo_t *cr, const TelarSceneNode *node, const TelarTheme *theme,
           int kind)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  gboolean gone = kind == TELAR_DIFF_REMOVED;
  GdkRGBA ground = gone ? telar_theme_alpha (&theme->card, 0.5f) : theme->card;
  GdkRGBA fill = kind < 0 ? ground : telar_theme_mix (&ground, &colours[kind], 0.18f);
  static const double dashes[] = { 8, 6 };

  telar_rounded_path (cr, rect->origin.x, rect->origin.y, rect->size.width, rect->size.height, 10);
  telar_theme_set (cr, &fill);
  cairo_fill_preserve (cr);
  telar_theme_set (cr, kind < 0 ? &theme->border : &colours[kind]);
  cairo_set_line_width (cr, kind < 0 ? 1.5 : 4);
  /* Never by colour alone. */
  cairo_set_dash (cr, dashes, gone ? 2 : 0, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  draw_title (cr, self->area, node, theme);
}

static void
draw_wires (cairo_t *cr, const TelarScene *scene, const GdkRGBA *colour)
{
  const GPtrArray *edges = telar_scene_edges (scene);

  telar_theme_set (cr, colour);
  cairo_set_line_width (cr, 2.5);
  for (guint i = 0; i < edges->len; i++) {
    telar_wire_path (cr, &((const TelarSceneEdge *)edges->pdata[i])->curve);
    cairo_stroke (cr);
  }
}

static gboolean
bounds_of (TelarDiffView *self, graphene_rect_t *bounds)
{
  const TelarSceneNode *node = !self->focus ? NULL
                               : telar_scene_find (self->new, self->focus)
                                   ? telar_scene_find (self->new, self->focus)
                                   : telar_scene_find (self->old, self->focus);
  graphene_rect_t old, new;
  gboolean has_old = telar_scene_bounds (self->old, &old);
  gboolean has_new = telar_scene_bounds (self->new, &new);

  if (node) {
    *bounds = *telar_scene_node_rect (node);
    return TRUE;
  }
  if (has_old && has_new)
    graphene_rect_union (&old, &new, bounds);
  else
    *bounds = has_old ? old : new;
  return has_old || has_new;
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TelarDiffView *self = data;
  const GPtrArray *old = telar_scene_nodes (self->old), *new = telar_scene_nodes (self->new);
  graphene_rect_t bounds;
  TelarTheme theme;
  GdkRGBA ghost;
  double scale;

  telar_theme_load (&theme);
  telar_theme_set (cr, &theme.background);
  cairo_paint (cr);
  if (!bounds_of (self, &bounds))
    return;
  scale =
      MIN ((width - 2 * MARGIN) / bounds.size.width, (height - 2 * MARGIN) / bounds.size.height);
  scale = MIN (scale, self->focus ? CLOSE_ZOOM : 1);
  cairo_translate (cr, width / 2.0, height / 2.0);
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -bounds.origin.x - bounds.size.width / 2,
                   -bounds.origin.y - bounds.size.height / 2);
  ghost = telar_theme_alpha (&theme.wire, 0.25f);
  draw_wires (cr, self->old, &ghost);
  draw_wires (cr, self->new, &theme.wire);
  for (guint i = 0; i < old->len; i++) {
    const TelarSceneNode *node = old->pdata[i];
    if (kind_of (self, node->id, TRUE) == TELAR_DIFF_REMOVED)
      draw_node (self, cr, node, &theme, TELAR_DIFF_REMOVED);
  }
  for (guint i = 0; i < new->len; i++) {
    const TelarSceneNode *node = new->pdata[i];
    draw_node (self, cr, node, &theme, kind_of (self, node->id, FALSE));
  }
}

/* Shows the main drawing or that of a group, as far as each document has it. */
static void
show_drawing (TelarDiffView *self, const char *group, const char *focus)
{
  const TelarGraph *old = group ? telar_graph_find_group (self->before, group) : self->before;
  const TelarGraph *new = group ? telar_graph_find_group (self->after, group) : self->after;

  g_clear_pointer (&self->old, telar_scene_free);
  g_clear_pointer (&self->new, telar_scene_free);
  self->old = telar_scene_new ();
  self->new = telar_scene_new ();
  if (old)
    telar_scene_sync (self->old, old);
  if (new)
    telar_scene_sync (self->new, new);
  g_free (self->group);
  g_free (self->focus);
  self->group = g_strdup (group);
  self->focus = g_strdup (focus);
  gtk_widget_set_sensitive (self->all, group || focus);
  gtk_widget_queue_draw (self->area);
}

static void
on_all (TelarDiffView *self)
{
  show_drawing (self, NULL, NULL);
}

/* --- the list --------------------------------------------------------------------------------- */

static char *
arrow (const char *before, const char *after)
{
  return g_strdup_printf ("%s → %s", before && *before ? before : "–",
                          after && *after ? after : "–");
}

/* What the row says of a difference: the thing, and what became of it. */
static void
describe (const TelarDifference *d, char **title, char **text)
{
  const char *name = d->is ? d->is : d->was;

  *title = d->kind == TELAR_DIFF_RENAMED ? arrow (d->was, d->is)
           : d->what                     ? g_strdup_printf ("%s · %s", name, d->what)
                                         : g_strdup (name);
  if (d->kind == TELAR_DIFF_CHANGED)
    *text = arrow (d->before, d->after);
  else if (d->before || d->after)
    *text = g_strdup (d->after ? d->after : d->before);
  else
    *text = g_strdup (d->kind == TELAR_DIFF_ADDED     ? _ ("Added")
                      : d->kind == TELAR_DIFF_REMOVED ? _ ("Removed")
                                                      : _ ("Renamed"));
  if (d->group && d->subject != TELAR_DIFF_GROUP) {
    char *within = g_strdup_printf (_ ("%s, in the group %s"), *text, d->group);
    g_free (*text);
    *text = within;
  }
}

static GtkWidget *
make_row (const TelarDifference *d)
{
  static const char *const signs[] = { "+", "−", "~", "→" };
  static const char *const classes[] = { "success", "error", "warning", "accent" };
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  GtkWidget *row = adw_action_row_new (), *sign = gtk_label_new (signs[d->kind]);

  describe (d, &title, &text);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  gtk_widget_add_css_class (sign, "title-4");
  gtk_widget_add_css_class (sign, classes[d->kind]);
  gtk_label_set_width_chars (GTK_LABEL (sign), 2);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), sign);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), d->subject == TELAR_DIFF_NODE);
  return row;
}

static void
on_row (GtkListBox *list, GtkListBoxRow *row, TelarDiffView *self)
{
  const TelarDifference *d = self->found->pdata[gtk_list_box_row_get_index (row)];

  if (d->subject != TELAR_DIFF_NODE)
    return;
  show_drawing (self, d->group, d->is ? d->is : d->was);
  if (d->is)
    g_signal_emit (self, signals[REVEAL], 0, d->group ? d->group : "", d->is);
}

/* --- building --------------------------------------------------------------------------------- */

static GtkWidget *
build_list (TelarDiffView *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new (), *none = adw_status_page_new ();

  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_widget_set_valign (self->list, GTK_ALIGN_START);
  g_object_set (self->list, "margin-start", 12, "margin-end", 12, "margin-top", 12, "margin-bottom",
                12, NULL);
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Differences"));
  adw_status_page_set_description (ADW_STATUS_PAGE (none), _ ("At most the layout is another."));
  gtk_list_box_set_placeholder (GTK_LIST_BOX (self->list), none);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scroll, 380, -1);
  return scroll;
}

static void
telar_diff_view_init (TelarDiffView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->area = gtk_drawing_area_new ();
  gtk_widget_set_hexpand (self->area, TRUE);
  gtk_widget_set_vexpand (self->area, TRUE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw, self, NULL);
  self->all = gtk_button_new_with_label (_ ("Show All"));
  g_signal_connect_swapped (self->all, "clicked", G_CALLBACK (on_all), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->all);
  gtk_box_append (GTK_BOX (row), self->area);
  gtk_box_append (GTK_BOX (row), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (row), build_list (self));
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), row);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_size (GTK_WINDOW (self), 1100, 700);
}

static void
finalize (GObject *object)
{
  TelarDiffView *self = TELAR_DIFF_VIEW (object);

  telar_scene_free (self->old);
  telar_scene_free (self->new);
  telar_graph_free (self->before);
  telar_graph_free (self->after);
  g_ptr_array_unref (self->found);
  g_free (self->group);
  g_free (self->focus);
  G_OBJECT_CLASS (telar_diff_view_parent_class)->finalize (object);
}

static void
telar_diff_view_class_init (TelarDiffViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  signals[REVEAL] = g_signal_new ("reveal", TELAR_TYPE_DIFF_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

GtkWidget *
telar_diff_view_new (GtkWindow *parent, const TelarGraph *before, const char *other,
                     const TelarGraph *after)
{
  TelarDiffView *self = g_object_new (TELAR_TYPE_DIFF_VIEW, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Changes Since “%s”"), other);

  self->before = telar_graph_copy (before);
  self->after = telar_graph_copy (after);
  self->found = telar_graph_diff (self->before, self->after);
  gtk_window_set_title (GTK_WINDOW (self), title);
  for (guint i = 0; i < self->found->len; i++)
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_row (self->found->pdata[i]));
  show_drawing (self, NULL, NULL);
  return GTK_WIDGET (self);
}
