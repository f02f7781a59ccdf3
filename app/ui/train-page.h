/* The Train page: the runs of a workspace at the left, one of them at the right, live. It reads the
 * run store and writes requests into it; it never talks to the training process. */
#pragma once

#include "app/project/analysis.h"
#include "app/project/document.h"
#include "app/session/remote.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_TRAIN_PAGE (telar_train_page_get_type ())
G_DECLARE_FINAL_TYPE (TelarTrainPage, telar_train_page, TELAR, TRAIN_PAGE, AdwBin)

/* Property "alive" (boolean, read-only): the run that is shown goes on.
 * Signal "node-wanted" (const char *node): the person wants to see that node. */
GtkWidget *telar_train_page_new (void);

/* The folder whose run store is shown; it may come into being later. NULL: none. */
void telar_train_page_set_workspace (TelarTrainPage *page, const char *workspace);

/* The runs of a server in their place; NULL: those of the folder again. */
void telar_train_page_set_remote (TelarTrainPage *page, TelarRemote *remote);
/* NULL: none; borrowed. */
TelarRemote *telar_train_page_remote (TelarTrainPage *page);

/* The project whose watchpoints and drawing are shown below the charts; NULL: none. */
void telar_train_page_set_document (TelarTrainPage *page, TelarDocument *document,
                                    TelarAnalysis *analysis);

/* Shows what the run recorded of a node, by its path, before the other charts; NULL: of none. */
void telar_train_page_show_node (TelarTrainPage *page, const char *node);

/* Shows @run; 0: the newest, and each newer one when it comes. */
void telar_train_page_show_run (TelarTrainPage *page, gint64 run);

G_END_DECLS
