/* What the convolutions share: reading the input, adding the bias, their parameters. */
#pragma once

#include "engine/operators/window.h"

G_BEGIN_DECLS

/* Input, channels and window of a node over @spatial axes. */
TelarValue telar_conv_input (TelarLowering *l, guint spatial, gint64 *channels,
                             TelarWindow *window);

/* Adds the bias, where the node has one, applies the activation and gives the node's result. */
void telar_conv_finish (TelarLowering *l, TelarValue y, gint64 channels, gint64 fan_in);

#define TELAR_PARAM_FILTERS                                                                        \
  {                                                                                                \
    .name = "filters", .label = N_ ("Filters"), .kind = TELAR_PARAM_INT, .fallback = "32",         \
    .minimum = 1, .maximum = TELAR_SIZE_LIMIT, .doc = N_ ("Number of output channels."),           \
    .prominent = TRUE,                                                                             \
  }
#define TELAR_PARAM_GROUPS                                                                         \
  {                                                                                                \
    .name = "groups", .label = N_ ("Groups"), .kind = TELAR_PARAM_INT, .fallback = "1",            \
    .minimum = 1, .maximum = TELAR_SIZE_LIMIT,                                                     \
    .doc = N_ ("Splits the channels into groups that do not see each other."),                     \
  }
#define TELAR_CONV_IN(text)                                                                        \
  TELAR_PORTS ({ .name = "in", .kind = TELAR_PORT_TENSOR, .doc = N_ (text) })

G_END_DECLS
