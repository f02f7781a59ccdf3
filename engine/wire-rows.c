/* One pass over the split, of which the wanted rows are kept. */
#include "engine/wire-rows.h"

#include "engine/judge.h"
#include <string.h>

#define BATCH 256

enum { VALUES, CLASSES };

typedef struct {
  const TelarWireQuery *query;
  TelarWireRows *rows;
  const TelarFeedPort *picture; /* NULL: there are none */
  guint port;                   /* of the feed, that has them */
  gint64 total, wanted;         /* rows of the split, rows that are kept */
  gint64 seen, kept;
} Reading;

void
telar_wire_rows_clear (TelarWireRows *rows)
{
  g_clear_pointer (&rows->values, telar_tensor_unref);
  g_clear_pointer (&rows->pictures, telar_tensor_unref);
  g_clear_pointer (&rows->places, g_free);
  g_clear_pointer (&rows->classes, g_free);
  g_clear_pointer (&rows->names, g_strfreev);
}

/* --- which wire ------------------------------------------------------------------------------- */

static gboolean
has_rows (const TelarType *type)
{
  return type->shape.rank > 0 && type->shape.dims[0] == TELAR_DIM_BATCH &&
         telar_dtype_is_float (type->dtype);
}

static TelarValue
find_wire (const TelarLowered *lowered, const char *wire, GError **error)
{
  TelarValue value = telar_lowered_wire (lowered, wire, error);
  if (value == TELAR_NO_VALUE || has_rows (telar_program_type (lowered->program, value)))
    return value;
  g_autofree char *id = g_strndup (wire, strcspn (wire, "."));
  telar_set_error (error, TELAR_ERROR_INVALID, id,
                   "its output \"%s\" has no numbers of its own for each sample", wire);
  return TELAR_NO_VALUE;
}

/* --- the program ------------------------------------------------------------------------------ */

/* What comes after the wire is not computed. */
static TelarProgram *
mark (const TelarProgram *lowered, TelarValue wire, TelarValue classes, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new ("wire");
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (lowered) + 1);
  telar_copy_all (builder, lowered, map);
  telar_builder_set_origin (builder, NULL);
  telar_build_output (builder, TELAR_OUTPUT_PROBE, "wire:values", map[wire]);
  if (classes != TELAR_NO_VALUE)
    telar_build_output (builder, TELAR_OUTPUT_PROBE, "wire:classes", map[classes]);
  return telar_builder_finish (builder, error);
}

/* --- the rows --------------------------------------------------------------------------------- */

/* Whether row @row is one of those that are kept, evenly spread. */
static gboolean
is_kept (const Reading *r, gint64 row)
{
  return row * r->wanted / r->total != (row + 1) * r->wanted / r->total;
}

static void
copy_row (TelarTensor *to, gint64 place, const TelarTensor *from, gint64 row)
{
  gsize n = telar_tensor_elements (to) / (gsize)to->type.shape.dims[0];
  for (gsize i = 0; i < n; i++)
    telar_tensor_set (to, (gsize)place * n + i, telar_tensor_get (from, (gsize)row * n + i));
}

static void
keep_row (Reading *r, const TelarRunner *runner, gint64 row)
{
  copy_row (r->rows->values, r->kept, runner->outputs[VALUES], row);
  if (r->rows->classes)
    r->rows->classes[r->kept] = (int)telar_tensor_get (runner->outputs[CLASSES], (gsize)row);
  if (r->rows->pictures) {
    g_autoptr (TelarTensor) picture = telar_feed_image (r->picture, runner->batch[r->port], row);
    copy_row (r->rows->pictures, r->kept, picture, 0);
  }
  r->rows->places[r->kept++] = r->seen + row;
}

static void
see (const TelarRunner *runner, gint64 n, gpointer data)
{
  Reading *r = data;
  for (gint64 row = 0; row < n; row++)
    if (is_kept (r, r->seen + row))
      keep_row (r, runner, row);
  r->seen += n;
}

