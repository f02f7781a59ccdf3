/* Formatting of figures, the same everywhere in the studio. */
#include "app/ui/format.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Three significant digits, no trailing zeros after a whole number. */
static char *
digits (double value)
{
  int decimals = value == 0 || fabs (value) >= 100 ? 0 : fabs (value) >= 10 ? 1 : 2;

  if (fabs (value - round (value)) < 1e-9 * fabs (value))
    decimals = 0;
  return g_strdup_printf ("%'.*f", decimals, value);
}

static char *
scaled (double value, double base, const char *const *units, guint n_units)
{
  g_autofree char *text = NULL;
  guint unit = 0;

  while (fabs (value) >= base && unit + 1 < n_units) {
    value /= base;
    unit++;
  }
  text = digits (value);
  return units[unit][0] ? g_strdup_printf ("%s\u202f%s", text, units[unit]) : g_strdup (text);
}

char *
telar_format_count (double count)
{
  static const char *const units[] = { "", "k", "M", "G" };

  return scaled (count, 1000, units, G_N_ELEMENTS (units));
}

char *
telar_format_bytes (double bytes)
{
  static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };

  return scaled (bytes, 1000, units, G_N_ELEMENTS (units));
}

char *
telar_format_flops (double flops)
{
  static const char *const units[] = { "FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP" };

  return scaled (flops, 1000, units, G_N_ELEMENTS (units));
}

char *
telar_format_duration (double seconds)
{
  gint64 whole = (gint64)ceil (MAX (seconds, 0));

  if (whole < 60)
    return g_strdup_printf (_ ("%d s"), (int)whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%d min"), (int)((whole + 30) / 60));
  return g_strdup_printf (_ ("%d h %d min"), (int)(whole / 3600), (int)(whole % 3600 / 60));
}

char *
telar_format_ago (gint64 time_us)
{
  gint64 seconds = (g_get_real_time () - time_us) / G_USEC_PER_SEC;
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (time_us / G_USEC_PER_SEC);
  int n;

  if (seconds < 60)
    return g_strdup (_ ("just now"));
  if (seconds < 3600) {
    n = (int)(seconds / 60);
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong)n), n);
  }
  if (seconds < 24 * 3600) {
    n = (int)(seconds / 3600);
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong)n), n);
  }
  return g_date_time_format (then, "%x");
}

char *
telar_format_metric (const char *name, double value)
{
  if (strstr (name, "accuracy"))
    return g_strdup_printf (_ ("%.1f\u202f%%"), value * 100);
  return g_strdup_printf ("%.4g", value);
}
