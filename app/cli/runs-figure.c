/* telar runs figure: curves as a picture for a paper. */
#include "app/cli/runs.h"
#include "insight/figure.h"
#include "insight/save.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_POINTS (1 << 20)
#define LEAST_MM    20.0
#define MOST_MM     2000.0

/* "85mm", "3.3in" in points. */
static gboolean
read_length (const char *text, double *points, GError **error)
{
  static const struct {
    const char *name;
    double mm;
  } units[] = { { "mm", 1 }, { "cm", 10 }, { "in", 25.4 }, { "pt", 25.4 / 72 } };
  char *end;
  double number = g_ascii_strtod (text, &end);

  for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
    double mm = number * units[i].mm;
    if (end == text || strcmp (end, units[i].name) != 0 || !(mm >= LEAST_MM && mm <= MOST_MM))
      continue;
    *points = telar_figure_from_mm (mm);
    return TRUE;
  }
  telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                   "a length is a number with mm, cm, in or pt, from 20mm to 2m, not \"%s\"", text);
  return FALSE;
}

static gboolean
read_size (const TelarCommand *command, TelarFigureForm *form, GError **error)
{
  const char *width = telar_command_text (command, "width");
  const char *height = telar_command_text (command, "height");

  form->width = telar_figure_from_mm (TELAR_FIGURE_COLUMN_MM);
  if (width != NULL && !read_length (width, &form->width, error))
    return FALSE;
  form->height = form->width * 2 / 3;
  return height == NULL || read_length (height, &form->height, error);
}

/* The format of the file's ending. */
static gboolean
read_form (const TelarCommand *command, TelarFigureForm *form, GError **error)
{
  const char *path = telar_command_text (command, "output");
  const char *dot = path != NULL ? strrchr (path, '.') : NULL;

  if (dot == NULL || !telar_figure_find_format (dot + 1, &form->format)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "-o takes a file that ends with .svg, .pdf or .png");
    return FALSE;
  }
  return read_size (command, form, error);
}

/* --- the chart --------------------------------------------------------------------------- */

static gboolean
set_up (const TelarCommand *command, TelarChart *chart, GError **error)
{
  const char *smoothing = telar_command_text (command, "smoothing");
  char *end = NULL;
  double weight = smoothing != NULL ? g_ascii_strtod (smoothing, &end) : 0;

  if (smoothing != NULL && (*end != '\0' || end == smoothing || !(weight >= 0 && weight < 1))) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "--smoothing takes a number from 0 to below 1");
    return FALSE;
  }
  telar_chart_set_smoothing (chart, weight);
  telar_chart_set_log (chart, telar_command_has (command, "log"));
  telar_figure_set_axis (chart, telar_command_text (command, "x")); /* one of the choices */
  return TRUE;
}

/* A name that is no curve of any run would be a line that nobody sees. */
static gboolean
check_curves (const TelarChart *chart, GError **error)
{
  TelarPoint last;

  for (guint i = 0; i < telar_chart_n_series (chart); i++)
    if (!telar_chart_last (chart, i, &last)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no point of “%s”",
                       telar_chart_series_name (chart, i));
      return FALSE;
    }
  return TRUE;
}

static TelarChart *
make_chart (const TelarCommand *command, TelarStore *store, GError **error)
{
  const GPtrArray *tags = telar_command_list (command, "tag");
  const char *title = telar_command_text (command, "title");
  g_autoptr (GPtrArray) runs = g_ptr_array_new (), names = g_ptr_array_new ();

  if (tags == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--tag is needed: which curve is drawn?");
    return NULL;
  }
  for (guint i = 1; i < command->arguments->len; i++)
    g_ptr_array_add (runs, command->arguments->pdata[i]);
  g_ptr_array_add (runs, NULL);
  for (guint i = 0; i < tags->len; i++)
    g_ptr_array_add (names, tags->pdata[i]);
  g_ptr_array_add (names, NULL);
  TelarFigureCurves curves = { (const char *const *)runs->pdata, (const char *const *)names->pdata,
                               0, G_MAXINT64, MOST_POINTS };
  g_autoptr (TelarChart) chart = telar_chart_new (title != NULL ? title : tags->pdata[0]);
  if (!set_up (command, chart, error) || !telar_figure_add_curves (chart, store, &curves, error) ||
      !check_curves (chart, error))
    return NULL;
  return g_steal_pointer (&chart);
}

/* --- the action -------------------------------------------------------------------------- */

typedef struct {
  TelarChart *chart;
  TelarChartTheme theme;
} Drawing;

static void
draw (cairo_t *cr, double width, double height, gpointer data)
{
  const Drawing *drawing = data;

  telar_chart_draw (drawing->chart, cr, width, height, &drawing->theme);
}

gboolean
telar_runs_figure (const TelarCommand *command, TelarStore *store, GError **error)
{
  const char *path = telar_command_text (command, "output");
  TelarFigureForm form;
  Drawing drawing;

  if (!read_form (command, &form, error))
    return FALSE;
  g_autoptr (TelarChart) chart = make_chart (command, store, error);
  if (chart == NULL)
    return FALSE;
  drawing.chart = chart;
  telar_figure_paper (&form, &drawing.theme);
  g_autoptr (GBytes) bytes = telar_figure_draw (&form, draw, &drawing, error);
  if (bytes == NULL || !telar_save_bytes (path, bytes, error))
    return FALSE;
  if (telar_command_has (command, "json"))
    telar_print_json (
        json_pack ("{s:s, s:I}", "path", path, "bytes", (json_int_t)g_bytes_get_size (bytes)));
  else
    printf ("%s\n", path);
  return TRUE;
}
