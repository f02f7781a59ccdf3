/* TelarStartPage: where a person begins. Samples that train in a minute, recent projects, what a
 * crash left unsaved, New and Open.
 *
 * Signals: "open" (path), "open-sample" (path, title), "recover" (journal). */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_START_PAGE (telar_start_page_get_type ())
G_DECLARE_FINAL_TYPE (TelarStartPage, telar_start_page, TELAR, START_PAGE, GtkWidget)

GtkWidget *telar_start_page_new (void);
/* Looks again for recent projects and unsaved work. */
void telar_start_page_refresh (TelarStartPage *self);

G_END_DECLS
