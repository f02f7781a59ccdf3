/* TelarRunButton: the header bar's one suggested action. "Train" while nothing runs; then how far
 * the run is, how long it still takes, Pause and Stop. Its actions are win.train, win.pause,
 * win.stop; pressing the progress shows the run, win.show-run. */
#pragma once

#include "app/session/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_BUTTON (telar_run_button_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunButton, telar_run_button, TELAR, RUN_BUTTON, GtkWidget)

GtkWidget *telar_run_button_new (void);
/* NULL: nothing runs. */
void telar_run_button_set_session (TelarRunButton *self, TelarSession *session);

G_END_DECLS
