/* A confusion matrix with a scale that goes through the steps at which it was counted. */
#pragma once

#include "insight/store-media.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_TYPE_MATRIX_CARD (telar_matrix_card_get_type ())
G_DECLARE_FINAL_TYPE (TelarMatrixCard, telar_matrix_card, TELAR, MATRIX_CARD, AdwBin)

/* Signal "cell-chosen" (int right, int answer, gint64 step; G_MAXINT64: the newest). */
/* @name is that of the widget within. */
GtkWidget *telar_matrix_card_new (const char *name, const char *title);
/* Shows @figure, the newest of its name, or an earlier one that was chosen. */
gboolean telar_matrix_card_follow (TelarMatrixCard *card, TelarStore *store, gint64 run,
                                   const TelarFigureRow *figure, GError **error);

G_END_DECLS
