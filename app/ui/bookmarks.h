/* TelarBookmarks: a button whose popover lists the bookmarks of the document and takes new ones. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

#define TELAR_TYPE_BOOKMARKS (telar_bookmarks_get_type ())
G_DECLARE_FINAL_TYPE (TelarBookmarks, telar_bookmarks, TELAR, BOOKMARKS, GtkWidget)

/* Signal "message" (const char *text): why a bookmark leads nowhere. Borrows @canvas. */
GtkWidget *telar_bookmarks_new (TelarCanvas *canvas);
void telar_bookmarks_set_document (TelarBookmarks *self, TelarDocument *document);
/* Opens the list, ready to name a bookmark of what is in view. */
void telar_bookmarks_open (TelarBookmarks *self);
/* To the nth bookmark; nothing happens where there is none. */
void telar_bookmarks_go (TelarBookmarks *self, guint n);

G_END_DECLS
