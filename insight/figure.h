/* Figures: curves of the store drawn by the charts' painter as SVG, PDF or PNG. What the web page's
 * pictures, the studio's and the command line's figures are. */
#pragma once

#include "insight/chart.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_FIGURE_SVG,
  TELAR_FIGURE_PDF,
  TELAR_FIGURE_PNG,
  TELAR_N_FIGURES
} TelarFigureFormat;

/* "svg", also as a file's ending; FALSE when there is none of that name. */
gboolean telar_figure_find_format (const char *name, TelarFigureFormat *format);
const char *telar_figure_mime_type (TelarFigureFormat format);

typedef struct {
  TelarFigureFormat format;
  double width, height; /* in points, 1/72 inch, or in CSS pixels, which the painter draws in */
  gboolean points;
  double scale; /* of a PNG: its pixels for one of these */
} TelarFigureForm;

typedef void (*TelarFigureFunc) (cairo_t *cr, double width, double height, gpointer data);
/* What @draw draws, as a file; NULL when cairo cannot (too large). */
GBytes *telar_figure_draw (const TelarFigureForm *form, TelarFigureFunc draw, gpointer data,
                           GError **error);

/* The form of a figure in a paper: text of 7 points, white paper, PNG at 300 dots an inch. */
void telar_figure_paper (TelarFigureForm *form, TelarChartTheme *theme);
#define TELAR_FIGURE_COLUMN_MM 85.0      /* a column's width, where nobody says another */
double telar_figure_from_mm (double mm); /* in points */

/* What runs along x: "step" (NULL too), "epoch" or "time"; FALSE for another name. */
gboolean telar_figure_set_axis (TelarChart *chart, const char *name);

/* Each tag of each run, in a stretch of steps. Of more than @most points in all the means of so
 * many columns are drawn. */
typedef struct {
  const char *const *runs, *const *tags; /* ended by NULL */
  gint64 from, to;
  guint most;
} TelarFigureCurves;
/* Adds a series for each. */
gboolean telar_figure_add_curves (TelarChart *chart, TelarStore *store,
                                  const TelarFigureCurves *curves, GError **error);

G_END_DECLS
