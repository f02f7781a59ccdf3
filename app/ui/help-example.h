/* An operator's first example, worked out by the engine. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

typedef struct {
  TelarGraph *graph; /* inputs, then the node "it", wired */
  char *settings;    /* "filters=4 kernel=3x3"; "" when all are defaults */
  char *inputs;      /* "in f32[2,3,8,8]", one line each */
  char *outputs;     /* "out f32[2,4,6,6]"; "" for losses and the like */
} TelarHelpExample;

/* NULL when the operator has none that can be drawn. */
TelarHelpExample *telar_help_example_new (const TelarOperator *op);
void telar_help_example_free (TelarHelpExample *example);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarHelpExample, telar_help_example_free)

G_END_DECLS
