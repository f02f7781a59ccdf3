/* One parameter's row: its label, its control, what is wrong with it. */
#include "app/ui/param-row-private.h"

#include "app/canvas/summary.h"
#include "app/ui/cut-label.h"
#include "app/ui/expression-entry.h"
#include "app/ui/icon-button.h"
#include "app/ui/vector-entry.h"
#include "engine/param-expression.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarParamRow, telar_param_row, GTK_TYPE_WIDGET)

enum { EDIT, RESET, N_SIGNALS };

static guint signals[N_SIGNALS];

const TelarParam *
telar_param_row_param (TelarParamRow *self)
{
  return self->param;
}

void
telar_param_row_edit (TelarParamRow *self, const char *text)
{
  if (!self->showing)
    g_signal_emit (self, signals[EDIT], 0, text);
}

void
telar_param_row_validate (TelarParamRow *self, const char *typed)
{
  g_autofree char *text = telar_expression_from_typed (self->param, typed);
  g_autoptr (GError) error = NULL;
  TelarParamValue value;

  if (self->showing)
    return;
  if (telar_param_value_from_text (self->param, text, &value, &error))
    telar_param_value_clear (&value);
  telar_param_row_show_error (self, error ? error->message : NULL);
}

/* --- showing ---------------------------------------------------------------------------------- */

static void
show_entry (TelarParamRow *self, const TelarParamValue *value)
{
  GtkWidget *entry = telar_param_row_entry (self);
  g_autofree char *text = value ? telar_param_value_to_text (value) : g_strdup ("");

  if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (entry)), text) != 0)
    gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), value ? NULL : _ ("differs"));
}

static void
show_choice (TelarParamRow *self, const TelarParamValue *value)
{
  guint index = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; value && self->param->choices[i]; i++) {
    if (g_str_equal (self->param->choices[i], value->text))
      index = i;
  }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), index);
}

static void
show_number (TelarParamRow *self, const TelarParamValue *value)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (self->control);
  double number = !value                                 ? 0
                  : self->param->kind == TELAR_PARAM_INT ? (double)value->integer
                                                         : value->real;

  telar_param_row_set_steps (self, number);
  gtk_spin_button_set_value (spin, number);
  if (!value)
    gtk_editable_set_text (GTK_EDITABLE (spin), "");
}

static void
show_plain (TelarParamRow *self, const TelarParamValue *value)
{
  switch (self->param->kind) {
  case TELAR_PARAM_INT:
  case TELAR_PARAM_REAL:
    show_number (self, value);
    break;
  case TELAR_PARAM_BOOL:
    gtk_switch_set_active (GTK_SWITCH (self->control), value && value->boolean);
    break;
  case TELAR_PARAM_CHOICE:
    show_choice (self, value);
    break;
  case TELAR_PARAM_INTS:
  case TELAR_PARAM_REALS:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    if (TELAR_IS_VECTOR_ENTRY (self->control))
      telar_vector_entry_show (TELAR_VECTOR_ENTRY (self->control), value);
    else
      show_entry (self, value);
    break;
  }
}

/* The page of the expression comes and goes with what the value is. */
static void
show_page (TelarParamRow *self, const TelarParamValue *value)
{
  gboolean computed = value && value->expression;

  if (!self->pages)
    return;
  if (computed)
    telar_expression_entry_show (TELAR_EXPRESSION_ENTRY (self->expression), value);
  gtk_stack_set_visible_child (GTK_STACK (self->pages),
                               computed ? self->expression : self->control);
}

void
telar_param_row_show (TelarParamRow *self, const TelarParamValue *value, gboolean is_default)
{
  self->showing = TRUE;
  if (!value || !value->expression)
    show_plain (self, value);
  show_page (self, value);
  self->showing = FALSE;
  gtk_widget_set_opacity (self->reset, is_default ? 0 : 1);
  gtk_widget_set_sensitive (self->reset, !is_default);
  telar_param_row_show_error (self, value ? value->fault : NULL);
}

void
telar_param_row_show_error (TelarParamRow *self, const char *message)
{
  gtk_label_set_text (GTK_LABEL (self->error), message ? message : "");
  gtk_widget_set_visible (self->error, message != NULL);
  if (message)
    gtk_widget_add_css_class (self->control, "error");
  else
    gtk_widget_remove_css_class (self->control, "error");
}

