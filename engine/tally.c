/* Sums over batches. A sum is kept in double precision in the order of the batches, so that the
 * same batches give the same bits, also across a checkpoint. */
#include "engine/tally.h"
#include "engine/metric.h"
#include <string.h>

/* The sums of one metric. */
typedef struct {
  const TelarMetricKind *kind;
  const char *name;
  TelarShape shape; /* of a batch's tensor; axis 0 of what is collected is symbolic */
  GArray *sums;     /* double */
  guint first;      /* index of its first number */
} Part;

static void
free_part (gpointer data)
{
  Part *part = data;
  g_array_unref (part->sums);
  g_free (part);
}

/* How many doubles a part has: those of its tensor or, collected, of a row of axis 0. */
static gsize
part_unit (const Part *part)
{
  TelarShape unit = part->shape;
  if (telar_metric_collects (part->kind))
    unit.dims[0] = 1;
  return telar_shape_elements (&unit);
}

static TelarShape
part_shape (const Part *part)
{
  TelarShape shape = part->shape;
  if (telar_metric_collects (part->kind))
    shape.dims[0] = (gint64)(part->sums->len / part_unit (part));
  return shape;
}

static void
clear_part (Part *part)
{
  g_array_set_size (part->sums, 0);
  if (!telar_metric_collects (part->kind))
    g_array_set_size (part->sums, (guint)part_unit (part)); /* zeroes */
}

static const Part *
part_at (const TelarTally *tally, guint i)
{
  return tally->parts->pdata[i];
}

/* --- life ------------------------------------------------------------------------------------- */

static void
add_name (GPtrArray *names, const char *name)
{
  g_ptr_array_add (names, (gpointer)g_intern_string (name));
}

/* "loss" is the sum of all losses; several are told one by one behind it. */
static void
name_losses (const TelarProgram *program, GPtrArray *names)
{
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    if (telar_program_output (program, i)->role == TELAR_OUTPUT_LOSS)
      add_name (names, telar_program_output (program, i)->name);
  if (names->len == 1)
    g_ptr_array_set_size (names, 0);
  else if (names->len == 0)
    return;
  g_ptr_array_insert (names, 0, (gpointer)g_intern_static_string ("loss"));
}

static void
add_part (TelarTally *tally, const TelarProgram *program, const TelarOutput *output,
          GPtrArray *names)
{
  Part *part = g_new0 (Part, 1);
  part->kind = telar_metric_kind (output->kind);
  part->name = g_intern_string (output->name);
  part->shape = telar_program_type (program, output->value)->shape;
  part->sums = g_array_new (FALSE, TRUE, sizeof (double));
  part->first = names->len;
  for (guint i = 0; i < telar_metric_n_numbers (part->kind, &part->shape); i++) {
    g_autofree char *name = telar_metric_number_name (part->kind, output->name, i);
    add_name (names, name);
  }
  g_ptr_array_add (tally->parts, part);
}

TelarTally *
telar_tally_new (const TelarProgram *program)
{
  TelarTally *tally = g_new0 (TelarTally, 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  tally->parts = g_ptr_array_new_with_free_func (free_part);
  name_losses (program, names);
  tally->n_losses = names->len;
  for (guint i = 0; i < telar_program_n_outputs (program); i++) {
    const TelarOutput *output = telar_program_output (program, i);
    if (output->role == TELAR_OUTPUT_METRIC)
      add_part (tally, program, output, names);
  }
  tally->n = names->len;
  tally->names = (const char **)g_ptr_array_free (g_steal_pointer (&names), FALSE);
  tally->losses = g_new0 (double, tally->n_losses + 1);
  telar_tally_clear (tally);
  return tally;
}

void
telar_tally_free (TelarTally *tally)
{
  if (!tally)
    return;
  g_ptr_array_unref (tally->parts);
  g_free (tally->names);
  g_free (tally->losses);
  g_free (tally);
}

gboolean
telar_tally_check (const TelarTally *tally, gint64 rows, GError **error)
{
  for (guint i = 0; i < tally->parts->len; i++) {
    const Part *part = part_at (tally, i);
    if (!telar_metric_collects (part->kind))
      continue;
    TelarShape shape = telar_shape_bind (&part->shape, 1);
    double numbers = (double)rows * (double)telar_shape_elements (&shape);
    if (numbers <= (double)TELAR_TALLY_LIMIT)
      continue;
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s would keep all scores of %" G_GINT64_FORMAT " rows, %.0f numbers, and at "
                     "most %" G_GINT64_FORMAT " are kept; with bins it needs no more than those",
                     part->name, rows, numbers, TELAR_TALLY_LIMIT);
    return FALSE;
  }
  return TRUE;
}

/* --- adding ----------------------------------------------------------------------------------- */

void
telar_tally_clear (TelarTally *tally)
{
  tally->rows = 0;
  for (guint i = 0; i < tally->n_losses; i++)
    tally->losses[i] = 0;
  for (guint i = 0; i < tally->parts->len; i++)
    clear_part (tally->parts->pdata[i]);
}

