/* The run's head: state, progress, best metric; pause, step, stop and the learning rate. */
#include "app/ui/run-header.h"

#include "app/ui/cut-label.h"
#include "app/ui/format.h"
#include "app/ui/run-text.h"
#include "app/ui/steer-menu.h"

#include <glib/gi18n.h>
#include <math.h>

struct _TelarRunHeader {
  AdwBin parent_instance;

  GtkLabel *name, *status, *progress_text, *best, *message;
  GtkImage *icon;
  GtkProgressBar *progress;
  GtkLabel *parent;
  GtkWidget *top;      /* the box of the first line */
  GtkWidget *requests; /* the box of all that can be asked */
  GtkButton *pause, *step, *stop;
  TelarSteerMenu *steer;
  GtkEntry *learning_rate;
  char *shown_rate; /* what the program has put into the entry */
  gboolean paused;
  gint64 run;
};

G_DEFINE_FINAL_TYPE (TelarRunHeader, telar_run_header, ADW_TYPE_BIN)

static guint request_signal;

static void
request (TelarRunHeader *header, TelarRequestKind kind, double value)
{
  g_signal_emit (header, request_signal, 0, (int)kind, value, NULL);
}

static void
on_steered (TelarSteerMenu *menu, int kind, const char *text, TelarRunHeader *header)
{
  g_signal_emit (header, request_signal, 0, kind, 0.0, text);
}

void
telar_run_header_set_document (TelarRunHeader *header, TelarDocument *document)
{
  telar_steer_menu_set_document (header->steer, document);
}

void
telar_run_header_add (TelarRunHeader *header, GtkWidget *widget)
{
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (header->top), widget);
}

/* --- showing ----------------------------------------------------------------------------- */

/* "Epoch 3 of 10 · step 1 234 of 4 000 · 2 min left" */
static char *
progress_text (const TelarRunRow *run, double pace)
{
  gint64 total = run->epochs * run->steps_per_epoch;
  gint64 epoch = run->steps_per_epoch > 0 ? run->step / run->steps_per_epoch + 1 : 1;
  GString *text = g_string_new (NULL);
  char step[32], steps[32];

  if (total <= 0)
    return g_string_free (g_string_append (text, _ ("Getting ready")), FALSE);
  telar_axis_format ((double)run->step, TELAR_UNIT_COUNT, 15, step, sizeof step);
  telar_axis_format ((double)total, TELAR_UNIT_COUNT, 15, steps, sizeof steps);
  g_string_append_printf (text, _ ("Epoch %d of %d"), (int)MIN (epoch, run->epochs),
                          (int)run->epochs);
  g_string_append (text, " · ");
  g_string_append_printf (text, _ ("step %s of %s"), step, steps);
  if (g_str_equal (run->status, "running") && pace > 0) {
    g_autofree char *left = telar_format_duration ((double)(total - run->step) * pace);
    g_string_append (text, " · ");
    g_string_append_printf (text, _ ("%s left"), left);
  } else if (run->ended > run->started) {
    g_autofree char *took =
        telar_format_duration ((double)(run->ended - run->started) / G_USEC_PER_SEC);
    g_string_append (text, " · ");
    g_string_append_printf (text, _ ("took %s"), took);
  }
  return g_string_free (text, FALSE);
}

/* What the person has begun to write stays. */
static void
show_learning_rate (TelarRunHeader *header, double learning_rate)
{
  GtkEditable *entry = GTK_EDITABLE (header->learning_rate);
  g_autofree char *rate = g_strdup_printf ("%.4g", learning_rate);
  gboolean untouched = g_strcmp0 (gtk_editable_get_text (entry), header->shown_rate) == 0;

  if (learning_rate <= 0 || !untouched || g_strcmp0 (rate, header->shown_rate) == 0)
    return;
  g_free (header->shown_rate);
  header->shown_rate = g_steal_pointer (&rate);
  gtk_editable_set_text (entry, header->shown_rate);
}

