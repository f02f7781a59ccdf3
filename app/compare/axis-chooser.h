/* A button that lets a person choose which axes of runs are shown, so many at most. */
#pragma once

#include "insight/run-axes.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_AXIS_CHOOSER (telar_axis_chooser_get_type ())
G_DECLARE_FINAL_TYPE (TelarAxisChooser, telar_axis_chooser, TELAR, AXIS_CHOOSER, AdwBin)

/* Signal "changed": the person has chosen. */
GtkWidget *telar_axis_chooser_new (guint most);
/* What there is to choose from; @usual (guint) is shown until a person has chosen. Titles and keys
 * are copied. What was chosen stays chosen where it is there. */
void telar_axis_chooser_set_axes (TelarAxisChooser *chooser, const TelarRunAxes *axes,
                                  const GArray *usual);
/* Numbers of the axes in their order (guint). Caller unrefs. */
GArray *telar_axis_chooser_shown (TelarAxisChooser *chooser, const TelarRunAxes *axes);

G_END_DECLS
