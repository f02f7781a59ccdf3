/* A scale that goes through the steps at which something was recorded. At its right end the newest
 * is shown as it comes. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_STEP_BAR (telar_step_bar_get_type ())
G_DECLARE_FINAL_TYPE (TelarStepBar, telar_step_bar, TELAR, STEP_BAR, GtkWidget)

/* Signal "changed": the person has chosen another step. */
GtkWidget *telar_step_bar_new (void);
/* @steps (gint64) ascend. What was chosen stays, or the newest where it was that. */
void telar_step_bar_set_steps (TelarStepBar *bar, const GArray *steps);
/* The last step not beyond @step; G_MAXINT64: the newest, and those that come. Tells nobody. */
void telar_step_bar_choose (TelarStepBar *bar, gint64 step);
gint64 telar_step_bar_step (TelarStepBar *bar); /* -1: there is none */

G_END_DECLS
