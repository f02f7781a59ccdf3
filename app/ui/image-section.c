/* Pictures of a run: a heading for each series, its pictures below, and a scale that goes through
 * the steps at which there are some. At its right end the newest are shown as they come. */
#include "app/ui/pixel-view.h"
#include "app/ui/run-section.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define LEAST_IN_LINE 8 /* which any window has room for */

struct _TelarImageSection {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkWidget *scale, *label, *all;
  GtkBox *box;
  GArray *steps; /* gint64, of all series */
  gboolean newest, filling;
  gint64 step; /* shown */
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

  if (g_str_equal (name, "misclassified"))
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
words_for (const TelarImageRow *image, const char *title)
{
  if (image->truth >= 0 && image->answer >= 0)
    return g_strdup_printf (_ ("Row %d: class %d was taken for %d, %.0f %% sure"), (int)image->row,
                            image->truth, image->answer,
                            isnan (image->score) ? 0 : 100 * image->score);
  if (image->caption != NULL)
    return g_strdup (image->caption);
  return image->row >= 0 ? g_strdup_printf (_ ("Row %d"), (int)image->row) : g_strdup (title);
}

static char *
caption_of (const TelarImageRow *image)
{
  if (image->truth >= 0 && image->answer >= 0)
    return g_strdup_printf ("%d → %d", image->truth, image->answer);
  return g_strdup (image->caption);
}

/* --- building ---------------------------------------------------------------------------- */

static gboolean
passes (TelarImageSection *section, const TelarImageRow *image)
{
  return section->truth < 0 || image->truth < 0 || image->answer < 0 ||
         (image->truth == section->truth && image->answer == section->answer);
}

static GtkWidget *
build_picture (const TelarImageRow *image, const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  g_autofree char *words = words_for (image, title), *caption = caption_of (image);

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
      GtkWidget *picture = build_picture (images->pdata[i], title);
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

static gboolean
show_series (TelarImageSection *section, const char *name, GError **error)
{
  g_autoptr (GPtrArray) images =
      telar_store_images (section->store, section->run, name, section->step, error);
  g_autofree char *title = title_of (name);

  if (images == NULL)
    return FALSE;
  if (images->len == 0)
    return TRUE;
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *heading = gtk_label_new (title);
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_set_halign (heading, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (card), heading);
  gtk_box_append (GTK_BOX (card), build_pictures (section, images, title));
  gtk_box_append (section->box, card);
  return TRUE;
}

/* What a person learns most from comes first. */
static int
rank (const char *name)
{
  return g_str_equal (name, "misclassified")        ? 0
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
show (TelarImageSection *section, GPtrArray *series, GError **error)
{
  g_autofree char *shown =
      g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT ":%u:%d:%d", section->run,
                       section->step, series->len, section->truth, section->answer);

  if (g_strcmp0 (shown, section->shown) == 0)
    return TRUE;
  g_free (section->shown);
  section->shown = g_steal_pointer (&shown);
  clear (section);
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
read_steps (TelarImageSection *section, const GPtrArray *series, GError **error)
{
  g_array_set_size (section->steps, 0);
  for (guint i = 0; i < series->len; i++) {
    g_autoptr (GArray) steps =
        telar_store_steps (section->store, section->run, TELAR_MEDIA_IMAGE,
                           ((const TelarSeriesRow *)series->pdata[i])->name, error);
    if (steps == NULL)
      return FALSE;
    g_array_append_vals (section->steps, steps->data, steps->len);
  }
  g_array_sort (section->steps, compare_steps);
  guint n = 0;
  for (guint i = 0; i < section->steps->len; i++) {
    gint64 step = g_array_index (section->steps, gint64, i);
    if (n == 0 || g_array_index (section->steps, gint64, n - 1) != step)
      g_array_index (section->steps, gint64, n++) = step;
  }
  g_array_set_size (section->steps, n);
  return TRUE;
}

static void
show_place (TelarImageSection *section)
{
  guint n = section->steps->len, place = 0;

  section->filling = TRUE;
  gtk_range_set_range (GTK_RANGE (section->scale), 0, MAX (n, 2) - 1);
  for (guint i = 0; i < n; i++)
    if (g_array_index (section->steps, gint64, i) <= section->step)
      place = i;
  if (section->newest && n > 0)
    place = n - 1;
  gtk_range_set_value (GTK_RANGE (section->scale), place);
  section->filling = FALSE;
  section->step = n > 0 ? g_array_index (section->steps, gint64, place) : -1;
  g_autofree char *text = g_strdup_printf (_ ("step %d"), (int)MAX (section->step, 0));
  gtk_label_set_text (GTK_LABEL (section->label), text);
  gtk_widget_set_sensitive (section->scale, n > 1);
}

gboolean
telar_image_section_follow (TelarImageSection *section, TelarStore *store, gint64 run,
                            GError **error)
{
  g_autoptr (GPtrArray) series = telar_store_series (store, run, TELAR_MEDIA_IMAGE, error);

  if (series == NULL)
    return FALSE;
  if (run != section->run) {
    section->newest = TRUE;
    section->truth = section->answer = -1;
  }
  section->run = run;
  section->store = store;
  if (!read_steps (section, series, error))
    return FALSE;
  show_place (section);
  gtk_stack_set_visible_child_name (section->stack, section->steps->len > 0 ? "some" : "none");
  return show (section, series, error);
}

static void
look_again (TelarImageSection *section)
{
  if (section->store != NULL)
    telar_image_section_follow (section, section->store, section->run, NULL);
}

void
telar_image_section_filter (TelarImageSection *section, int truth, int answer)
{
  section->truth = truth;
  section->answer = answer;
  section->newest = TRUE; /* as the matrix is */
  look_again (section);
}

static void
on_scale (GtkRange *scale, TelarImageSection *section)
{
  guint place = (guint)lround (gtk_range_get_value (scale));

  if (section->filling || place >= section->steps->len)
    return;
  section->newest = place + 1 == section->steps->len;
  section->step = g_array_index (section->steps, gint64, place);
  look_again (section);
}

static void
on_all (GtkButton *button, TelarImageSection *section)
{
  telar_image_section_filter (section, -1, -1);
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

  section->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1);
  gtk_widget_set_hexpand (section->scale, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (section->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Step"), -1);
  g_signal_connect (section->scale, "value-changed", G_CALLBACK (on_scale), section);
  section->label = gtk_label_new (NULL);
  gtk_widget_add_css_class (section->label, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (section->label), 12);
  section->all = gtk_button_new_with_label (_ ("Show All"));
  gtk_widget_set_visible (section->all, FALSE);
  g_signal_connect (section->all, "clicked", G_CALLBACK (on_all), section);
  gtk_box_append (GTK_BOX (bar), section->scale);
  gtk_box_append (GTK_BOX (bar), section->label);
  gtk_box_append (GTK_BOX (bar), section->all);
  return bar;
}

static void
telar_image_section_finalize (GObject *object)
{
  TelarImageSection *section = TELAR_IMAGE_SECTION (object);

  g_array_unref (section->steps);
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
  GtkWidget *none = adw_status_page_new ();

  section->steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  section->truth = section->answer = -1;
  section->newest = TRUE;
  section->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 22));
  gtk_box_append (GTK_BOX (some), build_bar (section));
  gtk_box_append (GTK_BOX (some), GTK_WIDGET (section->box));
  adw_status_page_set_title (ADW_STATUS_PAGE (none), _ ("No Pictures"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (none),
      _ ("Models that look at pictures show here what they see and what they get wrong"));
  gtk_widget_add_css_class (none, "compact");
  section->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_add_named (section->stack, none, "none");
  gtk_stack_add_named (section->stack, some, "some");
  adw_bin_set_child (ADW_BIN (section), GTK_WIDGET (section->stack));
}

GtkWidget *
telar_image_section_new (void)
{
  return g_object_new (TELAR_TYPE_IMAGE_SECTION, NULL);
}
