/* Pages of the help. */
#include "app/ui/help-page.h"

#include "app/canvas/theme.h"
#include "app/ui/cut-label.h"
#include "app/ui/formula.h"
#include "app/ui/help-example.h"
#include "app/ui/thumbnail.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static GtkWidget *
text (const char *words, const char *css_class)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 72);
  if (css_class)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
page_new (const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_box_append (GTK_BOX (box), text (title, "title-2"));
  return box;
}

static void
add_heading (GtkWidget *page, const char *words)
{
  GtkWidget *label = text (words, "heading");

  gtk_widget_set_margin_top (label, 12);
  gtk_box_append (GTK_BOX (page), label);
}

static GtkWidget *
list_new (void)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  return list;
}

/* --- topics ----------------------------------------------------------------------------------- */

static GtkWidget *
keys_row (const TelarHelpPart *part)
{
  GtkWidget *row = adw_action_row_new (), *label = gtk_shortcut_label_new (part->keys);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (part->text));
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  return row;
}

GtkWidget *
telar_help_page_of_topic (const TelarHelpTopic *topic)
{
  GtkWidget *page = page_new (_ (topic->title)), *keys = NULL;

  for (const TelarHelpPart *part = topic->parts; part->text; part++) {
    if (part->kind != TELAR_HELP_KEYS) {
      keys = NULL;
      if (part->kind == TELAR_HELP_HEADING)
        add_heading (page, _ (part->text));
      else
        gtk_box_append (GTK_BOX (page), text (_ (part->text), NULL));
      continue;
    }
    if (!keys) {
      keys = list_new ();
      gtk_box_append (GTK_BOX (page), keys);
    }
    gtk_list_box_append (GTK_LIST_BOX (keys), keys_row (part));
  }
  return page;
}

/* --- operators -------------------------------------------------------------------------------- */

static void
add_row (GtkWidget *list, const char *title, const char *subtitle, const char *suffix)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle ? subtitle : "");
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  if (suffix && suffix[0]) {
    GtkWidget *label = gtk_label_new (suffix);

    telar_label_cut (label, PANGO_ELLIPSIZE_END);
    gtk_widget_add_css_class (label, "dim-label");
    gtk_widget_add_css_class (label, "figures");
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  }
  gtk_list_box_append (GTK_LIST_BOX (list), row);
}

static void
add_ports (GtkWidget *page, const char *heading, const TelarPort *port)
{
  GtkWidget *list;

  if (!port || !port->name)
    return;
  add_heading (page, heading);
  list = list_new ();
  for (; port->name; port++)
    add_row (list, port->name, port->doc ? _ (port->doc) : NULL,
             port->repeated   ? _ ("any number")
             : port->optional ? _ ("optional")
                              : NULL);
  gtk_box_append (GTK_BOX (page), list);
}

/* "relu, tanh" or "from 1 to 4096", and what it is when nothing is said. */
static char *
describe_values (const TelarParam *param)
{
  g_autofree char *choices = param->choices ? g_strjoinv (", ", (char **)param->choices) : NULL;

  if (choices)
    return g_steal_pointer (&choices);
  if (param->fallback && param->fallback[0])
    return g_strdup (param->fallback);
  return NULL;
}

static void
add_params (GtkWidget *page, const TelarParam *param)
{
  GtkWidget *list;

  if (!param || !param->name)
    return;
  add_heading (page, _ ("Parameters"));
  list = list_new ();
  for (; param->name; param++) {
    g_autofree char *values = describe_values (param);
    g_autofree char *title = g_strdup_printf ("%s  (%s)", _ (param->label), param->name);

    add_row (list, title, param->doc ? _ (param->doc) : NULL, values);
  }
  gtk_box_append (GTK_BOX (page), list);
}

static void
add_example (GtkWidget *page, const TelarOperator *op)
{
  g_autoptr (TelarHelpExample) example = telar_help_example_new (op);
  g_autofree char *words = NULL;
  GtkWidget *box, *picture;

  if (!example)
    return;
  add_heading (page, _ ("Example"));
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  picture = telar_thumbnail_new_for_graph (example->graph, 220, 120);
  gtk_widget_set_valign (picture, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), picture);
  words = g_strdup_printf ("%s%s%s%s%s", example->settings, example->settings[0] ? "\n\n" : "",
                           example->inputs, example->outputs[0] ? "\n→\n" : "", example->outputs);
  gtk_box_append (GTK_BOX (box), text (words, "formula"));
  gtk_widget_set_hexpand (gtk_widget_get_last_child (box), TRUE);
  gtk_box_append (GTK_BOX (page), box);
}

GtkWidget *
telar_help_page_of_operator (const TelarOperator *op)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *kind =
      g_strdup_printf ("%s · %s", _ (telar_category_label (op->category)), op->name);

  gtk_box_append (GTK_BOX (words), text (_ (op->label), "title-2"));
  gtk_box_append (GTK_BOX (words), text (kind, "dim-label"));
  gtk_box_append (GTK_BOX (head), telar_tile_new (op->category, 44));
  gtk_box_append (GTK_BOX (head), words);
  gtk_box_append (GTK_BOX (page), head);
  if (op->doc)
    gtk_box_append (GTK_BOX (page), text (_ (op->doc), NULL));
  if (op->formula)
    gtk_box_append (GTK_BOX (page), telar_formula_new (op->formula));
  add_example (page, op);
  add_ports (page, _ ("Inputs"), op->inputs);
  add_ports (page, _ ("Outputs"), op->outputs);
  add_params (page, op->params);
  if (op->onnx) {
    add_heading (page, _ ("In ONNX"));
    gtk_box_append (GTK_BOX (page), text (op->onnx, NULL));
  }
  return page;
}
