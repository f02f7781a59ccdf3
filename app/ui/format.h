/* Numbers as a person reads them: sensible digits, units, the locale's separators. All results are
 * the caller's to free. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *telar_format_count (double count);                    /* "152 k", "1.2 M" */
char *telar_format_bytes (double bytes);                    /* "41 MB" */
char *telar_format_flops (double flops);                    /* "0.17 GFLOP" */
char *telar_format_duration (double seconds);               /* "40 s", "2 min", "1 h 20 min" */
char *telar_format_ago (gint64 time_us);                    /* "3 minutes ago" */
char *telar_format_metric (const char *name, double value); /* "98.9 %", "0.0412" */

G_END_DECLS
