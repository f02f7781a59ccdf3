/* Judging a validation, batch by batch: an answer is the class with the highest score. */
#include "engine/judge.h"
#include "engine/lower-private.h"
#include <math.h>
#include <string.h>

#define SCORES "judge:scores"
#define LABELS "judge:labels"

/* --- pictures --------------------------------------------------------------------------------- */

gboolean
telar_feed_port_is_image (const TelarFeedPort *port, gint64 *channels, gint64 *height,
                          gint64 *width, gboolean *channels_last)
{
  const TelarShape *shape = &port->type.shape;
  gint64 c = 1, h, w;
  *channels_last = FALSE;
  if (shape->rank == 3) {
    h = shape->dims[1];
    w = shape->dims[2];
  } else if (shape->rank == 4) {
    *channels_last = shape->dims[1] != 1 && shape->dims[1] != 3;
    c = shape->dims[*channels_last ? 3 : 1];
    h = shape->dims[*channels_last ? 1 : 2];
    w = shape->dims[*channels_last ? 2 : 3];
  } else {
    return FALSE;
  }
  *channels = c;
  *height = h;
  *width = w;
  return (c == 1 || c == 3) && h >= 4 && w >= 4 && h <= TELAR_JUDGE_PIXELS / w / c &&
         (telar_dtype_is_float (port->type.dtype) || port->type.dtype == TELAR_U8);
}

TelarTensor *
telar_feed_image (const TelarFeedPort *port, const TelarTensor *batch, gint64 row)
{
  gint64 c, h, w;
  gboolean last;
  telar_feed_port_is_image (port, &c, &h, &w, &last);
  TelarShape shape = { .rank = 4, .dims = { 1, c, h, w } };
  TelarTensor *image = telar_tensor_new (TELAR_F32, &shape);
  gsize from = (gsize)(row * c * h * w), plane = (gsize)(h * w);
  for (gsize channel = 0; channel < (gsize)c; channel++)
    for (gsize i = 0; i < plane; i++)
      telar_tensor_set (
          image, channel * plane + i,
          telar_tensor_get (batch, from + (last ? i * (gsize)c + channel : channel * plane + i)));
  return image;
}

static gboolean
find_port (const TelarFeed *feed, guint *port)
{
  gint64 c, h, w;
  gboolean last;
  for (guint i = 0; i < feed->n_ports; i++)
    if (telar_feed_port_is_image (&feed->ports[i], &c, &h, &w, &last)) {
      *port = i;
      return TRUE;
    }
  return FALSE;
}

/* --- what is compared ------------------------------------------------------------------------- */

static TelarValue
wired (const TelarLowered *lowered, const TelarLoweredNode *node, guint port)
{
  const TelarEdge *edge = telar_graph_incoming (node->drawing, node->node->id, port, 0);
  if (!edge)
    return TELAR_NO_VALUE;
  g_autofree char *path = g_strconcat (node->before, edge->from, NULL);
  return telar_lowered_value (lowered, path, edge->from_port);
}

/* Scores [rows, classes] beside whole numbers, one for each row. */
static gboolean
are_classes (const TelarProgram *program, TelarValue scores, TelarValue labels)
{
  if (scores == TELAR_NO_VALUE || labels == TELAR_NO_VALUE)
    return FALSE;
  const TelarType *a = telar_program_type (program, scores);
  const TelarType *b = telar_program_type (program, labels);
  return telar_dtype_is_float (a->dtype) && !telar_dtype_is_float (b->dtype) &&
         a->shape.rank == 2 && a->shape.dims[1] > 1 &&
         (b->shape.rank == 1 || (b->shape.rank == 2 && b->shape.dims[1] == 1));
}

TelarJudge *
telar_judge_new (const TelarLowered *lowered, const TelarFeed *feed)
{
  const GPtrArray *nodes = telar_lowered_nodes (lowered);
  guint port = 0;
  if (!find_port (feed, &port))
    return NULL;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarLoweredNode *node = nodes->pdata[i];
    const TelarOperator *op = node->node->op;
    if (op->category != TELAR_CATEGORY_LOSS || telar_operator_n_inputs (op) < 2)
      continue;
    TelarValue scores = wired (lowered, node, 0), labels = wired (lowered, node, 1);
    if (!are_classes (lowered->program, scores, labels))
      continue;
    TelarJudge *judge = g_new0 (TelarJudge, 1);
    judge->scores = scores;
    judge->labels = labels;
    judge->port = port;
    judge->mistakes = g_array_new (FALSE, FALSE, sizeof (TelarMistake));
    return judge;
  }
  return NULL;
}

void
telar_judge_clear (TelarJudge *judge)
{
  for (guint i = 0; i < judge->mistakes->len; i++)
    telar_tensor_unref (g_array_index (judge->mistakes, TelarMistake, i).pixels);
  g_array_set_size (judge->mistakes, 0);
  judge->rows = 0;
}

