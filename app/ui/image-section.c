/* Samples of a run: a heading for each series, its pictures below, the rows that are misclassified
 * where there are no pictures, and a scale that goes through the steps at which there are some. */
#include "app/ui/mistake-list.h"
#include "app/ui/pixel-view.h"
#include "app/ui/run-section.h"
#include "app/ui/section-stack.h"
#include "app/ui/step-bar.h"
#include "insight/classes.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MISTAKES      "misclassified"
#define LEAST_IN_LINE 8 /* which any window has room for */

struct _TelarImageSection {
  AdwBin parent_instance;

  GtkStack *stack;
  TelarStepBar *bar;
  GtkWidget *all;
  GtkBox *box;
  char **classes; /* names, or NULL */
  int truth, answer;
  TelarStore *store; /* borrowed while following */
  char *shown;       /* what is shown, to be built again only when that changes */
  gint64 run;
};

G_DEFINE_FINAL_TYPE (TelarImageSection, telar_image_section, ADW_TYPE_BIN)

/* --- in words ---------------------------------------------------------------------------- */

static char *
title_of (const char *name)
{
  const char *part = strchr (name, '/');

  if (g_str_equal (name, MISTAKES))
    return g_strdup (_ ("Misclassified, the surest first"));
  if (part != NULL && g_str_has_prefix (name, "inputs/"))
    return g_strdup_printf (_ ("Inputs: %s"), part + 1);
  if (part != NULL && g_str_has_prefix (name, "kernels/"))
    return g_strdup_printf (_ ("Kernels of %s"), part + 1);
  if (part != NULL && g_str_has_prefix (name, "feature_maps/"))
    return g_strdup_printf (_ ("Feature maps of %s, first row"), part + 1);
  return g_strdup (name);
}

static char *
judged_words (const TelarImageSection *section, const TelarImageRow *image)
{
  g_autofree char *truth = telar_classes_name (section->classes, image->truth);
  g_autofree char *answer = telar_classes_name (section->classes, image->answer);

  return g_strdup_printf (_ ("Row %d: class %s was taken for %s, %.0f %% sure"), (int)image->row,
                          truth, answer, isnan (image->score) ? 0 : 100 * image->score);
}

static char *
words_for (const TelarImageSection *section, const TelarImageRow *image, const char *title)
{
  if (image->truth >= 0 && image->answer >= 0)
    return judged_words (section, image);
  if (image->caption != NULL)
    return g_strdup (image->caption);
  return image->row >= 0 ? g_strdup_printf (_ ("Row %d"), (int)image->row) : g_strdup (title);
}

static char *
caption_of (const TelarImageSection *section, const TelarImageRow *image)
{
  if (image->truth < 0 || image->answer < 0)
    return g_strdup (image->caption);
  g_autofree char *truth = telar_classes_name (section->classes, image->truth);
  g_autofree char *answer = telar_classes_name (section->classes, image->answer);
  return g_strdup_printf ("%s → %s", truth, answer);
}

/* --- building ---------------------------------------------------------------------------- */

static gboolean
passes (TelarImageSection *section, const TelarImageRow *image)
{
  return section->truth < 0 || image->truth < 0 || image->answer < 0 ||
         (image->truth == section->truth && image->answer == section->answer);
}

static GtkWidget *
build_picture (const TelarImageSection *section, const TelarImageRow *image, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *words = words_for (section, image, title);
  g_autofree char *caption = caption_of (section, image);

  gtk_box_append (GTK_BOX (box), telar_pixel_view_new (image, words));
  if (caption != NULL) {
    GtkWidget *label = gtk_label_new (caption);
    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, "numeric");
    gtk_box_append (GTK_BOX (box), label);
  }
  return box;
}

static GtkWidget *
build_pictures (TelarImageSection *section, const GPtrArray *images, const char *title)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 24);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 6);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), MIN (images->len, LEAST_IN_LINE));
  for (guint i = 0; i < images->len; i++)
    if (passes (section, images->pdata[i])) {
      GtkWidget *picture = build_picture (section, images->pdata[i], title);
      gtk_flow_box_insert (GTK_FLOW_BOX (flow), picture, -1);
    }
  return flow;
}