void
telar_param_row_set_folder (TelarParamRow *self, const char *folder)
{
  g_free (self->folder);
  self->folder = g_strdup (folder);
}

/* --- building --------------------------------------------------------------------------------- */

static void
on_reset (TelarParamRow *self)
{
  g_signal_emit (self, signals[RESET], 0);
}

static GtkWidget *
make_unit (TelarParamRow *self)
{
  GtkWidget *unit = gtk_label_new (_ (self->param->unit));

  gtk_widget_add_css_class (unit, "dim-label");
  return unit;
}

/* Short values stand beside their label, long ones below it. */
static GtkWidget *
lay_out (TelarParamRow *self)
{
  TelarParamKind kind = self->param->kind;
  gboolean wide = kind == TELAR_PARAM_TEXT || kind == TELAR_PARAM_FILE || kind == TELAR_PARAM_REALS;
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  gtk_box_append (GTK_BOX (line), self->label);
  if (!wide)
    gtk_box_append (GTK_BOX (line), telar_param_row_make_pages (self));
  if (self->param->unit)
    gtk_box_append (GTK_BOX (line), make_unit (self));
  gtk_box_append (GTK_BOX (line), self->reset);
  gtk_box_append (GTK_BOX (box), line);
  if (wide)
    gtk_box_append (GTK_BOX (box), self->control);
  gtk_box_append (GTK_BOX (box), self->error);
  return box;
}

static void
build (TelarParamRow *self)
{
  const TelarParam *param = self->param;
  g_autofree char *tooltip =
      telar_param_takes_expression (param)
          ? g_strconcat (_ (param->doc), "\n",
                         _ ("Takes a number or an expression, such as 2*width."), NULL)
          : g_strdup (_ (param->doc));

  self->label = gtk_label_new (_ (param->label));
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_label_set_wrap (GTK_LABEL (self->label), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (self->label), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_lines (GTK_LABEL (self->label), 2);
  telar_label_cut (self->label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->label, TRUE);
  self->control = telar_param_row_make_control (self);
  gtk_widget_set_valign (self->control, GTK_ALIGN_CENTER);
  if (GTK_IS_ENTRY (self->control) && param->kind == TELAR_PARAM_INTS) {
    gtk_editable_set_width_chars (GTK_EDITABLE (self->control), 9);
    gtk_editable_set_max_width_chars (GTK_EDITABLE (self->control), 9);
    gtk_editable_set_alignment (GTK_EDITABLE (self->control), 1);
  }
  self->reset = telar_icon_button_new ("edit-undo-symbolic", _ ("Back to the Default"));
  gtk_widget_add_css_class (self->reset, "flat");
  gtk_widget_add_css_class (self->reset, "circular");
  gtk_widget_set_valign (self->reset, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (on_reset), self);
  self->error = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_add_css_class (self->error, "caption");
  gtk_widget_set_parent (lay_out (self), GTK_WIDGET (self));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (param->kind == TELAR_PARAM_FILE
                                                      ? telar_param_row_entry (self)
                                                      : self->control),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->label, NULL, -1);
}

static void
dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  /* Taking the focus out of an entry would be an edit. */
  TELAR_PARAM_ROW (object)->showing = TRUE;
  if (child)
    gtk_widget_unparent (child);
  g_clear_pointer (&TELAR_PARAM_ROW (object)->folder, g_free);
  G_OBJECT_CLASS (telar_param_row_parent_class)->dispose (object);
}

static void
telar_param_row_class_init (TelarParamRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "param-row");
  signals[EDIT] = g_signal_new ("edit", TELAR_TYPE_PARAM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RESET] = g_signal_new ("reset", TELAR_TYPE_PARAM_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
telar_param_row_init (TelarParamRow *self)
{
}

GtkWidget *
telar_param_row_new (const TelarParam *param)
{
  TelarParamRow *self = g_object_new (TELAR_TYPE_PARAM_ROW, NULL);

  self->param = param;
  build (self);
  return GTK_WIDGET (self);
}
