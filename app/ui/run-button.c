/* Train, or the run that goes on. */
#include "app/ui/run-button.h"

#include "app/canvas/theme.h"
#include "app/ui/format.h"
#include "app/ui/icon-button.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* --- the ring --------------------------------------------------------------------------------- */

#define TELAR_TYPE_RING (telar_ring_get_type ())
G_DECLARE_FINAL_TYPE (TelarRing, telar_ring, TELAR, RING, GtkWidget)

struct _TelarRing {
  GtkWidget parent_instance;

  double fraction;
};

G_DEFINE_FINAL_TYPE (TelarRing, telar_ring, GTK_TYPE_WIDGET)

static void
ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double radius = MIN (width, height) / 2 - 2;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  TelarTheme theme;
  GdkRGBA rest;

  telar_theme_load (&theme);
  rest = telar_theme_alpha (&theme.text, 0.18f);
  cairo_set_line_width (cr, 3);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_arc (cr, width / 2, height / 2, radius, 0, 2 * G_PI);
  telar_theme_set (cr, &rest);
  cairo_stroke (cr);
  if (TELAR_RING (widget)->fraction > 0) {
    cairo_arc (cr, width / 2, height / 2, radius, -G_PI_2,
               -G_PI_2 + 2 * G_PI * TELAR_RING (widget)->fraction);
    telar_theme_set (cr, &theme.accent);
    cairo_stroke (cr);
  }
  cairo_destroy (cr);
}

static void
telar_ring_class_init (TelarRingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ring_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
telar_ring_init (TelarRing *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), 18, 18);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/* --- the button ------------------------------------------------------------------------------- */

struct _TelarRunButton {
  GtkWidget parent_instance;

  TelarSession *session;
  GtkWidget *train, *running; /* one of them is shown */
  GtkWidget *ring, *text, *pause, *stop, *progress;
};

G_DEFINE_FINAL_TYPE (TelarRunButton, telar_run_button, GTK_TYPE_WIDGET)

/* "34 %  ·  2 min left". */
static char *
describe (TelarSession *session)
{
  double left = telar_session_seconds_left (session);
  int percent = (int)(100 * telar_session_progress (session));
  g_autofree char *time = left >= 0 ? telar_format_duration (left) : NULL;

  switch (telar_session_state (session)) {
  case TELAR_SESSION_STARTING:
    return g_strdup (_ ("Starting…"));
  case TELAR_SESSION_PAUSED:
    return g_strdup_printf (_ ("Paused at %d\u202f%%"), percent);
  case TELAR_SESSION_RUNNING:
  case TELAR_SESSION_ENDED:
    break;
  }
  return time ? g_strdup_printf (_ ("%d\u202f%%  ·  %s left"), percent, time)
              : g_strdup_printf (_ ("%d\u202f%%"), percent);
}

static void
update (TelarRunButton *self)
{
  gboolean alive = self->session && telar_session_state (self->session) != TELAR_SESSION_ENDED;
  g_autofree char *text = NULL;
  gboolean paused;

  gtk_widget_set_visible (self->train, !alive);
  gtk_widget_set_visible (self->running, alive);
  if (!alive)
    return;
  text = describe (self->session);
  paused = telar_session_state (self->session) == TELAR_SESSION_PAUSED;
  gtk_label_set_text (GTK_LABEL (self->text), text);
  TELAR_RING (self->ring)->fraction = telar_session_progress (self->session);
  gtk_widget_queue_draw (self->ring);
  gtk_button_set_icon_name (GTK_BUTTON (self->pause), paused ? "media-playback-start-symbolic"
                                                             : "media-playback-pause-symbolic");
  telar_widget_set_name (self->pause, paused ? _ ("Resume") : _ ("Pause"));
  gtk_widget_set_sensitive (self->pause,
                            telar_session_state (self->session) != TELAR_SESSION_STARTING);
}

void
telar_run_button_set_session (TelarRunButton *self, TelarSession *session)
{
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  if (session)
    g_signal_connect_object (session, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static GtkWidget *
build_running (TelarRunButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *inside = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->ring = g_object_new (TELAR_TYPE_RING, NULL);
  self->text = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->text, "figures");
  gtk_box_append (GTK_BOX (inside), self->ring);
  gtk_box_append (GTK_BOX (inside), self->text);
  self->progress = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->progress), inside);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->progress), "win.show-run");
  gtk_widget_set_tooltip_text (self->progress, _ ("Show the Run"));
  self->pause = gtk_button_new ();
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->pause), "win.pause");
  self->stop = telar_icon_button_new ("media-playback-stop-symbolic", _ ("Stop"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->stop), "win.stop");
  gtk_widget_set_tooltip_text (self->stop, _ ("Stop, Keeping a Checkpoint"));
  gtk_widget_add_css_class (box, "linked");
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), self->pause);
  gtk_box_append (GTK_BOX (box), self->stop);
  return box;
}

static void
dispose (GObject *object)
{
  TelarRunButton *self = TELAR_RUN_BUTTON (object);

  if (self->train)
    telar_run_button_set_session (self, NULL);
  g_clear_pointer (&self->train, gtk_widget_unparent);
  g_clear_pointer (&self->running, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_run_button_parent_class)->dispose (object);
}

static void
telar_run_button_class_init (TelarRunButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
telar_run_button_init (TelarRunButton *self)
{
  GtkWidget *content = adw_button_content_new ();

  self->train = gtk_button_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "media-playback-start-symbolic");
  adw_button_content_set_label (ADW_BUTTON_CONTENT (content), _ ("Train"));
  gtk_button_set_child (GTK_BUTTON (self->train), content);
  gtk_widget_add_css_class (self->train, "suggested-action");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->train), "win.train");
  gtk_widget_set_tooltip_text (self->train, _ ("Train (Ctrl+Enter)"));
  self->running = build_running (self);
  gtk_widget_set_parent (self->train, GTK_WIDGET (self));
  gtk_widget_set_parent (self->running, GTK_WIDGET (self));
  update (self);
}

GtkWidget *
telar_run_button_new (void)
{
  return g_object_new (TELAR_TYPE_RUN_BUTTON, NULL);
}
