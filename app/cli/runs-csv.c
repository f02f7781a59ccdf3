/* Runs and CSV files. */
#include "app/cli/runs-csv.h"
#include "data/csv.h"
#include "engine/text.h"
#include "insight/save.h"

#include <stdio.h>
#include <string.h>

/* --- out --------------------------------------------------------------------------------- */

typedef struct {
  TelarStore *store;
  gint64 run;
  FILE *file;
  char *tag; /* as a field */
} Writer;

static gboolean
write_points (const TelarWallPoint *points, guint n, gpointer data)
{
  const Writer *writer = data;
  char wall[TELAR_REAL_TEXT], value[TELAR_REAL_TEXT];

  for (guint i = 0; i < n; i++)
    fprintf (writer->file, "%s,%" G_GINT64_FORMAT ",%s,%s\n", writer->tag, points[i].step,
             telar_real_to_text (points[i].wall, wall),
             telar_real_to_text (points[i].value, value));
  return !ferror (writer->file);
}

static gboolean
write_all (FILE *file, gpointer data, GError **error)
{
  Writer *writer = data;
  g_autoptr (GPtrArray) tags = telar_store_tags (writer->store, writer->run, error);

  if (tags == NULL)
    return FALSE;
  writer->file = file;
  fputs ("tag,step,wall_time,value\n", file);
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = tags->pdata[i];
    g_autofree char *field = telar_csv_quote (tag->name);
    writer->tag = field;
    if (!telar_store_walk_wall (writer->store, tag->id, write_points, writer, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_run_write_csv (TelarStore *store, const TelarRunRow *row, const char *path, GError **error)
{
  Writer writer = { .store = store, .run = row->id };

  return telar_save (path, write_all, &writer, error);
}

/* --- in ---------------------------------------------------------------------------------- */

enum { NONE = -1 };

/* Which column holds what. */
typedef struct {
  int step, wall, tag, value; /* NONE: no such column */
  GPtrArray *names;           /* of all columns */
  char *curve;                /* of a file with one curve: its name */
} Form;

static void
form_clear (Form *form)
{
  g_clear_pointer (&form->names, g_ptr_array_unref);
  g_free (form->curve);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Form, form_clear)

/* The first of @names (ended by NULL) that is a column. */
static int
find_column (const Form *form, const char *const *names)
{
  for (; *names != NULL; names++)
    for (guint i = 0; i < form->names->len; i++)
      if (g_ascii_strcasecmp (form->names->pdata[i], *names) == 0)
        return (int)i;
  return NONE;
}

/* "metrics" of "logs/metrics.csv". */
static char *
stem_of (const char *path)
{
  char *name = g_path_get_basename (path);

  if (g_str_has_suffix (name, ".csv"))
    name[strlen (name) - strlen (".csv")] = '\0';
  return name;
}

/* "loss" of "run-train-tag-loss.csv", as TensorBoard calls a download; else the file's name. */
static char *
curve_of (const char *path)
{
  g_autofree char *stem = stem_of (path);
  const char *tag = strstr (stem, "-tag-");

  return g_strdup (tag != NULL ? tag + strlen ("-tag-") : stem);
}

static void
read_form (Form *form, TelarCsv *csv, const char *path)
{
  static const char *const steps[] = { "step", "epoch", NULL };
  static const char *const walls[] = { "wall_time", "wall time", "timestamp", "time", NULL };
  static const char *const tags[] = { "tag", "metric", "name", NULL };
  static const char *const values[] = { "value", NULL };

  form->names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < telar_csv_n_fields (csv); i++)
    g_ptr_array_add (form->names, g_strstrip (g_strdup (telar_csv_field (csv, i))));
  form->step = find_column (form, steps);
  form->wall = find_column (form, walls);
  form->value = find_column (form, values);
  form->tag = form->value != NONE ? find_column (form, tags) : NONE;
  form->curve = curve_of (path);
}

/* FALSE when the field is no number; @empty: it holds nothing. */
static gboolean
read_number (const char *field, double *value, gboolean *empty)
{
  char *end;

  while (g_ascii_isspace (*field))
    field++;
  *empty = *field == '\0';
  *value = g_ascii_strtod (field, &end);
  while (g_ascii_isspace (*end))
    end++;
  return *empty || (*end == '\0' && end != field);
}

static gboolean
read_step (const char *field, gint64 *step)
{
  double real;
  gboolean empty;

  if (g_ascii_string_to_signed (field, 10, G_MININT64, G_MAXINT64, step, NULL))
    return TRUE;
  /* pandas makes "12.0" of a column in which a cell is empty */
  if (!read_number (field, &real, &empty) || empty || !(real >= 0 && real < 9e15) ||
      real != (double)(gint64)real)
    return FALSE;
  *step = (gint64)real;
  return TRUE;
}

static gboolean
wrong (TelarCsv *csv, const char *path, const char *field, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s:%u: “%s” is no %s", path,
                   telar_csv_line (csv), field, what);
  return FALSE;
}

typedef struct {
  TelarCsv *csv;
  const char *path;
  const Form *form;
  TelarBulk *bulk;
  gint64 line; /* records so far */
} Reader;

static gboolean
add_cell (const Reader *reader, int column, const char *tag, TelarWallPoint point, GError **error)
{
  const char *field = telar_csv_field (reader->csv, (guint)column);
  gboolean empty;

  if (!read_number (field, &point.value, &empty))
    return wrong (reader->csv, reader->path, field, "number", error);
  if (empty)
    return TRUE;
  TelarBulkTag *curve = telar_bulk_tag (reader->bulk, tag, strlen (tag), error);
  if (curve != NULL && telar_bulk_add (reader->bulk, curve, &point, error))
    return TRUE;
  g_prefix_error (error, "%s:%u: ", reader->path, telar_csv_line (reader->csv));
  return FALSE;
}

/* The record at hand. */
static gboolean
add_record (Reader *reader, GError **error)
{
  const Form *form = reader->form;
  TelarWallPoint point = { .step = reader->line++ };
  gboolean empty;

  if (form->step != NONE) {
    const char *field = telar_csv_field (reader->csv, (guint)form->step);
    if (!read_step (field, &point.step))
      return wrong (reader->csv, reader->path, field, "step", error);
  }
  if (form->wall != NONE) {
    const char *field = telar_csv_field (reader->csv, (guint)form->wall);
    if (!read_number (field, &point.wall, &empty))
      return wrong (reader->csv, reader->path, field, "time in seconds", error);
  }
  if (form->value != NONE)
    return add_cell (reader, form->value,
                     form->tag != NONE ? telar_csv_field (reader->csv, (guint)form->tag)
                                       : form->curve,
                     point, error);
  for (int i = 0; i < (int)form->names->len; i++)
    if (i != form->step && i != form->wall &&
        !add_cell (reader, i, form->names->pdata[i], point, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_records (Reader *reader, GError **error)
{
  int got;

  while ((got = telar_csv_next (reader->csv, error)) > 0)
    if (!add_record (reader, error))
      return FALSE;
  return got == 0;
}

char *
telar_run_read_csv (TelarStore *store, const char *path, const char *name,
                    TelarBulkSummary *summary, GError **error)
{
  g_autoptr (TelarCsv) csv = telar_csv_open (path, 0, error);
  g_autofree char *stem = name != NULL ? g_strdup (name) : stem_of (path);
  g_autofree char *run = csv != NULL ? telar_store_unused_name (store, stem, error) : NULL;
  TelarRecording recording = { .run = run };
  g_autoptr (TelarBulk) bulk = run != NULL ? telar_bulk_new (store, &recording, error) : NULL;
  g_auto (Form) form = { 0 };

  if (bulk == NULL)
    return NULL;
  read_form (&form, csv, path);
  Reader reader = { csv, path, &form, bulk, 0 };
  TelarBulkEnd end = { .status = TELAR_RUN_DONE };
  if (!read_records (&reader, error) || !telar_bulk_finish (bulk, &end, summary, error))
    return NULL;
  return g_steal_pointer (&run);
}
