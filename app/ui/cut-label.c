/* What an ellipsis hides is in the tooltip; a label that is whole leaves the tooltip to what it
 * stands in. */
#include "app/ui/cut-label.h"

static gboolean
on_query_tooltip (GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;
  gtk_tooltip_set_text (tooltip, gtk_label_get_text (label));
  return TRUE;
}

void
telar_label_cut (GtkWidget *label, PangoEllipsizeMode mode)
{
  gtk_label_set_ellipsize (GTK_LABEL (label), mode);
  gtk_widget_set_has_tooltip (label, TRUE);
  g_signal_connect (label, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}
