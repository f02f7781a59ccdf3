/* How rows are written: an expression of x (and y, z) becomes a loop over a row. */
#pragma once

#include "engine/devices/cpu/vector/vector-isa.h"

#define ROW(name)                                                                                  \
  static void name (gsize n, void *to, const void *a_, const void *b_, const void *c_)

/* One operand. */
#define ROW1(name, FROM, TO, expression)                                                           \
  ROW (name)                                                                                       \
  {                                                                                                \
    const FROM *a = a_;                                                                            \
    TO *out = to;                                                                                  \
    INDEPENDENT                                                                                    \
    for (gsize i = 0; i < n; i++) {                                                                \
      FROM x = a[i];                                                                               \
      out[i] = (TO)(expression);                                                                   \
    }                                                                                              \
  }

/* One operand, through a function that stays scalar. */
#define CALL1(name, FROM, TO, expression)                                                          \
  ROW (name)                                                                                       \
  {                                                                                                \
    const FROM *a = a_;                                                                            \
    TO *out = to;                                                                                  \
    for (gsize i = 0; i < n; i++) {                                                                \
      FROM x = a[i];                                                                               \
      out[i] = (TO)(expression);                                                                   \
    }                                                                                              \
  }

/* Two operands: both rows, the first one element, the second one element. */
#define ROW2(name, FROM, TO, expression)                                                           \
  ROW2_ONE (name##_vv, FROM, TO, a[i], b[i], expression)                                           \
  ROW2_ONE (name##_sv, FROM, TO, first, b[i], expression)                                          \
  ROW2_ONE (name##_vs, FROM, TO, a[i], second, expression)

#define ROW2_ONE(name, FROM, TO, left, right, expression)                                          \
  ROW (name)                                                                                       \
  {                                                                                                \
    const FROM *a = a_, *b = b_;                                                                   \
    const FROM first G_GNUC_UNUSED = n > 0 ? a[0] : (FROM)0;                                       \
    const FROM second G_GNUC_UNUSED = n > 0 ? b[0] : (FROM)0;                                      \
    TO *out = to;                                                                                  \
    INDEPENDENT                                                                                    \
    for (gsize i = 0; i < n; i++) {                                                                \
      FROM x = left, y = right;                                                                    \
      out[i] = (TO)(expression);                                                                   \
    }                                                                                              \
  }

/* A condition of bytes and two operands, each a row or one element. */
#define ROW_SELECT(name, TYPE)                                                                     \
  ROW_SELECT_ONE (name##_vv, TYPE, b[i], c[i])                                                     \
  ROW_SELECT_ONE (name##_sv, TYPE, first, c[i])                                                    \
  ROW_SELECT_ONE (name##_vs, TYPE, b[i], second)                                                   \
  ROW_SELECT_ONE (name##_ss, TYPE, first, second)

#define ROW_SELECT_ONE(name, TYPE, left, right)                                                    \
  ROW (name)                                                                                       \
  {                                                                                                \
    const guint8 *a = a_;                                                                          \
    const TYPE *b = b_, *c = c_;                                                                   \
    const TYPE first G_GNUC_UNUSED = n > 0 ? b[0] : (TYPE)0;                                       \
    const TYPE second G_GNUC_UNUSED = n > 0 ? c[0] : (TYPE)0;                                      \
    TYPE *out = to;                                                                                \
    INDEPENDENT                                                                                    \
    for (gsize i = 0; i < n; i++) {                                                                \
      TYPE x = left, y = right;                                                                    \
      out[i] = a[i] != 0 ? x : y;                                                                  \
    }                                                                                              \
  }

#define ENTRY1(PRIM, from, to, row) { TELAR_PRIM_##PRIM, TELAR_##from, TELAR_##to, 0, row },
#define ENTRY2(PRIM, from, to, name)                                                               \
  { TELAR_PRIM_##PRIM, TELAR_##from, TELAR_##to, 0, name##_vv },                                   \
      { TELAR_PRIM_##PRIM, TELAR_##from, TELAR_##to, 1, name##_sv },                               \
      { TELAR_PRIM_##PRIM, TELAR_##from, TELAR_##to, 2, name##_vs },
#define ENTRY_SELECT(type, name)                                                                   \
  { TELAR_PRIM_SELECT, TELAR_##type, TELAR_##type, 0, name##_vv },                                 \
      { TELAR_PRIM_SELECT, TELAR_##type, TELAR_##type, 2, name##_sv },                             \
      { TELAR_PRIM_SELECT, TELAR_##type, TELAR_##type, 4, name##_vs },                             \
      { TELAR_PRIM_SELECT, TELAR_##type, TELAR_##type, 6, name##_ss },
