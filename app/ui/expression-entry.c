/* The entry of an expression. */
#include "app/ui/expression-entry.h"

#include "engine/param-expression.h"

#include <glib/gi18n.h>

struct _TelarExpressionEntry {
  GtkWidget parent_instance;

  const TelarParam *param;
  GtkWidget *entry, *result;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (TelarExpressionEntry, telar_expression_entry, GTK_TYPE_WIDGET)

enum { EDIT, TYPED, N_SIGNALS };

static guint signals[N_SIGNALS];

char *
telar_expression_from_typed (const TelarParam *param, const char *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  TelarParamValue value;

  if (!*text || *text == TELAR_EXPRESSION_SIGN || !telar_param_takes_expression (param))
    return g_steal_pointer (&text);
  if (telar_param_value_from_text (param, text, &value, NULL)) {
    telar_param_value_clear (&value);
    return g_steal_pointer (&text);
  }
  /* A number out of the limits is to be refused as one. */
  if (!text[strspn (text, "0123456789.+-xe,")])
    return g_steal_pointer (&text);
  return g_strdup_printf ("%c%s", TELAR_EXPRESSION_SIGN, text);
}

static void
tell (TelarExpressionEntry *self, guint signal)
{
  g_autofree char *text =
      telar_expression_from_typed (self->param, gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  if (!self->showing && *text)
    g_signal_emit (self, signals[signal], 0, text);
}

static void
on_activate (TelarExpressionEntry *self)
{
  tell (self, EDIT);
}

static void
on_changed (TelarExpressionEntry *self)
{
  tell (self, TYPED);
}

static void
on_leave (GtkEventControllerFocus *focus, TelarExpressionEntry *self)
{
  tell (self, EDIT);
}

void
telar_expression_entry_show (TelarExpressionEntry *self, const TelarParamValue *value)
{
  TelarParamValue plain = *value;
  g_autofree char *number = NULL, *result = NULL;

  plain.expression = NULL;
  number = telar_param_value_to_text (&plain);
  result = value->fault ? g_strdup ("= ?") : g_strdup_printf ("= %s", number);
  self->showing = TRUE;
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->entry)), value->expression))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), value->expression);
  gtk_label_set_text (GTK_LABEL (self->result), result);
  self->showing = FALSE;
}

/* --- the widget ------------------------------------------------------------------------------- */

static gboolean
grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (TELAR_EXPRESSION_ENTRY (widget)->entry);
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  /* Taking the focus out of the entry would be an edit. */
  TELAR_EXPRESSION_ENTRY (object)->showing = TRUE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (telar_expression_entry_parent_class)->dispose (object);
}

static void
telar_expression_entry_class_init (TelarExpressionEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "expression-entry");
  signals[EDIT] = g_signal_new ("edit", TELAR_TYPE_EXPRESSION_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[TYPED] = g_signal_new ("typed", TELAR_TYPE_EXPRESSION_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_expression_entry_init (TelarExpressionEntry *self)
{
}

GtkWidget *
telar_expression_entry_new (const TelarParam *param)
{
  TelarExpressionEntry *self = g_object_new (TELAR_TYPE_EXPRESSION_ENTRY, NULL);
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->param = param;
  self->entry = gtk_entry_new ();
  self->result = gtk_label_new (NULL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 6);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 8);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 12);
  gtk_widget_set_tooltip_text (self->entry,
                               _ ("An expression: numbers, named values, parameters of "
                                  "this node and of others, such as conv1.filters"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (param->label), -1);
  gtk_widget_add_css_class (self->result, "figures");
  gtk_widget_add_css_class (self->result, "dim-label");
  g_signal_connect_swapped (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (self->entry, focus);
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  gtk_widget_set_parent (self->result, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
