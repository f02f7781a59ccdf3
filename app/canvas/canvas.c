/* The canvas as a widget: what it shows, how it is looked at, what is selected. */
#include "app/canvas/canvas-private.h"

#include "app/project/settings.h"

#include <glib/gi18n.h>
#include <math.h>

G_DEFINE_FINAL_TYPE (TelarCanvas, telar_canvas, GTK_TYPE_WIDGET)

static TelarOperatorDrag *
operator_drag_copy (TelarOperatorDrag *drag)
{
  return g_memdup2 (drag, sizeof *drag);
}

G_DEFINE_BOXED_TYPE (TelarOperatorDrag, telar_operator_drag, operator_drag_copy, g_free)

enum { SELECTION_CHANGED, VIEW_CHANGED, NODE_ACTIVATED, MESSAGE, N_SIGNALS };

static guint signals[N_SIGNALS];

#define FIT_MARGIN 28.0

/* --- the view --------------------------------------------------------------------------------- */

graphene_point_t
telar_canvas_to_widget (TelarCanvas *self, double x, double y)
{
  return GRAPHENE_POINT_INIT ((float)((x - self->view.x) * self->view.zoom),
                              (float)((y - self->view.y) * self->view.zoom));
}

graphene_point_t
telar_canvas_from_widget (TelarCanvas *self, double x, double y)
{
  return GRAPHENE_POINT_INIT ((float)(x / self->view.zoom + self->view.x),
                              (float)(y / self->view.zoom + self->view.y));
}

float
telar_canvas_snap (double value)
{
  double grid = telar_settings_bool (TELAR_SETTING_SNAP, TRUE) ? TELAR_GRID : 1;

  return (float)(round (value / grid) * grid);
}

double
telar_canvas_zoom (TelarCanvas *self)
{
  return self->view.zoom;
}

void
telar_canvas_set_view (TelarCanvas *self, const TelarView *view)
{
  self->view = *view;
  self->placed = TRUE;
  self->untouched = FALSE;
  telar_canvas_update_proxies (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static void
animate (double t, gpointer data)
{
  TelarCanvas *self = data;
  const TelarView *a = &self->animate_from, *b = &self->animate_to;
  double zoom = a->zoom * pow (b->zoom / a->zoom, t);

  telar_canvas_set_view (self,
                         &(TelarView){ a->x + (b->x - a->x) * t, a->y + (b->y - a->y) * t, zoom });
}

void
telar_canvas_animate_to (TelarCanvas *self, const TelarView *view)
{
  self->animate_from = self->view;
  self->animate_to = *view;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self))) {
    telar_canvas_set_view (self, view);
    return;
  }
  adw_animation_reset (self->animation);
  adw_animation_play (self->animation);
}

static void
stop_animation (TelarCanvas *self)
{
  adw_animation_pause (self->animation);
}

void
telar_canvas_zoom_about (TelarCanvas *self, double zoom, double x, double y)
{
  graphene_point_t at = telar_canvas_from_widget (self, x, y);
  double clamped = CLAMP (zoom, TELAR_ZOOM_MIN, TELAR_ZOOM_MAX);

  stop_animation (self);
  telar_canvas_set_view (self, &(TelarView){ at.x - x / clamped, at.y - y / clamped, clamped });
}

static TelarView
view_of (TelarCanvas *self, const graphene_rect_t *bounds, double smallest)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double zoom = MIN ((width - 2 * FIT_MARGIN) / bounds->size.width,
                     (height - 2 * FIT_MARGIN) / bounds->size.height);

  zoom = CLAMP (zoom, smallest, 1.0);
  return (TelarView){ bounds->origin.x + bounds->size.width / 2 - width / zoom / 2,
                      bounds->origin.y + bounds->size.height / 2 - height / zoom / 2, zoom };
}

void
telar_canvas_fit (TelarCanvas *self, gboolean animated)
{
  graphene_rect_t bounds;
  TelarView view;

  if (!telar_scene_bounds (self->scene, &bounds))
    return;
  view = view_of (self, &bounds, TELAR_ZOOM_MIN);
  if (animated)
    telar_canvas_animate_to (self, &view);
  else
    telar_canvas_set_view (self, &view);
}

void
telar_canvas_show_start (TelarCanvas *self)
{
  const double readable = 0.47;
  graphene_rect_t bounds;
  TelarView view;

  if (!telar_scene_bounds (self->scene, &bounds)) {
    telar_canvas_set_view (self, &(TelarView){ 0, 0, 1 });
    return;
  }
  view = view_of (self, &bounds, readable);
  if (bounds.size.width * view.zoom > gtk_widget_get_width (GTK_WIDGET (self)))
    view.x = bounds.origin.x - FIT_MARGIN / view.zoom;
  if (bounds.size.height * view.zoom > gtk_widget_get_height (GTK_WIDGET (self)))
    view.y = bounds.origin.y - FIT_MARGIN / view.zoom;
  telar_canvas_set_view (self, &view);
  self->untouched = TRUE;
}

