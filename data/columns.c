/* Turns the columns of a table into tensors. */
#include "data/columns.h"

#include <math.h>
#include <string.h>

#define FEW_CLASSES  20    /* an integer target up to here is taken for classes */
#define MOST_CLASSES 65536 /* more are not classes */

typedef struct {
  char *name;
  GPtrArray *categories; /* char *; NULL for a number */
  GHashTable *codes;     /* category -> index; NULL for a number */
  double fill;           /* what a missing number becomes */
} Feature;

struct TelarColumns {
  GPtrArray *features; /* Feature * */
  GPtrArray *names;    /* char *, with a NULL at the end */
  guint width;
  char *target;
  GPtrArray *classes; /* char *, with a NULL at the end; or NULL */
  GHashTable *labels; /* class -> index; or NULL */
  TelarMissing missing;
};

static void
feature_free (gpointer data)
{
  Feature *feature = data;
  g_clear_pointer (&feature->categories, g_ptr_array_unref);
  g_clear_pointer (&feature->codes, g_hash_table_unref);
  g_free (feature->name);
  g_free (feature);
}

void
telar_columns_free (TelarColumns *columns)
{
  if (columns == NULL)
    return;
  g_ptr_array_unref (columns->features);
  g_ptr_array_unref (columns->names);
  g_clear_pointer (&columns->classes, g_ptr_array_unref);
  g_clear_pointer (&columns->labels, g_hash_table_unref);
  g_free (columns->target);
  g_free (columns);
}

static GHashTable *
index_names (const GPtrArray *names)
{
  GHashTable *table = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < names->len && names->pdata[i] != NULL; i++)
    g_hash_table_insert (table, names->pdata[i], GUINT_TO_POINTER (i));
  return table;
}

/* --- what the columns are -----------------------------------------------------------------------
 */

static gboolean
add_feature (TelarColumns *columns, const TelarTable *table, const TelarColumn *column,
             GError **error)
{
  if (column->type == TELAR_COLUMN_TEXT) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: column \"%s\" is free text; leave it out of the features", table->path,
                     column->name);
    return FALSE;
  }
  Feature *feature = g_new0 (Feature, 1);
  feature->name = g_strdup (column->name);
  g_ptr_array_add (columns->features, feature);
  if (column->type != TELAR_COLUMN_CATEGORY) {
    g_ptr_array_add (columns->names, g_strdup (column->name));
    columns->width++;
    return TRUE;
  }
  feature->categories = g_ptr_array_copy (column->dictionary, (GCopyFunc)(void *)g_strdup, NULL);
  feature->codes = index_names (feature->categories);
  for (guint i = 0; i < feature->categories->len; i++)
    g_ptr_array_add (columns->names, g_strdup_printf ("%s=%s", column->name,
                                                      (char *)feature->categories->pdata[i]));
  columns->width += feature->categories->len;
  return TRUE;
}

static gboolean
add_named_features (TelarColumns *columns, const TelarTable *table, const char *list,
                    GError **error)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; names[i] != NULL; i++) {
    const TelarColumn *column = telar_table_find (table, g_strstrip (names[i]), error);
    if (column == NULL)
      return FALSE;
    if (strcmp (column->name, columns->target) == 0 || !g_hash_table_add (seen, column->name)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "features: \"%s\" is %s", column->name,
                       strcmp (column->name, columns->target) == 0 ? "the target" : "there twice");
      return FALSE;
    }
    if (!add_feature (columns, table, column, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_features (TelarColumns *columns, const TelarTable *table, const char *list, GError **error)
{
  if (list[0] != '\0') {
    if (!add_named_features (columns, table, list, error))
      return FALSE;
  } else
    for (guint i = 0; i < table->columns->len; i++) {
      const TelarColumn *column = table->columns->pdata[i];
      if (strcmp (column->name, columns->target) != 0 &&
          !add_feature (columns, table, column, error))
        return FALSE;
    }
  if (columns->width == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: no feature is left", table->path);
    return FALSE;
  }
  g_ptr_array_add (columns->names, NULL);
  return TRUE;
}

static int
compare_integers (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
  return (x > y) - (x < y);
}

/* The different values in order as text; NULL beyond @limit. */
static GPtrArray *
integer_classes (const TelarTable *table, const TelarColumn *column, guint limit)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (gsize row = 0; row < table->rows; row++) {
    if (!telar_column_is_missing (column, row))
      g_hash_table_add (seen, &column->integers[row]);
    if (g_hash_table_size (seen) > limit)
      return NULL;
  }
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_array_append_vals (values, key, 1);
  g_array_sort (values, compare_integers);
  GPtrArray *classes = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < values->len; i++)
    g_ptr_array_add (classes,
                     g_strdup_printf ("%" G_GINT64_FORMAT, g_array_index (values, gint64, i)));
  return classes;
}

