/* The user's library of operators: keeping a group in it, and looking after what it holds. */
#pragma once

#include "app/project/library.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks for the name that the group becomes an operator under, and keeps it. @drawing is copied
 * before this returns; FALSE and nothing asked where it cannot be. */
gboolean telar_library_ask_keep (GtkWidget *parent, const TelarGraph *drawing, GError **error);
/* The operators of the library: each can be opened, renamed, removed. */
void telar_library_show (GtkWidget *parent);

G_END_DECLS