static void
clear (TelarImageSection *section)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (section->box))) != NULL)
    gtk_box_remove (section->box, child);
}

static void
add_card (TelarImageSection *section, const char *title, GtkWidget *contents)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *heading = gtk_label_new (title);

  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_set_halign (heading, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (card), heading);
  gtk_box_append (GTK_BOX (card), contents);
  gtk_box_append (section->box, card);
}

static gboolean
show_series (TelarImageSection *section, const char *name, GError **error)
{
  g_autoptr (GPtrArray) images = telar_store_images (section->store, section->run, name,
                                                     telar_step_bar_step (section->bar), error);
  g_autofree char *title = title_of (name);

  if (images == NULL)
    return FALSE;
  if (images->len == 0)
    return TRUE;
  add_card (section, title, build_pictures (section, images, title));
  return TRUE;
}

/* Of data without pictures. */
static gboolean
show_rows (TelarImageSection *section, GError **error)
{
  g_autofree char *rows = NULL, *title = title_of (MISTAKES);

  if (!telar_store_text_at (section->store, section->run, MISTAKES,
                            telar_step_bar_step (section->bar), &rows, error))
    return FALSE;
  if (rows == NULL)
    return TRUE;
  GtkWidget *list =
      telar_mistake_list_new (rows, section->classes, section->truth, section->answer);
  if (list == NULL) {
    list = gtk_label_new (_ ("None at this step"));
    gtk_widget_add_css_class (list, "dim-label");
    gtk_widget_set_halign (list, GTK_ALIGN_START);
  }
  add_card (section, title, list);
  return TRUE;
}

/* What a person learns most from comes first. */
static int
rank (const char *name)
{
  return g_str_equal (name, MISTAKES)               ? 0
         : g_str_has_prefix (name, "kernels/")      ? 1
         : g_str_has_prefix (name, "feature_maps/") ? 2
         : g_str_has_prefix (name, "inputs/")       ? 4
                                                    : 3;
}

static int
compare_series (gconstpointer a, gconstpointer b)
{
  const char *x = (*(const TelarSeriesRow *const *)a)->name;
  const char *y = (*(const TelarSeriesRow *const *)b)->name;

  return rank (x) != rank (y) ? rank (x) - rank (y) : strcmp (x, y);
}

static gboolean
read_classes (TelarImageSection *section, GError **error)
{
  g_autofree char *json = NULL;

  g_clear_pointer (&section->classes, g_strfreev);
  if (!telar_store_classes (section->store, section->run, &json, error))
    return FALSE;
  section->classes = telar_classes_split (json);
  return TRUE;
}

static gboolean
show (TelarImageSection *section, GPtrArray *series, GError **error)
{
  g_autofree char *shown = g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%u:%d:%d",
                                            section->run, telar_step_bar_step (section->bar),
                                            series->len, section->truth, section->answer);

  if (g_strcmp0 (shown, section->shown) == 0)
    return TRUE;
  g_free (section->shown);
  section->shown = g_steal_pointer (&shown);
  clear (section);
  if (!read_classes (section, error) || !show_rows (section, error))
    return FALSE;
  g_ptr_array_sort (series, compare_series);
  for (guint i = 0; i < series->len; i++)
    if (!show_series (section, ((const TelarSeriesRow *)series->pdata[i])->name, error))
      return FALSE;
  gtk_widget_set_visible (section->all, section->truth >= 0);
  return TRUE;
}

/* --- steps ------------------------------------------------------------------------------- */

static int
compare_steps (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

  return x < y ? -1 : x > y;
}

static gboolean
add_steps (TelarImageSection *section, GArray *steps, TelarMediaKind kind, const char *name,
           GError **error)
{
  g_autoptr (GArray) more = telar_store_steps (section->store, section->run, kind, name, error);

  if (more != NULL && more->len > 0)
    g_array_append_vals (steps, more->data, more->len);
  return more != NULL;
}

