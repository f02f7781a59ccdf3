/* Rows that a classifier got wrong, in a table: what they are, what was answered, how sure, and the
 * numbers of the data. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @mistakes as the trainer tells them (engine/judge.h), @classes the names of the classes or NULL.
 * Only those of class @truth taken for @answer, -1: all. NULL where there is none. */
GtkWidget *telar_mistake_list_new (const char *mistakes, char *const *classes, int truth,
                                   int answer);

G_END_DECLS
