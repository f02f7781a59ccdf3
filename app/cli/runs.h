/* The actions of `telar runs` that have a file of their own. */
#pragma once

#include "app/cli/command.h"
#include "insight/store.h"

G_BEGIN_DECLS

/* Each is called with its arguments counted; FALSE with @error. */
typedef gboolean (*TelarRunsFunc) (const TelarCommand *command, TelarStore *store, GError **error);

gboolean telar_runs_export (const TelarCommand *command, TelarStore *store, GError **error);
gboolean telar_runs_lineage (const TelarCommand *command, TelarStore *store, GError **error);
gboolean telar_runs_compare (const TelarCommand *command, TelarStore *store, GError **error);
gboolean telar_runs_figure (const TelarCommand *command, TelarStore *store, GError **error);
gboolean telar_runs_import (const TelarCommand *command, TelarStore *store, GError **error);

G_END_DECLS
