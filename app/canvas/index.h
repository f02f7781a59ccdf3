/* A spatial index: which items touch a rectangle. A grid of square cells; an item lies in all cells
 * that its bounds touch, an unusually large one in a list that every query looks at. */
#pragma once

#include <glib.h>
#include <graphene.h>

G_BEGIN_DECLS

/* The head of every indexed item; the index owns what is private. */
typedef struct {
  graphene_rect_t bounds; /* change it through telar_index_move */
  /*< private >*/
  guint32 stamp;
  int left, top, right, bottom; /* the cells it lies in; right < left: none */
} TelarIndexItem;

typedef struct TelarIndex TelarIndex;

TelarIndex *telar_index_new (float cell);
void telar_index_free (TelarIndex *index);

void telar_index_add (TelarIndex *index, TelarIndexItem *item);
void telar_index_remove (TelarIndex *index, TelarIndexItem *item);
void telar_index_move (TelarIndex *index, TelarIndexItem *item, const graphene_rect_t *bounds);
/* Appends to @items those whose bounds touch @area, each once, in no order. */
void telar_index_query (TelarIndex *index, const graphene_rect_t *area, GPtrArray *items);

G_END_DECLS
