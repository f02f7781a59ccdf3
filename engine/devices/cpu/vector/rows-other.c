/* Rows of the other types: float64, integers, booleans; moves and selections by element size. */
#include "engine/devices/cpu/vector/row-macros.h"

/* clang-format off */
ROW1 (neg_f64, double, double, -x)
ROW1 (abs_f64, double, double, fabs (x))
CALL1 (exp_f64, double, double, exp (x))
CALL1 (log_f64, double, double, log (x))
ROW1 (sqrt_f64, double, double, sqrt (x))
ROW1 (rsqrt_f64, double, double, 1.0 / sqrt (x))
ROW1 (reciprocal_f64, double, double, 1.0 / x)
CALL1 (atan_f64, double, double, atan (x))
CALL1 (tanh_f64, double, double, tanh (x))
CALL1 (sigmoid_f64, double, double, 1.0 / (1.0 + exp (-x)))
ROW1 (relu_f64, double, double, x < 0.0 ? 0.0 : x)
ROW2 (add_f64, double, double, x + y)
ROW2 (sub_f64, double, double, x - y)
ROW2 (mul_f64, double, double, x * y)
ROW2 (div_f64, double, double, x / y)
ROW2 (max_f64, double, double, x > y || x != x ? x : y)
ROW2 (min_f64, double, double, x < y || x != x ? x : y)
ROW2 (equal_f64, double, guint8, x == y)
ROW2 (less_f64, double, guint8, x < y)
ROW2 (less_equal_f64, double, guint8, x <= y)

/* Integers wrap around, as the specification's do: that is unsigned arithmetic. */
ROW2 (add_i32, guint32, guint32, x + y)
ROW2 (sub_i32, guint32, guint32, x - y)
ROW2 (mul_i32, guint32, guint32, x * y)
ROW2 (max_i32, gint32, gint32, MAX (x, y))
ROW2 (min_i32, gint32, gint32, MIN (x, y))
ROW2 (equal_i32, gint32, guint8, x == y)
ROW2 (less_i32, gint32, guint8, x < y)
ROW2 (less_equal_i32, gint32, guint8, x <= y)
ROW2 (max_i64, gint64, gint64, MAX (x, y))
ROW2 (min_i64, gint64, gint64, MIN (x, y))
ROW2 (equal_i64, gint64, guint8, x == y)
ROW2 (less_i64, gint64, guint8, x < y)
ROW2 (less_equal_i64, gint64, guint8, x <= y)
ROW2 (equal_u8, guint8, guint8, x == y)
ROW2 (less_u8, guint8, guint8, x < y)
ROW2 (less_equal_u8, guint8, guint8, x <= y)
ROW2 (equal_bool, guint8, guint8, (x != 0) == (y != 0))
ROW2 (and_bool, guint8, guint8, (x != 0) & (y != 0))
ROW2 (or_bool, guint8, guint8, (x != 0) | (y != 0))
ROW1 (not_bool, guint8, guint8, x == 0)

