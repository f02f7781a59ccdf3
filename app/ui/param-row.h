/* TelarParamRow: one parameter as a person edits it, made from its entry in the registry: a spin
 * button, a list, a switch, an entry or a file, with a button that brings the default back.
 *
 * It holds no value of its own: it shows what it is given and tells what was asked for. */
#pragma once

#include "engine/param.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_PARAM_ROW (telar_param_row_get_type ())
G_DECLARE_FINAL_TYPE (TelarParamRow, telar_param_row, TELAR, PARAM_ROW, GtkWidget)

/* Signals
 *   "edit" (const char *text): the value as telar_param_value_from_text reads it
 *   "reset" */
GtkWidget *telar_param_row_new (const TelarParam *param);
const TelarParam *telar_param_row_param (TelarParamRow *self);
/* @value NULL: several nodes differ. */
void telar_param_row_show (TelarParamRow *self, const TelarParamValue *value, gboolean is_default);
/* Why the last edit was refused; NULL clears. */
void telar_param_row_show_error (TelarParamRow *self, const char *message);
/* Where relative paths start; may be NULL. */
void telar_param_row_set_folder (TelarParamRow *self, const char *folder);

G_END_DECLS
