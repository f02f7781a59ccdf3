/* The start page: a gallery. Every project is a card with a picture of its graph. */
#include "app/ui/start-page.h"

#include "app/model/templates.h"
#include "app/project/document.h"
#include "app/project/journal.h"
#include "app/ui/cut-label.h"
#include "app/ui/format.h"
#include "app/ui/recent.h"
#include "app/ui/thumbnail.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#define CARD_WIDTH  260
#define CARD_HEIGHT 152

struct _TelarStartPage {
  GtkWidget parent_instance;

  GtkWidget *scroll;
  GtkWidget *unsaved, *unsaved_list; /* what a crash left */
  GtkWidget *recent, *recent_flow;
  GtkWidget *samples_flow;
};

G_DEFINE_FINAL_TYPE (TelarStartPage, telar_start_page, GTK_TYPE_WIDGET)

enum { OPEN, OPEN_SAMPLE, RECOVER, N_SIGNALS };

static guint signals[N_SIGNALS];

/* --- cards ------------------------------------------------------------------------------------ */

typedef struct {
  char *path, *title;
  gboolean sample;
} Card;

static void
card_free (gpointer data, GClosure *closure)
{
  Card *card = data;

  g_free (card->path);
  g_free (card->title);
  g_free (card);
}

static void
on_card (GtkButton *button, Card *card)
{
  GtkWidget *page = gtk_widget_get_ancestor (GTK_WIDGET (button), TELAR_TYPE_START_PAGE);

  if (card->sample)
    g_signal_emit (page, signals[OPEN_SAMPLE], 0, card->path, card->title);
  else
    g_signal_emit (page, signals[OPEN], 0, card->path);
}

static GtkWidget *
text_label (const char *text, const char *css_class, gboolean wrap)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), wrap);
  gtk_label_set_width_chars (GTK_LABEL (label), 28);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  if (wrap)
    gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* What stands where a file has no graph to be drawn: what kind of file it is. */
static GtkWidget *
make_plate (const char *path)
{
  const char *dot = strrchr (path, '.');
  g_autofree char *ending = g_utf8_strup (dot ? dot + 1 : "", -1);
  GtkWidget *plate = gtk_label_new (ending);

  gtk_widget_set_size_request (plate, CARD_WIDTH, CARD_HEIGHT);
  gtk_widget_add_css_class (plate, "card-plate");
  return plate;
}

static GtkWidget *
make_card (const char *path, const char *title, const char *text, const char *badge,
           gboolean sample)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *button = gtk_button_new ();
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  Card *card = g_new (Card, 1);

  *card = (Card){ g_strdup (path), g_strdup (title), sample };
  gtk_box_append (GTK_BOX (box), g_str_has_suffix (path, ".telar")
                                     ? telar_thumbnail_new (path, CARD_WIDTH, CARD_HEIGHT)
                                     : make_plate (path));
  g_object_set (words, "margin-start", 14, "margin-end", 14, "margin-top", 10, "margin-bottom", 12,
                NULL);
  gtk_box_append (GTK_BOX (words), text_label (title, "heading", FALSE));
  gtk_box_append (GTK_BOX (words), text_label (text, "card-text", TRUE));
  if (badge)
    gtk_box_append (GTK_BOX (words), text_label (badge, "warning", FALSE));
  gtk_box_append (GTK_BOX (box), words);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "project-card");
  gtk_widget_add_css_class (button, "card");
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_card), card, card_free, 0);
  return button;
}

static void
empty_flow (GtkWidget *flow)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (flow)))
    gtk_flow_box_remove (GTK_FLOW_BOX (flow), child);
}

static void
append_card (GtkWidget *flow, GtkWidget *card)
{
  GtkWidget *child;

  gtk_flow_box_append (GTK_FLOW_BOX (flow), card);
  /* The button takes the focus, not the cell around it. */
  child = gtk_widget_get_parent (card);
  gtk_widget_set_focusable (child, FALSE);
}

/* --- filling ---------------------------------------------------------------------------------- */

static void
fill_samples (TelarStartPage *self)
{
  const char *folder = telar_samples_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  for (const TelarTemplate *t = telar_templates; t->name; t++) {
    g_autofree char *path = telar_template_path (t);

    if (g_file_test (path, G_FILE_TEST_EXISTS))
      append_card (self->samples_flow, make_card (path, _ (t->title), _ (t->text), NULL, TRUE));
  }
  while (dir && (name = g_dir_read_name (dir))) {
    if (g_str_has_suffix (name, ".telar")) {
      g_autofree char *own = g_strndup (name, strlen (name) - strlen (".telar"));

      if (!telar_template_find (own))
        g_ptr_array_add (others, g_steal_pointer (&own));
    }
  }
  g_ptr_array_sort (others, (GCompareFunc)g_ascii_strcasecmp);
  for (guint i = 0; i < others->len; i++) {
    g_autofree char *file = g_strconcat (others->pdata[i], ".telar", NULL);
    g_autofree char *path = g_build_filename (folder, file, NULL);

    append_card (self->samples_flow, make_card (path, others->pdata[i], "", NULL, TRUE));
  }
}

static char *
describe_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
      g_file_query_info (file, G_FILE_ATTRIBUTE_TIME_MODIFIED, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  g_autoptr (GDateTime) time = info ? g_file_info_get_modification_date_time (info) : NULL;

  return time ? telar_format_ago (g_date_time_to_unix (time) * G_USEC_PER_SEC) : g_strdup ("");
}

