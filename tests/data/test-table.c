/* Tables: types of columns, missing values, and the tensors that come of them. */
#include "data/columns.h"
#include "data/table.h"
#include "tests/data/files.h"

#include <string.h>

static TelarTable *
read_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelarTable *table = telar_table_read_csv (test_file ("table.csv", text, -1), 0, &error);
  g_assert_no_error (error);
  return table;
}

static void
check_column (const TelarTable *table, const char *name, TelarColumnType type, gsize missing)
{
  g_autoptr (GError) error = NULL;
  const TelarColumn *column = telar_table_find (table, name, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (telar_column_type_name (column->type), ==, telar_column_type_name (type));
  g_assert_cmpuint (column->n_missing, ==, missing);
}

static void
test_titanic (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = test_sample ("titanic.csv");
  g_autoptr (TelarTable) table = telar_table_read_csv (path, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (table->rows, ==, 891);
  g_assert_cmpuint (table->columns->len, ==, 15);
  check_column (table, "survived", TELAR_COLUMN_INTEGER, 0);
  check_column (table, "age", TELAR_COLUMN_REAL, 177);
  check_column (table, "sex", TELAR_COLUMN_CATEGORY, 0);
  check_column (table, "adult_male", TELAR_COLUMN_BOOLEAN, 0);
  check_column (table, "deck", TELAR_COLUMN_CATEGORY, 688);
  check_column (table, "embarked", TELAR_COLUMN_CATEGORY, 2);
  const TelarColumn *sex = telar_table_find (table, "sex", NULL);
  g_assert_cmpuint (sex->dictionary->len, ==, 2);
  g_assert_cmpstr (sex->dictionary->pdata[0], ==, "female");
  g_assert_cmpuint (table->lines[0], ==, 2);
}

static void
test_types (void)
{
  g_autoptr (TelarTable) table = read_text ("i,r,b,c,e,big,inf,,hex\n"
                                            "1,1,true,x,,9223372036854775807,1,a,0x10\n"
                                            "-2,2.5e3,FALSE,y,NA,9223372036854775808,inf,b,1\n"
                                            "NA,nan,,x,null,1,2,c,2\n");
  check_column (table, "i", TELAR_COLUMN_INTEGER, 1);
  check_column (table, "r", TELAR_COLUMN_REAL, 1);
  check_column (table, "b", TELAR_COLUMN_BOOLEAN, 1);
  check_column (table, "c", TELAR_COLUMN_CATEGORY, 0);
  check_column (table, "e", TELAR_COLUMN_REAL, 3);       /* nothing but gaps */
  check_column (table, "big", TELAR_COLUMN_REAL, 0);     /* beyond 64 bits */
  check_column (table, "inf", TELAR_COLUMN_CATEGORY, 0); /* not a number to learn from */
  check_column (table, "column_8", TELAR_COLUMN_CATEGORY, 0);
  const TelarColumn *r = telar_table_find (table, "r", NULL);
  g_assert_cmpfloat (telar_column_number (r, 1), ==, 2500);
  g_assert_true (telar_column_is_missing (r, 2));
}

static void
test_text_column (void)
{
  g_autoptr (GString) text = g_string_new ("id,class\n");
  for (int i = 0; i < 100; i++)
    g_string_append_printf (text, "name-%d,c%d\n", i, i % 3);
  g_autoptr (TelarTable) table = read_text (text->str);
  check_column (table, "id", TELAR_COLUMN_TEXT, 0);
  check_column (table, "class", TELAR_COLUMN_CATEGORY, 0);
  g_autofree char *cell = telar_column_text (telar_table_find (table, "id", NULL), 42);
  g_assert_cmpstr (cell, ==, "name-42");
  TelarColumnsSpec spec = { .features = "", .target = "class" };
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_columns_new (table, &spec, &error));
  test_assert_invalid (error, "column \"id\" is free text");
}

static void
refuse_table (const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_table_read_csv (test_file ("bad.csv", text, -1), 0, &error));
  test_assert_invalid (error, expected);
}

static void
test_refused (void)
{
  refuse_table ("a,b,a\n1,2,3\n", "bad.csv:1: two columns are called a");
  refuse_table ("a,b\n", "bad.csv: a header and no rows");
  refuse_table ("a,b\n1,2\n3\n", "bad.csv:3: 1 field where the header has 2");
}

