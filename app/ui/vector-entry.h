/* TelarVectorEntry: a number for each axis, "3 × 5", with a link that keeps them alike. */
#pragma once

#include "engine/param.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_VECTOR_ENTRY (telar_vector_entry_get_type ())
G_DECLARE_FINAL_TYPE (TelarVectorEntry, telar_vector_entry, TELAR, VECTOR_ENTRY, GtkWidget)

/* Whether the parameter is a list that reads well so: of two or three numbers, one for each axis.
 */
gboolean telar_vector_entry_suits (const TelarParam *param);
/* Signal "edit" (const char *text): as telar_param_value_from_text reads it. What is no number is
 * told as it was typed. */
GtkWidget *telar_vector_entry_new (const TelarParam *param);
/* @value NULL: several nodes differ. */
void telar_vector_entry_show (TelarVectorEntry *self, const TelarParamValue *value);

G_END_DECLS
