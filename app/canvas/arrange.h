/* Arranging: nodes in columns along the flow, each near what it is wired to. */
#pragma once

#include "app/canvas/scene.h"
#include "app/project/document.h"

G_BEGIN_DECLS

/* One edit that places all nodes. Long chains are folded into rows that read like text. */
void telar_arrange (TelarDocument *document, const TelarScene *scene);

G_END_DECLS
