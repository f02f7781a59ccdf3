/* What is known of a node, an operator or a project, as rows of name and value. */
#pragma once

#include "app/project/analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *telar_facts_row (const char *name, const char *value);
/* Shapes of the outputs, parameters, FLOPs. */
void telar_facts_of_node (GtkBox *box, const TelarNode *node, TelarAnalysis *analysis);
/* Rows of data, parameters, memory, FLOPs of a step. */
void telar_facts_of_project (GtkBox *box, TelarAnalysis *analysis);
/* Description, formula, ONNX name. */
GtkWidget *telar_facts_about (const TelarOperator *op);

G_END_DECLS
