/* TelarFormula: a formula of the registry set as mathematics: variables in italics, indices below,
 * powers above, fractions and roots. What is too long for one line goes on in the next. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_FORMULA (telar_formula_get_type ())
G_DECLARE_FINAL_TYPE (TelarFormula, telar_formula, TELAR, FORMULA, GtkWidget)

/* @text: as TelarOperator has it, "y = (x - mean)/√(variance + epsilon)·scale". */
GtkWidget *telar_formula_new (const char *text);

G_END_DECLS
