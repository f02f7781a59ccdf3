/* The windows over a picture, each a row of numbers. */
#pragma once

#include "engine/operators/conv.h"

G_BEGIN_DECLS

typedef struct {
  TelarWindow window;
  TelarShape in, out; /* [N, C, spatial…]; out's C is in's */
  gint64 places, taps;
} TelarPatches;

/* The windows of @p->window over @in; FALSE when there are none or too many, which is reported. */
gboolean telar_patches_measure (TelarLowering *l, const TelarShape *in, TelarPatches *p);
/* The node's input and its windows over @spatial axes. */
TelarValue telar_patches_read (TelarLowering *l, guint spatial, TelarPatches *p);
/* i64 [places, taps]: where each tap of each window lies, counted within a plane that begins
 * @margin before the picture's low side and has @size numbers along each axis. */
TelarValue telar_patches_places (TelarLowering *l, const TelarPatches *p, const gint64 *margin,
                                 const gint64 *size);
/* Every window's numbers: [N, C, places, taps]; @fill stands in the padding. */
TelarValue telar_patches_gather (TelarLowering *l, TelarValue x, const TelarPatches *p,
                                 double fill);

G_END_DECLS
