/* The pages of the help as widgets. */
#pragma once

#include "app/ui/help-topics.h"
#include "engine/operator.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

GtkWidget *telar_help_page_of_topic (const TelarHelpTopic *topic);
/* Description, formula, an example, ports, parameters, ONNX. */
GtkWidget *telar_help_page_of_operator (const TelarOperator *op);

G_END_DECLS
