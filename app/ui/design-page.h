/* TelarDesignPage: palette, canvas, inspector and the line below them. */
#pragma once

#include "app/canvas/canvas.h"

G_BEGIN_DECLS

#define TELAR_TYPE_DESIGN_PAGE (telar_design_page_get_type ())
G_DECLARE_FINAL_TYPE (TelarDesignPage, telar_design_page, TELAR, DESIGN_PAGE, GtkWidget)

/* Properties "show-palette", "show-inspector", "show-minimap" (gboolean), for menus and keys.
 * Signal "message" (const char *text): an edit was refused. */
GtkWidget *telar_design_page_new (void);
void telar_design_page_set_document (TelarDesignPage *self, TelarDocument *document,
                                     TelarAnalysis *analysis);
TelarCanvas *telar_design_page_canvas (TelarDesignPage *self);
/* Enters the groups around the node at the path and selects it. */
void telar_design_page_reveal (TelarDesignPage *self, const char *node);
/* The run whose nodes can be shown on the canvas; NULL: none. */
void telar_design_page_set_run (TelarDesignPage *self, const char *workspace, const char *run);
/* Shows what the nodes did at @step; -1: what they do now. */
void telar_design_page_show_step (TelarDesignPage *self, gint64 step);
void telar_design_page_focus_search (TelarDesignPage *self);
/* Finding nodes in the document. */
void telar_design_page_find (TelarDesignPage *self);
/* The list of bookmarks, ready for a new one; the nth of them. */
void telar_design_page_bookmarks (TelarDesignPage *self);
void telar_design_page_go_to_bookmark (TelarDesignPage *self, guint n);
/* To the next (@by 1) or the previous problem (-1) and its node. */
void telar_design_page_step_problem (TelarDesignPage *self, int by);
void telar_design_page_toggle_problems (TelarDesignPage *self);
void telar_design_page_show_problems (TelarDesignPage *self);
/* Enters the group that the node is in, by its path, and selects it in view. */
void telar_design_page_reveal (TelarDesignPage *self, const char *node);

/* Where the keyboard is. */
typedef enum {
  TELAR_PANE_PALETTE,
  TELAR_PANE_CANVAS,
  TELAR_PANE_INSPECTOR,
  TELAR_PANE_STATUS,
  TELAR_N_PANES, /* elsewhere */
} TelarPane;

TelarPane telar_design_page_pane (TelarDesignPage *self);
/* The next pane that is shown, or with -1 the one before, takes the keyboard. */
void telar_design_page_step_pane (TelarDesignPage *self, int step);
/* Of the palette's row that has the keyboard, or NULL. */
const TelarOperator *telar_design_page_focused_operator (TelarDesignPage *self);

G_END_DECLS
