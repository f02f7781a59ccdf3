/* What can be asked of a run beyond pause and stop: an end after the epoch, a checkpoint, another
 * value of a parameter that is live. */
#pragma once

#include "app/project/document.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_STEER_MENU (telar_steer_menu_get_type ())
G_DECLARE_FINAL_TYPE (TelarSteerMenu, telar_steer_menu, TELAR, STEER_MENU, GtkPopover)

/* Signal "request" (gint kind, const char *text): a TelarRequestKind; the text of one that sets. */
GtkWidget *telar_steer_menu_new (void);

/* Offers the live parameters of the document's graph as it is when the menu opens; NULL: none. */
void telar_steer_menu_set_document (TelarSteerMenu *menu, TelarDocument *document);

G_END_DECLS
