/* The controls of a row: what a person edits with, one for each kind of parameter. They tell of
 * edits only when a person made them: while a value is shown, their signals are ignored. */
#include "app/ui/param-row-private.h"

#include "app/ui/expression-entry.h"
#include "app/ui/icon-button.h"
#include "app/ui/vector-entry.h"
#include "engine/param-expression.h"

#include <glib/gi18n.h>
#include <math.h>

/* Spin buttons need an end; parameters without limits get one that nobody reaches. */
#define FAR 1e15

static void
on_typed (GtkEditable *editable, TelarParamRow *self)
{
  telar_param_row_validate (self, gtk_editable_get_text (editable));
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Steps follow the size of the value: 0.001 goes to 0.002, 64 to 65. */
void
telar_param_row_set_steps (TelarParamRow *self, double value)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (self->control);
  double step = 1;

  if (self->param->kind == TELAR_PARAM_REAL)
    step = value != 0 ? pow (10, floor (log10 (fabs (value)))) : 0.1;
  gtk_spin_button_set_increments (spin, step, 10 * step);
}

static gboolean
on_output (GtkSpinButton *spin, TelarParamRow *self)
{
  double value = gtk_spin_button_get_value (spin);
  g_autofree char *text = self->param->kind == TELAR_PARAM_INT
                              ? g_strdup_printf ("%" G_GINT64_FORMAT, (gint64)value)
                              : g_strdup_printf ("%.10g", value);

  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (spin)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

typedef struct {
  TelarParamRow *row;
  char *text;
} Typed;

static gboolean
tell_typed (gpointer data)
{
  const Typed *typed = data;

  if (typed->row->control)
    telar_param_row_edit (typed->row, typed->text);
  return G_SOURCE_REMOVE;
}

static void
typed_free (gpointer data)
{
  Typed *typed = data;

  g_object_unref (typed->row);
  g_free (typed->text);
  g_free (typed);
}

/* What is no number is an expression, or a number out of the limits: it is told when the spin
 * button is done with it. */
static int
on_input (GtkSpinButton *spin, double *value, TelarParamRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));
  g_autofree char *meant = telar_expression_from_typed (self->param, text);
  gboolean plain = *meant != TELAR_EXPRESSION_SIGN;
  TelarParamValue read;
  Typed *typed;
  char *end;

  *value = g_strtod (text, &end);
  if (!*meant || self->showing)
    return end == text || *end ? GTK_INPUT_ERROR : TRUE;
  if (plain && telar_param_value_from_text (self->param, meant, &read, NULL)) {
    telar_param_value_clear (&read);
    return TRUE;
  }
  typed = g_new (Typed, 1);
  *typed = (Typed){ g_object_ref (self), g_steal_pointer (&meant) };
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_typed, typed, typed_free);
  return GTK_INPUT_ERROR;
}

static void
on_spin (GtkSpinButton *spin, TelarParamRow *self)
{
  double value = gtk_spin_button_get_value (spin);
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (self->param->kind == TELAR_PARAM_INT)
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, (gint64)value);
  else
    g_ascii_formatd (text, sizeof text, "%.10g", value);
  telar_param_row_set_steps (self, value);
  telar_param_row_edit (self, text);
}

static GtkWidget *
make_spin (TelarParamRow *self)
{
  const TelarParam *param = self->param;
  gboolean limited = param->minimum != param->maximum;
  GtkWidget *spin = gtk_spin_button_new_with_range (limited ? param->minimum : -FAR,
                                                    limited ? param->maximum : FAR, 1);

  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), FALSE);
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 5);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 7);
  gtk_editable_set_alignment (GTK_EDITABLE (spin), 1);
  gtk_widget_add_css_class (spin, "figures");
  g_signal_connect (spin, "output", G_CALLBACK (on_output), self);
  g_signal_connect (spin, "input", G_CALLBACK (on_input), self);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_spin), self);
  g_signal_connect (spin, "changed", G_CALLBACK (on_typed), self);
  return spin;
}

/* --- choices and switches --------------------------------------------------------------------- */

static void
on_choice (GtkDropDown *list, GParamSpec *pspec, TelarParamRow *self)
{
  guint index = gtk_drop_down_get_selected (list);

  if (index != GTK_INVALID_LIST_POSITION)
    telar_param_row_edit (self, self->param->choices[index]);
}

static GtkWidget *
make_choice (TelarParamRow *self)
{
  GtkWidget *list = gtk_drop_down_new_from_strings (self->param->choices);

  g_signal_connect (list, "notify::selected", G_CALLBACK (on_choice), self);
  return list;
}

