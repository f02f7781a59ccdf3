/* The scale is there as soon as there are two steps. */
#include "app/ui/matrix-card.h"

#include "app/ui/matrix-view.h"
#include "app/ui/step-bar.h"

struct _TelarMatrixCard {
  AdwBin parent_instance;

  TelarMatrixView *view;
  TelarStepBar *bar;
  TelarStore *store; /* borrowed while following */
  gint64 run, newest;
  char *name;
};

G_DEFINE_FINAL_TYPE (TelarMatrixCard, telar_matrix_card, ADW_TYPE_BIN)

static guint cell_chosen_signal;

static gboolean
show_step (TelarMatrixCard *card, GError **error)
{
  g_autoptr (GPtrArray) figures =
      telar_store_figures_at (card->store, card->run, telar_step_bar_step (card->bar), error);

  for (guint i = 0; figures != NULL && i < figures->len; i++) {
    const TelarFigureRow *figure = figures->pdata[i];
    if (g_str_equal (figure->name, card->name))
      return telar_matrix_view_show (card->view, figure->values, figure->step, error);
  }
  return figures != NULL;
}

static gboolean
name_classes (TelarMatrixCard *card, GError **error)
{
  g_autofree char *classes = NULL;

  if (!telar_store_classes (card->store, card->run, &classes, error))
    return FALSE;
  telar_matrix_view_set_classes (card->view, classes);
  return TRUE;
}

gboolean
telar_matrix_card_follow (TelarMatrixCard *card, TelarStore *store, gint64 run,
                          const TelarFigureRow *figure, GError **error)
{
  if (card->store == store && card->run == run && card->newest == figure->step)
    return TRUE;
  g_autoptr (GArray) steps = telar_store_figure_steps (store, run, figure->name, error);
  if (steps == NULL)
    return FALSE;
  card->store = store;
  card->run = run;
  card->newest = figure->step;
  g_free (card->name);
  card->name = g_strdup (figure->name);
  telar_step_bar_set_steps (card->bar, steps);
  gtk_widget_set_visible (GTK_WIDGET (card->bar), steps->len > 1);
  return name_classes (card, error) && show_step (card, error);
}

static void
on_step (TelarStepBar *bar, TelarMatrixCard *card)
{
  show_step (card, NULL);
}

static void
on_cell (TelarMatrixView *view, int right, int answer, TelarMatrixCard *card)
{
  gint64 step = telar_step_bar_step (card->bar);

  g_signal_emit (card, cell_chosen_signal, 0, right, answer,
                 step == card->newest ? G_MAXINT64 : step);
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_matrix_card_finalize (GObject *object)
{
  g_free (TELAR_MATRIX_CARD (object)->name);
  G_OBJECT_CLASS (telar_matrix_card_parent_class)->finalize (object);
}

static void
telar_matrix_card_class_init (TelarMatrixCardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_matrix_card_finalize;
  cell_chosen_signal =
      g_signal_new ("cell-chosen", TELAR_TYPE_MATRIX_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_INT, G_TYPE_INT64);
}

static void
telar_matrix_card_init (TelarMatrixCard *card)
{
  card->newest = -1;
}

GtkWidget *
telar_matrix_card_new (const char *name, const char *title)
{
  TelarMatrixCard *card = g_object_new (TELAR_TYPE_MATRIX_CARD, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  card->view = TELAR_MATRIX_VIEW (telar_matrix_view_new (title));
  gtk_widget_set_name (GTK_WIDGET (card->view), name);
  card->bar = TELAR_STEP_BAR (telar_step_bar_new ());
  gtk_widget_set_visible (GTK_WIDGET (card->bar), FALSE);
  gtk_widget_set_vexpand (GTK_WIDGET (card->view), TRUE);
  g_signal_connect (card->view, "cell-chosen", G_CALLBACK (on_cell), card);
  g_signal_connect (card->bar, "changed", G_CALLBACK (on_step), card);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (card->view));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (card->bar));
  adw_bin_set_child (ADW_BIN (card), box);
  return GTK_WIDGET (card);
}
