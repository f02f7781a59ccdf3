/* Opening the data nodes of a graph: real samples, wrong files, hashes. */
#include "data/data.h"
#include "tests/data/files.h"

#include <string.h>

static void
set (TelarGraph *graph, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;
  telar_graph_set (graph, path, value, &error);
  g_assert_no_error (error);
}

static void
add (TelarGraph *graph, const char *op, const char *id)
{
  g_autoptr (GError) error = NULL;
  telar_graph_add_node (graph, op, id, &error);
  g_assert_no_error (error);
}

static TelarGraph *
digits_graph (void)
{
  TelarGraph *graph = telar_graph_new ();
  telar_graph_set_folder (graph, g_getenv ("TELAR_SAMPLES"));
  telar_graph_set_seed (graph, 1);
  add (graph, "idx_images", "digits");
  set (graph, "digits.images", "digits/t10k-images-idx3-ubyte.gz");
  set (graph, "digits.labels", "digits/t10k-labels-idx1-ubyte.gz");
  set (graph, "digits.validation", "1500");
  return graph;
}

static TelarGraph *
titanic_graph (void)
{
  g_autoptr (GError) error = NULL;
  TelarGraph *graph = telar_graph_new ();
  telar_graph_set_folder (graph, g_getenv ("TELAR_SAMPLES"));
  add (graph, "csv_table", "titanic");
  add (graph, "table_columns", "columns");
  telar_graph_wire (graph, "titanic", "columns", &error);
  g_assert_no_error (error);
  set (graph, "titanic.file", "titanic.csv");
  set (graph, "columns.target", "survived");
  set (graph, "columns.features", "pclass, sex, age, sibsp, parch, fare, embarked");
  set (graph, "columns.missing", "median");
  set (graph, "columns.split", "stratified");
  return graph;
}

static void
test_digits (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = digits_graph ();
  g_autoptr (TelarFeed) feed = telar_data_open (graph, &error);
  g_assert_no_error (error);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_TRAIN), ==, 8500);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_VALIDATION), ==, 1500);
  g_autofree char *images =
      telar_type_to_string (&telar_feed_find_port (feed, "digits.images")->type);
  const TelarFeedPort *labels = telar_feed_find_port (feed, "digits.labels");
  g_assert_cmpstr (images, ==, "f32[N,1,28,28]");
  g_assert_cmpuint (g_strv_length ((char **)labels->classes), ==, 10);
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = 64 };
  TelarTensor *tensors[2];
  g_assert_true (telar_feed_begin (feed, &pass, &error));
  g_assert_cmpint (telar_feed_next (feed, tensors, &error), ==, 64);
  g_assert_cmpfloat (telar_tensor_get (tensors[1], 0), ==, 7);
  telar_tensor_unref (tensors[0]);
  telar_tensor_unref (tensors[1]);
}

static void
test_titanic (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = titanic_graph ();
  g_autoptr (TelarFeed) feed = telar_data_open (graph, &error);
  g_assert_no_error (error);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_ALL), ==, 891);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_VALIDATION), ==, 178);
  const TelarFeedPort *port = telar_feed_find_port (feed, "columns.features");
  g_autofree char *type = telar_type_to_string (&port->type);
  g_assert_cmpstr (type, ==, "f32[N,10]");
  g_assert_cmpstr (port->classes[1], ==, "sex=female");
  g_assert_nonnull (telar_feed_find_port (feed, "columns.target")->classes);
}

static void
test_replaced (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = titanic_graph ();
  g_autoptr (GHashTable) files = g_hash_table_new (g_str_hash, g_str_equal);
  const char *other = test_file ("other.csv",
                                 "survived,pclass,sex,age,sibsp,parch,fare,embarked\n"
                                 "1,2,male,,0,0,8.5,Q\n0,3,female,31,1,0,7,S\n",
                                 -1);
  g_hash_table_insert (files, (gpointer) "titanic", (gpointer)other);
  g_autoptr (TelarFeed) feed = telar_data_open_with (graph, files, &error);
  g_assert_no_error (error);
  g_assert_cmpint (telar_feed_rows (feed, TELAR_SPLIT_ALL), ==, 2);
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = 2 };
  TelarTensor *tensors[2];
  g_assert_true (telar_feed_begin (feed, &pass, &error));
  g_assert_cmpint (telar_feed_next (feed, tensors, &error), ==, 2);
  /* The gap in age is filled from the project's own table, whose categories hold as well. */
  static const double expected[] = { 2, 0, 1, 28, 0, 0, 8.5, 0, 1, 0 };
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpfloat (telar_tensor_get (tensors[0], i), ==, expected[i]);
  telar_tensor_unref (tensors[0]);
  telar_tensor_unref (tensors[1]);
  g_hash_table_remove_all (files);
  g_hash_table_insert (files, (gpointer) "nobody", (gpointer)other);
  g_assert_null (telar_data_open_with (graph, files, &error));
  test_assert_invalid (error, "\"nobody\" is no file");
}

