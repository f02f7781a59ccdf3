/* Looking at two drawings: what wheel, drag, pinch and keys do. */
#include "app/ui/diff-area-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define READABLE 0.75 /* of life size */

G_DEFINE_FINAL_TYPE (TelarDiffArea, telar_diff_area, GTK_TYPE_WIDGET)

enum { VIEW_CHANGED, DIFFERENCE, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
snapshot (GtkWidget *widget, GtkSnapshot *target)
{
  TelarDiffArea *self = TELAR_DIFF_AREA (widget);
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                            (float)gtk_widget_get_height (widget));
  cairo_t *cr = gtk_snapshot_append_cairo (target, &all);

  if (!self->context)
    self->context = telar_view_card_context (widget);
  telar_diff_area_draw (self, cr);
  cairo_destroy (cr);
}

/* --- looking ---------------------------------------------------------------------------------- */

static void
set_view (TelarDiffArea *self, TelarView view)
{
  self->view = view;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

double
telar_diff_area_zoom (TelarDiffArea *self)
{
  return self->view.zoom;
}

static void
fit (TelarDiffArea *self)
{
  graphene_rect_t old, bounds;
  gboolean has_old = telar_scene_bounds (self->old, &old);

  if (!telar_scene_bounds (self->new, &bounds)) {
    if (!has_old)
      return;
    bounds = old;
  } else if (has_old) {
    graphene_rect_union (&old, &bounds, &bounds);
  }
  set_view (self, telar_view_around (GTK_WIDGET (self), &bounds, TELAR_ZOOM_MIN));
}

void
telar_diff_area_reveal (TelarDiffArea *self, const char *id)
{
  const TelarSceneNode *node = telar_scene_find (self->new, id);
  double zoom = MAX (self->view.zoom, READABLE * telar_view_life_size (GTK_WIDGET (self)));
  graphene_point_t middle;

  if (!node)
    node = telar_scene_find (self->old, id);
  if (!node)
    return;
  middle = telar_scene_node_rect (node)->origin;
  middle.x += telar_scene_node_rect (node)->size.width / 2;
  middle.y += telar_scene_node_rect (node)->size.height / 2;
  set_view (self,
            (TelarView){ middle.x - gtk_widget_get_width (GTK_WIDGET (self)) / zoom / 2,
                         middle.y - gtk_widget_get_height (GTK_WIDGET (self)) / zoom / 2, zoom });
}

void
telar_diff_area_show (TelarDiffArea *self, const char *group, const TelarGraph *before,
                      const TelarGraph *after)
{
  telar_scene_free (self->old);
  telar_scene_free (self->new);
  self->old = telar_scene_new ();
  self->new = telar_scene_new ();
  if (before)
    telar_scene_sync (self->old, before);
  if (after)
    telar_scene_sync (self->new, after);
  g_free (self->group);
  self->group = g_strdup (group);
  if (self->placed)
    fit (self);
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TelarDiffArea *self = TELAR_DIFF_AREA (widget);

  if (!self->placed && width > 1 && height > 1) {
    self->placed = TRUE;
    fit (self);
  }
}

/* --- keys ------------------------------------------------------------------------------------- */

static void
zoom_by (GtkWidget *widget, double factor)
{
  TelarDiffArea *self = TELAR_DIFF_AREA (widget);

  set_view (self, telar_view_zoomed (&self->view, self->view.zoom * factor,
                                     gtk_widget_get_width (widget) / 2.0,
                                     gtk_widget_get_height (widget) / 2.0));
}

static void
zoom_in (GtkWidget *widget, const char *action, GVariant *parameter)
{
  zoom_by (widget, TELAR_ZOOM_STEP);
}

static void
zoom_out (GtkWidget *widget, const char *action, GVariant *parameter)
{
  zoom_by (widget, 1 / TELAR_ZOOM_STEP);
}

static void
zoom_original (GtkWidget *widget, const char *action, GVariant *parameter)
{
  zoom_by (widget, telar_view_life_size (widget) / TELAR_DIFF_AREA (widget)->view.zoom);
}

static void
zoom_fit (GtkWidget *widget, const char *action, GVariant *parameter)
{
  fit (TELAR_DIFF_AREA (widget));
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
        TelarDiffArea *self)
{
  double dx = (key == GDK_KEY_Right) - (key == GDK_KEY_Left);
  double dy = (key == GDK_KEY_Down) - (key == GDK_KEY_Up);
  double step = TELAR_SCROLL_STEP / self->view.zoom;

  if ((dx == 0 && dy == 0) || state & gtk_accelerator_get_default_mod_mask ())
    return GDK_EVENT_PROPAGATE;
  set_view (self,
            (TelarView){ self->view.x + dx * step, self->view.y + dy * step, self->view.zoom });
  return GDK_EVENT_STOP;
}

/* --- gestures --------------------------------------------------------------------------------- */

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TelarDiffArea *self)
{
  self->drag_view = self->view;
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TelarDiffArea *self)
{
  const TelarView *from = &self->drag_view;

  if (!gtk_drag_check_threshold (GTK_WIDGET (self), 0, 0, (int)dx, (int)dy) &&
      self->view.x == from->x && self->view.y == from->y)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  set_view (self, (TelarView){ from->x - dx / from->zoom, from->y - dy / from->zoom, from->zoom });
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TelarDiffArea *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grab");
}

