/* The document: edits, undo, journal, recovery, saving. */
#include "app/project/edits.h"
#include "app/project/journal.h"
#include "tests/app/random-edits.h"
#include "tests/app/support.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* --- single edits ----------------------------------------------------------------------------- */

static void
test_add_connect_undo (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("test");
  g_autoptr (GError) error = NULL;
  g_autofree char *empty = test_text (document);
  g_autofree char *dense = telar_edit_add (document, "dense", 16, 24, NULL, &error);
  g_autofree char *relu = NULL;
  g_autofree char *now = NULL;
  TelarPortRef attach = { dense, 0, TRUE };

  g_assert_no_error (error);
  g_assert_true (telar_document_is_modified (document));
  g_assert_cmpfloat (telar_graph_find_node (telar_document_graph (document), dense)->y, ==, 24);
  relu = telar_edit_add (document, "relu", 300, 24, &attach, &error);
  g_assert_no_error (error);
  g_assert_nonnull (telar_graph_incoming (telar_document_graph (document), relu, 0, 0));
  /* Node and wire came as one edit. */
  telar_document_undo (document);
  g_assert_null (telar_graph_find_node (telar_document_graph (document), relu));
  telar_document_undo (document);
  now = test_text (document);
  g_assert_cmpstr (now, ==, empty);
  g_assert_false (telar_document_is_modified (document));
  g_assert_null (telar_document_undo_name (document));
  telar_document_redo (document);
  telar_document_redo (document);
  g_assert_nonnull (telar_graph_incoming (telar_document_graph (document), relu, 0, 0));
  telar_document_close (document);
}