static void
on_switch (GtkSwitch *control, GParamSpec *pspec, TelarParamRow *self)
{
  telar_param_row_edit (self, gtk_switch_get_active (control) ? "true" : "false");
}

static GtkWidget *
make_switch (TelarParamRow *self)
{
  GtkWidget *control = gtk_switch_new ();

  g_signal_connect (control, "notify::active", G_CALLBACK (on_switch), self);
  return control;
}

/* --- text and files --------------------------------------------------------------------------- */

GtkWidget *
telar_param_row_entry (TelarParamRow *self)
{
  return GTK_IS_ENTRY (self->control) ? self->control : gtk_widget_get_first_child (self->control);
}

static void
commit_entry (TelarParamRow *self)
{
  g_autofree char *text = telar_expression_from_typed (
      self->param, gtk_editable_get_text (GTK_EDITABLE (telar_param_row_entry (self))));

  telar_param_row_edit (self, text);
}

static void
on_entry_leave (GtkEventControllerFocus *focus, TelarParamRow *self)
{
  commit_entry (self);
}

static GtkWidget *
make_entry (TelarParamRow *self)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (entry, "activate", G_CALLBACK (commit_entry), self);
  g_signal_connect (entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_entry_leave), self);
  gtk_widget_add_controller (entry, focus);
  return entry;
}

static void
on_file_chosen (GtkFileChooserNative *chooser, int response, TelarParamRow *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autoptr (GFile) folder = self->folder ? g_file_new_for_path (self->folder) : NULL;
  g_autofree char *relative = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT && file) {
    relative = folder ? g_file_get_relative_path (folder, file) : NULL;
    path = g_file_get_path (file);
    telar_param_row_edit (self, relative ? relative : path);
  }
  g_object_unref (chooser);
}

static void
choose_file (GtkButton *button, TelarParamRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ (self->param->label), GTK_WINDOW (root), GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_autoptr (GFile) folder = self->folder ? g_file_new_for_path (self->folder) : NULL;

  if (folder)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_file_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static GtkWidget *
make_file (TelarParamRow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *entry = make_entry (self);
  GtkWidget *button = telar_icon_button_new ("folder-open-symbolic", _ ("Choose a File…"));

  gtk_widget_set_hexpand (entry, TRUE);
  g_signal_connect (button, "clicked", G_CALLBACK (choose_file), self);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

/* --- lists and expressions -------------------------------------------------------------------- */

static void
on_part_edit (GtkWidget *part, const char *typed, TelarParamRow *self)
{
  g_autofree char *text = telar_expression_from_typed (self->param, typed);

  telar_param_row_edit (self, text);
}

static void
on_part_typed (GtkWidget *part, const char *text, TelarParamRow *self)
{
  telar_param_row_validate (self, text);
}

static GtkWidget *
make_vector (TelarParamRow *self)
{
  GtkWidget *vector = telar_vector_entry_new (self->param);

  g_signal_connect (vector, "edit", G_CALLBACK (on_part_edit), self);
  return vector;
}

/* What stands in the row: the control, or the control and its expression in one place. */
GtkWidget *
telar_param_row_make_pages (TelarParamRow *self)
{
  if (!telar_param_takes_expression (self->param))
    return self->control;
  self->expression = telar_expression_entry_new (self->param);
  g_signal_connect (self->expression, "edit", G_CALLBACK (on_part_edit), self);
  g_signal_connect (self->expression, "typed", G_CALLBACK (on_part_typed), self);
  self->pages = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->pages), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->pages), FALSE);
  gtk_stack_add_child (GTK_STACK (self->pages), self->control);
  gtk_stack_add_child (GTK_STACK (self->pages), self->expression);
  return self->pages;
}

GtkWidget *
telar_param_row_make_control (TelarParamRow *self)
{
  switch (self->param->kind) {
  case TELAR_PARAM_INT:
  case TELAR_PARAM_REAL:
    return make_spin (self);
  case TELAR_PARAM_BOOL:
    return make_switch (self);
  case TELAR_PARAM_CHOICE:
    return make_choice (self);
  case TELAR_PARAM_FILE:
    return make_file (self);
  case TELAR_PARAM_INTS:
    return telar_vector_entry_suits (self->param) ? make_vector (self) : make_entry (self);
  case TELAR_PARAM_REALS:
  case TELAR_PARAM_TEXT:
    break;
  }
  return make_entry (self);
}
