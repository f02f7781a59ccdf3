/* TelarDiffArea: two states of a drawing over each other, with what came, went and changed marked.
 * It is looked at with the gestures and keys of the canvas: drag, wheel, pinch, arrows; +, −, 0, 1.
 */
#pragma once

#include "engine/diff.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_DIFF_AREA (telar_diff_area_get_type ())
G_DECLARE_FINAL_TYPE (TelarDiffArea, telar_diff_area, TELAR, DIFF_AREA, GtkWidget)

/* Signals
 *   "view-changed": scrolled or zoomed
 *   "difference" (guint index): a marked node was clicked
 * @found: TelarDifference *; borrowed for the life of the widget. */
GtkWidget *telar_diff_area_new (const GPtrArray *found);
/* @group is the drawings' name, NULL for the main one; @before and @after may be NULL. All of it is
 * shown. */
void telar_diff_area_show (TelarDiffArea *self, const char *group, const TelarGraph *before,
                           const TelarGraph *after);
/* Brings the node to the middle, large enough to be read. */
void telar_diff_area_reveal (TelarDiffArea *self, const char *id);
double telar_diff_area_zoom (TelarDiffArea *self);

G_END_DECLS