static void
show_requests (TelarRunHeader *header, const TelarRunRow *run, double learning_rate)
{
  gboolean paused = g_str_equal (run->status, "paused");

  gtk_widget_set_visible (header->requests, telar_run_is_open (run));
  gtk_widget_set_sensitive (GTK_WIDGET (header->step), paused);
  if (paused != header->paused || header->run != run->id) {
    header->paused = paused;
    gtk_button_set_icon_name (header->pause, paused ? "media-playback-start-symbolic"
                                                    : "media-playback-pause-symbolic");
    gtk_widget_set_tooltip_text (GTK_WIDGET (header->pause), paused ? _ ("Resume") : _ ("Pause"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (header->pause), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    paused ? _ ("Resume") : _ ("Pause"), -1);
  }
  show_learning_rate (header, learning_rate);
}

static const char *
message_of (const TelarRunRow *run)
{
  if (run->message != NULL && *run->message != '\0')
    return run->message;
  if (g_str_equal (run->status, "lost"))
    return _ ("The training process is gone. What it had recorded is all here.");
  return NULL;
}

void
telar_run_header_show (TelarRunHeader *header, const TelarRunRow *run, const TelarRunFacts *facts)
{
  gint64 total = run->epochs * run->steps_per_epoch;
  g_autofree char *progress = progress_text (run, facts->pace);
  const char *message = message_of (run);
  g_autofree char *parent = telar_run_parent_text (run);

  gtk_label_set_text (header->name, run->name);
  gtk_label_set_text (header->parent, parent != NULL ? parent : "");
  gtk_label_set_text (header->status, telar_run_status_text (run->status));
  gtk_image_set_from_icon_name (header->icon, telar_run_status_icon (run->status));
  telar_run_status_colour (GTK_WIDGET (header->status), run->status);
  telar_run_status_colour (GTK_WIDGET (header->icon), run->status);
  gtk_label_set_text (header->progress_text, progress);
  gtk_label_set_text (header->best, facts->best != NULL ? facts->best : "");
  gtk_label_set_text (header->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (header->message), message != NULL);
  gtk_progress_bar_set_fraction (header->progress,
                                 total > 0 ? CLAMP ((double)run->step / (double)total, 0, 1) : 0);
  show_requests (header, run, facts->learning_rate);
  header->run = run->id;
}

/* --- asking ------------------------------------------------------------------------------ */

static void
on_pause (TelarRunHeader *header)
{
  request (header, header->paused ? TELAR_REQUEST_RESUME : TELAR_REQUEST_PAUSE, 0);
}

static void
on_step (TelarRunHeader *header)
{
  request (header, TELAR_REQUEST_STEP, 1);
}

static void
on_stop (TelarRunHeader *header)
{
  request (header, TELAR_REQUEST_STOP, 0);
}

static void
on_learning_rate (TelarRunHeader *header)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (header->learning_rate));
  char *end;
  double rate = g_strtod (text, &end);
  gboolean good = end != text && *end == '\0' && isfinite (rate) && rate > 0;

  if (good) {
    gtk_widget_remove_css_class (GTK_WIDGET (header->learning_rate), "error");
    g_free (header->shown_rate);
    header->shown_rate = g_strdup (text);
    request (header, TELAR_REQUEST_LEARNING_RATE, rate);
  } else {
    gtk_widget_add_css_class (GTK_WIDGET (header->learning_rate), "error");
  }
}

/* --- building ---------------------------------------------------------------------------- */

static GtkLabel *
add_label (GtkWidget *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static GtkButton *
add_button (TelarRunHeader *header, GtkWidget *box, const char *icon, const char *name,
            void (*clicked) (TelarRunHeader *))
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), header);
  gtk_box_append (GTK_BOX (box), button);
  return GTK_BUTTON (button);
}

static GtkWidget *
build_requests (TelarRunHeader *header)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (_ ("Learning rate"));

  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  header->learning_rate = GTK_ENTRY (gtk_entry_new ());
  gtk_editable_set_width_chars (GTK_EDITABLE (header->learning_rate), 9);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (header->learning_rate), 9);
  gtk_widget_set_valign (GTK_WIDGET (header->learning_rate), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_end (GTK_WIDGET (header->learning_rate), 12);
  gtk_widget_set_tooltip_text (GTK_WIDGET (header->learning_rate),
                               _ ("Press Enter to train on with this learning rate"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (header->learning_rate),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Learning rate"), -1);
  g_signal_connect_swapped (header->learning_rate, "activate", G_CALLBACK (on_learning_rate),
                            header);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (header->learning_rate));
  header->pause = add_button (header, box, "media-playback-pause-symbolic", _ ("Pause"), on_pause);
  header->step =
      add_button (header, box, "media-skip-forward-symbolic", _ ("Train one step"), on_step);
  header->stop = add_button (header, box, "media-playback-stop-symbolic",
                             _ ("Stop and keep a checkpoint"), on_stop);
  GtkWidget *more = gtk_menu_button_new ();
  header->steer = TELAR_STEER_MENU (telar_steer_menu_new ());
  g_signal_connect (header->steer, "request", G_CALLBACK (on_steered), header);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (more), "view-more-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (more), GTK_WIDGET (header->steer));
  gtk_widget_set_tooltip_text (more, _ ("More to ask of the run"));
  gtk_widget_set_valign (more, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), more);
  return box;
}

static void
telar_run_header_finalize (GObject *object)
{
  g_free (TELAR_RUN_HEADER (object)->shown_rate);
  G_OBJECT_CLASS (telar_run_header_parent_class)->finalize (object);
}

static void
telar_run_header_class_init (TelarRunHeaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_run_header_finalize;
  request_signal = g_signal_new ("request", TELAR_TYPE_RUN_HEADER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_STRING);
}

static void
telar_run_header_init (TelarRunHeader *header)
{
  header->shown_rate = g_strdup ("");
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *top = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *below = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  header->name = add_label (top, "title-2");
  header->icon = GTK_IMAGE (gtk_image_new ());
  gtk_widget_set_margin_start (GTK_WIDGET (header->icon), 8);
  gtk_box_append (GTK_BOX (top), GTK_WIDGET (header->icon));
  header->status = add_label (top, "heading");
  header->parent = add_label (top, "dim-label");
  gtk_widget_set_margin_start (GTK_WIDGET (header->parent), 8);
  gtk_widget_set_hexpand (space, TRUE);
  gtk_box_append (GTK_BOX (top), space);
  header->requests = build_requests (header);
  gtk_box_append (GTK_BOX (top), header->requests);
  gtk_box_append (GTK_BOX (box), top);
  header->top = top;

  header->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (header->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress of the training"), -1);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (header->progress));
  header->progress_text = add_label (below, "numeric");
  gtk_widget_set_hexpand (GTK_WIDGET (header->progress_text), TRUE);
  header->best = add_label (below, "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (header->best), "dim-label");
  gtk_box_append (GTK_BOX (box), below);
  header->message = add_label (box, "dim-label");
  gtk_label_set_wrap (header->message, TRUE);
  adw_bin_set_child (ADW_BIN (header), box);
}

GtkWidget *
telar_run_header_new (void)
{
  return g_object_new (TELAR_TYPE_RUN_HEADER, NULL);
}