void
telar_canvas_ensure_visible (TelarCanvas *self, TelarSceneNode *node)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  double width = gtk_widget_get_width (GTK_WIDGET (self)) / self->view.zoom;
  double height = gtk_widget_get_height (GTK_WIDGET (self)) / self->view.zoom;
  double margin = 32 / self->view.zoom;
  TelarView view = self->view;

  view.x = MIN (view.x, rect->origin.x - margin);
  view.y = MIN (view.y, rect->origin.y - margin);
  view.x = MAX (view.x, rect->origin.x + rect->size.width + margin - width);
  view.y = MAX (view.y, rect->origin.y + rect->size.height + margin - height);
  if (view.x != self->view.x || view.y != self->view.y)
    telar_canvas_animate_to (self, &view);
}

void
telar_canvas_reveal (TelarCanvas *self, const char *id)
{
  TelarSceneNode *node = telar_scene_find (self->scene, id);

  if (!node)
    return;
  if (self->view.zoom < 0.5) {
    const graphene_rect_t *rect = telar_scene_node_rect (node);
    double width = gtk_widget_get_width (GTK_WIDGET (self));
    double height = gtk_widget_get_height (GTK_WIDGET (self));

    telar_canvas_animate_to (
        self, &(TelarView){ rect->origin.x + rect->size.width / 2 - width / 2,
                            rect->origin.y + rect->size.height / 2 - height / 2, 1 });
  } else {
    telar_canvas_ensure_visible (self, node);
  }
  telar_canvas_select_node (self, node, FALSE);
}

/* --- selection -------------------------------------------------------------------------------- */

void
telar_canvas_selection_changed (TelarCanvas *self)
{
  telar_canvas_update_proxies (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
set_selected_edge (TelarCanvas *self, TelarSceneEdge *edge)
{
  TelarSceneEdge *ends[] = { self->selected_edge, edge };

  self->selected_edge = edge;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    if (!ends[i])
      continue;
    ends[i]->selected = ends[i] == edge;
    g_clear_pointer (&ends[i]->drawing, gsk_render_node_unref);
  }
}

static void
deselect_all (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->selection);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    ((TelarSceneNode *)node)->selected = FALSE;
  g_hash_table_remove_all (self->selection);
  set_selected_edge (self, NULL);
}

void
telar_canvas_clear_selection (TelarCanvas *self)
{
  if (g_hash_table_size (self->selection) == 0 && !self->selected_edge)
    return;
  deselect_all (self);
  telar_canvas_selection_changed (self);
}

void
telar_canvas_select_node (TelarCanvas *self, TelarSceneNode *node, gboolean extend)
{
  gboolean remove = extend && node->selected;

  if (!extend)
    deselect_all (self);
  set_selected_edge (self, NULL);
  node->selected = !remove;
  if (remove)
    g_hash_table_remove (self->selection, node);
  else
    g_hash_table_add (self->selection, node);
  self->current = node;
  telar_canvas_selection_changed (self);
}

void
telar_canvas_select_edge (TelarCanvas *self, TelarSceneEdge *edge)
{
  deselect_all (self);
  set_selected_edge (self, edge);
  telar_canvas_selection_changed (self);
}

void
telar_canvas_select (TelarCanvas *self, const char *const *ids)
{
  deselect_all (self);
  for (guint i = 0; ids && ids[i]; i++) {
    TelarSceneNode *node = telar_scene_find (self->scene, ids[i]);

    if (!node)
      continue;
    node->selected = TRUE;
    g_hash_table_add (self->selection, node);
    self->current = node;
  }
  telar_canvas_selection_changed (self);
}

char **
telar_canvas_selection (TelarCanvas *self)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];

    if (node->selected)
      g_ptr_array_add (ids, g_strdup (node->id));
  }
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}

gboolean
telar_canvas_selected_wire (TelarCanvas *self, TelarEdge *wire)
{
  const TelarSceneEdge *edge = self->selected_edge;

  if (!edge)
    return FALSE;
  *wire =
      (TelarEdge){ edge->from->id, edge->to->id, edge->from_port, edge->to_port, edge->to_slot };
  return TRUE;
}

void
telar_canvas_message (TelarCanvas *self, const GError *error)
{
  g_signal_emit (self, signals[MESSAGE], 0, error->message);
}

/* --- following document and analysis ---------------------------------------------------------- */

static void
annotate (TelarCanvas *self)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);

  for (guint i = 0; self->analysis && i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];
    const TelarProblem *problem = telar_analysis_problem (self->analysis, node->id);
    char **shapes = g_new0 (char *, node->n_outputs + 1);

    for (guint port = 0; port < node->n_outputs; port++) {
      char *shape = telar_analysis_shape (self->analysis, node->id, node->op->outputs[port].name);

      shapes[port] = shape ? shape : g_strdup ("");
    }
    telar_scene_annotate (self->scene, node, shapes,
                          !problem                                   ? TELAR_BADGE_NONE
                          : problem->severity == TELAR_PROBLEM_ERROR ? TELAR_BADGE_ERROR
                                                                     : TELAR_BADGE_WARNING);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Items may go with the sync: what points at them is kept by name. */
