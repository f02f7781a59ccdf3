/* What a section has to show, or, while it has nothing, a page that says so. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The page is shown first. */
GtkStack *telar_section_stack_new (const char *title, const char *description, GtkWidget *contents);
void telar_section_stack_set_filled (GtkStack *stack, gboolean filled);

G_END_DECLS
