/* Groups from one document into another, with all groups that they are made of. */
#pragma once

#include "app/project/patch.h"

G_BEGIN_DECLS

/* The name of the group of the document @to that is drawn as @drawing is: one that is there already
 * or a copy, which gets another name where its own is taken. What is made is touched in @patch,
 * which may be NULL. Caller frees; NULL with @error. */
char *telar_group_bring (TelarGraph *to, const TelarGraph *drawing, TelarPatch *patch,
                         GError **error);

/* Puts what is drawn in @drawing in place of what is drawn in the group @name of @to. Wires at its
 * nodes stay where there still is such a port. All that changes is touched in @patch, which may be
 * NULL. */
gboolean telar_group_redraw (TelarGraph *to, const char *name, const TelarGraph *drawing,
                             TelarPatch *patch, GError **error);

/* Whether both are drawn the same, places aside, and so are the groups that they are made of. */
gboolean telar_group_is_same (const TelarGraph *drawing, const TelarGraph *other);

G_END_DECLS