static void
test_refused_edit_changes_nothing (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  g_autofree char *before = test_text (document);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_edit_add (document, "no_such_operator", 0, 0, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (telar_edit_set_param (document, (const char *const[]){ "dense1", NULL }, "units",
                                        "-4", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  /* A cycle. */
  g_assert_false (telar_edit_connect (document, "dense2", 0, "dense1", 0, &error));
  g_assert_nonnull (error);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  g_assert_false (telar_document_is_modified (document));
  g_assert_null (telar_document_undo_name (document));
}

static void
test_params_merge (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-dense.telar");
  const char *const ids[] = { "dense1", NULL };
  g_autofree char *before = test_text (document);
  g_autofree char *after = NULL;

  for (int units = 100; units < 120; units++) {
    g_autofree char *text = g_strdup_printf ("%d", units);

    g_assert_true (telar_edit_set_param (document, ids, "units", text, NULL));
  }
  telar_document_undo (document);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  telar_document_close (document);
}

/* A repeated input gives up a wire in the middle: the later ones move up, and come back. */
static void
test_repeated_input (void)
{
  g_autoptr (TelarDocument) document = telar_document_new ("test");
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *sum = telar_edit_add (document, "concat", 0, 0, NULL, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  char *sources[4];

  g_assert_nonnull (sum);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++) {
    sources[i] = telar_edit_add (document, "relu", 0, 0, NULL, NULL);
    g_assert_true (telar_edit_connect (document, sources[i], 0, sum, 0, NULL));
  }
  before = test_text (document);
  telar_edit_disconnect (document, sum, 0, 1);
  g_assert_cmpstr (telar_graph_incoming (graph, sum, 0, 1)->from, ==, sources[2]);
  g_assert_cmpstr (telar_graph_incoming (graph, sum, 0, 2)->from, ==, sources[3]);
  g_assert_null (telar_graph_incoming (graph, sum, 0, 3));
  telar_document_undo (document);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  telar_edit_remove (document, (const char *const[]){ sources[0], NULL }, FALSE);
  g_assert_cmpstr (telar_graph_incoming (graph, sum, 0, 0)->from, ==, sources[1]);
  g_assert_null (telar_graph_incoming (graph, sum, 0, 3));
  telar_document_undo (document);
  g_clear_pointer (&after, g_free);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_free (sources[i]);
  telar_document_close (document);
}

static void
test_insert_and_bridge (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-cnn.telar");
  const TelarGraph *graph = telar_document_graph (document);
  g_autofree char *before = test_text (document);
  g_autofree char *after = NULL;
  const TelarEdge *wire = telar_graph_incoming (graph, "bn1", 0, 0);
  g_autofree char *id = telar_edit_insert (document, "dropout", 0, 0, wire, NULL);

  g_assert_nonnull (id);
  g_assert_cmpstr (telar_graph_incoming (graph, "bn1", 0, 0)->from, ==, id);
  g_assert_cmpstr (telar_graph_incoming (graph, id, 0, 0)->from, ==, "conv1");
  telar_edit_remove (document, (const char *const[]){ id, NULL }, TRUE);
  g_assert_cmpstr (telar_graph_incoming (graph, "bn1", 0, 0)->from, ==, "conv1");
  telar_document_undo (document);
  telar_document_undo (document);
  after = test_text (document);
  g_assert_cmpstr (after, ==, before);
  telar_document_close (document);
}

static void
test_copy_paste (void)
{
  g_autoptr (TelarDocument) document = test_sample ("digits-cnn.telar");
  const TelarGraph *graph = telar_document_graph (document);
  const char *const ids[] = { "bn1", "conv1", "relu1", NULL };

  g_assert_true (telar_edit_set_param (document, ids, "frozen", "true", NULL));
  g_autofree char *text = telar_edit_copy (document, ids);
  guint n_nodes = telar_graph_nodes (graph)->len, n_edges = telar_graph_edges (graph)->len;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) made = telar_edit_paste (document, text, 1000, 2000, &error);
  const TelarNode *conv = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (made), ==, 3);
  g_assert_cmpuint (telar_graph_nodes (graph)->len, ==, n_nodes + 3);
  g_assert_cmpuint (telar_graph_edges (graph)->len, ==, n_edges + 2);
  for (guint i = 0; made[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph, made[i]);

    if (g_str_equal (node->op->name, "conv2d"))
      conv = node;
  }
  g_assert_cmpint (telar_param_set_int (conv->params, "filters"), ==, 12);
  g_assert_true (telar_param_set_bool (conv->learning, "frozen"));
  telar_edit_reset_param (document, ids, "frozen");
  g_assert_false (telar_param_set_bool (telar_graph_find_node (graph, "bn1")->learning, "frozen"));
  g_assert_cmpfloat (conv->x, ==, 1000);
  g_assert_null (telar_edit_paste (document, "not nodes", 0, 0, &error));
  g_assert_nonnull (error);
  telar_document_close (document);
}

/* The copy of a sample names its data wherever it will be saved, and keeps the checksums. */
static void
test_sample_paths (void)
{
  g_autoptr (TelarDocument) document = test_sample ("titanic.telar");
  TelarGraph *graph = (TelarGraph *)telar_document_graph (document);
  const TelarNode *node = telar_graph_find_node (graph, "passengers");
  const char *file = telar_param_set_text (node->params, "file");

  g_assert_true (g_path_is_absolute (file));
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  g_assert_nonnull (g_hash_table_lookup (telar_graph_data_hashes (graph), file));
  g_assert_null (g_hash_table_lookup (telar_graph_data_hashes (graph), "titanic.csv"));
  g_assert_false (telar_document_is_modified (document));
}

/* --- the journal ------------------------------------------------------------------------------ */

typedef struct {
  char *folder, *path, *saved;
} Saved;

/* A document in a file of its own. */
static TelarDocument *
saved_document (Saved *saved)
{
  TelarDocument *document = test_sample ("digits-dense.telar");
  g_autoptr (GError) error = NULL;

  saved->folder = test_folder ();
  saved->path = g_build_filename (saved->folder, "project.telar", NULL);
  telar_document_save (document, saved->path, &error);
  g_assert_no_error (error);
  g_file_get_contents (saved->path, &saved->saved, NULL, NULL);
  return document;
}

static void
saved_clear (Saved *saved)
{
  test_remove (saved->folder);
  g_free (saved->folder);
  g_free (saved->path);
  g_free (saved->saved);
}

/* Letting go of the document without closing it is what a crash does. */
static void
test_journal_replay (void)
{
  Saved saved;
  TelarDocument *document = saved_document (&saved);
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  g_autoptr (TelarDocument) recovered = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *edited = NULL;
  g_autofree char *journal = NULL;
  g_autofree char *on_disk = NULL;
  g_autofree char *replayed = NULL;
  g_autofree char *undone = NULL;

  g_assert_null (telar_document_find_journal (saved.path));
  for (guint i = 0; i < 400; i++)
    test_random_edit (document, rand, 60);
  edited = test_text (document);
  g_assert_null (telar_document_find_journal (saved.path)); /* in use: not left by a crash */
  g_object_unref (document);

  journal = telar_document_find_journal (saved.path);
  g_assert_nonnull (journal);
  g_file_get_contents (saved.path, &on_disk, NULL, NULL);
  g_assert_cmpstr (on_disk, ==, saved.saved);
  recovered = telar_document_recover (journal, &error);
  g_assert_no_error (error);
  replayed = test_text (recovered);
  g_assert_cmpstr (replayed, ==, edited);
  g_assert_true (telar_document_is_modified (recovered));
  while (telar_document_undo_name (recovered))
    telar_document_undo (recovered);
  undone = test_text (recovered);
  g_assert_cmpstr (undone, ==, saved.saved);
  telar_document_close (recovered);
  g_assert_null (telar_document_find_journal (saved.path));
  saved_clear (&saved);
}

/* The last line was being written when the machine stopped. */
static void
test_journal_torn (void)
{
  Saved saved;
  TelarDocument *document = saved_document (&saved);
  g_autofree char *journal = telar_journal_path (saved.path);
  g_autofree char *before_last = NULL;
  g_autofree char *replayed = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  before_last = test_text (document);
  g_free (telar_edit_add (document, "dense", 8, 8, NULL, NULL));
  g_object_unref (document);
  g_file_get_contents (journal, &text, &length, NULL);
  g_file_set_contents (journal, text, (gssize)length - 9, NULL);

  for (guint round = 0; round < 2; round++) {
    document = telar_document_recover (journal, &error);
    g_assert_no_error (error);
    replayed = test_text (document);
    g_assert_cmpstr (replayed, ==, before_last);
    g_clear_pointer (&replayed, g_free);
    /* What is edited now is journalled behind the repaired end, and replayed the next time. */
    if (round == 0) {
      g_free (telar_edit_add (document, "flatten", 0, 0, NULL, NULL));
      g_free (before_last);
      before_last = test_text (document);
      g_object_unref (document);
    }
  }
  telar_document_close (document);
  g_object_unref (document);
  saved_clear (&saved);
}

/* The edits fit what they were made on, which the journal keeps; saving asks. */
static void
test_journal_of_changed_file (void)
{
  Saved saved;
  TelarDocument *document = saved_document (&saved);
  g_autoptr (TelarDocument) other = test_sample ("titanic.telar");
  g_autoptr (TelarDocument) recovered = NULL;
  g_autofree char *journal = telar_journal_path (saved.path);
  g_autofree char *theirs = test_text (other), *mine = NULL, *replayed = NULL;
  g_autoptr (GError) error = NULL;

  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  mine = test_text (document);
  g_object_unref (document);
  g_file_set_contents (saved.path, theirs, -1, NULL);
  recovered = telar_document_recover (journal, &error);
  g_assert_no_error (error);
  replayed = test_text (recovered);
  g_assert_cmpstr (replayed, ==, mine);
  g_assert_false (telar_document_save (recovered, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG);
  telar_document_close (recovered);
  saved_clear (&saved);
}

static void
test_journal_goes_with_save (void)
{
  Saved saved;
  g_autoptr (TelarDocument) document = saved_document (&saved);
  g_autofree char *journal = telar_journal_path (saved.path);
  g_autofree char *on_disk = NULL;
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;

  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  g_assert_true (g_file_test (journal, G_FILE_TEST_EXISTS));
  telar_document_save (document, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
  g_assert_false (telar_document_is_modified (document));
  g_file_get_contents (saved.path, &on_disk, NULL, NULL);
  now = test_text (document);
  g_assert_cmpstr (on_disk, ==, now);
  /* Undo reaches behind the save. */
  telar_document_undo (document);
  g_assert_true (telar_document_is_modified (document));
  g_clear_pointer (&now, g_free);
  now = test_text (document);
  g_assert_cmpstr (now, ==, saved.saved);
  telar_document_redo (document);
  g_assert_false (telar_document_is_modified (document));
  telar_document_close (document);
  saved_clear (&saved);
}

static void
test_journal_unsaved (void)
{
  TelarDocument *document = test_sample ("titanic.telar");
  g_autoptr (TelarDocument) recovered = NULL;
  g_autoptr (GPtrArray) left = NULL;
  g_autofree char *edited = NULL;
  g_autofree char *replayed = NULL;
  g_autoptr (GError) error = NULL;

  telar_edit_set_training (document, "epochs", "3", NULL);
  edited = test_text (document);
  g_object_unref (document);
  left = telar_journal_list_unsaved ();
  g_assert_cmpuint (left->len, ==, 1);
  recovered = telar_document_recover (left->pdata[0], &error);
  g_assert_no_error (error);
  replayed = test_text (recovered);
  g_assert_cmpstr (replayed, ==, edited);
  g_assert_cmpstr (telar_document_title (recovered), ==, "titanic");
  telar_document_close (recovered);
}

/* A folder that cannot be written: edits go on, and the user is told once. */
static void
count_failure (TelarDocument *document, const char *message, guint *n)
{
  (*n)++;
}

static void
assert_text (TelarDocument *document, const char *expected)
{
  g_autofree char *text = telar_graph_to_text (telar_document_graph (document));

  g_assert_cmpstr (text, ==, expected);
}

static void
count_restored (TelarDocument *document, guint *n)
{
  (*n)++;
}

/* While the disk takes nothing edits go on; once it does, all of them are in the journal. */
static void
test_journal_cannot_be_written (void)
{
  Saved saved;
  g_autoptr (TelarDocument) document = saved_document (&saved);
  g_autoptr (TelarDocument) recovered = NULL;
  g_autofree char *journal = telar_journal_path (saved.path);
  g_autofree char *text = NULL;
  guint failures = 0, restored = 0;

  g_assert_cmpint (g_mkdir (journal, 0700), ==, 0);
  g_signal_connect (document, "journal-failed", G_CALLBACK (count_failure), &failures);
  g_signal_connect (document, "journal-restored", G_CALLBACK (count_restored), &restored);
  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  g_assert_cmpuint (failures, ==, 1);
  g_assert_cmpstr (telar_document_undo_name (document), !=, NULL);
  g_assert_cmpint (g_rmdir (journal), ==, 0);
  while (!restored)
    g_main_context_iteration (NULL, TRUE);
  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  text = telar_graph_to_text (telar_document_graph (document));
  g_clear_object (&document);
  recovered = telar_document_recover (journal, NULL);
  assert_text (recovered, text);
  g_assert_cmpuint (failures, ==, 1);
  telar_document_close (recovered);
  saved_clear (&saved);
}

/* A disk that is full in the middle of a line keeps the lines before it, and takes the line later.
 */
static void
test_journal_on_full_disk (void)
{
  Saved saved;
  g_autoptr (TelarDocument) document = saved_document (&saved);
  g_autoptr (TelarDocument) recovered = NULL;
  g_autofree char *journal = telar_journal_path (saved.path);
  g_autofree char *text = NULL;
  guint failures = 0, restored = 0;
  struct rlimit before, tight;
  GStatBuf info;

  g_signal_connect (document, "journal-failed", G_CALLBACK (count_failure), &failures);
  g_signal_connect (document, "journal-restored", G_CALLBACK (count_restored), &restored);
  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  g_assert_cmpint (g_stat (journal, &info), ==, 0);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  tight = before;
  tight.rlim_cur = (rlim_t)info.st_size + 20;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  g_free (telar_edit_add (document, "relu", 0, 0, NULL, NULL));
  g_free (telar_edit_add (document, "tanh", 0, 0, NULL, NULL));
  g_assert_cmpuint (failures, ==, 1);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  while (!restored)
    g_main_context_iteration (NULL, TRUE);
  text = telar_graph_to_text (telar_document_graph (document));
  g_clear_object (&document);
  recovered = telar_document_recover (journal, NULL);
  assert_text (recovered, text);
  telar_document_close (recovered);
  saved_clear (&saved);
}

/* Saving elsewhere keeps naming the same data files. */
static void
test_save_moves_paths (void)
{
  g_autofree char *folder = test_folder ();
  g_autofree char *data = g_build_filename (folder, "rows.csv", NULL);
  g_autofree char *first = g_build_filename (folder, "a.telar", NULL);
  g_autofree char *below = g_build_filename (folder, "below", NULL);
  g_autofree char *second = g_build_filename (below, "b.telar", NULL);
  g_autoptr (TelarDocument) document = telar_document_new ("paths");
  g_autofree char *id = telar_edit_add (document, "csv_table", 0, 0, NULL, NULL);
  const char *const ids[] = { id, NULL };
  const TelarNode *node;

  g_mkdir (below, 0700);
  telar_edit_set_param (document, ids, "file", "rows.csv", NULL);
  g_assert_true (telar_document_save (document, first, NULL));
  node = telar_graph_find_node (telar_document_graph (document), id);
  g_assert_cmpstr (telar_param_set_text (node->params, "file"), ==, "rows.csv");
  g_assert_true (telar_document_save (document, second, NULL));
  g_assert_cmpstr (telar_param_set_text (node->params, "file"), ==, data);
  telar_document_close (document);
  test_remove (folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *state = test_folder ();
  int status;

  g_setenv ("XDG_STATE_HOME", state, TRUE);
  g_test_init (&argc, &argv, NULL);
  test_init ();
  g_test_add_func ("/document/add-connect-undo", test_add_connect_undo);
  g_test_add_func ("/document/refused", test_refused_edit_changes_nothing);
  g_test_add_func ("/document/params-merge", test_params_merge);
  g_test_add_func ("/document/repeated-input", test_repeated_input);
  g_test_add_func ("/document/insert-bridge", test_insert_and_bridge);
  g_test_add_func ("/document/copy-paste", test_copy_paste);
  g_test_add_func ("/document/sample-paths", test_sample_paths);
  g_test_add_func ("/journal/replay", test_journal_replay);
  g_test_add_func ("/journal/torn", test_journal_torn);
  g_test_add_func ("/journal/changed-file", test_journal_of_changed_file);
  g_test_add_func ("/journal/save", test_journal_goes_with_save);
  g_test_add_func ("/journal/unsaved", test_journal_unsaved);
  g_test_add_func ("/journal/cannot-be-written", test_journal_cannot_be_written);
  g_test_add_func ("/journal/full-disk", test_journal_on_full_disk);
  g_test_add_func ("/document/save-moves-paths", test_save_moves_paths);
  status = g_test_run ();
  test_remove (state);
  return status;
}
