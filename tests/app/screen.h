/* What the tests with a window share: finding widgets, waiting for them, pictures of them. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

typedef gboolean (*TestMatch) (GtkWidget *widget, const char *what);

/* Of the widgets below @root in view, the first that @matches, or NULL. */
GtkWidget *test_find (GtkWidget *root, TestMatch matches, const char *what);
/* Lets the program run until there is such a widget. */
GtkWidget *test_wait_for (GtkWidget *root, TestMatch matches, const char *what);
/* The same in any window of the program but @besides. */
GtkWidget *test_wait_for_dialog (GtkWidget *besides, TestMatch matches, const char *what);

gboolean test_is_label (GtkWidget *widget, const char *text);   /* that contains @text */
gboolean test_is_button (GtkWidget *widget, const char *label); /* or tooltip */

/* With TELAR_PICTURES=FOLDER the window is kept for looking at, in light and dark. */
void test_picture (GtkWidget *window, const char *name);

G_END_DECLS
