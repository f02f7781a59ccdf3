/* Places along axes are kept as parts of their length, whatever they show. */
#include "insight/run-axes.h"

#include <math.h>
#include <string.h>

#define DECADES    50 /* the ratio from which an axis is logarithmic */
#define TICKS      5
#define MOST_WORDS 30   /* that are written */
#define SCATTER    0.68 /* of a band */

struct TelarRunAxes {
  GPtrArray *axes; /* TelarRunAxis */
  char **names;
  guint runs;
  gboolean *out; /* of each run */
  int color;
};

static void
axis_free (TelarRunAxis *axis, guint runs)
{
  for (guint i = 0; i < runs; i++)
    g_free (axis->texts[i]);
  g_free (axis->texts);
  g_free (axis->key);
  g_free (axis->title);
  g_free (axis->parts);
  g_array_unref (axis->ticks);
  g_free (axis);
}

TelarRunAxes *
telar_run_axes_new (const char *const *names, guint n)
{
  TelarRunAxes *axes = g_new0 (TelarRunAxes, 1);

  axes->axes = g_ptr_array_new ();
  axes->runs = n;
  axes->names = g_new0 (char *, n + 1);
  for (guint i = 0; i < n; i++)
    axes->names[i] = g_strdup (names[i]);
  axes->out = g_new0 (gboolean, n);
  axes->color = -1;
  return axes;
}

void
telar_run_axes_free (TelarRunAxes *axes)
{
  if (axes == NULL)
    return;
  for (guint i = 0; i < axes->axes->len; i++)
    axis_free (axes->axes->pdata[i], axes->runs);
  g_ptr_array_unref (axes->axes);
  g_strfreev (axes->names);
  g_free (axes->out);
  g_free (axes);
}

guint
telar_run_axes_n_runs (const TelarRunAxes *axes)
{
  return axes->runs;
}

const char *
telar_run_axes_name (const TelarRunAxes *axes, guint run)
{
  return axes->names[run];
}

guint
telar_run_axes_n (const TelarRunAxes *axes)
{
  return axes->axes->len;
}

const TelarRunAxis *
telar_run_axes_get (const TelarRunAxes *axes, guint axis)
{
  return axes->axes->pdata[axis];
}

int
telar_run_axes_find (const TelarRunAxes *axes, const char *key)
{
  for (guint i = 0; i < axes->axes->len; i++)
    if (g_str_equal (telar_run_axes_get (axes, i)->key, key))
      return (int)i;
  return -1;
}

void
telar_run_axes_set_color (TelarRunAxes *axes, guint axis)
{
  axes->color = (int)axis;
}

int
telar_run_axes_color (const TelarRunAxes *axes)
{
  return axes->color;
}

/* --- axes -------------------------------------------------------------------------------- */

static TelarRunAxis *
add_axis (TelarRunAxes *axes, const char *key, const char *title, double strength)
{
  TelarRunAxis *axis = g_new0 (TelarRunAxis, 1);

  axis->key = g_strdup (key);
  axis->title = g_strdup (title);
  axis->strength = strength;
  axis->parts = g_new (double, axes->runs);
  axis->texts = g_new0 (char *, axes->runs);
  axis->ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));
  g_ptr_array_add (axes->axes, axis);
  return axis;
}

/* Steps of tens are seen on a logarithmic axis. */
static gboolean
spans_decades (const double *values, guint n)
{
  double min = INFINITY, max = 0;

  for (guint i = 0; i < n; i++) {
    if (!isfinite (values[i]))
      continue;
    if (values[i] <= 0)
      return FALSE;
    min = MIN (min, values[i]);
    max = MAX (max, values[i]);
  }
  return max >= DECADES * min;
}

static double
scaled (double value, gboolean log_scale)
{
  if (!isfinite (value))
    return NAN;
  return log_scale ? log (value) : value;
}

static void
find_span (const double *values, guint n, gboolean log_scale, double *min, double *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  for (guint i = 0; i < n; i++) {
    double value = scaled (values[i], log_scale);
    *min = isnan (value) ? *min : MIN (*min, value);
    *max = isnan (value) ? *max : MAX (*max, value);
  }
  if (*max > *min)
    return;
  /* All the same, in the middle; or none. */
  double middle = isfinite (*min) ? *min : 0;
  *min = middle - MAX (fabs (middle) / 2, 0.5);
  *max = 2 * middle - *min;
}

/* Settings are round numbers: "0.01000" is read as "0.01". */
static char *
number_text (double value, TelarUnit unit)
{
  char text[32];

  telar_axis_format (value, unit, 4, text, sizeof text);
  for (gsize end = strlen (text); unit == TELAR_UNIT_NONE && strchr (text, '.') != NULL &&
                                  strchr (text, 'e') == NULL && end-- > 0;) {
    gboolean point = text[end] == '.';
    if (text[end] != '0' && !point)
      break;
    text[end] = '\0';
    if (point)
      break;
  }
  return g_strdup (text);
}

