/* What the files of groups share. */
#pragma once

#include "engine/lower.h"

G_BEGIN_DECLS

/* Lowers @drawing, of the group that the node under way is one of, as often as it is to run, and
 * sets the node's outputs. */
void telar_group_run (TelarLowering *l, const TelarGraph *drawing);

G_END_DECLS