static void
on_click (GtkGestureClick *click, int n, double x, double y, TelarDiffArea *self)
{
  graphene_rect_t point = GRAPHENE_RECT_INIT ((float)(x / self->view.zoom + self->view.x),
                                              (float)(y / self->view.zoom + self->view.y), 0, 0);

  for (gboolean old = FALSE; old <= TRUE; old++) {
    g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

    telar_scene_query (old ? self->old : self->new, &point, nodes, NULL);
    for (guint i = 0; i < nodes->len; i++) {
      guint index;

      if (telar_diff_area_told (self, nodes->pdata[i], old, &index)) {
        g_signal_emit (self, signals[DIFFERENCE], 0, index);
        return;
      }
    }
  }
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, TelarDiffArea *self)
{
  set_view (self, telar_view_scrolled (&self->view, scroll, dx, dy, &self->pointer));
  return GDK_EVENT_STOP;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, TelarDiffArea *self)
{
  self->pointer = GRAPHENE_POINT_INIT ((float)x, (float)y);
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, TelarDiffArea *self)
{
  self->drag_view = self->view;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, TelarDiffArea *self)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    set_view (self, telar_view_zoomed (&self->view, self->drag_view.zoom * scale, x, y));
}

static void
add_controllers (TelarDiffArea *self)
{
  GtkGesture *drag = gtk_gesture_drag_new (), *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *all[] = { GTK_EVENT_CONTROLLER (drag),
                                GTK_EVENT_CONTROLLER (click),
                                GTK_EVENT_CONTROLLER (pinch),
                                scroll,
                                motion,
                                keys };

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (click, "released", G_CALLBACK (on_click), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_widget_add_controller (GTK_WIDGET (self), all[i]);
}

/* --- building --------------------------------------------------------------------------------- */

static void
on_theme (TelarDiffArea *self)
{
  telar_scene_redraw (self->old);
  telar_scene_redraw (self->new);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (telar_diff_area_parent_class)->css_changed (widget, change);
  g_clear_object (&TELAR_DIFF_AREA (widget)->context);
  on_theme (TELAR_DIFF_AREA (widget));
}

static void
finalize (GObject *object)
{
  TelarDiffArea *self = TELAR_DIFF_AREA (object);

  telar_scene_free (self->old);
  telar_scene_free (self->new);
  g_clear_object (&self->context);
  g_free (self->group);
  G_OBJECT_CLASS (telar_diff_area_parent_class)->finalize (object);
}

static void
telar_diff_area_class_init (TelarDiffAreaClass *klass)
{
  static const struct {
    const char *name;
    GtkWidgetActionActivateFunc activate;
    guint keys[2];
  } actions[] = {
    { "canvas.zoom-in", zoom_in, { GDK_KEY_plus, GDK_KEY_KP_Add } },
    { "canvas.zoom-out", zoom_out, { GDK_KEY_minus, GDK_KEY_KP_Subtract } },
    { "canvas.zoom-fit", zoom_fit, { GDK_KEY_0, GDK_KEY_KP_0 } },
    { "canvas.zoom-original", zoom_original, { GDK_KEY_1, GDK_KEY_KP_1 } },
  };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->size_allocate = size_allocate;
  widget_class->css_changed = css_changed;
  gtk_widget_class_set_css_name (widget_class, "telar-diff");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gtk_widget_class_install_action (widget_class, actions[i].name, NULL, actions[i].activate);
    for (guint j = 0; j < G_N_ELEMENTS (actions[i].keys); j++)
      gtk_widget_class_add_binding_action (widget_class, actions[i].keys[j], 0, actions[i].name,
                                           NULL);
  }
  signals[VIEW_CHANGED] = g_signal_new ("view-changed", TELAR_TYPE_DIFF_AREA, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DIFFERENCE] = g_signal_new ("difference", TELAR_TYPE_DIFF_AREA, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
telar_diff_area_init (TelarDiffArea *self)
{
  static const char *const news[] = { "notify::dark", "notify::high-contrast" };
  GtkWidget *widget = GTK_WIDGET (self);

  self->view.zoom = 1;
  self->old = telar_scene_new ();
  self->new = telar_scene_new ();
  for (guint i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_connect_object (adw_style_manager_get_default (), news[i], G_CALLBACK (on_theme), self,
                             G_CONNECT_SWAPPED);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_widget_set_cursor_from_name (widget, "grab");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Both drawings"), -1);
  add_controllers (self);
}

GtkWidget *
telar_diff_area_new (const GPtrArray *found)
{
  TelarDiffArea *self = g_object_new (TELAR_TYPE_DIFF_AREA, NULL);

  self->found = found;
  return GTK_WIDGET (self);
}
