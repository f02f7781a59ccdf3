/* TelarPalette: the operators, by category, with a search. Rows are dragged onto the canvas; Enter
 * or a double click adds.
 *
 * Signal "add" (const char *operator). */
#pragma once

#include "app/project/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_PALETTE (telar_palette_get_type ())
G_DECLARE_FINAL_TYPE (TelarPalette, telar_palette, TELAR, PALETTE, GtkWidget)

GtkWidget *telar_palette_new (void);
/* Whose groups are listed, too; NULL for none. */
void telar_palette_set_document (TelarPalette *self, TelarDocument *document);
void telar_palette_focus_search (TelarPalette *self);
/* The operator of the row that has the focus, or NULL. */
const TelarOperator *telar_palette_focused (TelarPalette *self);

G_END_DECLS
