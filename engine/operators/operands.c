/* In which type two operands meet. */
#include "engine/operators/operands.h"

TelarValue
telar_lower_as (TelarLowering *l, TelarValue x, TelarDType dtype)
{
  if (x == TELAR_NO_VALUE || telar_lower_type (l, x).dtype == dtype)
    return x;
  return telar_build_cast (l->b, x, dtype);
}

TelarDType
telar_lower_common (TelarLowering *l, TelarValue x, TelarValue y)
{
  TelarDType a = telar_lower_type (l, x).dtype, b = telar_lower_type (l, y).dtype;

  if (a == b)
    return a == TELAR_BOOL ? TELAR_F32 : a;
  if (telar_dtype_is_float (a) && telar_dtype_is_float (b))
    return a == TELAR_F64 || b == TELAR_F64 ? TELAR_F64 : TELAR_F32;
  if (telar_dtype_is_float (a) || b == TELAR_BOOL)
    return a;
  return telar_dtype_is_float (b) || a == TELAR_BOOL ? b : TELAR_I64;
}

TelarValue
telar_lower_combine (TelarLowering *l, TelarPrim prim, TelarValue x, TelarValue y)
{
  TelarDType dtype = telar_lower_common (l, x, y);

  return telar_build_binary (l->b, prim, telar_lower_as (l, x, dtype),
                             telar_lower_as (l, y, dtype));
}
