/* Cells of the table are made from keys, so that columns can be whatever runs have. */
#include "app/compare/run-item.h"

#include "app/ui/run-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _TelarRunItem {
  GObject parent_instance;

  TelarRunReading reading;
  int style;
};

G_DEFINE_FINAL_TYPE (TelarRunItem, telar_run_item, G_TYPE_OBJECT)

static guint changed_signal;

static void
clear_reading (TelarRunReading *reading)
{
  telar_run_row_free (reading->row);
  g_clear_pointer (&reading->last, g_hash_table_unref);
  g_clear_pointer (&reading->best, g_hash_table_unref);
  telar_choices_free (reading->choices);
}

void
telar_run_reading_free (gpointer data)
{
  clear_reading (data);
  g_free (data);
}

static void
finalize (GObject *object)
{
  clear_reading (&TELAR_RUN_ITEM (object)->reading);
  G_OBJECT_CLASS (telar_run_item_parent_class)->finalize (object);
}

static void
telar_run_item_class_init (TelarRunItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  changed_signal = g_signal_new ("changed", TELAR_TYPE_RUN_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
telar_run_item_init (TelarRunItem *item)
{
  item->style = -1;
}

/* Takes what @reading has; what was chosen for a run stays as it was. */
static void
take (TelarRunItem *item, TelarRunReading *reading)
{
  TelarChoices *choices = g_steal_pointer (&item->reading.choices);

  clear_reading (&item->reading);
  item->reading = *reading;
  *reading = (TelarRunReading){ 0 };
  if (item->reading.choices == NULL)
    item->reading.choices = choices;
  else
    telar_choices_free (choices);
}

TelarRunItem *
telar_run_item_new (TelarRunReading *reading)
{
  TelarRunItem *item = g_object_new (TELAR_TYPE_RUN_ITEM, NULL);

  take (item, reading);
  return item;
}

void
telar_run_item_update (TelarRunItem *item, TelarRunReading *reading)
{
  take (item, reading);
  g_signal_emit (item, changed_signal, 0);
}

const TelarRunRow *
telar_run_item_row (TelarRunItem *item)
{
  return item->reading.row;
}

gint64
telar_run_item_id (TelarRunItem *item)
{
  return item->reading.row->id;
}

const TelarChoices *
telar_run_item_choices (TelarRunItem *item)
{
  return item->reading.choices;
}

GHashTable *
telar_run_item_metrics (TelarRunItem *item)
{
  return item->reading.last;
}

int
telar_run_item_style (TelarRunItem *item)
{
  return item->style;
}

void
telar_run_item_set_style (TelarRunItem *item, int style)
{
  if (item->style == style)
    return;
  item->style = style;
  g_signal_emit (item, changed_signal, 0);
}

/* --- columns ----------------------------------------------------------------------------- */

typedef struct {
  const char *key, *title;
  TelarUnit unit;
} Column;

/* clang-format off */
static const Column columns[] = {
  { "star",       N_("Star"),       TELAR_UNIT_NONE },
  { "name",       N_("Name"),       TELAR_UNIT_NONE },
  { "state",      N_("State"),      TELAR_UNIT_NONE },
  { "labels",     N_("Labels"),     TELAR_UNIT_NONE },
  { "note",       N_("Note"),       TELAR_UNIT_NONE },
  { "started",    N_("Started"),    TELAR_UNIT_CLOCK },
  { "duration",   N_("Duration"),   TELAR_UNIT_SECONDS },
  { "epochs",     N_("Epochs"),     TELAR_UNIT_COUNT },
  { "parameters", N_("Parameters"), TELAR_UNIT_COUNT },
  { "device",     N_("Device"),     TELAR_UNIT_NONE },
  { "project",    N_("Project"),    TELAR_UNIT_NONE },
};
/* clang-format on */

static const Column *
find_column (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_str_equal (columns[i].key, key))
      return &columns[i];
  return NULL;
}

/* What stands behind "choice:" and the like, or NULL. */
static const char *
behind (const char *key, const char *prefix)
{
  return g_str_has_prefix (key, prefix) ? key + strlen (prefix) : NULL;
}

char *
telar_run_column_title (const char *key)
{
  const Column *column = find_column (key);
  const char *choice = behind (key, "choice:"), *last = behind (key, "last:");
  const char *best = behind (key, "best:"), *tag = last != NULL ? last : best;

  if (column != NULL)
    return g_strdup (_ (column->title));
  if (choice != NULL && g_str_equal (choice, "seed"))
    return g_strdup (_ ("Seed"));
  if (choice != NULL)
    return strchr (choice, '.') != NULL ? g_strdup (choice) : telar_metric_title (choice);
  if (tag == NULL)
    return g_strdup (key);
  g_autofree char *title = telar_metric_title (telar_metric_group (tag));
  g_autofree char *whole = telar_metric_is_validation (tag)
                               ? g_strdup_printf (_ ("%s, validation"), title)
                               : g_strdup (title);
  return last != NULL ? g_steal_pointer (&whole) : g_strdup_printf (_ ("%s, best"), whole);
}

TelarUnit
telar_run_column_unit (const char *key)
{
  const Column *column = find_column (key);
  const char *last = behind (key, "last:"), *best = behind (key, "best:");

  if (column != NULL)
    return column->unit;
  if (last == NULL && best == NULL)
    return TELAR_UNIT_NONE;
  return telar_metric_unit (telar_metric_group (last != NULL ? last : best));
}

/* --- cells ------------------------------------------------------------------------------- */

static double
look_up (GHashTable *table, const char *name)
{
  const double *value = g_hash_table_lookup (table, name);

  return value != NULL ? *value : NAN;
}

static double
duration (const TelarRunRow *row)
{
  gint64 end = row->ended != 0 ? row->ended : telar_run_is_open (row) ? g_get_real_time () : 0;

  return end > row->started ? (double)(end - row->started) / G_USEC_PER_SEC : NAN;
}

double
telar_run_item_number (TelarRunItem *item, const char *key)
{
  const TelarRunReading *reading = &item->reading;
  const TelarRunRow *row = reading->row;
  const char *name;

  if ((name = behind (key, "last:")) != NULL)
    return look_up (reading->last, name);
  if ((name = behind (key, "best:")) != NULL)
    return look_up (reading->best, name);
  if ((name = behind (key, "choice:")) != NULL)
    return telar_choice_number (telar_choices_get (reading->choices, name));
  if (g_str_equal (key, "star"))
    return row->star ? 0 : 1;
  if (g_str_equal (key, "started"))
    return (double)row->started / G_USEC_PER_SEC;
  if (g_str_equal (key, "duration"))
    return duration (row);
  if (g_str_equal (key, "epochs"))
    return (double)row->epoch;
  if (g_str_equal (key, "parameters"))
    return row->parameters > 0 ? (double)row->parameters : NAN;
  return NAN;
}

static char *
started_text (const TelarRunRow *row)
{
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_local (row->started / G_USEC_PER_SEC);

  return started != NULL ? g_date_time_format (started, "%d %b %Y, %H:%M") : g_strdup ("");
}

static char *
word (TelarRunItem *item, const char *key)
{
  const TelarRunRow *row = item->reading.row;
  const char *text = NULL;

  if (g_str_equal (key, "name"))
    text = row->name;
  else if (g_str_equal (key, "state"))
    text = telar_run_status_text (row->status);
  else if (g_str_equal (key, "note"))
    text = row->note;
  else if (g_str_equal (key, "labels"))
    text = row->labels;
  else if (g_str_equal (key, "device"))
    text = row->device;
  else if (g_str_equal (key, "project") && row->project != NULL)
    return g_path_get_basename (row->project);
  else if (g_str_has_prefix (key, "choice:"))
    text = telar_choices_get (item->reading.choices, behind (key, "choice:"));
  return g_strdup (text != NULL ? text : "");
}

char *
telar_run_item_text (TelarRunItem *item, const char *key)
{
  const TelarRunRow *row = item->reading.row;
  double number = telar_run_item_number (item, key);
  char text[48];

  if (g_str_equal (key, "star"))
    return g_strdup (row->star ? "★" : "");
  if (g_str_equal (key, "started"))
    return started_text (row);
  if (g_str_equal (key, "epochs"))
    return row->epochs > 0 && row->epoch != row->epochs
               ? g_strdup_printf (_ ("%d of %d"), (int)row->epoch, (int)row->epochs)
               : g_strdup_printf ("%d", (int)row->epoch);
  if (isnan (number) || g_str_has_prefix (key, "choice:"))
    return word (item, key);
  telar_axis_format (number, telar_run_column_unit (key),
                     g_str_equal (key, "parameters") ? 12
                     : g_str_equal (key, "duration") ? 2
                                                     : 4,
                     text, sizeof text);
  return g_strdup (text);
}

int
telar_run_item_compare (TelarRunItem *a, TelarRunItem *b, const char *key)
{
  double x = telar_run_item_number (a, key), y = telar_run_item_number (b, key);

  if (!isnan (x) || !isnan (y))
    return isnan (x) ? 1 : isnan (y) ? -1 : x < y ? -1 : x > y;
  g_autofree char *one = word (a, key), *other = word (b, key);
  if (*one == '\0' || *other == '\0')
    return (*one == '\0') - (*other == '\0');
  g_autofree char *one_key = g_utf8_collate_key_for_filename (one, -1);
  g_autofree char *other_key = g_utf8_collate_key_for_filename (other, -1);
  return strcmp (one_key, other_key);
}
