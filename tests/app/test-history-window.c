/* The window of the history: its rows follow the edits, and a jump moves none of them, so that the
 * keyboard stays where it was. */
#include "app/project/edits.h"
#include "app/ui/history.h"
#include "tests/app/screen.h"
#include "tests/app/support.h"

#define N_EDITS 5

typedef struct {
  TelarDocument *document;
  GtkWidget *parent, *window, *list;
  GtkSelectionModel *rows;
  GString *changes; /* of the rows, as "position-removed+added " each */
} Fixture;

static void
on_rows_changed (GListModel *rows, guint position, guint removed, guint added, Fixture *f)
{
  g_string_append_printf (f->changes, "%u-%u+%u ", position, removed, added);
}

static gboolean
is_list (GtkWidget *widget, const char *what)
{
  return GTK_IS_LIST_VIEW (widget);
}

static void
add_node (Fixture *f, const char *operator)
{
  g_free (telar_edit_add (f->document, operator, 8, 8, NULL, NULL));
}

static void
set_up (Fixture *f, gconstpointer n_undone)
{
  static const char *const operators[N_EDITS] = { "relu", "tanh", "sigmoid", "softmax", "dense" };

  f->document = telar_document_new ("history");
  for (guint i = 0; i < N_EDITS; i++)
    add_node (f, operators[i]);
  telar_document_jump (f->document, N_EDITS - GPOINTER_TO_UINT (n_undone));
  f->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (f->parent));
  telar_history_show (GTK_WINDOW (f->parent), f->document);
  f->list = test_wait_for_dialog (f->parent, is_list, NULL);
  f->window = GTK_WIDGET (gtk_widget_get_root (f->list));
  f->rows = gtk_list_view_get_model (GTK_LIST_VIEW (f->list));
  f->changes = g_string_new (NULL);
  gtk_test_widget_wait_for_draw (f->window);
  test_picture (f->window, "history");
  g_signal_connect (f->rows, "items-changed", G_CALLBACK (on_rows_changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->parent));
  telar_document_close (f->document);
  test_finalizes (f->document);
  g_string_free (f->changes, TRUE);
}

static GtkWidget *
row_with_keyboard (Fixture *f)
{
  return gtk_window_get_focus (GTK_WINDOW (f->window));
}

/* Keys as a list takes them, one right after the other: @moves rows down, or up, and Return. */
static void
go_and_activate (Fixture *f, int moves)
{
  for (int i = 0; i < ABS (moves); i++)
    g_assert_true (gtk_widget_child_focus (f->list, moves > 0 ? GTK_DIR_DOWN : GTK_DIR_UP));
  g_assert_true (gtk_widget_activate (row_with_keyboard (f)));
}

static void
assert_present (Fixture *f, guint n_done)
{
  guint present = telar_document_n_edits (f->document) - n_done;

  g_assert_cmpuint (telar_document_n_done (f->document), ==, n_done);
  g_assert_true (gtk_selection_model_is_selected (f->rows, present));
}

/* How many of the rows are dim: those ahead of the present. */
static guint
n_dim (Fixture *f)
{
  guint n = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (f->list); row;
       row = gtk_widget_get_next_sibling (row))
    n += gtk_widget_get_child_visible (row) &&
         gtk_widget_has_css_class (gtk_widget_get_first_child (row), "dim-label");
  return n;
}

static void
test_jumps (Fixture *f, gconstpointer data)
{
  GtkWidget *row;

  assert_present (f, N_EDITS);
  go_and_activate (f, 3);
  row = row_with_keyboard (f);
  assert_present (f, N_EDITS - 3);
  g_assert_cmpuint (n_dim (f), ==, 3);
  go_and_activate (f, 2);
  assert_present (f, 0);
  g_assert_cmpuint (n_dim (f), ==, N_EDITS);
  go_and_activate (f, -2);
  assert_present (f, N_EDITS - 3);
  g_assert_true (row_with_keyboard (f) == row);
  go_and_activate (f, -3);
  assert_present (f, N_EDITS);
  g_assert_cmpuint (n_dim (f), ==, 0);
  g_assert_cmpstr (f->changes->str, ==, "");
}

/* What is done in the window of the project: the keyboard goes with the present. */
static void
test_edits (Fixture *f, gconstpointer data)
{
  GtkWidget *newest = row_with_keyboard (f);

  telar_document_undo (f->document);
  telar_document_undo (f->document);
  assert_present (f, N_EDITS - 2);
  g_assert_cmpstr (f->changes->str, ==, "");
  g_assert_false (row_with_keyboard (f) == newest);
  add_node (f, "gelu");
  g_assert_cmpstr (f->changes->str, ==, "0-2+1 ");
  add_node (f, "elu");
  g_assert_cmpstr (f->changes->str, ==, "0-2+1 0-0+1 ");
  assert_present (f, N_EDITS);
  go_and_activate (f, N_EDITS);
  assert_present (f, 0);
  go_and_activate (f, -1);
  assert_present (f, 1);
}

/* Opened after an undo, the keyboard begins at the present. */
static void
test_begins (Fixture *f, gconstpointer n_undone)
{
  assert_present (f, N_EDITS - GPOINTER_TO_UINT (n_undone));
  go_and_activate (f, 1);
  assert_present (f, N_EDITS - GPOINTER_TO_UINT (n_undone) - 1);
}

int
main (int argc, char **argv)
{
  test_init ();
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define TEST(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  TEST ("/history-window/jumps", test_jumps);
  TEST ("/history-window/edits", test_edits);
  g_test_add ("/history-window/begins", Fixture, GUINT_TO_POINTER (3), set_up, test_begins,
              tear_down);
  return g_test_run ();
}
