/* One parameter's row. Controls tell of edits only when a person made them: while a value is shown,
 * their signals are ignored. */
#include "app/ui/param-row.h"

#include "app/canvas/summary.h"
#include "app/ui/expression-entry.h"
#include "app/ui/icon-button.h"
#include "app/ui/vector-entry.h"
#include "engine/param-expression.h"

#include <glib/gi18n.h>
#include <math.h>

/* Spin buttons need an end; parameters without limits get one that nobody reaches. */
#define FAR 1e15

struct _TelarParamRow {
  GtkWidget parent_instance;

  const TelarParam *param;
  GtkWidget *label, *control, *reset, *error;
  GtkWidget *pages, *expression; /* the control or an expression in its place; NULL: takes none */
  char *folder;
  gboolean showing; /* a value is being shown: signals are not edits */
};

G_DEFINE_FINAL_TYPE (TelarParamRow, telar_param_row, GTK_TYPE_WIDGET)

enum { EDIT, RESET, N_SIGNALS };

static guint signals[N_SIGNALS];

const TelarParam *
telar_param_row_param (TelarParamRow *self)
{
  return self->param;
}

static void
edit (TelarParamRow *self, const char *text)
{
  if (!self->showing)
    g_signal_emit (self, signals[EDIT], 0, text);
}

/* What stands below the row: the reason of the last refusal, or what is wrong with what is typed.
 */
static void
show_below (TelarParamRow *self, const char *message)
{
  gtk_label_set_text (GTK_LABEL (self->error), message ? message : "");
  gtk_widget_set_visible (self->error, message != NULL);
  if (message)
    gtk_widget_add_css_class (self->control, "error");
  else
    gtk_widget_remove_css_class (self->control, "error");
}

/* While it is typed; nothing is changed yet. */
static void
validate (TelarParamRow *self, const char *typed)
{
  g_autofree char *text = telar_expression_from_typed (self->param, typed);
  g_autoptr (GError) error = NULL;
  TelarParamValue value;

  if (self->showing)
    return;
  if (telar_param_value_from_text (self->param, text, &value, &error))
    telar_param_value_clear (&value);
  show_below (self, error ? error->message : NULL);
}

static void
on_typed (GtkEditable *editable, TelarParamRow *self)
{
  validate (self, gtk_editable_get_text (editable));
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* Steps follow the size of the value: 0.001 goes to 0.002, 64 to 65. */
static void
set_steps (TelarParamRow *self, double value)
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
    edit (typed->row, typed->text);
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
  set_steps (self, value);
  edit (self, text);
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
    edit (self, self->param->choices[index]);
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
  edit (self, gtk_switch_get_active (control) ? "true" : "false");
}

static GtkWidget *
make_switch (TelarParamRow *self)
{
  GtkWidget *control = gtk_switch_new ();

  g_signal_connect (control, "notify::active", G_CALLBACK (on_switch), self);
  return control;
}

/* --- text and files --------------------------------------------------------------------------- */

static GtkWidget *
entry_of (TelarParamRow *self)
{
  return GTK_IS_ENTRY (self->control) ? self->control : gtk_widget_get_first_child (self->control);
}

static void
commit_entry (TelarParamRow *self)
{
  g_autofree char *text = telar_expression_from_typed (
      self->param, gtk_editable_get_text (GTK_EDITABLE (entry_of (self))));

  edit (self, text);
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
    edit (self, relative ? relative : path);
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

/* --- showing ---------------------------------------------------------------------------------- */

static void
show_entry (TelarParamRow *self, const TelarParamValue *value)
{
  GtkWidget *entry = entry_of (self);
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

  set_steps (self, number);
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
  show_below (self, message);
}

void
telar_param_row_set_folder (TelarParamRow *self, const char *folder)
{
  g_free (self->folder);
  self->folder = g_strdup (folder);
}

/* --- lists and expressions -------------------------------------------------------------------- */

static void
on_part_edit (GtkWidget *part, const char *typed, TelarParamRow *self)
{
  g_autofree char *text = telar_expression_from_typed (self->param, typed);

  edit (self, text);
}

static void
on_part_typed (GtkWidget *part, const char *text, TelarParamRow *self)
{
  validate (self, text);
}

static GtkWidget *
make_vector (TelarParamRow *self)
{
  GtkWidget *vector = telar_vector_entry_new (self->param);

  g_signal_connect (vector, "edit", G_CALLBACK (on_part_edit), self);
  return vector;
}

/* What stands in the row: the control, or the control and its expression in one place. */
static GtkWidget *
make_pages (TelarParamRow *self)
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

/* --- building --------------------------------------------------------------------------------- */

static GtkWidget *
make_control (TelarParamRow *self)
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
    gtk_box_append (GTK_BOX (line), make_pages (self));
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
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->label, TRUE);
  self->control = make_control (self);
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
  gtk_accessible_update_relation (
      GTK_ACCESSIBLE (param->kind == TELAR_PARAM_FILE ? entry_of (self) : self->control),
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
