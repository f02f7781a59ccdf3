/* What the files of the inspector share: inspector.c (what is selected, and following it),
 * inspector-rows.c (parameters of nodes), inspector-training.c (those of the project). */
#pragma once

#include "app/ui/inspector.h"
#include "engine/param.h"

G_BEGIN_DECLS

struct _TelarInspector {
  GtkWidget parent_instance;

  TelarCanvas *canvas; /* borrowed */
  TelarDocument *document;
  TelarAnalysis *analysis;

  char **ids; /* the selected nodes; empty: the training settings or a wire */
  GtkWidget *scroll, *content;
  GtkWidget *title;     /* an entry, or NULL */
  GtkWidget *problems;  /* a box */
  GtkWidget *facts;     /* a box */
  GtkWidget *picture;   /* a box with what the node does, or nothing */
  char *pictured;       /* the node and the shapes that it shows */
  GtkWidget *seed;      /* a spin button, or NULL */
  GtkWidget *reset_all; /* a button, or NULL */
  GPtrArray *rows;      /* TelarParamRow *, borrowed */
  gboolean showing;
};

const TelarGraph *telar_inspector_drawing (TelarInspector *self);
/* What the document as a whole has: settings, its folder. */
const TelarGraph *telar_inspector_graph (TelarInspector *self);
/* The first that is selected, or NULL. */
const TelarNode *telar_inspector_node (TelarInspector *self);
TelarParamSet *telar_inspector_training (TelarInspector *self);

/* --- inspector.c ------------------------------------------------------------------------------ */

GtkWidget *telar_inspector_label (const char *text, const char *css_class);
GtkWidget *telar_inspector_plain_head (const char *title, const char *text);
/* At the end of the content. */
void telar_inspector_append (TelarInspector *self, GtkWidget *widget);

/* --- inspector-rows.c ------------------------------------------------------------------------- */

GtkWidget *telar_inspector_rows_box (void);
void telar_inspector_add_row (TelarInspector *self, GtkWidget *box, const TelarParam *param);
GtkWidget *telar_inspector_build_rows (TelarInspector *self, const TelarParam *table);
/* @computed: only those whose numbers come from expressions, which lowering works out; in others a
 * person may be typing. */
void telar_inspector_update_rows (TelarInspector *self, gboolean computed);
gboolean telar_inspector_all_alike (TelarInspector *self);
/* What all selected nodes have, however different they are; NULL when there is nothing. */
GtkWidget *telar_inspector_build_common (TelarInspector *self);
GtkWidget *telar_inspector_build_learning (TelarInspector *self);
GtkWidget *telar_inspector_build_reset_all (TelarInspector *self);
void telar_inspector_update_reset_all (TelarInspector *self);

/* --- inspector-training.c --------------------------------------------------------------------- */

void telar_inspector_build_training (TelarInspector *self);

G_END_DECLS
