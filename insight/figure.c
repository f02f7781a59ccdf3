/* Figures by cairo, into memory. */
#include "insight/figure.h"
#include "insight/cut.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>

#define POINTS_AN_INCH 72.0
#define POINTS_A_PIXEL 0.75 /* CSS: 96 pixels an inch */
#define MM_AN_INCH     25.4
#define PAPER_TEXT     7.0   /* points */
#define PAPER_DOTS     300.0 /* an inch */

static const struct {
  const char *name, *type;
} formats[TELAR_N_FIGURES] = {
  [TELAR_FIGURE_SVG] = { "svg", "image/svg+xml" },
  [TELAR_FIGURE_PDF] = { "pdf", "application/pdf" },
  [TELAR_FIGURE_PNG] = { "png", "image/png" },
};

gboolean
telar_figure_find_format (const char *name, TelarFigureFormat *format)
{
  for (guint i = 0; i < TELAR_N_FIGURES; i++)
    if (g_ascii_strcasecmp (formats[i].name, name) == 0) {
      *format = (TelarFigureFormat)i;
      return TRUE;
    }
  return FALSE;
}

const char *
telar_figure_mime_type (TelarFigureFormat format)
{
  return formats[format].type;
}

double
telar_figure_from_mm (double mm)
{
  return mm / MM_AN_INCH * POINTS_AN_INCH;
}

void
telar_figure_paper (TelarFigureForm *form, TelarChartTheme *theme)
{
  form->points = TRUE;
  form->scale = PAPER_DOTS / POINTS_AN_INCH;
  telar_chart_theme_init (theme, FALSE);
  theme->font_size = PAPER_TEXT / POINTS_A_PIXEL;
}

/* --- drawing ----------------------------------------------------------------------------- */

static cairo_status_t
collect (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
make_surface (const TelarFigureForm *form, GByteArray *bytes)
{
  cairo_surface_t *surface = NULL;

  switch (form->format) {
  case TELAR_FIGURE_SVG:
    surface = cairo_svg_surface_create_for_stream (collect, bytes, form->width, form->height);
    cairo_svg_surface_set_document_unit (surface,
                                         form->points ? CAIRO_SVG_UNIT_PT : CAIRO_SVG_UNIT_PX);
    break;
  case TELAR_FIGURE_PDF:
    surface = cairo_pdf_surface_create_for_stream (collect, bytes, form->width, form->height);
    break;
  case TELAR_FIGURE_PNG:
  case TELAR_N_FIGURES:
    surface =
        cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)ceil (form->width * form->scale),
                                    (int)ceil (form->height * form->scale));
    break;
  }
  return surface;
}

GBytes *
telar_figure_draw (const TelarFigureForm *form, TelarFigureFunc draw, gpointer data, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = make_surface (form, bytes);
  cairo_t *cr = cairo_create (surface);

  if (form->format == TELAR_FIGURE_PNG)
    cairo_scale (cr, form->scale, form->scale);
  double unit = form->points ? POINTS_A_PIXEL : 1;
  cairo_scale (cr, unit, unit);
  draw (cr, form->width / unit, form->height / unit, data);
  cairo_status_t status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && form->format == TELAR_FIGURE_PNG)
    status = cairo_surface_write_to_png_stream (surface, collect, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the figure cannot be drawn: %s",
                   cairo_status_to_string (status));
  g_byte_array_unref (bytes);
  return NULL;
}

/* --- curves ------------------------------------------------------------------------------ */

gboolean
telar_figure_set_axis (TelarChart *chart, const char *name)
{
  static const struct {
    const char *name;
    TelarChartX x;
  } axes[] = { { "step", TELAR_CHART_STEP },
               { "epoch", TELAR_CHART_EPOCH },
               { "time", TELAR_CHART_TIME } };

  for (guint i = 0; i < G_N_ELEMENTS (axes); i++)
    if (name == NULL || g_str_equal (axes[i].name, name)) {
      telar_chart_set_x (chart, axes[i].x);
      telar_chart_set_x_name (chart, axes[i].name);
      return TRUE;
    }
  return FALSE;
}

static void
append_columns (TelarChart *chart, guint series, const TelarCut *cut)
{
  for (guint i = 0; i < cut->columns->len; i++) {
    const TelarStepColumn *column = &g_array_index (cut->columns, TelarStepColumn, i);
    TelarPoint point = { column->last_step, column->last_time,
                         cut->whole ? column->value : telar_range_mean (&column->range) };
    telar_chart_append (chart, series, &point, 1);
  }
}

/* The run, the tag, or both: what tells a series from the others. */
static char *
series_name (const char *run, const char *tag, guint n_runs, guint n_tags)
{
  if (n_runs == 1)
    return g_strdup (tag);
  return n_tags == 1 ? g_strdup (run) : g_strdup_printf ("%s, %s", run, tag);
}

static gboolean
add_run (TelarChart *chart, TelarStore *store, const TelarFigureCurves *curves, const char *name,
         GError **error)
{
  g_autoptr (TelarRunRow) row = telar_store_find_run (store, name, error);
  guint n_runs = g_strv_length ((char **)curves->runs);
  guint n_tags = g_strv_length ((char **)curves->tags);

  if (row == NULL)
    return FALSE;
  telar_chart_set_steps_per_epoch (chart, row->steps_per_epoch);
  for (guint i = 0; i < n_tags; i++) {
    TelarStretch stretch = { row->id, curves->tags[i], curves->from, curves->to };
    g_autoptr (TelarCut) cut =
        telar_cut_read (store, &stretch, curves->most / (n_runs * n_tags), error);
    g_autofree char *label = series_name (name, curves->tags[i], n_runs, n_tags);
    if (cut == NULL)
      return FALSE;
    append_columns (chart, telar_chart_add_series (chart, label, telar_chart_n_series (chart)),
                    cut);
  }
  return TRUE;
}

gboolean
telar_figure_add_curves (TelarChart *chart, TelarStore *store, const TelarFigureCurves *curves,
                         GError **error)
{
  for (guint i = 0; curves->runs[i] != NULL; i++)
    if (!add_run (chart, store, curves, curves->runs[i], error))
      return FALSE;
  return TRUE;
}
