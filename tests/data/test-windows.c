/* Windows of texts and series, and the classes of pixels: what the files say, and what is refused.
 */
#include "data/data.h"
#include "tests/data/files.h"

#include <string.h>

static TelarGraph *
graph_of (const char *op, const char *file)
{
  g_autoptr (GError) error = NULL;
  TelarGraph *graph = telar_graph_new ();
  gboolean series = g_str_equal (op, "series_windows");

  telar_graph_add_node (graph, series ? "csv_table" : op, "source", &error);
  g_assert_no_error (error);
  if (series) {
    telar_graph_add_node (graph, op, "windows", &error);
    g_assert_no_error (error);
    telar_graph_wire (graph, "source", "windows", &error);
    g_assert_no_error (error);
  }
  telar_graph_set (graph, "source.file", file, &error);
  g_assert_no_error (error);
  return graph;
}

static void
set (TelarGraph *graph, const char *path, const char *value)
{
  g_autoptr (GError) error = NULL;

  telar_graph_set (graph, path, value, &error);
  g_assert_no_error (error);
}

/* All rows of the two ports, which are @type and @next. */
static void
assert_feed (TelarGraph *graph, gint64 rows, const char *type, const double *now,
             const char *next_type, const double *next)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarFeed) feed = telar_data_open (graph, &error);
  g_assert_no_error (error);
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = 100 };
  TelarTensor *tensors[2];
  const char *types[] = { type, next_type };
  const double *values[] = { now, next };

  g_assert_true (telar_feed_begin (feed, &pass, &error));
  g_assert_cmpint (telar_feed_next (feed, tensors, &error), ==, rows);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *have = telar_type_to_string (&tensors[i]->type);
    g_assert_cmpstr (have, ==, types[i]);
    for (gsize j = 0; j < telar_tensor_elements (tensors[i]); j++)
      g_assert_cmpfloat (telar_tensor_get (tensors[i], j), ==, values[i][j]);
    telar_tensor_unref (tensors[i]);
  }
}

static void
refuse (TelarGraph *graph, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_data_open (graph, &error));
  test_assert_invalid (error, text);
}

static void
test_text (void)
{
  g_autoptr (TelarGraph) graph = graph_of ("text_windows", test_file ("a.txt", "abcdefgh", -1));
  g_autoptr (GError) error = NULL;

  set (graph, "source.length", "3");
  set (graph, "source.step", "2");
  /* The last window would need a ninth byte behind it. */
  assert_feed (graph, 3, "i64[3,3]", (double[]){ 97, 98, 99, 99, 100, 101, 101, 102, 103 },
               "i64[3,3]", (double[]){ 98, 99, 100, 100, 101, 102, 102, 103, 104 });
  g_autoptr (TelarTensor) one =
      telar_data_read_port (graph, "source.text", test_file ("b.txt", "\xff\x01xyz", -1), &error);
  g_assert_no_error (error);
  g_assert_cmpint (one->type.shape.dims[0], ==, 1);
  g_assert_cmpfloat (telar_tensor_get (one, 0), ==, 255);
  set (graph, "source.length", "8");
  refuse (graph, "8 places where a window of 8 and what follows it take 9");
  set (graph, "source.file", "nowhere.txt");
  refuse (graph, "nowhere.txt: No such file");
}

static void
test_series (void)
{
  const char *file = test_file ("s.csv", "t,a,b\n1,0.5,x\n2,1.5,y\n3,2.5,x\n4,3.5,y\n", -1);
  g_autoptr (TelarGraph) graph = graph_of ("series_windows", file);

  refuse (graph, "column \"b\" is category where a series has numbers");
  set (graph, "windows.columns", "a, t");
  set (graph, "windows.length", "2");
  assert_feed (graph, 2, "f32[2,2,2]", (double[]){ 0.5, 1, 1.5, 2, 1.5, 2, 2.5, 3 }, "f32[2,2]",
               (double[]){ 2.5, 3, 3.5, 4 });
  set (graph, "windows.ahead", "2");
  assert_feed (graph, 1, "f32[1,2,2]", (double[]){ 0.5, 1, 1.5, 2 }, "f32[1,2]",
               (double[]){ 3.5, 4 });
  set (graph, "windows.ahead", "3");
  refuse (graph, "4 places where a window of 2 and what follows it take 5");
  set (graph, "windows.columns", "c");
  refuse (graph, "no column \"c\"");
  set (graph, "source.file", test_file ("gap.csv", "a\n1\nNA\n3\n", -1));
  set (graph, "windows.columns", "");
  refuse (graph, "gap.csv:3: no value in column \"a\"");
}

/* The last windows are kept for validation: what follows must not be known. */
static void
test_split (void)
{
  g_autoptr (TelarGraph) graph = graph_of ("text_windows", test_file ("a.txt", "abcdefgh", -1));
  g_autoptr (GError) error = NULL;

  set (graph, "source.length", "1");
  set (graph, "source.step", "1");
  set (graph, "source.validation", "2");
  g_autoptr (TelarFeed) feed = telar_data_open (graph, &error);
  g_assert_no_error (error);
  TelarFeedPass pass = { .split = TELAR_SPLIT_VALIDATION, .batch = 4 };
  TelarTensor *tensors[2];
  g_assert_true (telar_feed_begin (feed, &pass, &error));
  g_assert_cmpint (telar_feed_next (feed, tensors, &error), ==, 2);
  g_assert_cmpfloat (telar_tensor_get (tensors[0], 0), ==, 'f');
  g_assert_cmpfloat (telar_tensor_get (tensors[1], 1), ==, 'h');
  telar_tensor_unref (tensors[0]);
  telar_tensor_unref (tensors[1]);
}

static void
test_pixels (void)
{
  static const guint8 images[] = { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8 };
  static const guint8 classes[] = { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0 };
  static const guint8 flat[] = { 0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = telar_graph_new ();

  telar_graph_add_node (graph, "idx_images", "source", &error);
  g_assert_no_error (error);
  set (graph, "source.images", test_file ("images.idx", images, sizeof images));
  set (graph, "source.labels", test_file ("classes.idx", classes, sizeof classes));
  set (graph, "source.validation", "0");
  assert_feed (graph, 1, "f32[1,1,1,2]", (double[]){ 9, 8 }, "i64[1,1,2]", (double[]){ 1, 0 });
  set (graph, "source.split", "stratified");
  refuse (graph, "a stratified split needs classes, the target is of pixels");
  set (graph, "source.labels", test_file ("flat.idx", flat, sizeof flat));
  refuse (graph, "labels are whole numbers in one dimension or, of pixels, three");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_data_init ();
  test_files_begin ();
  g_test_add_func ("/windows/text", test_text);
  g_test_add_func ("/windows/series", test_series);
  g_test_add_func ("/windows/split", test_split);
  g_test_add_func ("/windows/pixels", test_pixels);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