/* The classes of the target, or NULL when it is taken as a number. */
static GPtrArray *
target_classes (const TelarTable *table, const TelarColumn *column, TelarTargetKind kind)
{
  if (kind == TELAR_TARGET_NUMBER)
    return NULL;
  if (column->type == TELAR_COLUMN_INTEGER)
    return integer_classes (table, column, kind == TELAR_TARGET_AUTO ? FEW_CLASSES : MOST_CLASSES);
  if (column->type == TELAR_COLUMN_CATEGORY)
    return g_ptr_array_copy (column->dictionary, (GCopyFunc)(void *)g_strdup, NULL);
  if (column->type != TELAR_COLUMN_BOOLEAN)
    return NULL;
  GPtrArray *classes = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (classes, g_strdup ("false"));
  g_ptr_array_add (classes, g_strdup ("true"));
  return classes;
}

static gboolean
set_target (TelarColumns *columns, const TelarTable *table, TelarTargetKind kind, GError **error)
{
  const TelarColumn *column = telar_table_find (table, columns->target, error);
  if (column == NULL)
    return FALSE;
  columns->classes = target_classes (table, column, kind);
  gboolean number = column->type <= TELAR_COLUMN_BOOLEAN;
  if (columns->classes == NULL && (kind == TELAR_TARGET_CLASSES || !number)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: the target \"%s\" is %s, which cannot be taken as %s", table->path,
                     column->name, telar_column_type_name (column->type),
                     kind == TELAR_TARGET_NUMBER ? "a number" : "classes");
    return FALSE;
  }
  if (columns->classes != NULL) {
    columns->labels = index_names (columns->classes);
    g_ptr_array_add (columns->classes, NULL);
  }
  return TRUE;
}

TelarColumns *
telar_columns_new (const TelarTable *table, const TelarColumnsSpec *spec, GError **error)
{
  g_autoptr (TelarColumns) columns = g_new0 (TelarColumns, 1);
  columns->features = g_ptr_array_new_with_free_func (feature_free);
  columns->names = g_ptr_array_new_with_free_func (g_free);
  columns->target = g_strstrip (g_strdup (spec->target));
  columns->missing = spec->missing;
  if (columns->target[0] == '\0') {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "target: name the column that is to be learned");
    return NULL;
  }
  if (!set_target (columns, table, spec->kind, error) ||
      !add_features (columns, table, spec->features, error))
    return NULL;
  return g_steal_pointer (&columns);
}

const char *const *
telar_columns_feature_names (const TelarColumns *columns)
{
  return (const char *const *)columns->names->pdata;
}

const char *const *
telar_columns_class_names (const TelarColumns *columns)
{
  return columns->classes != NULL ? (const char *const *)columns->classes->pdata : NULL;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

/* The column of @table that a feature or the target reads. A number needs a column of numbers. */
static const TelarColumn *
find_column (const TelarTable *table, const char *name, gboolean number, GError **error)
{
  const TelarColumn *column = telar_table_find (table, name, error);
  if (column != NULL && number && column->type > TELAR_COLUMN_BOOLEAN) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: column \"%s\" is %s where numbers are expected", table->path, name,
                     telar_column_type_name (column->type));
    return NULL;
  }
  return column;
}

/* The columns behind the features, then, when wanted, the one behind the target; NULL on error. */
static GPtrArray *
find_columns (const TelarColumns *columns, const TelarTable *table, gboolean target, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  for (guint i = 0; i < columns->features->len; i++) {
    const Feature *feature = columns->features->pdata[i];
    gpointer column =
        (gpointer)find_column (table, feature->name, feature->categories == NULL, error);
    if (column == NULL)
      return NULL;
    g_ptr_array_add (found, column);
  }
  if (target) {
    gpointer column =
        (gpointer)find_column (table, columns->target, columns->classes == NULL, error);
    if (column == NULL)
      return NULL;
    g_ptr_array_add (found, column);
  }
  return g_steal_pointer (&found);
}

/* The first column that row @row may not miss; NULL when the row can be used. */
static const TelarColumn *
find_gap (const TelarColumns *columns, const GPtrArray *found, gsize row)
{
  gboolean filled =
      columns->missing == TELAR_MISSING_MEAN || columns->missing == TELAR_MISSING_MEDIAN;
  for (guint i = filled ? columns->features->len : 0; i < found->len; i++)
    if (telar_column_is_missing (found->pdata[i], row))
      return found->pdata[i];
  return NULL;
}

GArray *
telar_columns_rows (const TelarColumns *columns, const TelarTable *table, gboolean target,
                    gboolean drop, GError **error)
{
  g_autoptr (GPtrArray) found = find_columns (columns, table, target, error);
  if (found == NULL)
    return NULL;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 row = 0; row < table->rows; row++) {
    const TelarColumn *gap = find_gap (columns, found, row);
    if (gap == NULL)
      g_array_append_val (rows, row);
    else if (columns->missing != TELAR_MISSING_DROP || !drop) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: no value in column \"%s\"%s",
                       table->path, table->lines[row], gap->name,
                       drop ? "; the setting \"missing\" says what to do" : "");
      return NULL;
    }
  }
  if (rows->len == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: every row misses a value", table->path);
    return NULL;
  }
  return g_steal_pointer (&rows);
}

