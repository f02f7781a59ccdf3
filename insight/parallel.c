/* Positions along an axis are kept as parts of its height, whatever it shows. */
#include "insight/parallel.h"

#include "insight/chart-private.h"

#include <math.h>
#include <string.h>

#define TOP        58.0 /* for the titles */
#define BOTTOM     20.0
#define SIDE       70.0
#define REACH      24.0 /* pixels from an axis that still mean it */
#define LEAST      3.0
#define BRUSH      14.0
#define FAINT      0.10
#define MOST_WORDS 30 /* that are written */

typedef struct {
  char *title;
  double *parts; /* of the height, from below; NaN: none */
  GArray *ticks; /* TelarTick, whose value is a part */
  double strength;
  gboolean brushed;
  double low, high;
} Axis;

struct TelarParallel {
  GPtrArray *axes; /* Axis */
  guint rows, color_axis;
  double width, height;
};

static void
axis_free (gpointer data)
{
  Axis *axis = data;

  g_free (axis->title);
  g_free (axis->parts);
  g_array_unref (axis->ticks);
  g_free (axis);
}

TelarParallel *
telar_parallel_new (void)
{
  TelarParallel *parallel = g_new0 (TelarParallel, 1);

  parallel->axes = g_ptr_array_new_with_free_func (axis_free);
  return parallel;
}

void
telar_parallel_free (TelarParallel *parallel)
{
  if (parallel == NULL)
    return;
  g_ptr_array_unref (parallel->axes);
  g_free (parallel);
}

void
telar_parallel_reset (TelarParallel *parallel, guint rows)
{
  g_ptr_array_set_size (parallel->axes, 0);
  parallel->rows = rows;
  parallel->color_axis = 0;
}

guint
telar_parallel_n_axes (const TelarParallel *parallel)
{
  return parallel->axes->len;
}

void
telar_parallel_set_color_axis (TelarParallel *parallel, guint axis)
{
  parallel->color_axis = axis;
}

/* --- axes -------------------------------------------------------------------------------- */

static Axis *
add_axis (TelarParallel *parallel, const char *title, double strength)
{
  Axis *axis = g_new0 (Axis, 1);

  axis->title = g_strdup (title);
  axis->strength = strength;
  axis->parts = g_new (double, parallel->rows);
  axis->ticks = g_array_new (FALSE, FALSE, sizeof (TelarTick));
  g_ptr_array_add (parallel->axes, axis);
  return axis;
}

static double
scaled (double value, gboolean log_scale)
{
  if (!log_scale)
    return isfinite (value) ? value : NAN;
  return value > 0 && isfinite (value) ? log (value) : NAN;
}

guint
telar_parallel_add_numbers (TelarParallel *parallel, const char *title, TelarUnit unit,
                            gboolean log_scale, const double *values, double strength)
{
  Axis *axis = add_axis (parallel, title, strength);
  double min = INFINITY, max = -INFINITY;

  for (guint i = 0; i < parallel->rows; i++) {
    double value = scaled (values[i], log_scale);
    min = isnan (value) ? min : MIN (min, value);
    max = isnan (value) ? max : MAX (max, value);
  }
  if (!(max > min)) { /* all the same, in the middle; or none */
    double middle = isfinite (min) ? min : 0;
    min = middle - (log_scale ? 1 : MAX (fabs (middle) / 2, 0.5));
    max = 2 * middle - min;
  }
  for (guint i = 0; i < parallel->rows; i++)
    axis->parts[i] = (scaled (values[i], log_scale) - min) / (max - min);
  telar_axis_ticks (log_scale ? exp (min) : min, log_scale ? exp (max) : max, log_scale, unit, 5,
                    axis->ticks);
  for (guint i = 0; i < axis->ticks->len; i++) {
    TelarTick *tick = &g_array_index (axis->ticks, TelarTick, i);
    tick->value = (scaled (tick->value, log_scale) - min) / (max - min);
  }
  return parallel->axes->len - 1;
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

guint
telar_parallel_add_words (TelarParallel *parallel, const char *title, const char *const *words,
                          double strength)
{
  Axis *axis = add_axis (parallel, title, strength);
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) kinds = g_ptr_array_new ();

  for (guint i = 0; i < parallel->rows; i++)
    if (words[i] != NULL && g_hash_table_add (places, (gpointer)words[i]))
      g_ptr_array_add (kinds, (gpointer)words[i]);
  g_ptr_array_sort (kinds, compare_words);
  for (guint k = 0; k < kinds->len; k++) {
    TelarTick tick = { .value = (k + 0.5) / kinds->len };
    g_utf8_strncpy (tick.label, kinds->pdata[k],
                    MIN (g_utf8_strlen (kinds->pdata[k], -1), (long)sizeof tick.label / 4 - 1));
    if (strlen (kinds->pdata[k]) < sizeof tick.label)
      g_strlcpy (tick.label, kinds->pdata[k], sizeof tick.label);
    if (kinds->len <= MOST_WORDS)
      g_array_append_val (axis->ticks, tick);
    g_hash_table_insert (places, kinds->pdata[k], GUINT_TO_POINTER (k));
  }
  for (guint i = 0; i < parallel->rows; i++)
    axis->parts[i] =
        words[i] == NULL
            ? NAN
            : (GPOINTER_TO_UINT (g_hash_table_lookup (places, words[i])) + 0.5) / kinds->len;
  return parallel->axes->len - 1;
}

