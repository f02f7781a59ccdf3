/* The history: all edits of the document, and a way to any of them. */
#pragma once

#include "app/project/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void telar_history_show (GtkWindow *parent, TelarDocument *document);

G_END_DECLS
