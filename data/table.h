/* A table: named, typed columns of equal length, with missing values. */
#pragma once

#include "engine/error.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_COLUMN_INTEGER,
  TELAR_COLUMN_REAL,
  TELAR_COLUMN_BOOLEAN,  /* true, false in any case */
  TELAR_COLUMN_CATEGORY, /* strings, few of them: codes into a dictionary */
  TELAR_COLUMN_TEXT,     /* strings, most of them different */
} TelarColumnType;

const char *telar_column_type_name (TelarColumnType type); /* "integer" */

typedef struct {
  char *name;
  TelarColumnType type;
  guint64 *missing; /* a bit per row */
  gsize n_missing;
  union {
    gint64 *integers;
    double *reals;
    guint8 *booleans;
    guint32 *codes; /* category: index into the dictionary */
    char **texts;   /* owned; NULL where missing */
  };
  GPtrArray *dictionary; /* category: char *, sorted by bytes; else NULL */
} TelarColumn;

typedef struct {
  char *path; /* where it was read from */
  gsize rows;
  GPtrArray *columns; /* TelarColumn * */
  guint32 *lines;     /* the line of each row in its file, for messages */
} TelarTable;

/* Reads all of a CSV file. A column's type is the narrowest that all its values have. Missing are
 * the empty field and NA, N/A, NaN, nan, null, NULL. @separator as in telar_csv_open. */
TelarTable *telar_table_read_csv (const char *path, char separator, GError **error);
/* The same with at most @limit bytes of fields, so that a small gzip file cannot fill the memory;
 * above it is a quarter of the machine's. */
TelarTable *telar_table_read_csv_limited (const char *path, char separator, gsize limit,
                                          GError **error);
void telar_table_free (TelarTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarTable, telar_table_free)

/* NULL when there is none; the error names those there are. */
const TelarColumn *telar_table_find (const TelarTable *table, const char *name, GError **error);

static inline gboolean
telar_column_is_missing (const TelarColumn *column, gsize row)
{
  return (column->missing[row / 64] >> (row % 64)) & 1;
}

/* Integer, real or boolean columns: the value as a number. */
double telar_column_number (const TelarColumn *column, gsize row);
/* Any column: the value as text; caller frees. */
char *telar_column_text (const TelarColumn *column, gsize row);

G_END_DECLS
