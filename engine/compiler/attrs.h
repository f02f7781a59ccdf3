/* Attribute lists and bodies compared by content. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

gboolean telar_attrs_equal (const TelarAttr *a, guint n_a, const TelarAttr *b, guint n_b);
guint telar_attrs_hash (const TelarAttr *attrs, guint n);
gboolean telar_bodies_equal (const TelarProgram *a, const TelarProgram *b);

G_END_DECLS
