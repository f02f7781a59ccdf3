/* Tables: reads a CSV file into columns of text, then gives each column the narrowest type that
 * holds all its values. */
#include "data/table.h"

#include "data/csv.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

/* A column of strings is a category up to this many different ones, or up to half the rows. */
#define CATEGORY_SURE 20
#define CATEGORY_MOST 1000
#define ROWS_MOST     ((gsize)1 << 31)

/* A column while it is read: its cells one after the other, each with a NUL behind it. */
typedef struct {
  GString *cells;
} RawColumn;

static const char *const type_names[] = { "integer", "real", "boolean", "category", "text" };

const char *
telar_column_type_name (TelarColumnType type)
{
  return type_names[type];
}

static gboolean
is_missing_text (const char *text)
{
  static const char *const words[] = { "", "NA", "N/A", "NaN", "nan", "null", "NULL" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (text, words[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
parse_integer (const char *text, gint64 *value)
{
  char *end = NULL;
  errno = 0;
  *value = g_ascii_strtoll (text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && !g_ascii_isspace (text[0]);
}

static gboolean
parse_real (const char *text, double *value)
{
  char *end = NULL;
  errno = 0;
  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*value) && !g_ascii_isspace (text[0]);
}

static gboolean
parse_boolean (const char *text, guint8 *value)
{
  *value = g_ascii_strcasecmp (text, "true") == 0;
  return *value || g_ascii_strcasecmp (text, "false") == 0;
}

/* --- from text to typed columns --------------------------------------------------------------- */

/* The narrowest type of numbers or booleans that all cells have, else TEXT. */
static TelarColumnType
infer_scalar (const RawColumn *raw, gsize rows)
{
  gboolean integer = TRUE, real = TRUE, boolean = TRUE, any = FALSE;
  const char *cell = raw->cells->str;
  for (gsize row = 0; row < rows && (real || boolean); row++, cell += strlen (cell) + 1) {
    gint64 i;
    double d;
    guint8 b;
    if (is_missing_text (cell))
      continue;
    any = TRUE;
    integer = integer && parse_integer (cell, &i);
    real = real && parse_real (cell, &d);
    boolean = boolean && parse_boolean (cell, &b);
  }
  if (!any)
    return TELAR_COLUMN_REAL; /* nothing is known of it; a number is what most tools make of it */
  return boolean   ? TELAR_COLUMN_BOOLEAN
         : integer ? TELAR_COLUMN_INTEGER
         : real    ? TELAR_COLUMN_REAL
                   : TELAR_COLUMN_TEXT;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The sorted dictionary of a column with few different strings, or NULL. */
static GPtrArray *
make_dictionary (const RawColumn *raw, gsize rows)
{
  gsize limit = CLAMP (rows / 2, CATEGORY_SURE, CATEGORY_MOST);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *cell = raw->cells->str;
  for (gsize row = 0; row < rows; row++, cell += strlen (cell) + 1) {
    if (!is_missing_text (cell))
      g_hash_table_add (seen, (char *)cell);
    if (g_hash_table_size (seen) > limit)
      return NULL;
  }
  GPtrArray *dictionary = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (dictionary, g_strdup (key));
  g_ptr_array_sort (dictionary, compare_names);
  return dictionary;
}

static gsize
type_size (TelarColumnType type)
{
  switch (type) {
  case TELAR_COLUMN_INTEGER:
    return sizeof (gint64);
  case TELAR_COLUMN_REAL:
    return sizeof (double);
  case TELAR_COLUMN_BOOLEAN:
    return sizeof (guint8);
  case TELAR_COLUMN_CATEGORY:
    return sizeof (guint32);
  case TELAR_COLUMN_TEXT:
    return sizeof (char *);
  }
  return 0;
}

static void
set_cell (TelarColumn *column, GHashTable *codes, gsize row, const char *cell)
{
  switch (column->type) {
  case TELAR_COLUMN_INTEGER:
    parse_integer (cell, &column->integers[row]);
    break;
  case TELAR_COLUMN_REAL:
    parse_real (cell, &column->reals[row]);
    break;
  case TELAR_COLUMN_BOOLEAN:
    parse_boolean (cell, &column->booleans[row]);
    break;
  case TELAR_COLUMN_CATEGORY:
    column->codes[row] = GPOINTER_TO_UINT (g_hash_table_lookup (codes, cell));
    break;
  case TELAR_COLUMN_TEXT:
    column->texts[row] = g_strdup (cell);
    break;
  }
}

static TelarColumn *
column_new (const char *name, const RawColumn *raw, gsize rows)
{
  TelarColumn *column = g_new0 (TelarColumn, 1);
  column->name = g_strdup (name);
  column->type = infer_scalar (raw, rows);
  g_autoptr (GHashTable) codes = g_hash_table_new (g_str_hash, g_str_equal);
  if (column->type == TELAR_COLUMN_TEXT) {
    column->dictionary = make_dictionary (raw, rows);
    if (column->dictionary != NULL)
      column->type = TELAR_COLUMN_CATEGORY;
    for (guint i = 0; column->dictionary != NULL && i < column->dictionary->len; i++)
      g_hash_table_insert (codes, column->dictionary->pdata[i], GUINT_TO_POINTER (i));
  }
  column->missing = g_new0 (guint64, rows / 64 + 1);
  column->integers = g_malloc0 (MAX (rows, 1) * type_size (column->type));
  const char *cell = raw->cells->str;
  for (gsize row = 0; row < rows; row++, cell += strlen (cell) + 1) {
    if (is_missing_text (cell)) {
      column->missing[row / 64] |= (guint64)1 << (row % 64);
      column->n_missing++;
    } else
      set_cell (column, codes, row, cell);
  }
  return column;
}

static void
column_free (gsize rows, TelarColumn *column)
{
  if (column->type == TELAR_COLUMN_TEXT)
    for (gsize row = 0; row < rows; row++)
      g_free (column->texts[row]);
  g_free (column->integers);
  g_free (column->missing);
  g_free (column->name);
  g_clear_pointer (&column->dictionary, g_ptr_array_unref);
  g_free (column);
}

/* --- reading ------------------------------------------------------------------------------------
 */

/* The header's names; an empty one becomes "column_3". NULL when two are the same. */
static char **
read_names (const TelarCsv *csv, const char *path, GError **error)
{
  guint n = telar_csv_n_fields (csv);
  g_auto (GStrv) names = g_new0 (char *, n + 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n; i++) {
    names[i] = g_strdup (telar_csv_field (csv, i));
    g_strstrip (names[i]);
    if (names[i][0] == '\0') {
      g_free (names[i]);
      names[i] = g_strdup_printf ("column_%u", i + 1);
    }
    if (!g_hash_table_add (seen, names[i])) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: two columns are called %s", path,
                       telar_csv_line (csv), names[i]);
      return NULL;
    }
  }
  return g_steal_pointer (&names);
}

/* Takes the fields of the current record; FALSE when @left bytes are not enough. */
static gboolean
take_fields (const TelarCsv *csv, RawColumn *raw, guint n, gsize *left)
{
  for (guint i = 0; i < n; i++) {
    const char *field = telar_csv_field (csv, i);
    gsize length = strlen (field) + 1;
    if (length > *left)
      return FALSE;
    *left -= length;
    g_string_append_len (raw[i].cells, field, (gssize)length);
  }
  return TRUE;
}

static gboolean
read_rows (TelarCsv *csv, const char *path, RawColumn *raw, guint n, gsize limit, GArray *lines,
           GError **error)
{
  gsize left = limit;
  int got;
  while ((got = telar_csv_next (csv, error)) == 1) {
    guint32 line = telar_csv_line (csv);
    g_array_append_val (lines, line);
    if (lines->len == ROWS_MOST || !take_fields (csv, raw, n, &left)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "%s:%u: the table is too large for the memory (more than 2^31 rows or "
                       "%" G_GSIZE_FORMAT " bytes)",
                       path, line, limit);
      return FALSE;
    }
  }
  if (got == 0 && lines->len == 0)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: a header and no rows", path);
  return got == 0 && lines->len > 0;
}

TelarTable *
telar_table_read_csv (const char *path, char separator, GError **error)
{
  gsize memory = (gsize)sysconf (_SC_PHYS_PAGES) * (gsize)sysconf (_SC_PAGESIZE);
  return telar_table_read_csv_limited (path, separator, memory / 4, error);
}

TelarTable *
telar_table_read_csv_limited (const char *path, char separator, gsize limit, GError **error)
{
  g_autoptr (TelarCsv) csv = telar_csv_open (path, separator, error);
  if (csv == NULL)
    return NULL;
  guint n = telar_csv_n_fields (csv);
  g_auto (GStrv) names = read_names (csv, path, error);
  if (names == NULL)
    return NULL;
  g_autofree RawColumn *raw = g_new0 (RawColumn, n);
  for (guint i = 0; i < n; i++)
    raw[i].cells = g_string_new (NULL);
  g_autoptr (GArray) lines = g_array_new (FALSE, FALSE, sizeof (guint32));
  TelarTable *table = NULL;
  if (read_rows (csv, path, raw, n, limit, lines, error)) {
    table = g_new0 (TelarTable, 1);
    table->path = g_strdup (path);
    table->rows = lines->len;
    table->columns = g_ptr_array_new ();
    for (guint i = 0; i < n; i++)
      g_ptr_array_add (table->columns, column_new (names[i], &raw[i], table->rows));
    table->lines = g_array_steal (lines, NULL);
  }
  for (guint i = 0; i < n; i++)
    g_string_free (raw[i].cells, TRUE);
  return table;
}

void
telar_table_free (TelarTable *table)
{
  if (table == NULL)
    return;
  for (guint i = 0; i < table->columns->len; i++)
    column_free (table->rows, table->columns->pdata[i]);
  g_ptr_array_unref (table->columns);
  g_free (table->lines);
  g_free (table->path);
  g_free (table);
}

const TelarColumn *
telar_table_find (const TelarTable *table, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  for (guint i = 0; i < table->columns->len; i++) {
    const TelarColumn *column = table->columns->pdata[i];
    if (strcmp (column->name, name) == 0)
      return column;
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", column->name);
  }
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: no column \"%s\"; there are %s",
                   table->path, name, known->str);
  return NULL;
}

double
telar_column_number (const TelarColumn *column, gsize row)
{
  switch (column->type) {
  case TELAR_COLUMN_INTEGER:
    return (double)column->integers[row];
  case TELAR_COLUMN_REAL:
    return column->reals[row];
  case TELAR_COLUMN_BOOLEAN:
    return column->booleans[row];
  case TELAR_COLUMN_CATEGORY:
  case TELAR_COLUMN_TEXT:
    break;
  }
  return (double)NAN;
}

char *
telar_column_text (const TelarColumn *column, gsize row)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  switch (column->type) {
  case TELAR_COLUMN_INTEGER:
    return g_strdup_printf ("%" G_GINT64_FORMAT, column->integers[row]);
  case TELAR_COLUMN_REAL:
    return g_strdup (g_ascii_dtostr (number, sizeof number, column->reals[row]));
  case TELAR_COLUMN_BOOLEAN:
    return g_strdup (column->booleans[row] ? "true" : "false");
  case TELAR_COLUMN_CATEGORY:
    return g_strdup (column->dictionary->pdata[column->codes[row]]);
  case TELAR_COLUMN_TEXT:
    break;
  }
  return g_strdup (column->texts[row]);
}