static void
fill_recent (TelarStartPage *self)
{
  g_auto (GStrv) paths = telar_recent_list ();

  empty_flow (self->recent_flow);
  for (guint i = 0; paths[i]; i++) {
    g_autofree char *title = g_path_get_basename (paths[i]);
    g_autofree char *text = describe_file (paths[i]);
    g_autofree char *journal = telar_document_find_journal (paths[i]);

    if (g_str_has_suffix (title, ".telar"))
      title[strlen (title) - strlen (".telar")] = '\0';
    append_card (self->recent_flow, make_card (paths[i], title, text,
                                               journal ? _ ("Has unsaved edits") : NULL, FALSE));
  }
  gtk_widget_set_visible (self->recent, paths[0] != NULL);
}

static void
on_recover (GtkButton *button, TelarStartPage *self)
{
  g_autofree char *journal = g_strdup (g_object_get_data (G_OBJECT (button), "journal"));

  g_signal_emit (self, signals[RECOVER], 0, journal);
}

static void
on_discard (GtkButton *button, TelarStartPage *self)
{
  telar_journal_remove_unsaved (g_object_get_data (G_OBJECT (button), "journal"));
  telar_start_page_refresh (self);
}

static GtkWidget *
unsaved_button (TelarStartPage *self, const char *label, const char *journal, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "journal", g_strdup (journal), g_free);
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static void
fill_unsaved (TelarStartPage *self)
{
  g_autoptr (GPtrArray) journals = telar_journal_list_unsaved ();
  GtkWidget *child;

  while (
      (child = GTK_WIDGET (gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->unsaved_list), 0))))
    gtk_list_box_remove (GTK_LIST_BOX (self->unsaved_list), child);
  for (guint i = 0; i < journals->len; i++) {
    GtkWidget *row = adw_action_row_new ();
    g_autofree char *when = describe_file (journals->pdata[i]);

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("A project that was never saved"));
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), when);
    adw_action_row_add_suffix (
        ADW_ACTION_ROW (row),
        unsaved_button (self, _ ("Discard"), journals->pdata[i], G_CALLBACK (on_discard)));
    child = unsaved_button (self, _ ("Restore"), journals->pdata[i], G_CALLBACK (on_recover));
    gtk_widget_add_css_class (child, "suggested-action");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), child);
    gtk_list_box_append (GTK_LIST_BOX (self->unsaved_list), row);
  }
  gtk_widget_set_visible (self->unsaved, journals->len > 0);
}

void
telar_start_page_refresh (TelarStartPage *self)
{
  fill_unsaved (self);
  fill_recent (self);
}

/* --- building ---------------------------------------------------------------------------------
 */

static GtkWidget *
section (const char *title, GtkWidget *child)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "title-4");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), child);
  return box;
}

static GtkWidget *
flow (void)
{
  GtkWidget *box = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (box), GTK_SELECTION_NONE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (box), 18);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (box), 18);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (box), 4);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (box), TRUE);
  return box;
}

static GtkWidget *
build_greeting (void)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (_ ("What will you weave?"));
  GtkWidget *text =
      gtk_label_new (_ ("Open a sample and press Train, or start with an empty canvas."));
  GtkWidget *new_button = gtk_button_new_with_label (_ ("New Project"));
  GtkWidget *open_button = gtk_button_new_with_label (_ ("Open…"));

  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (GTK_LABEL (text), 0);
  gtk_widget_add_css_class (title, "title-1");
  gtk_widget_add_css_class (text, "dim-label");
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), text);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (new_button), "win.new");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (open_button), "win.open");
  gtk_widget_set_valign (new_button, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (open_button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (new_button, "pill");
  gtk_widget_add_css_class (open_button, "pill");
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), open_button);
  gtk_box_append (GTK_BOX (row), new_button);
  return row;
}

static void
telar_start_page_init (TelarStartPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 30), *clamp = adw_clamp_new ();

  self->unsaved_list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->unsaved_list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->unsaved_list, "boxed-list");
  self->recent_flow = flow ();
  self->samples_flow = flow ();
  self->unsaved = section (_ ("Unsaved Work"), self->unsaved_list);
  self->recent = section (_ ("Recent"), self->recent_flow);
  gtk_box_append (GTK_BOX (box), build_greeting ());
  gtk_box_append (GTK_BOX (box), self->unsaved);
  gtk_box_append (GTK_BOX (box), self->recent);
  gtk_box_append (GTK_BOX (box), section (_ ("Samples"), self->samples_flow));
  g_object_set (box, "margin-top", 36, "margin-bottom", 36, "margin-start", 24, "margin-end", 24,
                NULL);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1220);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  self->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroll), clamp);
  gtk_widget_set_parent (self->scroll, GTK_WIDGET (self));
  fill_samples (self);
  telar_start_page_refresh (self);
}

static void
dispose (GObject *object)
{
  g_clear_pointer (&TELAR_START_PAGE (object)->scroll, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_start_page_parent_class)->dispose (object);
}

static void
telar_start_page_class_init (TelarStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = TELAR_TYPE_START_PAGE;

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  signals[OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  signals[OPEN_SAMPLE] = g_signal_new ("open-sample", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[RECOVER] = g_signal_new ("recover", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

GtkWidget *
telar_start_page_new (void)
{
  return g_object_new (TELAR_TYPE_START_PAGE, NULL);
}
