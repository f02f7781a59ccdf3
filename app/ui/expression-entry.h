/* TelarExpressionEntry: a number that comes from an expression, "2*width", with what it comes to
 * beside it. */
#pragma once

#include "engine/param.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_EXPRESSION_ENTRY (telar_expression_entry_get_type ())
G_DECLARE_FINAL_TYPE (TelarExpressionEntry, telar_expression_entry, TELAR, EXPRESSION_ENTRY,
                      GtkWidget)

/* Signals
 *   "edit" (const char *text): as telar_param_value_from_text reads it
 *   "typed" (const char *text): the same, while it is being typed */
GtkWidget *telar_expression_entry_new (const TelarParam *param);
/* @value comes from an expression. */
void telar_expression_entry_show (TelarExpressionEntry *self, const TelarParamValue *value);

/* What a person typed as telar_param_value_from_text reads it: a plain value as it is, all else as
 * an expression. Caller frees. */
char *telar_expression_from_typed (const TelarParam *param, const char *typed);

G_END_DECLS