static void
test_read_port (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = titanic_graph ();
  const char *rows = test_file (
      "rows.csv", "pclass,sex,age,sibsp,parch,fare,embarked\n1,female,20,0,0,50,C\n", -1);
  g_autoptr (TelarTensor) x = telar_data_read_port (graph, "columns.features", rows, &error);
  g_assert_no_error (error);
  g_autofree char *type = telar_type_to_string (&x->type);
  g_assert_cmpstr (type, ==, "f32[1,10]");
  g_assert_null (telar_data_read_port (graph, "columns.nothing", rows, &error));
  test_assert_invalid (error, "\"columns.nothing\" is no data port");
  const char *bad = test_file ("bad.csv", "pclass,sex\n1,female\n", -1);
  g_assert_null (telar_data_read_port (graph, "columns.features", bad, &error));
  test_assert_invalid (error, "no column \"age\"");
}

static void
refuse (TelarGraph *graph, const char *node, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_data_open (graph, &error));
  g_assert_cmpstr (telar_error_get_node (error), ==, node);
  test_assert_invalid (error, text);
}

static void
test_refused (void)
{
  g_autoptr (TelarGraph) graph = digits_graph ();
  set (graph, "digits.images", "digits/nowhere.gz");
  refuse (graph, "digits", "nowhere.gz: No such file");
  set (graph, "digits.images", "digits/t10k-labels-idx1-ubyte.gz");
  refuse (graph, "digits", "1 dimension where images have three or four");
  set (graph, "digits.images", "");
  refuse (graph, "digits", "images: no file is chosen");
  static const guint8 labels[] = { 0, 0, 0x08, 1, 0, 0, 0, 2, 1, 2 };
  set (graph, "digits.images", "digits/t10k-images-idx3-ubyte.gz");
  set (graph, "digits.labels", test_file ("two.idx", labels, sizeof labels));
  refuse (graph, "digits", "has 2 labels where");
  g_autoptr (TelarGraph) much = digits_graph ();
  set (much, "digits.validation", "10000");
  refuse (much, "digits", "validation asks for 10000 rows");

  g_autoptr (TelarGraph) table = titanic_graph ();
  set (table, "columns.missing", "error");
  refuse (table, "columns", "titanic.csv:7: no value in column \"age\"");
  set (table, "titanic.file", test_file ("ragged.csv", "a,b\n1,2\n3\n", -1));
  refuse (table, "titanic", "ragged.csv:3: 1 field where the header has 2");
  telar_graph_disconnect (table, "columns", 0, 0);
  refuse (table, "columns", "no table is wired");
  g_autoptr (TelarGraph) empty = telar_graph_new ();
  refuse (empty, NULL, "no data to read");
}

/* All sources of a project are split together. */
static void
test_two_sources (void)
{
  g_autoptr (TelarGraph) graph = digits_graph ();
  add (graph, "idx_images", "more");
  set (graph, "more.images", "digits/t10k-images-idx3-ubyte.gz");
  set (graph, "more.labels", "digits/t10k-labels-idx1-ubyte.gz");
  refuse (graph, "more", "differ from those of digits");
  set (graph, "more.validation", "1500");
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarFeed) feed = telar_data_open (graph, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (feed->n_ports, ==, 4);
}

static void
test_hashes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = titanic_graph ();
  const char *path = test_file ("hash.csv", "abc", 3);
  set (graph, "titanic.file", path);
  g_assert_true (telar_data_hash_sources (graph, &error));
  /* FIPS 180-2, example B.1 */
  g_assert_cmpstr (g_hash_table_lookup (telar_graph_data_hashes (graph), path), ==,
                   "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_autoptr (GPtrArray) same = telar_data_changed_sources (graph, &error);
  g_assert_cmpuint (same->len, ==, 0);
  test_file ("hash.csv", "abcd", 4);
  g_autoptr (GPtrArray) changed = telar_data_changed_sources (graph, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (changed->pdata[0], ==, path);
  set (graph, "titanic.file", "nowhere.csv");
  g_assert_false (telar_data_hash_sources (graph, &error));
  g_assert_cmpstr (telar_error_get_node (error), ==, "titanic");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_data_init ();
  telar_data_init ();
  test_files_begin ();
  g_test_add_func ("/open/digits", test_digits);
  g_test_add_func ("/open/titanic", test_titanic);
  g_test_add_func ("/open/replaced", test_replaced);
  g_test_add_func ("/open/read-port", test_read_port);
  g_test_add_func ("/open/refused", test_refused);
  g_test_add_func ("/open/two-sources", test_two_sources);
  g_test_add_func ("/open/hashes", test_hashes);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