static gboolean
read_all (Reading *r, TelarRunner *runner, GError **error)
{
  TelarFeedPass pass = { .split = r->query->split, .batch = BATCH };
  TelarRunnerStep step = { .states = r->query->states };
  gint64 n;
  telar_runner_set_seen (runner, see, r);
  if (!telar_feed_begin (r->query->feed, &pass, error))
    return FALSE;
  while ((n = telar_runner_next (runner, &step, error)) > 0) {
    if (!r->query->progress ||
        r->query->progress ((double)r->seen / (double)r->total, r->query->data))
      continue;
    telar_set_error (error, TELAR_ERROR_INTERRUPTED, NULL, "the reading of the wire was ended");
    return FALSE;
  }
  return n == 0;
}

/* --- room ------------------------------------------------------------------------------------- */

static void
find_pictures (Reading *r)
{
  gint64 c, h, w;
  gboolean last;
  for (guint i = 0; i < r->query->feed->n_ports && !r->picture; i++) {
    const TelarFeedPort *port = &r->query->feed->ports[i];
    if (!telar_feed_port_is_image (port, &c, &h, &w, &last) ||
        r->wanted > TELAR_WIRE_ROWS_BYTES / 4 / (c * h * w * (gint64)sizeof (float)))
      continue;
    r->picture = port;
    r->port = i;
    r->rows->pictures =
        telar_tensor_new (TELAR_F32, &(TelarShape){ .rank = 4, .dims = { r->wanted, c, h, w } });
  }
}

static gboolean
make_room (Reading *r, const TelarType *type, gboolean classes, GError **error)
{
  gint64 width = 1;
  for (guint i = 1; i < type->shape.rank; i++)
    if (type->shape.dims[i] <= 0 || type->shape.dims[i] > TELAR_WIRE_ROWS_BYTES / width)
      width = TELAR_WIRE_ROWS_BYTES; /* of no known size, or too wide for one row */
    else
      width *= type->shape.dims[i];
  if (width > TELAR_WIRE_ROWS_BYTES / (gint64)sizeof (float) / r->wanted) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s: its numbers for %" G_GINT64_FORMAT " rows are too many; take fewer rows",
                     r->query->wire, r->wanted);
    return FALSE;
  }
  r->rows->values = telar_tensor_try_new (
      TELAR_F32, &(TelarShape){ .rank = 2, .dims = { r->wanted, width } }, error);
  r->rows->places = g_new (gint64, r->wanted);
  r->rows->classes = classes ? g_new (int, r->wanted) : NULL;
  find_pictures (r);
  return r->rows->values != NULL;
}

static gboolean
read_wire (Reading *r, const TelarLowered *lowered, TelarValue wire, GError **error)
{
  TelarJudge *judge = telar_judge_new (lowered, r->query->feed);
  TelarValue classes = TELAR_NO_VALUE;
  if (judge && judge->exclusive) {
    classes = judge->labels;
    r->rows->names = g_strdupv ((char **)judge->classes);
  }
  telar_judge_free (judge);
  TelarCompileOptions options = { .device = r->query->device, .states = r->query->states };
  g_autoptr (TelarProgram) marked = mark (lowered->program, wire, classes, error);
  g_autoptr (TelarProgram) program =
      marked ? telar_compile_inference (marked, &options, error) : NULL;
  if (!program ||
      !make_room (r, telar_program_type (lowered->program, wire), classes != TELAR_NO_VALUE, error))
    return FALSE;
  g_autoptr (TelarRunner) runner = telar_runner_new (program, r->query->feed, r->query->device);
  return read_all (r, runner, error);
}

gboolean
telar_wire_rows_read (const TelarWireQuery *query, TelarWireRows *rows, GError **error)
{
  Reading r = { .query = query,
                .rows = rows,
                .total = telar_feed_rows (query->feed, query->split) };
  r.wanted = MIN (r.total, query->most);
  if (r.wanted <= 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "there are no rows of that part of the data");
    return FALSE;
  }
  g_autoptr (TelarLowered) lowered = telar_lower (query->graph, query->feed, TELAR_LOWER_EVALUATE);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  TelarValue wire = find_wire (lowered, query->wire, error);
  return wire != TELAR_NO_VALUE && read_wire (&r, lowered, wire, error);
}
