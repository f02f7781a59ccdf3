/* What would mend the selected node, in the menu of the canvas and by key. */
#include "app/canvas/canvas-private.h"

#include "app/project/fixes.h"

#include <glib/gi18n.h>

/* The fixes of the node that is selected alone, or NULL. Caller unrefs. */
static GPtrArray *
find_fixes (TelarCanvas *self)
{
  g_auto (GStrv) ids = telar_canvas_selection (self);
  const TelarProblem *problem;

  if (!self->analysis || !ids[0] || ids[1])
    return NULL;
  problem = telar_analysis_problem (self->analysis, ids[0]);
  return problem ? telar_fixes_find (self->document, self->analysis, problem) : NULL;
}

void
telar_canvas_append_fixes (TelarCanvas *self, GMenu *menu)
{
  g_autoptr (GPtrArray) fixes = find_fixes (self);
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; fixes && i < fixes->len; i++) {
    const TelarFix *fix = fixes->pdata[i];
    g_autoptr (GMenuItem) item = g_menu_item_new (fix->label, NULL);

    g_menu_item_set_action_and_target (item, "canvas.fix", "s", fix->label);
    g_menu_append_item (section, item);
  }
  if (fixes && fixes->len)
    g_menu_append_section (menu, _ ("Fixes"), G_MENU_MODEL (section));
}

/* Applies the fix of that label, or with "" the first. */
static void
fix_node (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  g_autoptr (GPtrArray) fixes = find_fixes (self);
  const char *label = g_variant_get_string (parameter, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; fixes && i < fixes->len; i++) {
    const TelarFix *fix = fixes->pdata[i];

    if (*label && !g_str_equal (fix->label, label))
      continue;
    if (!telar_fix_apply (fix, self->document, &error))
      telar_canvas_message (self, error);
    return;
  }
  telar_set_error (&error, TELAR_ERROR_INVALID, NULL, _ ("There is no fix for what is selected."));
  telar_canvas_message (self, error);
}

/* --- a refused wire --------------------------------------------------------------------------- */

static void
show_offers (TelarCanvas *self, GMenu *menu)
{
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int)self->pointer.x, (int)self->pointer.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

gboolean
telar_canvas_offer_fixes (TelarCanvas *self, const TelarEdge *wire, const char *refusal)
{
  g_autoptr (GPtrArray) fixes =
      self->analysis ? telar_fixes_find_for_wire (self->document, self->analysis, wire) : NULL;
  g_autoptr (GMenu) menu = g_menu_new (), section = g_menu_new ();

  if (!fixes || fixes->len == 0)
    return FALSE;
  for (guint i = 0; i < fixes->len; i++) {
    g_autoptr (GMenuItem) item = g_menu_item_new (((const TelarFix *)fixes->pdata[i])->label, NULL);

    g_menu_item_set_action_and_target (item, "canvas.take-offer", "u", i);
    g_menu_append_item (section, item);
  }
  g_menu_append_section (menu, refusal, G_MENU_MODEL (section));
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  self->offers = g_steal_pointer (&fixes);
  show_offers (self, menu);
  return TRUE;
}

static void
take_offer (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  guint index = g_variant_get_uint32 (parameter);
  g_autoptr (GError) error = NULL;

  if (self->offers && index < self->offers->len &&
      !telar_fix_apply (self->offers->pdata[index], self->document, &error))
    telar_canvas_message (self, error);
}

void
telar_canvas_add_fix_action (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "canvas.fix", "s", fix_node);
  gtk_widget_class_install_action (klass, "canvas.take-offer", "u", take_offer);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_period, GDK_CONTROL_MASK, "canvas.fix", "s",
                                       "");
}
