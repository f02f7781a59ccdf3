/* Expressions in the place of numbers: "2*width", "hidden/4", "conv1.filters + 8".
 *
 *   expression = term { ("+" | "-") term }
 *   term       = factor { ("*" | "/" | "//" | "%") factor }
 *   factor     = { "-" } atom [ ("^" | "**") factor ]
 *   atom       = number | name | function "(" expression { "," expression } ")"
 *              | "(" expression ")"
 *   name       = word [ "." word ], where a word of other signs than letters, digits and "_" stands
 *                between single quotes: 'conv-1'.filters
 *   function   = min max floor ceil round sqrt abs log2
 *
 * "//" is division rounded down, "%" what it leaves (of the divisor's sign). */
#pragma once

#include "engine/param.h"

G_BEGIN_DECLS

/* What begins the text of an expression in files and on the command line. */
#define TELAR_EXPRESSION_SIGN '='

/* The value behind a name, "width" or "conv1.filters"; FALSE with an error. */
typedef gboolean (*TelarExpressionLookup) (gpointer data, const char *name, double *value,
                                           GError **error);

/* Without @lookup only the form is checked, and names stand for 1. The message says what is wrong
 * where; also where the result is no finite number. */
gboolean telar_expression_evaluate (const char *text, TelarExpressionLookup lookup, gpointer data,
                                    double *result, GError **error);

/* Whether numbers of that kind may come from expressions. */
gboolean telar_param_takes_expression (const TelarParam *param);
/* A value of @text, which is an expression without its sign, whose number is not known yet: the
 * default stands in its place. Lists take one expression for each number, with commas between. */
gboolean telar_param_value_from_expression (const TelarParam *param, const char *text,
                                            TelarParamValue *value, GError **error);
/* Works the number of an expression out, within the limits of @param. Where it cannot be, it stays
 * what it was and the reason is kept in @value->fault. Does nothing for other values. */
gboolean telar_param_value_resolve (const TelarParam *param, TelarParamValue *value,
                                    TelarExpressionLookup lookup, gpointer data, GError **error);

G_END_DECLS