/* A gzip file that is small on the disk and large in memory. */
static void
test_limit (void)
{
  g_autoptr (GString) text = g_string_new ("a,b\n");
  for (int i = 0; i < 100000; i++)
    g_string_append (text, "1,2\n");
  const char *path = test_gzip_file ("bomb.csv.gz", text->str, (gssize)text->len);
  g_autoptr (GError) error = NULL;
  g_assert_null (telar_table_read_csv_limited (path, 0, 300000, &error));
  test_assert_invalid (error, "bomb.csv.gz:75002: the table is too large for the memory");
  g_autoptr (TelarTable) table = telar_table_read_csv_limited (path, 0, 400000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (table->rows, ==, 100000);
}

/* --- columns to tensors ------------------------------------------------------------------------
 */

static const char gaps[] = "x,kind,y\n1,a,0\n,b,1\n3,,0\n8,a,1\n";

static TelarColumns *
fit (const TelarTable *table, const TelarColumnsSpec *spec, const GArray *training)
{
  g_autoptr (GError) error = NULL;
  TelarColumns *columns = telar_columns_new (table, spec, &error);
  g_assert_no_error (error);
  telar_columns_fit (columns, table, training, &error);
  g_assert_no_error (error);
  return columns;
}

static GArray *
rows_of (gsize n, const guint32 *rows)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (array, rows, (guint)n);
  return array;
}

static void
check_values (const TelarTensor *tensor, const double *expected, gsize n)
{
  g_assert_cmpuint (telar_tensor_elements (tensor), ==, n);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (telar_tensor_get (tensor, i), ==, expected[i]);
}

