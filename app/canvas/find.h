/* Finding nodes in a document, across its groups. */
#pragma once

#include "app/project/document.h"

G_BEGIN_DECLS

typedef struct {
  char *path;  /* "stage/conv1": place and id */
  char *id;    /* of the node in its drawing */
  char *place; /* of the drawing, "" for the main one */
  char *title; /* as the card shows it */
  char *what;  /* the parameter that answered, "filters 12"; NULL: a name did */
  const TelarOperator *op;
  guint score;
  double x, y;
} TelarFound;

/* The nodes that answer all words of @text by name, title, operator or parameter ("filters=12"),
 * best first, then in reading order. A group that is used several times is looked at once, where it
 * is met first. Array of TelarFound *; caller unrefs. */
GPtrArray *telar_find_nodes (TelarDocument *document, const char *text);

G_END_DECLS
