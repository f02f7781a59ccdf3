/* TelarValuesList: the named values of a project, which expressions of parameters refer to. */
#pragma once

#include "app/project/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_VALUES_LIST (telar_values_list_get_type ())
G_DECLARE_FINAL_TYPE (TelarValuesList, telar_values_list, TELAR, VALUES_LIST, GtkWidget)

GtkWidget *telar_values_list_new (TelarDocument *document);

G_END_DECLS
