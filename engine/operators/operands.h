/* Operands that must agree in their types before they meet in one primitive. */
#pragma once

#include "engine/operators/helpers.h"

G_BEGIN_DECLS

/* @x as @dtype. */
TelarValue telar_lower_as (TelarLowering *l, TelarValue x, TelarDType dtype);

/* The type in which @x and @y meet: that of both where it is one; of floats and whole numbers the
 * float; float64 where one of two floats has it, else float32; of two kinds of whole numbers i64.
 * Truth values count as float32 among themselves. */
TelarDType telar_lower_common (TelarLowering *l, TelarValue x, TelarValue y);

/* The binary primitive on both, in that type. */
TelarValue telar_lower_combine (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y);

/* Two inputs "a" and "b". */
#define TELAR_PORTS_PAIR(first, second)                                                            \
  TELAR_PORTS ({ .name = "a", .kind = TELAR_PORT_TENSOR, .doc = N_ (first) },                      \
               { .name = "b", .kind = TELAR_PORT_TENSOR, .doc = N_ (second) })

G_END_DECLS