void
telar_judge_free (TelarJudge *judge)
{
  if (!judge)
    return;
  telar_judge_clear (judge);
  g_array_unref (judge->mistakes);
  g_free (judge);
}

TelarProgram *
telar_judge_mark (const TelarJudge *judge, const TelarProgram *lowered, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (lowered));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (lowered) + 1);
  telar_copy_states (builder, lowered, map);
  for (guint i = 0; i < telar_program_n_instrs (lowered); i++)
    telar_copy_instr (builder, lowered, telar_program_instr (lowered, i), map);
  telar_builder_set_origin (builder, NULL);
  telar_copy_results (builder, lowered, map);
  telar_build_output (builder, TELAR_OUTPUT_PROBE, SCORES, map[judge->scores]);
  telar_build_output (builder, TELAR_OUTPUT_PROBE, LABELS, map[judge->labels]);
  return telar_builder_finish (builder, error);
}

/* --- a batch ---------------------------------------------------------------------------------- */

static const TelarTensor *
find_output (const TelarRunner *runner, const char *name)
{
  for (guint i = 0; i < runner->n_outputs; i++)
    if (strcmp (telar_program_output (runner->program, i)->name, name) == 0)
      return runner->outputs[i];
  g_assert_not_reached ();
}

static gint64
best_class (const TelarTensor *scores, gint64 row, gint64 n)
{
  gsize from = (gsize)(row * n);
  gint64 best = 0;
  double most = telar_tensor_get (scores, from);
  for (gint64 i = 1; i < n; i++) {
    double score = telar_tensor_get (scores, from + (gsize)i);
    if (score > most) {
      most = score;
      best = i;
    }
  }
  return best;
}

/* Of the class with the highest score. */
static double
probability_of (const TelarTensor *scores, gint64 row, gint64 n, gint64 best)
{
  gsize from = (gsize)(row * n);
  double most = telar_tensor_get (scores, from + (gsize)best), sum = 0;
  for (gint64 i = 0; i < n; i++)
    sum += exp (telar_tensor_get (scores, from + (gsize)i) - most);
  return 1 / sum;
}

/* Where a mistake is to go: behind the others while there is room, otherwise in the place of the
 * least sure, among those of its classes first; -1: nowhere. */
static int
find_place (const TelarJudge *judge, const TelarMistake *mistake)
{
  int least = -1, least_alike = -1;
  guint alike = 0;
  for (guint i = 0; i < judge->mistakes->len; i++) {
    const TelarMistake *other = &g_array_index (judge->mistakes, TelarMistake, i);
    const TelarMistake *all = (const TelarMistake *)(void *)judge->mistakes->data;
    if (least < 0 || other->score < all[least].score)
      least = (int)i;
    if (other->truth != mistake->truth || other->answer != mistake->answer)
      continue;
    alike++;
    if (least_alike < 0 || other->score < all[least_alike].score)
      least_alike = (int)i;
  }
  if (alike >= TELAR_JUDGE_MOST_PAIR)
    least = least_alike;
  else if (judge->mistakes->len < TELAR_JUDGE_MOST)
    return (int)judge->mistakes->len;
  return g_array_index (judge->mistakes, TelarMistake, (guint)least).score < mistake->score ? least
                                                                                            : -1;
}

static void
keep (TelarJudge *judge, const TelarRunner *runner, TelarMistake mistake, gint64 row)
{
  int place = find_place (judge, &mistake);
  if (place < 0)
    return;
  mistake.pixels =
      telar_feed_image (&runner->feed->ports[judge->port], runner->batch[judge->port], row);
  if ((guint)place == judge->mistakes->len) {
    g_array_append_val (judge->mistakes, mistake);
    return;
  }
  TelarMistake *before = &g_array_index (judge->mistakes, TelarMistake, (guint)place);
  telar_tensor_unref (before->pixels);
  *before = mistake;
}

void
telar_judge_see (const TelarRunner *runner, gint64 rows, gpointer data)
{
  TelarJudge *judge = data;
  const TelarTensor *scores = find_output (runner, SCORES), *labels = find_output (runner, LABELS);
  gint64 n = scores->type.shape.dims[1];
  /* Where the model splits or joins rows, they are not those of the pictures. */
  gboolean same = scores->type.shape.dims[0] == rows && labels->type.shape.dims[0] == rows;
  for (gint64 row = 0; same && row < rows; row++) {
    TelarMistake mistake = { .row = judge->rows + row };
    mistake.truth = (gint64)telar_tensor_get (labels, (gsize)row);
    mistake.answer = best_class (scores, row, n);
    if (mistake.truth == mistake.answer || mistake.truth < 0 || mistake.truth >= n)
      continue;
    mistake.score = probability_of (scores, row, n, mistake.answer);
    keep (judge, runner, mistake, row);
  }
  judge->rows += rows;
}
