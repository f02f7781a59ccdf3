/* Ticks at round numbers, and numbers as text. */
#include "insight/axis.h"

#include <math.h>
#include <string.h>

#define MINUS        "\xe2\x88\x92"
#define NARROW_SPACE "\xe2\x80\x89"

/* --- steps between ticks ----------------------------------------------------------------- */

/* The smallest of 1, 2, 5 times a power of ten that is not below @step. */
static double
round_step (double step)
{
  double power = pow (10, floor (log10 (step)));
  double fraction = step / power;

  /* A hair of tolerance: 0.2 / 0.1 may come out above 2. */
  if (fraction <= 1 + 1e-9)
    return power;
  if (fraction <= 2 + 1e-9)
    return 2 * power;
  return fraction <= 5 + 1e-9 ? 5 * power : 10 * power;
}

static double
round_seconds (double step)
{
  static const double steps[] = { 1,   2,   5,    10,   15,   30,    60,    120,   300,
                                  600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400 };

  if (step <= 1)
    return round_step (step);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (step <= steps[i])
      return steps[i];
  return 86400 * round_step (step / 86400);
}

static double
tick_step (double span, TelarUnit unit, guint wanted)
{
  double step = span / MAX (wanted, 1);

  if (unit == TELAR_UNIT_SECONDS || unit == TELAR_UNIT_CLOCK)
    return round_seconds (step);
  step = round_step (step);
  return unit == TELAR_UNIT_COUNT ? MAX (step, 1) : step;
}

/* --- numbers as text --------------------------------------------------------------------- */

/* "12345.6" to "12 345.6", with narrow spaces (ISO 80000-1), so that no comma is taken for a point.
 * Four digits stand together. */
static void
group_thousands (char *text, gsize size)
{
  char *digits = *text == '-' ? text + 1 : text;
  gsize whole = strspn (digits, "0123456789");

  if (whole < 5)
    return;
  for (gsize at = whole; at > 3; at -= 3) {
    char *gap = digits + at - 3;
    if (strlen (text) + sizeof NARROW_SPACE > size)
      return;
    memmove (gap + strlen (NARROW_SPACE), gap, strlen (gap) + 1);
    memcpy (gap, NARROW_SPACE, strlen (NARROW_SPACE));
  }
}

static void
use_minus (char *text, gsize size)
{
  gsize length = strlen (text);

  for (char *c = strchr (text, '-'); c != NULL && length + 3 <= size; c = strchr (c + 3, '-')) {
    memmove (c + 3, c + 1, strlen (c + 1) + 1);
    memcpy (c, MINUS, 3);
    length += 2;
  }
}

/* With @decimals after the point; a number too small or too large for that as 2e-5. */
static void
format_number (double value, int decimals, char *text, gsize size)
{
  double magnitude = fabs (value);

  if (magnitude != 0 && (magnitude < 0.5e-3 || magnitude >= 1e7)) {
    int exponent = (int)floor (log10 (magnitude) + 1e-9);
    int digits = CLAMP (decimals + exponent, 0, 4);
    g_snprintf (text, (gulong)size, "%.*fe%d", digits, value / pow (10, exponent), exponent);
  } else {
    g_snprintf (text, (gulong)size, "%.*f", decimals, value);
    group_thousands (text, size);
  }
  use_minus (text, size);
}

static void
format_seconds (double value, double step, char *text, gsize size)
{
  gint64 seconds = (gint64)floor (value + 0.5);
  gint64 minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

  if (value < 60 && step < 1)
    g_snprintf (text, (gulong)size, "%.*f s", (int)CLAMP (ceil (-log10 (step) - 1e-9), 0, 6),
                value);
  else if (seconds < 60)
    g_snprintf (text, (gulong)size, "%d s", (int)seconds);
  else if (hours == 0 && seconds % 60 == 0)
    g_snprintf (text, (gulong)size, "%d min", (int)minutes);
  else if (hours == 0)
    g_snprintf (text, (gulong)size, "%d min %d s", (int)minutes, (int)(seconds % 60));
  else if (days == 0 && minutes % 60 == 0)
    g_snprintf (text, (gulong)size, "%d h", (int)hours);
  else if (days == 0)
    g_snprintf (text, (gulong)size, "%d h %d min", (int)hours, (int)(minutes % 60));
  else if (hours % 24 == 0)
    g_snprintf (text, (gulong)size, "%d d", (int)days);
  else
    g_snprintf (text, (gulong)size, "%d d %d h", (int)days, (int)(hours % 24));
}

