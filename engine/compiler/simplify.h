/* Rewrite rules: for simplify*.c only. A rule looks at one instruction about to be built, sees
 * through the values it stands on, and may give another value of the same type instead. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

typedef struct {
  TelarBuilder *b;
  TelarPrim prim;
  const TelarValue *in;
  guint n_in;
  const TelarAttr *attrs;
  guint n_attrs;
  const TelarType *type; /* of the result */
} TelarMatch;

/* The value instead, or TELAR_NO_VALUE when the rule does not apply. What a rule emits must be
 * simpler than what it replaces, so that rewriting ends. */
typedef TelarValue (*TelarRuleFunc) (const TelarMatch *m);

typedef struct {
  const char *name; /* as in the tests */
  TelarPrim prim;   /* TELAR_PRIM_NONE: any */
  TelarRuleFunc apply;
} TelarRule;

/* Tables end with a NULL name. */
extern const TelarRule telar_rules_arithmetic[];
extern const TelarRule telar_rules_shape[];
extern const TelarRule telar_rules_uniform[];
extern const TelarRule telar_rules_join[];

/* Builds an instruction of one result through the rules; what rules emit with. */
TelarValue telar_simplify_build (TelarBuilder *b, TelarPrim prim, const TelarValue *in, guint n_in,
                                 const TelarAttr *attrs, guint n_attrs);

/* --- looking at values ---------------------------------------------------------------------- */

const TelarInstr *telar_match_maker (const TelarMatch *m, TelarValue value);
/* The maker when it is a @prim, or NULL. */
const TelarInstr *telar_match_is (const TelarMatch *m, TelarValue value, TelarPrim prim);
/* The attribute of the instruction at hand, or NULL. */
const TelarAttr *telar_match_attr (const TelarMatch *m, TelarAttrKey key);
/* Whether all elements are known and equal, and to what. Integers beyond 2^53 are not told. */
gboolean telar_match_uniform (const TelarMatch *m, TelarValue value, double *number);
gboolean telar_match_is_number (const TelarMatch *m, TelarValue value, double number);
/* @value with the result's shape: itself, or repeated. */
TelarValue telar_match_widen (const TelarMatch *m, TelarValue value);
/* A scalar of the result's dtype; TELAR_NO_VALUE when the dtype cannot hold @number and stay a
 * finite, normal number. */
TelarValue telar_match_scalar (const TelarMatch *m, double number);

G_END_DECLS