guint
telar_run_axes_add_numbers (TelarRunAxes *axes, const char *key, const char *title, TelarUnit unit,
                            const double *values, double strength)
{
  TelarRunAxis *axis = add_axis (axes, key, title, strength);
  double min, max;

  axis->unit = unit;
  axis->log = spans_decades (values, axes->runs);
  find_span (values, axes->runs, axis->log, &min, &max);
  for (guint i = 0; i < axes->runs; i++) {
    axis->parts[i] = (scaled (values[i], axis->log) - min) / (max - min);
    if (!isnan (axis->parts[i]))
      axis->texts[i] = number_text (values[i], unit);
  }
  telar_axis_ticks (axis->log ? exp (min) : min, axis->log ? exp (max) : max, axis->log, unit,
                    TICKS, axis->ticks);
  for (guint i = 0; i < axis->ticks->len; i++) {
    TelarTick *tick = &g_array_index (axis->ticks, TelarTick, i);
    tick->value = (scaled (tick->value, axis->log) - min) / (max - min);
  }
  return axes->axes->len - 1;
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
add_word_tick (TelarRunAxis *axis, const char *word, guint place)
{
  TelarTick tick = { .value = (place + 0.5) / axis->n_words };

  if (strlen (word) < sizeof tick.label)
    g_strlcpy (tick.label, word, sizeof tick.label);
  else /* as many characters as surely have room */
    g_utf8_strncpy (tick.label, word,
                    MIN (g_utf8_strlen (word, -1), (long)sizeof tick.label / 4 - 1));
  g_array_append_val (axis->ticks, tick);
}

guint
telar_run_axes_add_words (TelarRunAxes *axes, const char *key, const char *title,
                          const char *const *words, double strength)
{
  TelarRunAxis *axis = add_axis (axes, key, title, strength);
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();

  for (guint i = 0; i < axes->runs; i++)
    if (words[i] != NULL && g_hash_table_add (places, (gpointer)words[i]))
      g_ptr_array_add (kinds, (gpointer)words[i]);
  g_ptr_array_sort (kinds, compare_words);
  axis->n_words = kinds->len;
  for (guint k = 0; k < kinds->len; k++) {
    if (kinds->len <= MOST_WORDS)
      add_word_tick (axis, kinds->pdata[k], k);
    g_hash_table_insert (places, kinds->pdata[k], GUINT_TO_POINTER (k));
  }
  for (guint i = 0; i < axes->runs; i++) {
    guint place = words[i] != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (places, words[i])) : 0;
    axis->parts[i] = words[i] != NULL ? (place + 0.5) / kinds->len : NAN;
    axis->texts[i] = g_strdup (words[i]);
  }
  return axes->axes->len - 1;
}

/* FNV-1a, of 64 bits: two names differ in all of them. */
static guint64
mix (guint64 hash, const char *text)
{
  for (; *text != '\0'; text++)
    hash = (hash ^ (guint8)*text) * 0x100000001b3u;
  return hash;
}

double
telar_run_axes_place (const TelarRunAxes *axes, guint number, guint run)
{
  const TelarRunAxis *axis = telar_run_axes_get (axes, number);

  if (axis->n_words == 0)
    return axis->parts[run];
  guint64 hash = mix (mix (0xcbf29ce484222325u, axis->key), axes->names[run]);
  hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15u;
  double from_middle = (double)(hash >> 40) / (1 << 24) - 0.5;
  return axis->parts[run] + SCATTER * from_middle / axis->n_words;
}

/* --- brushes ----------------------------------------------------------------------------- */

void
telar_run_axes_brush (TelarRunAxes *axes, guint number, double one, double other)
{
  TelarRunAxis *axis = axes->axes->pdata[number];

  axis->brushed = TRUE;
  axis->low = MIN (one, other);
  axis->high = MAX (one, other);
  if (axis->n_words > 0) {
    axis->low = floor (CLAMP (axis->low, 0, 1) * axis->n_words) / axis->n_words;
    axis->high = ceil (CLAMP (axis->high, 0, 1) * axis->n_words) / axis->n_words;
  }
}

void
telar_run_axes_unbrush (TelarRunAxes *axes, guint number)
{
  TelarRunAxis *axis = axes->axes->pdata[number];

  axis->brushed = FALSE;
}

gboolean
telar_run_axes_unbrush_all (TelarRunAxes *axes)
{
  gboolean some = telar_run_axes_is_brushed (axes);

  for (guint i = 0; i < axes->axes->len; i++)
    telar_run_axes_unbrush (axes, i);
  return some;
}

gboolean
telar_run_axes_is_brushed (const TelarRunAxes *axes)
{
  for (guint i = 0; i < axes->axes->len; i++)
    if (telar_run_axes_get (axes, i)->brushed)
      return TRUE;
  return FALSE;
}

void
telar_run_axes_drop (TelarRunAxes *axes, guint run)
{
  axes->out[run] = TRUE;
}

gboolean
telar_run_axes_passes (const TelarRunAxes *axes, guint run)
{
  for (guint i = 0; i < axes->axes->len; i++) {
    const TelarRunAxis *axis = telar_run_axes_get (axes, i);
    if (axis->brushed && !(axis->parts[run] >= axis->low && axis->parts[run] <= axis->high))
      return FALSE;
  }
  return !axes->out[run];
}