/* --- brushes ----------------------------------------------------------------------------- */

static double
axis_x (const TelarParallel *parallel, guint axis)
{
  guint gaps = MAX (parallel->axes->len, 2) - 1;

  return SIDE + (parallel->width - 2 * SIDE) * axis / gaps;
}

static double
part_y (const TelarParallel *parallel, double part)
{
  return TOP + (1 - part) * (parallel->height - TOP - BOTTOM);
}

int
telar_parallel_axis_at (const TelarParallel *parallel, double x, double y)
{
  for (guint i = 0; i < parallel->axes->len; i++)
    if (fabs (axis_x (parallel, i) - x) <= REACH && y >= TOP - LEAST &&
        y <= parallel->height - BOTTOM + LEAST)
      return (int)i;
  return -1;
}

void
telar_parallel_brush (TelarParallel *parallel, guint number, double y0, double y1)
{
  Axis *axis = g_ptr_array_index (parallel->axes, number);
  double height = MAX (parallel->height - TOP - BOTTOM, 1);
  double one = 1 - (y0 - TOP) / height, other = 1 - (y1 - TOP) / height;

  axis->brushed = fabs (y1 - y0) >= LEAST;
  axis->low = MIN (one, other);
  axis->high = MAX (one, other);
}

gboolean
telar_parallel_passes (const TelarParallel *parallel, guint row)
{
  for (guint i = 0; i < parallel->axes->len; i++) {
    const Axis *axis = g_ptr_array_index (parallel->axes, i);
    if (axis->brushed && !(axis->parts[row] >= axis->low && axis->parts[row] <= axis->high))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_parallel_is_brushed (const TelarParallel *parallel)
{
  for (guint i = 0; i < parallel->axes->len; i++)
    if (((const Axis *)g_ptr_array_index (parallel->axes, i))->brushed)
      return TRUE;
  return FALSE;
}

/* --- drawing ----------------------------------------------------------------------------- */

/* From blue over grey to orange, the ends of the palette of curves: told apart with each common
 * kind of colour blindness, and by lightness too. */
static TelarColor
ramp (double part, const TelarChartTheme *theme)
{
  TelarColor low = telar_palette_color (0, theme->dark),
             high = telar_palette_color (1, theme->dark);
  TelarColor middle = { 0.62, 0.62, 0.62, 1 };
  TelarColor from = part < 0.5 ? low : middle, to = part < 0.5 ? middle : high;
  double t = part < 0.5 ? 2 * part : 2 * part - 1;

  return (TelarColor){ from.red + t * (to.red - from.red), from.green + t * (to.green - from.green),
                       from.blue + t * (to.blue - from.blue), 1 };
}

static void
draw_row (const TelarParallel *parallel, cairo_t *cr, guint row)
{
  gboolean pen_down = FALSE;
  double last_x = 0, last_y = 0;

  cairo_new_path (cr);
  for (guint i = 0; i < parallel->axes->len; i++) {
    const Axis *axis = g_ptr_array_index (parallel->axes, i);
    double x = axis_x (parallel, i), y = part_y (parallel, axis->parts[row]);
    if (isnan (y)) {
      pen_down = FALSE;
      continue;
    }
    if (pen_down)
      cairo_curve_to (cr, (last_x + x) / 2, last_y, (last_x + x) / 2, y, x, y);
    else
      cairo_move_to (cr, x, y);
    pen_down = TRUE;
    last_x = x;
    last_y = y;
  }
  cairo_stroke (cr);
}

static void
draw_rows (const TelarParallel *parallel, cairo_t *cr, const TelarChartTheme *theme,
           gboolean passing)
{
  const Axis *color = parallel->color_axis < parallel->axes->len
                          ? g_ptr_array_index (parallel->axes, parallel->color_axis)
                          : NULL;
  double alpha = CLAMP (30.0 / MAX (parallel->rows, 1), 0.25, 0.85);

  cairo_set_line_width (cr, passing ? 1.6 : 1);
  for (guint row = 0; row < parallel->rows; row++) {
    if (telar_parallel_passes (parallel, row) != passing)
      continue;
    double part = color != NULL ? color->parts[row] : NAN;
    if (passing && !isnan (part))
      telar_set_color (cr, ramp (CLAMP (part, 0, 1), theme), alpha);
    else
      telar_set_color (cr, theme->text, passing ? alpha * 0.5 : FAINT);
    draw_row (parallel, cr, row);
  }
}

static void
draw_text (cairo_t *cr, const TelarChartTheme *theme, const char *text, double x, double y,
           TelarTextAlign align, gboolean bold, double alpha)
{
  PangoLayout *layout = telar_chart_layout (cr, theme, 1, bold, text);
  TelarColor ground = theme->background;
  double width, height;

  if (align == TELAR_TEXT_RIGHT) { /* lines may run behind it */
    telar_layout_size (layout, &width, &height);
    ground.alpha = 1;
    telar_set_color (cr, ground, 0.75);
    cairo_rectangle (cr, x - width - 2, y - height / 2, width + 4, height);
    cairo_fill (cr);
  }
  telar_set_color (cr, theme->text, alpha);
  telar_draw_layout (cr, layout, x, y, align);
  g_object_unref (layout);
}

/* Title, strength as a bar and a number, line, ticks, brush. */
static void
draw_axis (const TelarParallel *parallel, cairo_t *cr, guint number, const TelarChartTheme *theme)
{
  const Axis *axis = g_ptr_array_index (parallel->axes, number);
  double x = floor (axis_x (parallel, number)) + 0.5;

  draw_text (cr, theme, axis->title, x, 16, TELAR_TEXT_MIDDLE, TRUE, 0.95);
  if (!isnan (axis->strength)) {
    char text[32];
    telar_axis_format (axis->strength, TELAR_UNIT_NONE, 2, text, sizeof text);
    telar_set_color (cr, telar_palette_color (axis->strength < 0 ? 1 : 0, theme->dark), 0.9);
    cairo_rectangle (cr, x - 30, 38, 60 * fabs (axis->strength), 4);
    cairo_fill (cr);
    draw_text (cr, theme, text, x + 36, 40, TELAR_TEXT_LEFT, FALSE, 0.62);
  }
  cairo_set_line_width (cr, 1);
  telar_set_color (cr, theme->text, 0.5);
  cairo_move_to (cr, x, TOP);
  cairo_line_to (cr, x, parallel->height - BOTTOM);
  cairo_stroke (cr);
  for (guint i = 0; i < axis->ticks->len; i++) {
    const TelarTick *tick = &g_array_index (axis->ticks, TelarTick, i);
    double y = part_y (parallel, tick->value);
    if (*tick->label == '\0' || tick->value < -0.001 || tick->value > 1.001)
      continue;
    draw_text (cr, theme, tick->label, x - 8, y, TELAR_TEXT_RIGHT, FALSE, 0.72);
  }
  if (!axis->brushed)
    return;
  cairo_rectangle (cr, x - BRUSH / 2, part_y (parallel, axis->high), BRUSH,
                   part_y (parallel, axis->low) - part_y (parallel, axis->high));
  telar_set_color (cr, theme->accent, 0.25);
  cairo_fill_preserve (cr);
  telar_set_color (cr, theme->accent, 0.9);
  cairo_stroke (cr);
}

void
telar_parallel_draw (TelarParallel *parallel, cairo_t *cr, double width, double height,
                     const TelarChartTheme *theme)
{
  parallel->width = width;
  parallel->height = height;
  cairo_save (cr);
  telar_chart_draw_paper (cr, theme, width, height);
  if (telar_parallel_is_brushed (parallel))
    draw_rows (parallel, cr, theme, FALSE);
  draw_rows (parallel, cr, theme, TRUE);
  for (guint i = 0; i < parallel->axes->len; i++)
    draw_axis (parallel, cr, i, theme);
  cairo_restore (cr);
}