void
telar_tally_add (TelarTally *tally, const double *losses, TelarTensor *const *metrics, gint64 rows)
{
  tally->rows += (double)rows;
  for (guint i = 0; i < tally->n_losses; i++)
    tally->losses[i] += losses[i] * (double)rows;
  for (guint i = 0; i < tally->parts->len; i++) {
    Part *part = tally->parts->pdata[i];
    const double *values = metrics[i]->data;
    gsize n = telar_tensor_elements (metrics[i]);
    if (telar_metric_collects (part->kind)) {
      g_array_append_vals (part->sums, values, (guint)n);
      continue;
    }
    double *sums = (double *)(void *)part->sums->data;
    for (gsize j = 0; j < n; j++)
      sums[j] += values[j];
  }
}

/* --- numbers and figures ---------------------------------------------------------------------- */

void
telar_tally_finish (const TelarTally *tally, gboolean running, double *numbers)
{
  for (guint i = 0; i < tally->n_losses; i++)
    numbers[i] = tally->losses[i] / tally->rows;
  for (guint i = 0; i < tally->parts->len; i++) {
    const Part *part = part_at (tally, i);
    TelarShape shape = part_shape (part);
    if (!part->kind->finish || (running && telar_metric_collects (part->kind)))
      continue;
    part->kind->finish (part->kind, &shape, (const double *)(void *)part->sums->data,
                        numbers + part->first);
  }
}

gboolean
telar_tally_is_slow (const TelarTally *tally, guint index)
{
  for (guint i = 0; i < tally->parts->len; i++)
    if (part_at (tally, i)->first == index && telar_metric_collects (part_at (tally, i)->kind))
      return TRUE;
  return FALSE;
}

void
telar_figure_free (TelarFigure *figure)
{
  telar_tensor_unref (figure->values);
  g_free (figure);
}

json_t *
telar_figure_to_json (const TelarTensor *values)
{
  json_t *rows = json_array ();
  gint64 height = values->type.shape.dims[0], width = values->type.shape.dims[1];
  for (gint64 i = 0; i < height; i++) {
    json_t *row = json_array ();
    for (gint64 j = 0; j < width; j++)
      json_array_append_new (
          row, json_integer ((json_int_t)telar_tensor_get (values, (gsize)(i * width + j))));
    json_array_append_new (rows, row);
  }
  return rows;
}

GPtrArray *
telar_tally_figures (const TelarTally *tally)
{
  GPtrArray *figures = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_figure_free);
  for (guint i = 0; i < tally->parts->len; i++) {
    const Part *part = part_at (tally, i);
    if (!part->kind->matrix)
      continue;
    TelarFigure *figure = g_new (TelarFigure, 1);
    *figure = (TelarFigure){ part->name, telar_tensor_new (TELAR_F64, &part->shape) };
    memcpy (figure->values->data, part->sums->data, figure->values->bytes);
    g_ptr_array_add (figures, figure);
  }
  return figures;
}

/* --- saving: rows, losses, then the sums of each metric, after their number where collected -----
 */

GArray *
telar_tally_save (const TelarTally *tally)
{
  GArray *saved = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_val (saved, tally->rows);
  g_array_append_vals (saved, tally->losses, tally->n_losses);
  for (guint i = 0; i < tally->parts->len; i++) {
    const Part *part = part_at (tally, i);
    double n = part->sums->len;
    if (telar_metric_collects (part->kind))
      g_array_append_val (saved, n);
    g_array_append_vals (saved, part->sums->data, part->sums->len);
  }
  return saved;
}

/* How many doubles of @saved from @at on are the sums of @part, which begin at @at afterwards;
 * G_MAXSIZE when there are not as many. */
static gsize
saved_length (const Part *part, const GArray *saved, gsize *at)
{
  gsize n = part_unit (part);
  if (telar_metric_collects (part->kind)) {
    if (*at >= saved->len)
      return G_MAXSIZE;
    double count = g_array_index (saved, double, (*at)++);
    if (!(count >= 0 && count <= (double)saved->len) || (gsize)count % n != 0)
      return G_MAXSIZE;
    n = (gsize)count;
  }
  return n <= saved->len - *at ? n : G_MAXSIZE;
}

static gboolean
fits_saved (const TelarTally *tally, const GArray *saved)
{
  gsize at = 1 + tally->n_losses;
  if (saved->len < at)
    return FALSE;
  for (guint i = 0; i < tally->parts->len; i++) {
    gsize n = saved_length (part_at (tally, i), saved, &at);
    if (n == G_MAXSIZE)
      return FALSE;
    at += n;
  }
  return at == saved->len;
}

gboolean
telar_tally_load (TelarTally *tally, const GArray *saved)
{
  const double *values = (const double *)(const void *)saved->data;
  gsize at = 1 + tally->n_losses;
  if (!fits_saved (tally, saved))
    return FALSE;
  tally->rows = values[0];
  memcpy (tally->losses, values + 1, tally->n_losses * sizeof (double));
  for (guint i = 0; i < tally->parts->len; i++) {
    Part *part = tally->parts->pdata[i];
    gsize n = saved_length (part, saved, &at);
    g_array_set_size (part->sums, 0);
    g_array_append_vals (part->sums, values + at, (guint)n);
    at += n;
  }
  return TRUE;
}
