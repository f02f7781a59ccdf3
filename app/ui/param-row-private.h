/* What param-row.c (the row) and param-controls.c (what stands in it) share. */
#pragma once

#include "app/ui/param-row.h"

G_BEGIN_DECLS

struct _TelarParamRow {
  GtkWidget parent_instance;

  const TelarParam *param;
  GtkWidget *label, *control, *reset, *error;
  GtkWidget *pages, *expression; /* the control or an expression in its place; NULL: takes none */
  char *folder;
  gboolean showing; /* a value is being shown: signals are not edits */
};

/* Tells that a person wants this value; not while one is being shown. */
void telar_param_row_edit (TelarParamRow *self, const char *text);
/* Says below the row what is wrong with what is typed; nothing is changed yet. */
void telar_param_row_validate (TelarParamRow *self, const char *typed);

/* --- param-controls.c ------------------------------------------------------------------------- */

GtkWidget *telar_param_row_make_control (TelarParamRow *self);
/* What stands in the row: the control, or the control and its expression in one place. */
GtkWidget *telar_param_row_make_pages (TelarParamRow *self);
/* The entry of a control that is one or has one. */
GtkWidget *telar_param_row_entry (TelarParamRow *self);
/* Steps follow the size of the value: 0.001 goes to 0.002, 64 to 65. */
void telar_param_row_set_steps (TelarParamRow *self, double value);

G_END_DECLS
