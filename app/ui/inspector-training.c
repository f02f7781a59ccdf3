/* What the inspector shows when nothing is selected: how the project learns, and its values. */
#include "app/ui/inspector-private.h"

#include "app/project/edits.h"
#include "app/ui/training-groups.h"
#include "app/ui/values-list.h"

#include <glib/gi18n.h>

static void
on_seed (GtkSpinButton *spin, TelarInspector *self)
{
  if (!self->showing)
    telar_edit_set_seed (self->document, (guint64)gtk_spin_button_get_value (spin));
}

static GtkWidget *
build_seed (TelarInspector *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = telar_inspector_label (_ ("Seed"), "seed");

  self->seed = gtk_spin_button_new_with_range (0, (double)G_MAXINT32, 1);
  gtk_editable_set_alignment (GTK_EDITABLE (self->seed), 1);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->seed), 6);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->seed), 10);
  gtk_widget_add_css_class (self->seed, "figures");
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (row, "seed-row");
  gtk_widget_set_tooltip_text (
      row, _ ("The same seed gives the same split, the same weights and the same run."));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->seed), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  name, NULL, -1);
  g_signal_connect (self->seed, "value-changed", G_CALLBACK (on_seed), self);
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), self->seed);
  return row;
}

static GtkWidget *
build_prominent (TelarInspector *self)
{
  GtkWidget *box = telar_inspector_rows_box ();

  for (const TelarParam *param = telar_param_set_table (telar_inspector_training (self));
       param->name; param++)
    if (param->prominent)
      telar_inspector_add_row (self, box, param);
  gtk_box_append (GTK_BOX (box), build_seed (self));
  return box;
}

static GtkWidget *
build_group (TelarInspector *self, const TelarTrainingGroup *group)
{
  GtkWidget *expander = gtk_expander_new (_ (group->title)), *box = telar_inspector_rows_box ();
  const TelarParam *table = telar_param_set_table (telar_inspector_training (self));

  for (guint i = 0; group->settings[i]; i++)
    for (const TelarParam *param = table; param->name; param++)
      if (g_str_equal (param->name, group->settings[i]))
        telar_inspector_add_row (self, box, param);
  gtk_widget_set_margin_top (box, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), box);
  return expander;
}

static GtkWidget *
build_values (TelarInspector *self)
{
  GtkWidget *expander = gtk_expander_new (_ ("Values"));
  GtkWidget *list = telar_values_list_new (self->document);

  gtk_widget_set_tooltip_text (expander, _ ("Named numbers that parameters can be expressions of: "
                                            "a value “width” and filters of 2*width."));
  gtk_widget_set_margin_top (list, 6);
  gtk_expander_set_child (GTK_EXPANDER (expander), list);
  return expander;
}

void
telar_inspector_build_training (TelarInspector *self)
{
  telar_inspector_append (
      self, telar_inspector_plain_head (_ ("Training"),
                                        _ ("How this project learns. Select a node to see "
                                           "its parameters.")));
  telar_inspector_append (self, build_prominent (self));
  for (const TelarTrainingGroup *group = telar_training_groups; group->title; group++)
    telar_inspector_append (self, build_group (self, group));
  telar_inspector_append (self, build_values (self));
  telar_inspector_append (self, self->facts);
}
