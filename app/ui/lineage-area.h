/* A run's lineage as a widget: the pointer or the arrow keys pick a card out, a click or Enter
 * chooses it, the tooltip tells all that is known of it. */
#pragma once

#include "insight/lineage-draw.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_LINEAGE_AREA (telar_lineage_area_get_type ())
G_DECLARE_FINAL_TYPE (TelarLineageArea, telar_lineage_area, TELAR, LINEAGE_AREA, GtkWidget)

/* Signal "chosen" (text run): a run, not the one whose lineage it is. */
GtkWidget *telar_lineage_area_new (void);
/* Takes @lineage; NULL: nothing. */
void telar_lineage_area_show (TelarLineageArea *area, TelarLineage *lineage);
const TelarLineageView *telar_lineage_area_get (TelarLineageArea *area);

G_END_DECLS
