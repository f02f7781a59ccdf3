/* Charts of several runs over one another, one chart for each metric. */
#pragma once

#include "app/compare/run-set.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_OVERLAY (telar_overlay_get_type ())
G_DECLARE_FINAL_TYPE (TelarOverlay, telar_overlay, TELAR, OVERLAY, AdwBin)

/* Signal "message" (text). */
GtkWidget *telar_overlay_new (TelarRunSet *set);
/* Shows @items (TelarRunItem); curves of those that are new or have gone on are read. Each item is
 * told its colour. */
void telar_overlay_show (TelarOverlay *overlay, const GPtrArray *items);
/* What the others are compared with, in percent; 0: nothing. */
void telar_overlay_set_baseline (TelarOverlay *overlay, gint64 run);
/* How runs are grouped, as telar_run_groups_new takes it. */
void telar_overlay_set_groups (TelarOverlay *overlay, const char *by);

G_END_DECLS