#define ROWS_BITS(bits, TYPE)                                                                      \
  ROW1 (bit_not_##bits, TYPE, TYPE, ~x)                                                            \
  ROW2 (bit_and_##bits, TYPE, TYPE, x & y)                                                         \
  ROW2 (bit_or_##bits, TYPE, TYPE, x | y)                                                          \
  ROW2 (bit_xor_##bits, TYPE, TYPE, x ^ y)
ROWS_BITS (8, guint8)
ROWS_BITS (32, guint32)
ROWS_BITS (64, guint64)

ROW1 (bool_to_i32, guint8, gint32, x != 0)
ROW1 (bool_to_i64, guint8, gint64, x != 0)
ROW1 (bool_to_f64, guint8, double, x != 0)
ROW1 (u8_to_i32, guint8, gint32, x)
ROW1 (u8_to_i64, guint8, gint64, x)
ROW1 (u8_to_f64, guint8, double, x)
ROW1 (i32_to_i64, gint32, gint64, x)
ROW1 (i32_to_f64, gint32, double, x)
ROW1 (i64_to_i32, gint64, gint32, x)
ROW1 (i64_to_f64, gint64, double, x)

ROW_SELECT (select_8, guint8)
ROW_SELECT (select_16, guint16)
ROW_SELECT (select_32, guint32)
ROW_SELECT (select_64, guint64)
/* clang-format on */

#define COPY(name, bytes)                                                                          \
  ROW (name)                                                                                       \
  {                                                                                                \
    if (to != a_)                                                                                  \
      memcpy (to, a_, n *(bytes));                                                                 \
  }
COPY (copy_8, 1)
COPY (copy_16, 2)
COPY (copy_32, 4)
COPY (copy_64, 8)

/* clang-format off */
#define ENTRY_COPY(dtype, row) ENTRY1 (CAST, dtype, dtype, row) ENTRY1 (STOP, dtype, dtype, row)
#define ENTRIES_BITS(dtype, bits)                                                                  \
  ENTRY1 (BIT_NOT, dtype, dtype, bit_not_##bits)                                                   \
  ENTRY2 (BIT_AND, dtype, dtype, bit_and_##bits)                                                   \
  ENTRY2 (BIT_OR, dtype, dtype, bit_or_##bits)                                                     \
  ENTRY2 (BIT_XOR, dtype, dtype, bit_xor_##bits)

const CpuRowEntry ISA_NAME (cpu_rows_other)[] = {
  ENTRY1 (NEG, F64, F64, neg_f64)              ENTRY1 (ABS, F64, F64, abs_f64)
  ENTRY1 (EXP, F64, F64, exp_f64)              ENTRY1 (LOG, F64, F64, log_f64)
  ENTRY1 (SQRT, F64, F64, sqrt_f64)            ENTRY1 (RSQRT, F64, F64, rsqrt_f64)
  ENTRY1 (RECIPROCAL, F64, F64, reciprocal_f64) ENTRY1 (TANH, F64, F64, tanh_f64)
  ENTRY1 (ATAN, F64, F64, atan_f64)
  ENTRY1 (SIGMOID, F64, F64, sigmoid_f64)      ENTRY1 (RELU, F64, F64, relu_f64)
  ENTRY2 (ADD, F64, F64, add_f64)              ENTRY2 (SUB, F64, F64, sub_f64)
  ENTRY2 (MUL, F64, F64, mul_f64)              ENTRY2 (DIV, F64, F64, div_f64)
  ENTRY2 (MAXIMUM, F64, F64, max_f64)          ENTRY2 (MINIMUM, F64, F64, min_f64)
  ENTRY2 (EQUAL, F64, BOOL, equal_f64)         ENTRY2 (LESS, F64, BOOL, less_f64)
  ENTRY2 (LESS_EQUAL, F64, BOOL, less_equal_f64)
  ENTRY2 (ADD, I32, I32, add_i32)              ENTRY2 (SUB, I32, I32, sub_i32)
  ENTRY2 (MUL, I32, I32, mul_i32)
  ENTRY2 (MAXIMUM, I32, I32, max_i32)          ENTRY2 (MINIMUM, I32, I32, min_i32)
  ENTRY2 (EQUAL, I32, BOOL, equal_i32)         ENTRY2 (LESS, I32, BOOL, less_i32)
  ENTRY2 (LESS_EQUAL, I32, BOOL, less_equal_i32)
  ENTRY2 (MAXIMUM, I64, I64, max_i64)          ENTRY2 (MINIMUM, I64, I64, min_i64)
  ENTRY2 (EQUAL, I64, BOOL, equal_i64)         ENTRY2 (LESS, I64, BOOL, less_i64)
  ENTRY2 (LESS_EQUAL, I64, BOOL, less_equal_i64)
  ENTRIES_BITS (I8, 8) ENTRIES_BITS (U8, 8) ENTRIES_BITS (I32, 32) ENTRIES_BITS (I64, 64)
  ENTRY2 (EQUAL, U8, BOOL, equal_u8)           ENTRY2 (LESS, U8, BOOL, less_u8)
  ENTRY2 (LESS_EQUAL, U8, BOOL, less_equal_u8)
  ENTRY2 (EQUAL, BOOL, BOOL, equal_bool)       ENTRY1 (NOT, BOOL, BOOL, not_bool)
  ENTRY2 (AND, BOOL, BOOL, and_bool)           ENTRY2 (OR, BOOL, BOOL, or_bool)
  ENTRY1 (CAST, BOOL, I32, bool_to_i32)        ENTRY1 (CAST, BOOL, I64, bool_to_i64)
  ENTRY1 (CAST, BOOL, F64, bool_to_f64)        ENTRY1 (CAST, U8, I32, u8_to_i32)
  ENTRY1 (CAST, U8, I64, u8_to_i64)            ENTRY1 (CAST, U8, F64, u8_to_f64)
  ENTRY1 (CAST, I32, I64, i32_to_i64)          ENTRY1 (CAST, I32, F64, i32_to_f64)
  ENTRY1 (CAST, I64, I32, i64_to_i32)          ENTRY1 (CAST, I64, F64, i64_to_f64)
  ENTRY_COPY (F32, copy_32) ENTRY_COPY (F64, copy_64) ENTRY_COPY (F16, copy_16)
  ENTRY_COPY (BF16, copy_16) ENTRY_COPY (I8, copy_8) ENTRY_COPY (U8, copy_8)
  ENTRY_COPY (I32, copy_32) ENTRY_COPY (I64, copy_64) ENTRY_COPY (BOOL, copy_8)
  ENTRY_SELECT (F32, select_32)                ENTRY_SELECT (F64, select_64)
  ENTRY_SELECT (F16, select_16)                ENTRY_SELECT (BF16, select_16)
  ENTRY_SELECT (I8, select_8)                  ENTRY_SELECT (U8, select_8)
  ENTRY_SELECT (I32, select_32)                ENTRY_SELECT (I64, select_64)
  ENTRY_SELECT (BOOL, select_8)
};
/* clang-format on */

const guint ISA_NAME (cpu_n_rows_other) = G_N_ELEMENTS (ISA_NAME (cpu_rows_other));

#define REPEAT(TYPE)                                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    TYPE element = *(const TYPE *)value;                                                           \
    for (gsize i = 0; i < n; i++)                                                                  \
      ((TYPE *)to)[i] = element;                                                                   \
  }                                                                                                \
  G_STMT_END

void
ISA_NAME (cpu_repeat) (void *to, const void *value, gsize size, gsize n)
{
  if (size == 1)
    memset (to, *(const guint8 *)value, n);
  else if (size == 2)
    REPEAT (guint16);
  else if (size == 4)
    REPEAT (guint32);
  else
    REPEAT (guint64);
}
