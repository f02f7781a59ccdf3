/* A stack of two pages. */
#include "app/ui/section-stack.h"

#include <adwaita.h>

GtkStack *
telar_section_stack_new (const char *title, const char *description, GtkWidget *contents)
{
  GtkStack *stack = GTK_STACK (gtk_stack_new ());
  GtkWidget *none = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (none), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (none), description);
  gtk_widget_add_css_class (none, "compact");
  gtk_stack_add_named (stack, none, "none");
  gtk_stack_add_named (stack, contents, "some");
  return stack;
}

void
telar_section_stack_set_filled (GtkStack *stack, gboolean filled)
{
  gtk_stack_set_visible_child_name (stack, filled ? "some" : "none");
}