/* "14:05", with seconds or the day where the step asks for them. */
static void
format_clock (double value, double step, char *text, gsize size)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local ((gint64)floor (value));
  g_autofree char *written = when == NULL ? NULL
                                          : g_date_time_format (when, step >= 86400  ? "%d %b"
                                                                      : step >= 3600 ? "%d %b %H:%M"
                                                                      : step >= 60   ? "%H:%M"
                                                                                     : "%H:%M:%S");

  g_strlcpy (text, written != NULL ? written : "", size);
}

static int
decimals_of (double step)
{
  return (int)CLAMP (ceil (-log10 (step) - 1e-9), 0, 12);
}

static void
format_tick (double value, TelarUnit unit, double step, char *text, gsize size)
{
  if (value == 0) /* zero needs no decimals */
    step = MAX (step, 1);
  switch (unit) {
  case TELAR_UNIT_SECONDS:
    format_seconds (value, step, text, size);
    return;
  case TELAR_UNIT_CLOCK:
    format_clock (value, step, text, size);
    return;
  case TELAR_UNIT_PERCENT:
    format_number (value * 100, decimals_of (step * 100), text, size);
    g_strlcat (text, " %", size);
    return;
  case TELAR_UNIT_COUNT:
    if (value >= 1e6 && step >= 1e5) {
      format_number (value / 1e6, decimals_of (step / 1e6), text, size);
      g_strlcat (text, "M", size);
      return;
    }
    format_number (value, 0, text, size);
    return;
  case TELAR_UNIT_NONE:
    format_number (value, decimals_of (step), text, size);
    return;
  }
}

void
telar_axis_format (double value, TelarUnit unit, guint digits, char *text, gsize size)
{
  if (!isfinite (value)) {
    g_strlcpy (text,
               isnan (value) ? "NaN"
               : value > 0   ? "\xe2\x88\x9e"
                             : MINUS "\xe2\x88\x9e",
               size);
    return;
  }
  if (unit == TELAR_UNIT_CLOCK) {
    format_clock (value, 1, text, size);
    return;
  }
  double scaled = unit == TELAR_UNIT_PERCENT ? value * 100 : value;
  int exponent = scaled == 0 ? 0 : (int)floor (log10 (fabs (scaled)) + 1e-9);
  int decimals = CLAMP ((int)digits - 1 - exponent, 0, 12);

  if (unit == TELAR_UNIT_PERCENT)
    decimals = MIN (decimals, (int)digits - 2);
  double step = pow (10, -MAX (decimals, 0));
  format_tick (value, unit, unit == TELAR_UNIT_PERCENT ? step / 100 : step, text, size);
}

/* --- ticks ------------------------------------------------------------------------------- */

static void
add_tick (GArray *ticks, double value, TelarUnit unit, double step, gboolean labelled)
{
  TelarTick tick = { .value = value };

  if (labelled)
    format_tick (value, unit, step, tick.label, sizeof tick.label);
  g_array_append_val (ticks, tick);
}

static void
linear_ticks (double min, double max, TelarUnit unit, guint wanted, GArray *ticks)
{
  double step = tick_step (max - min, unit, wanted), shift = 0;

  if (unit == TELAR_UNIT_CLOCK) { /* round hours are those of the place */
    g_autoptr (GDateTime) when = g_date_time_new_from_unix_local ((gint64)max);
    shift = when != NULL ? (double)g_date_time_get_utc_offset (when) / G_USEC_PER_SEC : 0;
  }
  /* Counted, not added up, so that the tick at zero is zero. */
  double first = ceil ((min + shift) / step - 1e-9), last = floor ((max + shift) / step + 1e-9);

  for (double i = first; i <= last; i++)
    add_tick (ticks, i * step - shift + 0.0, unit, step, TRUE); /* adding turns -0 into 0 */
}

/* Powers of ten carry labels, each @every-th of them; the 2 to 9 between are minor. */
static void
decade_ticks (double min, double max, TelarUnit unit, int every, GArray *ticks)
{
  int first = (int)floor (log10 (min)), last = (int)ceil (log10 (max));

  for (int decade = first; decade <= last; decade++) {
    for (int digit = 1; digit <= (every == 1 ? 9 : 1); digit++) {
      double value = digit * pow (10, decade);
      if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9))
        add_tick (ticks, value, unit, pow (10, decade),
                  digit == 1 && (decade - first) % every == 0);
    }
  }
}

void
telar_axis_ticks (double min, double max, gboolean log, TelarUnit unit, guint wanted, GArray *ticks)
{
  if (!isfinite (min) || !isfinite (max) || !(max > min) || (log && min <= 0))
    return;
  double decades = log ? log10 (max) - log10 (min) : 0;

  if (!log || floor (log10 (max) + 1e-9) - ceil (log10 (min) - 1e-9) < 1)
    linear_ticks (min, max, unit, wanted, ticks);
  else
    decade_ticks (min, max, unit, (int)MAX (1, ceil (decades / MAX (wanted, 1))), ticks);
}