/* Gaps are filled with what the training rows (here 0, 2, 3) have. */
static void
test_fill (void)
{
  g_autoptr (TelarTable) table = read_text (gaps);
  g_autoptr (GArray) training = rows_of (3, (guint32[]){ 0, 2, 3 });
  g_autoptr (GError) error = NULL;
  static const struct {
    TelarMissing missing;
    double fill;
  } cases[] = { { TELAR_MISSING_MEAN, 4 }, { TELAR_MISSING_MEDIAN, 3 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    TelarColumnsSpec spec = { .features = "x, kind", .target = "y", .missing = cases[i].missing };
    g_autoptr (TelarColumns) columns = fit (table, &spec, training);
    g_autoptr (GArray) rows = telar_columns_rows (columns, table, TRUE, TRUE, &error);
    g_autoptr (TelarTensor) x = telar_columns_features (columns, table, rows, &error);
    g_autoptr (TelarTensor) y = telar_columns_target (columns, table, rows, &error);
    g_assert_no_error (error);
    check_values (x, (double[]){ 1, 1, 0, cases[i].fill, 0, 1, 3, 0, 0, 8, 1, 0 }, 12);
    check_values (y, (double[]){ 0, 1, 0, 1 }, 4);
    g_assert_cmpint (y->type.dtype, ==, TELAR_I64);
    const char *const *names = telar_columns_feature_names (columns);
    g_assert_cmpstr (names[0], ==, "x");
    g_assert_cmpstr (names[1], ==, "kind=a");
    g_assert_cmpstr (names[2], ==, "kind=b");
    g_assert_null (names[3]);
    g_assert_cmpstr (telar_columns_class_names (columns)[1], ==, "1");
  }
}

static void
test_drop_and_error (void)
{
  g_autoptr (TelarTable) table = read_text (gaps);
  g_autoptr (GError) error = NULL;
  TelarColumnsSpec spec = { .features = "", .target = "y", .missing = TELAR_MISSING_DROP };
  g_autoptr (TelarColumns) columns = telar_columns_new (table, &spec, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) rows = telar_columns_rows (columns, table, TRUE, TRUE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpuint (g_array_index (rows, guint32, 1), ==, 3);
  g_assert_null (telar_columns_rows (columns, table, TRUE, FALSE, &error));
  test_assert_invalid (error, "table.csv:3: no value in column \"x\"");
  spec.missing = TELAR_MISSING_ERROR;
  g_autoptr (TelarColumns) strict = telar_columns_new (table, &spec, &error);
  g_assert_null (telar_columns_rows (strict, table, TRUE, TRUE, &error));
  test_assert_invalid (error, "table.csv:3: no value in column \"x\"");
}

static void
test_targets (void)
{
  static const struct {
    const char *cells;
    TelarTargetKind kind;
    TelarDType dtype;
    double values[3];
    const char *first_class;
  } cases[] = {
    { "5\n3\n5\n", TELAR_TARGET_AUTO, TELAR_I64, { 1, 0, 1 }, "3" },
    { "5\n3\n5\n", TELAR_TARGET_NUMBER, TELAR_F32, { 5, 3, 5 }, NULL },
    { "1.5\n2\n3\n", TELAR_TARGET_AUTO, TELAR_F32, { 1.5, 2, 3 }, NULL },
    { "true\nfalse\ntrue\n", TELAR_TARGET_AUTO, TELAR_I64, { 1, 0, 1 }, "false" },
    { "dog\ncat\ndog\n", TELAR_TARGET_CLASSES, TELAR_I64, { 1, 0, 1 }, "cat" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) cells = g_strsplit (cases[i].cells, "\n", -1);
    g_autofree char *text =
        g_strdup_printf ("x,y\n1,%s\n2,%s\n3,%s\n", cells[0], cells[1], cells[2]);
    g_autoptr (TelarTable) table = read_text (text);
    g_autoptr (GArray) rows = rows_of (3, (guint32[]){ 0, 1, 2 });
    TelarColumnsSpec spec = { .features = "", .target = "y", .kind = cases[i].kind };
    g_autoptr (TelarColumns) columns = fit (table, &spec, rows);
    g_autoptr (TelarTensor) y = telar_columns_target (columns, table, rows, &error);
    g_assert_no_error (error);
    g_assert_cmpint (y->type.dtype, ==, cases[i].dtype);
    g_assert_cmpuint (y->type.shape.rank, ==, cases[i].dtype == TELAR_I64 ? 1 : 2);
    check_values (y, cases[i].values, 3);
    const char *const *classes = telar_columns_class_names (columns);
    g_assert_cmpstr (classes != NULL ? classes[0] : NULL, ==, cases[i].first_class);
  }
}

static void
refuse_spec (const char *features, const char *target, TelarTargetKind kind, const char *expected)
{
  g_autoptr (TelarTable) table = read_text ("x,c,r\n1,a,0.5\n2,b,1.5\n");
  g_autoptr (GError) error = NULL;
  TelarColumnsSpec spec = { .features = features, .target = target, .kind = kind };
  g_assert_null (telar_columns_new (table, &spec, &error));
  test_assert_invalid (error, expected);
}

static void
test_refused_columns (void)
{
  refuse_spec ("", "", TELAR_TARGET_AUTO, "name the column");
  refuse_spec ("", "z", TELAR_TARGET_AUTO, "no column \"z\"; there are x, c, r");
  refuse_spec ("x,z", "c", TELAR_TARGET_AUTO, "no column \"z\"");
  refuse_spec ("x,c", "c", TELAR_TARGET_AUTO, "\"c\" is the target");
  refuse_spec ("x,x", "c", TELAR_TARGET_AUTO, "\"x\" is there twice");
  refuse_spec ("x", "c", TELAR_TARGET_NUMBER, "cannot be taken as a number");
  refuse_spec ("x", "r", TELAR_TARGET_CLASSES, "cannot be taken as classes");
}

/* Columns fitted on one table apply to another; what they never saw is an error with its line. */
static void
test_other_table (void)
{
  g_autoptr (TelarTable) table = read_text ("x,c,y\n1,a,0\n2,b,1\n");
  g_autoptr (GArray) rows = rows_of (2, (guint32[]){ 0, 1 });
  TelarColumnsSpec spec = { .features = "", .target = "y" };
  g_autoptr (TelarColumns) columns = fit (table, &spec, rows);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarTable) good =
      telar_table_read_csv (test_file ("good.csv", "c,x\nb,7\nb,8.5\n", -1), 0, &error);
  g_autoptr (GArray) found = telar_columns_rows (columns, good, FALSE, FALSE, &error);
  g_autoptr (TelarTensor) x = telar_columns_features (columns, good, found, &error);
  g_assert_no_error (error);
  check_values (x, (double[]){ 7, 0, 1, 8.5, 0, 1 }, 6);
  g_autoptr (TelarTable) bad =
      telar_table_read_csv (test_file ("bad.csv", "c,x\nb,7\nz,8\n", -1), 0, &error);
  g_assert_null (telar_columns_features (columns, bad, found, &error));
  test_assert_invalid (error, "bad.csv:3: \"z\" in column \"c\" is none of the 2 values");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_files_begin ();
  g_test_add_func ("/table/titanic", test_titanic);
  g_test_add_func ("/table/types", test_types);
  g_test_add_func ("/table/text-column", test_text_column);
  g_test_add_func ("/table/refused", test_refused);
  g_test_add_func ("/table/limit", test_limit);
  g_test_add_func ("/columns/fill", test_fill);
  g_test_add_func ("/columns/drop-and-error", test_drop_and_error);
  g_test_add_func ("/columns/targets", test_targets);
  g_test_add_func ("/columns/refused", test_refused_columns);
  g_test_add_func ("/columns/other-table", test_other_table);
  int status = g_test_run ();
  test_files_end ();
  return status;
}
