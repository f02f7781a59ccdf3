/* The matrix's widget. */
#include "app/ui/matrix-view.h"

#include "app/ui/chart-widget.h"
#include "insight/classes.h"

#include <glib/gi18n.h>

#define MIN_WIDTH  260
#define MIN_HEIGHT 240

struct _TelarMatrixView {
  GtkWidget parent_instance;

  TelarMatrix *matrix;
  gint64 step;         /* of the figure; -1 before the first */
  guint right, answer; /* the cell that the keyboard is at */
};

G_DEFINE_FINAL_TYPE (TelarMatrixView, telar_matrix_view, GTK_TYPE_WIDGET)

static guint cell_chosen_signal;

static void
draw (GtkWidget *widget, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  const TelarMatrixView *view = TELAR_MATRIX_VIEW (widget);

  telar_matrix_draw (view->matrix, cr, width, height, theme);
  if (gtk_widget_has_focus (widget))
    telar_matrix_draw_cursor (view->matrix, cr, view->right, view->answer, theme);
}

static void
telar_matrix_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  telar_chart_widget_snapshot (widget, snapshot, draw);
}

static void
telar_matrix_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  gboolean across = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = across ? MIN_WIDTH : MIN_HEIGHT;
  *natural = across ? 440 : 280;
}

/* --- in words ---------------------------------------------------------------------------- */

static char *
describe_cell (const TelarMatrix *matrix, guint right, guint answer)
{
  g_autofree char *right_name = telar_matrix_class (matrix, right);
  g_autofree char *answer_name = telar_matrix_class (matrix, answer);
  double count = telar_matrix_count (matrix, right, answer);

  return g_strdup_printf (
      ngettext ("%.0f row of class %s was taken for %s (%.1f %% of them)",
                "%.0f rows of class %s were taken for %s (%.1f %% of them)", (gulong)count),
      count, right_name, answer_name, 100 * telar_matrix_share (matrix, right, answer));
}

static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  const TelarMatrix *matrix = TELAR_MATRIX_VIEW (widget)->matrix;
  guint right, answer;

  if (keyboard || !telar_matrix_cell_at (matrix, x, y, &right, &answer))
    return FALSE;
  g_autofree char *text = describe_cell (matrix, right, answer);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* The most frequent error, or the diagonal's share alone where there is none. */
static char *
describe (const TelarMatrix *matrix)
{
  guint n = telar_matrix_n_classes (matrix), right = 0, answer = 0;
  double most = 0;

  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < n; k++)
      if (i != k && telar_matrix_count (matrix, i, k) > most) {
        most = telar_matrix_count (matrix, i, k);
        right = i;
        answer = k;
      }
  double percent = 100 * telar_matrix_accuracy (matrix);
  g_autofree char *right_name = telar_matrix_class (matrix, right);
  g_autofree char *answer_name = telar_matrix_class (matrix, answer);
  return most > 0 ? g_strdup_printf (
                        _ ("%s: %.1f %% right; the most frequent error is %s taken for %s, %.0f "
                           "times"),
                        telar_matrix_title (matrix), percent, right_name, answer_name, most)
                  : g_strdup_printf (_ ("%s: %.1f %% right"), telar_matrix_title (matrix), percent);
}

gboolean
telar_matrix_view_show (TelarMatrixView *view, const char *values, gint64 step, GError **error)
{
  if (step == view->step)
    return TRUE;
  if (!telar_matrix_set_values (view->matrix, values, error))
    return FALSE;
  view->step = step;
  g_autofree char *words = describe (view->matrix);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (view));
  return TRUE;
}

void
telar_matrix_view_set_classes (TelarMatrixView *view, const char *json)
{
  g_auto (GStrv) names = telar_classes_split (json);

  telar_matrix_set_names (view->matrix, (const char *const *)names);
  gtk_widget_queue_draw (GTK_WIDGET (view));
}

const TelarMatrix *
telar_matrix_view_get_matrix (TelarMatrixView *view)
{
  return view->matrix;
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, TelarMatrixView *view)
{
  guint right, answer;

  if (telar_matrix_cell_at (view->matrix, x, y, &right, &answer))
    g_signal_emit (view, cell_chosen_signal, 0, (int)right, (int)answer);
}

/* Arrow keys go from cell to cell, Enter opens one. */
static gboolean
on_key (GtkEventController *controller, guint key, guint code, GdkModifierType state,
        TelarMatrixView *view)
{
  int across = (key == GDK_KEY_Right) - (key == GDK_KEY_Left);
  int down = (key == GDK_KEY_Down) - (key == GDK_KEY_Up);
  int n = (int)telar_matrix_n_classes (view->matrix);

  if (n == 0)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter) {
    g_signal_emit (view, cell_chosen_signal, 0, (int)view->right, (int)view->answer);
    return GDK_EVENT_STOP;
  }
  if (across == 0 && down == 0)
    return GDK_EVENT_PROPAGATE;
  view->right = (guint)CLAMP ((int)view->right + down, 0, n - 1);
  view->answer = (guint)CLAMP ((int)view->answer + across, 0, n - 1);
  g_autofree char *words = describe_cell (view->matrix, view->right, view->answer);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (view));
  return GDK_EVENT_STOP;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_matrix_view_finalize (GObject *object)
{
  telar_matrix_free (TELAR_MATRIX_VIEW (object)->matrix);
  G_OBJECT_CLASS (telar_matrix_view_parent_class)->finalize (object);
}

static void
telar_matrix_view_class_init (TelarMatrixViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_matrix_view_finalize;
  widget_class->snapshot = telar_matrix_view_snapshot;
  widget_class->measure = telar_matrix_view_measure;
  cell_chosen_signal = g_signal_new ("cell-chosen", TELAR_TYPE_MATRIX_VIEW, G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
  telar_chart_widget_class_init (widget_class);
}

static void
telar_matrix_view_init (TelarMatrixView *view)
{
  GtkGesture *click = gtk_gesture_click_new ();

  GtkEventController *keys = gtk_event_controller_key_new ();
  view->step = -1;
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), view);
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  g_signal_connect (view, "notify::has-focus", G_CALLBACK (gtk_widget_queue_draw), NULL);
  g_signal_connect (click, "released", G_CALLBACK (on_released), view);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_has_tooltip (GTK_WIDGET (view), TRUE);
  g_signal_connect (view, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
  telar_chart_widget_init (GTK_WIDGET (view));
}

GtkWidget *
telar_matrix_view_new (const char *title)
{
  TelarMatrixView *view = g_object_new (TELAR_TYPE_MATRIX_VIEW, NULL);

  view->matrix = telar_matrix_new (title);
  telar_matrix_set_axes (view->matrix, _ ("right class"), _ ("answer"));
  return GTK_WIDGET (view);
}