/* Of all series, each once. */
static gboolean
read_steps (TelarImageSection *section, const GPtrArray *series, GArray *steps, GError **error)
{
  guint n = 0;

  if (!add_steps (section, steps, TELAR_MEDIA_TEXT, MISTAKES, error))
    return FALSE;
  for (guint i = 0; i < series->len; i++)
    if (!add_steps (section, steps, TELAR_MEDIA_IMAGE,
                    ((const TelarSeriesRow *)series->pdata[i])->name, error))
      return FALSE;
  g_array_sort (steps, compare_steps);
  for (guint i = 0; i < steps->len; i++) {
    gint64 step = g_array_index (steps, gint64, i);
    if (n == 0 || g_array_index (steps, gint64, n - 1) != step)
      g_array_index (steps, gint64, n++) = step;
  }
  g_array_set_size (steps, n);
  return TRUE;
}

gboolean
telar_image_section_follow (TelarImageSection *section, TelarStore *store, gint64 run,
                            GError **error)
{
  g_autoptr (GPtrArray) series = telar_store_series (store, run, TELAR_MEDIA_IMAGE, error);
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (series == NULL)
    return FALSE;
  if (run != section->run) {
    telar_step_bar_choose (section->bar, G_MAXINT64);
    section->truth = section->answer = -1;
  }
  section->run = run;
  section->store = store;
  if (!read_steps (section, series, steps, error))
    return FALSE;
  telar_step_bar_set_steps (section->bar, steps);
  telar_section_stack_set_filled (section->stack, steps->len > 0);
  return show (section, series, error);
}

static void
look_again (TelarImageSection *section)
{
  if (section->store != NULL)
    telar_image_section_follow (section, section->store, section->run, NULL);
}

void
telar_image_section_filter (TelarImageSection *section, int truth, int answer, gint64 step)
{
  section->truth = truth;
  section->answer = answer;
  telar_step_bar_choose (section->bar, step);
  look_again (section);
}

static void
on_step (TelarStepBar *bar, TelarImageSection *section)
{
  look_again (section);
}

static void
on_all (GtkButton *button, TelarImageSection *section)
{
  section->truth = section->answer = -1;
  look_again (section);
}

void
telar_image_section_forget (TelarImageSection *section)
{
  section->store = NULL;
  section->run = 0;
  g_clear_pointer (&section->shown, g_free);
}

/* --- life -------------------------------------------------------------------------------- */

static GtkWidget *
build_bar (TelarImageSection *section)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  section->bar = TELAR_STEP_BAR (telar_step_bar_new ());
  gtk_widget_set_hexpand (GTK_WIDGET (section->bar), TRUE);
  g_signal_connect (section->bar, "changed", G_CALLBACK (on_step), section);
  section->all = gtk_button_new_with_label (_ ("Show All"));
  gtk_widget_set_visible (section->all, FALSE);
  g_signal_connect (section->all, "clicked", G_CALLBACK (on_all), section);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (section->bar));
  gtk_box_append (GTK_BOX (bar), section->all);
  return bar;
}

static void
telar_image_section_finalize (GObject *object)
{
  TelarImageSection *section = TELAR_IMAGE_SECTION (object);

  g_strfreev (section->classes);
  g_free (section->shown);
  G_OBJECT_CLASS (telar_image_section_parent_class)->finalize (object);
}

static void
telar_image_section_class_init (TelarImageSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_image_section_finalize;
}

static void
telar_image_section_init (TelarImageSection *section)
{
  GtkWidget *some = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  section->truth = section->answer = -1;
  section->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 22));
  gtk_box_append (GTK_BOX (some), build_bar (section));
  gtk_box_append (GTK_BOX (some), GTK_WIDGET (section->box));
  section->stack = telar_section_stack_new (
      _ ("No Samples"), _ ("Models show here what they see and what they get wrong"), some);
  adw_bin_set_child (ADW_BIN (section), GTK_WIDGET (section->stack));
}

GtkWidget *
telar_image_section_new (void)
{
  return g_object_new (TELAR_TYPE_IMAGE_SECTION, NULL);
}