static int
compare_reals (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double
mean_or_median (TelarMissing missing, GArray *values)
{
  const double *v = (const double *)(void *)values->data;
  guint n = values->len;
  if (missing == TELAR_MISSING_MEDIAN) {
    g_array_sort (values, compare_reals);
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
  }
  double sum = 0;
  for (guint i = 0; i < n; i++)
    sum += v[i];
  return sum / n;
}

gboolean
telar_columns_fit (TelarColumns *columns, const TelarTable *table, const GArray *rows,
                   GError **error)
{
  g_autoptr (GPtrArray) found = find_columns (columns, table, FALSE, error);
  if (found == NULL)
    return FALSE;
  for (guint i = 0; i < found->len; i++) {
    const TelarColumn *column = found->pdata[i];
    Feature *feature = columns->features->pdata[i];
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
    for (guint k = 0; feature->categories == NULL && k < rows->len; k++) {
      guint32 row = g_array_index (rows, guint32, k);
      double value = telar_column_number (column, row);
      if (!telar_column_is_missing (column, row))
        g_array_append_val (values, value);
    }
    if (values->len > 0)
      feature->fill = mean_or_median (columns->missing, values);
    else if (feature->categories == NULL) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "%s: column \"%s\" has no value in the training rows", table->path,
                       column->name);
      return FALSE;
    }
  }
  return TRUE;
}

/* --- tensors ------------------------------------------------------------------------------------
 */

/* The index of the cell's text among the known ones; FALSE when it is none of them. */
static gboolean
find_code (GHashTable *codes, const TelarTable *table, const TelarColumn *column, guint32 row,
           guint *code, GError **error)
{
  g_autofree char *text = telar_column_text (column, row);
  gpointer index;
  if (!g_hash_table_lookup_extended (codes, text, NULL, &index)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s:%u: \"%s\" in column \"%s\" is none of the %u values that are known",
                     table->path, table->lines[row], text, column->name, g_hash_table_size (codes));
    return FALSE;
  }
  *code = GPOINTER_TO_UINT (index);
  return TRUE;
}

static gboolean
write_feature (const Feature *feature, const TelarTable *table, const TelarColumn *column,
               guint32 row, float *target, GError **error)
{
  gboolean missing = telar_column_is_missing (column, row);
  if (feature->categories == NULL) {
    *target = (float)(missing ? feature->fill : telar_column_number (column, row));
    return TRUE;
  }
  guint code;
  if (missing)
    return TRUE;
  if (!find_code (feature->codes, table, column, row, &code, error))
    return FALSE;
  target[code] = 1;
  return TRUE;
}

TelarTensor *
telar_columns_features (const TelarColumns *columns, const TelarTable *table, const GArray *rows,
                        GError **error)
{
  g_autoptr (GPtrArray) found = find_columns (columns, table, FALSE, error);
  if (found == NULL)
    return NULL;
  TelarShape shape = telar_shape (rows->len, columns->width);
  g_autoptr (TelarTensor) tensor = telar_tensor_try_new (TELAR_F32, &shape, error);
  if (tensor == NULL)
    return NULL;
  float *target = tensor->data;
  for (guint i = 0; i < found->len; i++) {
    const Feature *feature = columns->features->pdata[i];
    for (guint k = 0; k < rows->len; k++)
      if (!write_feature (feature, table, found->pdata[i], g_array_index (rows, guint32, k),
                          target + (gsize)k * columns->width, error))
        return NULL;
    target += feature->categories != NULL ? feature->categories->len : 1;
  }
  return g_steal_pointer (&tensor);
}

TelarTensor *
telar_columns_target (const TelarColumns *columns, const TelarTable *table, const GArray *rows,
                      GError **error)
{
  gboolean classes = columns->classes != NULL;
  const TelarColumn *column = find_column (table, columns->target, !classes, error);
  if (column == NULL)
    return NULL;
  TelarShape shape = classes ? telar_shape (rows->len) : telar_shape (rows->len, 1);
  g_autoptr (TelarTensor) tensor =
      telar_tensor_try_new (classes ? TELAR_I64 : TELAR_F32, &shape, error);
  if (tensor == NULL)
    return NULL;
  for (guint k = 0; k < rows->len; k++) {
    guint32 row = g_array_index (rows, guint32, k);
    guint code = 0;
    if (classes && !find_code (columns->labels, table, column, row, &code, error))
      return NULL;
    telar_tensor_set (tensor, k, classes ? code : telar_column_number (column, row));
  }
  return g_steal_pointer (&tensor);
}