static void
sync_scene (TelarCanvas *self)
{
  g_auto (GStrv) selected = telar_canvas_selection (self);
  g_autofree char *current = self->current ? g_strdup (self->current->id) : NULL;

  telar_canvas_cancel_drag (self);
  telar_canvas_drop_proxies (self);
  deselect_all (self);
  self->hover = (TelarHit){ 0 };
  self->current = NULL;
  self->drop_edge = NULL;
  telar_scene_sync (self->scene, telar_document_drawing (self->document));
  annotate (self);
  telar_canvas_select (self, (const char *const *)selected);
  if (current)
    self->current = telar_scene_find (self->scene, current);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_document_changed (TelarCanvas *self)
{
  sync_scene (self);
}

/* Another drawing: nothing of the last one stays. */
static void
on_entered (TelarCanvas *self)
{
  deselect_all (self);
  self->current = NULL;
  sync_scene (self);
  telar_canvas_fit (self, FALSE);
}

void
telar_canvas_set_document (TelarCanvas *self, TelarDocument *document, TelarAnalysis *analysis)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  g_set_object (&self->document, document);
  g_set_object (&self->analysis, analysis);
  if (!document)
    return;
  self->placed = FALSE;
  g_signal_connect_object (document, "changed", G_CALLBACK (on_document_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "entered", G_CALLBACK (on_entered), self, G_CONNECT_SWAPPED);
  if (analysis)
    g_signal_connect_object (analysis, "changed", G_CALLBACK (annotate), self, G_CONNECT_SWAPPED);
  sync_scene (self);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
on_theme (TelarCanvas *self)
{
  telar_theme_load (&self->theme);
  telar_scene_redraw (self->scene);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  if ((!self->placed || self->untouched) && self->document && width > 1)
    telar_canvas_show_start (self);
  telar_canvas_allocate_proxies (self);
  if (self->quick_add)
    gtk_popover_present (GTK_POPOVER (self->quick_add));
  if (self->menu)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *minimum = 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 600;
  *minimum_baseline = *natural_baseline = -1;
}

static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (telar_canvas_parent_class)->css_changed (widget, change);
  telar_scene_redraw (TELAR_CANVAS (widget)->scene);
}

static void
dispose (GObject *object)
{
  TelarCanvas *self = TELAR_CANVAS (object);

  telar_canvas_set_document (self, NULL, NULL);
  telar_canvas_cancel_drag (self);
  telar_canvas_drop_proxies (self);
  g_clear_handle_id (&self->proxies_idle, g_source_remove);
  g_clear_object (&self->animation);
  g_clear_pointer (&self->quick_add, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_canvas_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarCanvas *self = TELAR_CANVAS (object);

  g_hash_table_unref (self->selection);
  g_ptr_array_unref (self->proxies);
  g_hash_table_unref (self->wire_proxies);
  g_array_unref (self->held);
  telar_scene_free (self->scene);
  G_OBJECT_CLASS (telar_canvas_parent_class)->finalize (object);
}

static void
telar_canvas_class_init (TelarCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->snapshot = telar_canvas_snapshot;
  widget_class->size_allocate = size_allocate;
  widget_class->measure = measure;
  widget_class->css_changed = css_changed;
  gtk_widget_class_set_css_name (widget_class, "telar-canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  telar_canvas_add_fix_action (widget_class);
  telar_canvas_add_actions (widget_class);

  signals[SELECTION_CHANGED] =
      g_signal_new ("selection-changed", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[VIEW_CHANGED] = g_signal_new ("view-changed", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NODE_ACTIVATED] = g_signal_new ("node-activated", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[MESSAGE] = g_signal_new ("message", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_canvas_init (TelarCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->scene = telar_scene_new ();
  self->selection = g_hash_table_new (NULL, NULL);
  self->proxies = g_ptr_array_new ();
  self->wire_proxies = g_hash_table_new (NULL, NULL);
  self->held = g_array_new (FALSE, FALSE, sizeof (TelarHeld));
  self->view.zoom = 1;
  self->animation = adw_timed_animation_new (
      widget, 0, 1, 180, adw_callback_animation_target_new (animate, self, NULL));
  telar_theme_load (&self->theme);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (on_theme), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (on_theme), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Network"), -1);
  telar_canvas_add_gestures (self);
  telar_canvas_add_keys (self);
  telar_canvas_add_drop_target (self);
}

GtkWidget *
telar_canvas_new (void)
{
  return g_object_new (TELAR_TYPE_CANVAS, NULL);
}
