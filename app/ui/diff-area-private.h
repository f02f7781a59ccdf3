/* Inside of the area that shows two drawings: what it shows, and drawing it. */
#pragma once

#include "app/canvas/card.h"
#include "app/canvas/viewing.h"
#include "app/ui/diff-area.h"

G_BEGIN_DECLS

struct _TelarDiffArea {
  GtkWidget parent_instance;

  const GPtrArray *found;
  TelarScene *old, *new;
  char *group; /* its name, NULL: the main one */
  TelarView view, drag_view;
  graphene_point_t pointer;
  PangoContext *context; /* made when it is needed */
  gboolean placed;       /* FALSE until there was room to show all of it in */
};

/* diff-draw.c. Of a node of the drawing that is shown: what is told of it, with its index, or NULL;
 * of the old drawing only what is gone. */
const TelarDifference *telar_diff_area_told (TelarDiffArea *self, const TelarSceneNode *node,
                                             gboolean old, guint *index);
void telar_diff_area_draw (TelarDiffArea *self, cairo_t *cr);

G_END_DECLS
