/* What the store keeps besides scalars: histograms, images, texts, curves, profiles, samples. */
#include "insight/store-media-private.h"
#include "tests/insight/workspace.h"

#include <math.h>
#include <string.h>

typedef struct {
  char *workspace;
  TelarStore *store;
  gint64 run;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  TelarRecording recording = { .run = "one", .graph = "{}", .settings = "{}" };
  GError *error = NULL;

  fixture->workspace = workspace_new ();
  fixture->store = telar_store_open (fixture->workspace, TRUE, &error);
  g_assert_no_error (error);
  telar_store_start_run (fixture->store, &recording, &fixture->run, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  telar_store_close (fixture->store);
  workspace_remove (fixture->workspace);
  g_free (fixture->workspace);
}

static TelarTensor *
numbers (guint n, const double *values, TelarDType dtype)
{
  TelarShape shape = { .rank = 1, .dims = { n } };
  TelarTensor *tensor = telar_tensor_new (dtype, &shape);

  for (guint i = 0; i < n; i++)
    telar_tensor_set (tensor, i, values[i]);
  return tensor;
}

/* --- histograms -------------------------------------------------------------------------- */

static void
test_count (void)
{
  double values[1003];

  for (guint i = 0; i < 1000; i++)
    values[i] = i / 999.0;
  values[1000] = NAN;
  values[1001] = INFINITY;
  values[1002] = -INFINITY;
  for (guint k = 0; k < 2; k++) {
    g_autoptr (TelarTensor) tensor = numbers (1003, values, k == 0 ? TELAR_F32 : TELAR_F64);
    g_autoptr (TelarHistogram) histogram = telar_histogram_count (tensor);
    double sum = 0;
    for (guint i = 0; i < histogram->n_bins; i++) {
      g_assert_cmpfloat (fabs (histogram->counts[i] - 1000.0 / TELAR_HISTOGRAM_BINS), <, 1);
      sum += histogram->counts[i];
    }
    g_assert_cmpfloat (sum, ==, 1000);
    g_assert_cmpfloat (histogram->others, ==, 3);
    g_assert_cmpfloat (histogram->nans, ==, 1);
    g_assert_cmpfloat (histogram->zeros, ==, 1);
    g_assert_cmpfloat (histogram->min, ==, 0);
    g_assert_cmpfloat (histogram->max, ==, 1);
    g_assert_cmpfloat_with_epsilon (telar_histogram_mean (histogram), 0.5, 1e-6);
    g_assert_cmpfloat_with_epsilon (telar_histogram_deviation (histogram), sqrt (1 / 12.0), 1e-3);
    g_assert_cmpfloat_with_epsilon (telar_histogram_quantile (histogram, 0.25), 0.25, 2e-3);
    g_assert_cmpfloat (telar_histogram_quantile (histogram, 1), ==, 1);
  }
}

/* One number, no number, and the widest range there is. */
static void
test_count_odd (void)
{
  const double same[] = { -4, -4, -4 }, wide[] = { -1.7e308, 0, 1.7e308 }, none[] = { NAN };
  g_autoptr (TelarTensor) a = numbers (3, same, TELAR_F64), b = numbers (3, wide, TELAR_F64),
                          c = numbers (1, none, TELAR_F64);
  g_autoptr (TelarHistogram) one = telar_histogram_count (a), all = telar_histogram_count (b),
                             no = telar_histogram_count (c);

  g_assert_cmpfloat (one->counts[TELAR_HISTOGRAM_BINS / 2], ==, 3);
  g_assert_cmpfloat (one->edges[0], ==, -6);
  g_assert_cmpfloat (telar_histogram_quantile (one, 0.5), ==, -4);
  g_assert_cmpfloat (all->counts[0] + all->counts[TELAR_HISTOGRAM_BINS / 2] +
                         all->counts[TELAR_HISTOGRAM_BINS - 1],
                     ==, 3);
  g_assert_cmpfloat (no->n, ==, 0);
  g_assert_true (isnan (telar_histogram_quantile (no, 0.5)));
  g_assert_true (isnan (telar_histogram_mean (no)));
}

static void
assert_same (const TelarHistogram *a, const TelarHistogram *b)
{
  g_assert_cmpuint (a->n_bins, ==, b->n_bins);
  g_assert_cmpmem (a->edges, (a->n_bins + 1) * sizeof (double), b->edges,
                   (b->n_bins + 1) * sizeof (double));
  g_assert_cmpmem (a->counts, a->n_bins * sizeof (double), b->counts, b->n_bins * sizeof (double));
  g_assert_cmpfloat (a->n, ==, b->n);
  g_assert_cmpfloat (a->others, ==, b->others);
  g_assert_cmpfloat (a->sum, ==, b->sum);
  g_assert_cmpfloat (a->squares, ==, b->squares);
  g_assert_cmpfloat (a->min, ==, b->min);
  g_assert_cmpfloat (a->max, ==, b->max);
  g_assert_cmpint (isnan (a->zeros), ==, isnan (b->zeros));
  g_assert_true (isnan (a->zeros) || (a->zeros == b->zeros && a->nans == b->nans));
}

static TelarHistogram *
make_histogram (gint64 step)
{
  TelarHistogram *histogram = telar_histogram_new (TELAR_HISTOGRAM_BINS);

  histogram->step = step;
  histogram->time = 1000 + step;
  histogram->min = -1;
  histogram->max = 1;
  histogram->sum = value_at (step);
  histogram->squares = 2;
  for (guint i = 0; i <= histogram->n_bins; i++) {
    double part = (double)i / histogram->n_bins;
    histogram->edges[i] = -1.0 * (1 - part) + part;
  }
  for (guint i = 0; i < histogram->n_bins; i++)
    histogram->n += histogram->counts[i] = (double)((step + i) * (step + i) % 300);
  return histogram;
}

static void
test_pack (void)
{
  g_autoptr (TelarHistogram) even = make_histogram (7), odd = make_histogram (9);

  odd->edges[3] += 0.001;
  odd->counts[5] = 0.5;
  for (guint k = 0; k < 4; k++) {
    TelarHistogram *histogram = k % 2 == 0 ? even : odd;
    if (k == 2) {
      even->zeros = odd->zeros = 1e6;
      even->nans = odd->nans = 3;
    }
    g_autoptr (GBytes) bytes = telar_histogram_pack (histogram);
    gsize size;
    const guint8 *data = g_bytes_get_data (bytes, &size);
    g_autoptr (TelarHistogram) again = telar_histogram_unpack (data, size);
    assert_same (histogram, again);
    if (k % 2 == 0)
      g_assert_cmpuint (size, <, 200);
    /* Cut anywhere, or with something behind it, it is refused. */
    for (gsize cut = 0; cut < size; cut++) {
      g_autofree guint8 *copy = g_memdup2 (data, cut + 1);
      g_assert_null (telar_histogram_unpack (copy, cut));
    }
    g_autofree guint8 *longer = g_malloc0 (size + 1);
    memcpy (longer, data, size);
    g_assert_null (telar_histogram_unpack (longer, size + 1));
  }
}

/* Whatever the bytes are, they are read or refused. */
static void
test_pack_hostile (void)
{
  g_autoptr (TelarHistogram) histogram = make_histogram (1);
  g_autoptr (GBytes) bytes = telar_histogram_pack (histogram);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint refused = 0;

  for (guint k = 0; k < 4000; k++) {
    g_autofree guint8 *copy = g_memdup2 (data, size);
    for (guint i = 0; i < 3; i++)
      copy[g_test_rand_int_range (0, (gint32)size)] = (guint8)g_test_rand_int ();
    g_autoptr (TelarHistogram) read = telar_histogram_unpack (copy, size);
    refused += read == NULL;
    g_assert_true (read == NULL || read->n_bins <= TELAR_HISTOGRAM_MOST_BINS);
  }
  g_assert_cmpuint (refused, >, 0);
}

static void
test_histograms (Fixture *fixture, gconstpointer data)
{
  TelarSpan span = { fixture->run, "conv1.kernel", -1, G_MAXINT64, 0 };
  g_autoptr (GError) error = NULL;

  for (gint64 step = 10; step <= 1000; step += 10) {
    g_autoptr (TelarHistogram) histogram = make_histogram (step);
    g_assert_true (
        telar_store_put_histogram (fixture->store, fixture->run, span.name, histogram, &error));
  }
  g_autoptr (GPtrArray) all = telar_store_histograms (fixture->store, &span, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 100);
  for (guint i = 0; i < all->len; i++) {
    const TelarHistogram *read = all->pdata[i];
    g_autoptr (TelarHistogram) written = make_histogram (10 * (i + 1));
    g_assert_cmpint (read->step, ==, 10 * (i + 1));
    g_assert_cmpint (read->time, ==, 1000 + read->step);
    assert_same (read, written);
  }

  span.after = 500;
  span.most = 7;
  g_autoptr (GPtrArray) some = telar_store_histograms (fixture->store, &span, &error);
  g_assert_cmpuint (some->len, ==, 7);
  g_assert_cmpint (((TelarHistogram *)some->pdata[0])->step, ==, 520);
  g_assert_cmpint (((TelarHistogram *)some->pdata[6])->step, ==, 1000);

  span.name = "nobody";
  g_autoptr (GPtrArray) none = telar_store_histograms (fixture->store, &span, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  g_autoptr (GPtrArray) series =
      telar_store_series (fixture->store, fixture->run, TELAR_MEDIA_HISTOGRAM, &error);
  g_assert_cmpuint (series->len, ==, 1);
  g_assert_cmpstr (((TelarSeriesRow *)series->pdata[0])->name, ==, "conv1.kernel");
  g_assert_cmpint (((TelarSeriesRow *)series->pdata[0])->last_step, ==, 1000);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  TelarSpan span = { fixture->run, "w", -1, G_MAXINT64, 0 };
  g_autoptr (TelarHistogram) histogram = make_histogram (4);
  g_autoptr (GError) error = NULL;

  telar_store_put_histogram (fixture->store, fixture->run, "w", histogram, &error);
  telar_store_run (fixture->store, &error, "UPDATE item SET data = x'0102'", "");
  g_assert_no_error (error);
  g_assert_null (telar_store_histograms (fixture->store, &span, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

/* --- images ------------------------------------------------------------------------------ */

static void
put_images (Fixture *fixture, const char *name, gint64 step, guint n)
{
  GError *error = NULL;

  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) png = g_bytes_new (&step, sizeof step);
    TelarImageRow image = { .step = step,
                            .time = step,
                            .place = i,
                            .caption = (char *)(i == 0 ? "first" : NULL),
                            .row = 17 + i,
                            .truth = 3,
                            .answer = i == 0 ? 5 : -1,
                            .score = i == 0 ? 0.75 : NAN,
                            .png = png };
    telar_store_put_image (fixture->store, fixture->run, name, &image, &error);
    g_assert_no_error (error);
  }
}

static void
test_images (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put_images (fixture, "misclassified", 10, 3);
  put_images (fixture, "misclassified", 20, 2);
  g_autoptr (GPtrArray) newest =
      telar_store_images (fixture->store, fixture->run, "misclassified", G_MAXINT64, &error);
  g_assert_cmpuint (newest->len, ==, 2);
  g_autoptr (GPtrArray) then =
      telar_store_images (fixture->store, fixture->run, "misclassified", 19, &error);
  g_assert_cmpuint (then->len, ==, 3);
  const TelarImageRow *first = then->pdata[0], *second = then->pdata[1];
  g_assert_cmpint (first->step, ==, 10);
  g_assert_cmpstr (first->caption, ==, "first");
  g_assert_cmpint (first->row, ==, 17);
  g_assert_cmpint (first->truth, ==, 3);
  g_assert_cmpint (first->answer, ==, 5);
  g_assert_cmpfloat (first->score, ==, 0.75);
  g_assert_cmpuint (g_bytes_get_size (first->png), ==, sizeof (gint64));
  g_assert_null (second->caption);
  g_assert_cmpint (second->answer, ==, -1);
  g_assert_true (isnan (second->score));
  g_autoptr (GPtrArray) before =
      telar_store_images (fixture->store, fixture->run, "misclassified", 9, &error);
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_no_error (error);
}

/* The limits of the header. */
static void
test_bounds (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_strnfill (TELAR_TEXT_MOST_BYTES + 1, 'x');
  g_autofree guint8 *bytes = g_malloc0 (TELAR_IMAGE_MOST_BYTES + 1);
  g_autoptr (GBytes) png = g_bytes_new_static (bytes, TELAR_IMAGE_MOST_BYTES + 1);
  TelarImageRow image = { .png = png };
  g_autoptr (GError) error = NULL;

  g_assert_false (telar_store_put_image (fixture->store, fixture->run, "i", &image, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (telar_store_put_text (fixture->store, fixture->run, "t", 1, 1, large, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (telar_store_put_text (fixture->store, fixture->run, "t", 1, 1, "\xff", &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_clear_error (&error);

  telar_store_begin (fixture->store, &error);
  for (gint64 step = 1; step <= 1000; step++)
    put_images (fixture, "many", step, 2);
  telar_store_finish (fixture->store, TRUE, &error);
  g_autoptr (GArray) steps =
      telar_store_steps (fixture->store, fixture->run, TELAR_MEDIA_IMAGE, "many", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (steps->len, <=, TELAR_MEDIA_MOST_STEPS);
  g_assert_cmpuint (steps->len, >, TELAR_MEDIA_MOST_STEPS / 3);
  g_assert_cmpint (g_array_index (steps, gint64, 0), <, 10);
  g_assert_cmpint (g_array_index (steps, gint64, steps->len - 1), ==, 1000);
}

/* --- texts, curves, profiles ------------------------------------------------------------- */

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  TelarSpan span = { fixture->run, "sample", -1, G_MAXINT64, 1 };
  g_autoptr (GError) error = NULL;

  telar_store_put_text (fixture->store, fixture->run, "sample", 1, 5, "to be", &error);
  telar_store_put_text (fixture->store, fixture->run, "sample", 2, 6, "or not", &error);
  telar_store_put_text (fixture->store, fixture->run, "sample", 2, 7, "or naught", &error);
  g_autoptr (GPtrArray) rows = telar_store_texts (fixture->store, &span, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((TelarTextRow *)rows->pdata[0])->text, ==, "or naught");
  g_assert_cmpint (((TelarTextRow *)rows->pdata[0])->time, ==, 7);
}

static void
test_curves (Fixture *fixture, gconstpointer data)
{
  double x[] = { 0, 0.5, 1 }, y[] = { 1, 0.25, NAN };
  TelarCurve curve = { 9, 10, 3, x, y, NULL, 0.25 }, nothing = { 10, 11, 0, x, y, NULL, NAN };
  TelarSpan span = { fixture->run, "precision_recall", 0, G_MAXINT64, 0 };
  g_autoptr (GError) error = NULL;

  telar_store_put_curve (fixture->store, fixture->run, span.name, &curve, &error);
  telar_store_put_curve (fixture->store, fixture->run, span.name, &nothing, &error);
  g_autoptr (GPtrArray) rows = telar_store_curves (fixture->store, &span, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 2);
  const TelarCurve *read = rows->pdata[0];
  g_assert_cmpint (read->step, ==, 9);
  g_assert_cmpmem (read->x, sizeof x, x, read->n * sizeof (double));
  g_assert_cmpmem (read->y, sizeof y, y, read->n * sizeof (double));
  g_assert_cmpuint (((TelarCurve *)rows->pdata[1])->n, ==, 0);
}

static void
test_profiles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (telar_store_profile (fixture->store, fixture->run, G_MAXINT64, &error));
  g_assert_no_error (error);
  telar_store_put_profile (fixture->store, fixture->run, 3, 1, "{\"a\":1}", &error);
  telar_store_put_profile (fixture->store, fixture->run, 8, 1, "{\"a\":2}", &error);
  g_autofree char *newest = telar_store_profile (fixture->store, fixture->run, G_MAXINT64, &error);
  g_autofree char *first = telar_store_profile (fixture->store, fixture->run, 7, &error);
  g_assert_cmpstr (newest, ==, "{\"a\":2}");
  g_assert_cmpstr (first, ==, "{\"a\":1}");
}

/* --- samples ----------------------------------------------------------------------------- */

static void
test_samples (Fixture *fixture, gconstpointer data)
{
  gint64 now = g_get_real_time ();
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  g_autoptr (GError) error = NULL;

  telar_store_begin (fixture->store, &error);
  for (gint64 i = 0; i < 20000; i++)
    telar_store_put_sample (fixture->store, fixture->run, "system/cpu", now + i * G_USEC_PER_SEC,
                            (double)i, &error);
  telar_store_finish (fixture->store, TRUE, &error);
  g_assert_no_error (error);
  telar_store_read_samples (fixture->store, fixture->run, "system/cpu", 0, points, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (points->len, <=, TELAR_SYSTEM_MOST_SAMPLES);
  g_assert_cmpuint (points->len, >, TELAR_SYSTEM_MOST_SAMPLES / 3);
  for (guint i = 1; i < points->len; i++) {
    const TelarPoint *a = &g_array_index (points, TelarPoint, i - 1), *b = a + 1;
    g_assert_cmpint (b->step, >, a->step);
    g_assert_cmpfloat ((double)(b->time - now) / G_USEC_PER_SEC, ==, b->value);
  }
  g_assert_cmpfloat (g_array_index (points, TelarPoint, points->len - 1).value, ==, 19999);
  gint64 last = g_array_index (points, TelarPoint, points->len - 1).time;
  g_array_set_size (points, 0);
  telar_store_read_samples (fixture->store, fixture->run, "system/cpu", last, points, &error);
  g_assert_cmpuint (points->len, ==, 0);
  /* They are no scalars of the run. */
  g_autoptr (GPtrArray) tags = telar_store_tags (fixture->store, fixture->run, &error);
  g_assert_cmpuint (tags->len, ==, 0);
}

/* --- figures over time ------------------------------------------------------------------- */

static void
test_figures (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  for (gint64 step = 1; step <= 600; step++) {
    g_autofree char *values = g_strdup_printf ("[[%d]]", (int)step);
    telar_store_put_figure (fixture->store, fixture->run, "val_confusion_matrix", step, values,
                            &error);
  }
  g_assert_no_error (error);
  g_autoptr (GArray) steps =
      telar_store_figure_steps (fixture->store, fixture->run, "val_confusion_matrix", &error);
  g_assert_cmpuint (steps->len, <=, TELAR_MEDIA_MOST_STEPS);
  g_assert_cmpuint (steps->len, >, 80);
  g_assert_cmpint (g_array_index (steps, gint64, steps->len - 1), ==, 600);
  g_autoptr (GPtrArray) newest = telar_store_figures (fixture->store, fixture->run, &error);
  g_assert_cmpstr (((TelarFigureRow *)newest->pdata[0])->values, ==, "[[600]]");
  gint64 then = g_array_index (steps, gint64, 40);
  g_autoptr (GPtrArray) figures =
      telar_store_figures_at (fixture->store, fixture->run, then, &error);
  g_autofree char *expected = g_strdup_printf ("[[%d]]", (int)then);
  g_assert_cmpstr (((TelarFigureRow *)figures->pdata[0])->values, ==, expected);
}

/* --- runs -------------------------------------------------------------------------------- */

static void
test_truncate_and_delete (Fixture *fixture, gconstpointer data)
{
  TelarSpan span = { fixture->run, "w", -1, G_MAXINT64, 0 };
  g_autoptr (GError) error = NULL;
  gint64 left;

  for (gint64 step = 1; step <= 10; step++) {
    g_autoptr (TelarHistogram) histogram = make_histogram (step);
    telar_store_put_histogram (fixture->store, fixture->run, "w", histogram, &error);
  }
  put_images (fixture, "i", 7, 3);
  telar_store_put_sample (fixture->store, fixture->run, "system/cpu", 1, 1, &error);
  telar_store_truncate_media (fixture->store, fixture->run, 4, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) rest = telar_store_histograms (fixture->store, &span, &error);
  g_assert_cmpuint (rest->len, ==, 4);
  g_autoptr (GPtrArray) images =
      telar_store_images (fixture->store, fixture->run, "i", G_MAXINT64, &error);
  g_assert_cmpuint (images->len, ==, 0);

  telar_store_run (fixture->store, &error, "UPDATE run SET status = 'done'", "");
  g_assert_true (telar_store_delete_run (fixture->store, fixture->run, &error));
  telar_store_number (fixture->store, &left, -1, &error,
                      "SELECT (SELECT count (*) FROM item) + (SELECT count (*) FROM series) +"
                      " (SELECT count (*) FROM sample)",
                      "");
  g_assert_no_error (error);
  g_assert_cmpint (left, ==, 0);
}

/* A store of the version before opens with all that it had. */
static void
test_migrates (void)
{
  g_autofree char *workspace = workspace_new ();
  g_autofree char *file = g_build_filename (workspace, "telar.db", NULL);
  g_autoptr (GError) error = NULL;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (file, &db), ==, SQLITE_OK);
  g_assert_true (telar_schema_migrate (db, file, telar_schema_scripts, 3, &error));
  g_assert_cmpint (
      sqlite3_exec (db,
                    "INSERT INTO run (id, name, status, pid, started)"
                    " VALUES (5, 'old', 'done', 1, 1);"
                    "INSERT INTO figure VALUES (5, 'confusion_matrix', 40, '[[1,2],[3,4]]')",
                    NULL, NULL, NULL),
      ==, SQLITE_OK);
  sqlite3_close (db);

  g_autoptr (TelarStore) store = workspace_open (workspace);
  g_autoptr (GPtrArray) figures = telar_store_figures (store, 5, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (figures->len, ==, 1);
  g_assert_cmpstr (((TelarFigureRow *)figures->pdata[0])->values, ==, "[[1,2],[3,4]]");
  g_assert_true (
      telar_store_put_figure (store, 5, "confusion_matrix", 80, "[[2,1],[3,4]]", &error));
  g_autoptr (GArray) steps = telar_store_figure_steps (store, 5, "confusion_matrix", &error);
  g_assert_cmpuint (steps->len, ==, 2);
  workspace_check_integrity (workspace);
  g_clear_pointer (&store, telar_store_close);
  workspace_remove (workspace);
}

#define FIXTURE(path, function)                                                                    \
  g_test_add ("/media/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/media/count", test_count);
  g_test_add_func ("/media/count-odd", test_count_odd);
  g_test_add_func ("/media/pack", test_pack);
  g_test_add_func ("/media/pack-hostile", test_pack_hostile);
  g_test_add_func ("/media/migrates", test_migrates);
  FIXTURE ("histograms", test_histograms);
  FIXTURE ("damaged", test_damaged);
  FIXTURE ("images", test_images);
  FIXTURE ("bounds", test_bounds);
  FIXTURE ("texts", test_texts);
  FIXTURE ("curves", test_curves);
  FIXTURE ("profiles", test_profiles);
  FIXTURE ("samples", test_samples);
  FIXTURE ("figures", test_figures);
  FIXTURE ("truncate-and-delete", test_truncate_and_delete);
  return g_test_run ();
}
