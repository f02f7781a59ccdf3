/* The tables of primitives and attributes as data: names and facts by number, numbers by name. */
#include "engine/primitive.h"

#define E TELAR_PRIM_ELEMENTWISE
#define C TELAR_PRIM_COMMUTATIVE
#define I TELAR_PRIM_IN_PLACE
#define R TELAR_PRIM_RANDOM
#define S TELAR_PRIM_SOURCE
#define B TELAR_PRIM_LAYOUT

static const TelarPrimInfo prims[TELAR_N_PRIMS] = {
#define P(NAME, text, least, most, outputs, flags) { text, least, most, outputs, flags },
  TELAR_PRIMITIVES (P)
#undef P
};

static const struct {
  const char *name;
  TelarAttrKind kind;
} attrs[TELAR_N_ATTRS] = {
#define A(NAME, text, kind) { text, TELAR_ATTR_KIND_##kind },
  TELAR_ATTRS (A)
#undef A
};

const TelarPrimInfo *
telar_prim_info (TelarPrim prim)
{
  g_return_val_if_fail (prim < TELAR_N_PRIMS, NULL);
  return &prims[prim];
}

TelarPrim
telar_prim_from_name (const char *name)
{
  for (guint i = 0; i < TELAR_N_PRIMS; i++)
    if (g_str_equal (prims[i].name, name))
      return (TelarPrim)i;
  return TELAR_PRIM_NONE;
}

const char *
telar_attr_name (TelarAttrKey key)
{
  g_return_val_if_fail (key < TELAR_N_ATTRS, NULL);
  return attrs[key].name;
}

TelarAttrKind
telar_attr_kind (TelarAttrKey key)
{
  g_return_val_if_fail (key < TELAR_N_ATTRS, TELAR_ATTR_KIND_INT);
  return attrs[key].kind;
}

TelarAttrKey
telar_attr_from_name (const char *name)
{
  for (guint i = 0; i < TELAR_N_ATTRS; i++)
    if (g_str_equal (attrs[i].name, name))
      return (TelarAttrKey)i;
  return TELAR_N_ATTRS;
}
