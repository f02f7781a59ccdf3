/* Judging a validation, batch by batch: an answer is the class with the highest score. */
#include "engine/judge.h"
#include "engine/lower-private.h"
#include <math.h>
#include <string.h>

#define SCORES       "judge:scores"
#define LABELS       "judge:labels"
#define MOST_CLASSES (1 << 20)

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

/* Where samples come from: pictures, else numbers. */
static void
find_samples (TelarJudge *judge, const TelarFeed *feed)
{
  gint64 c, h, w;
  gboolean last;
  for (guint i = feed->n_ports; i-- > 0;) {
    const TelarType *type = &feed->ports[i].type;
    if (telar_feed_port_is_image (&feed->ports[i], &c, &h, &w, &last)) {
      judge->sample = TELAR_SAMPLE_PICTURE;
      judge->port = i;
    } else if (judge->sample != TELAR_SAMPLE_PICTURE && type->shape.rank == 2 &&
               telar_dtype_is_float (type->dtype) &&
               type->shape.dims[1] <= TELAR_SAMPLE_MOST_NUMBERS) {
      judge->sample = TELAR_SAMPLE_NUMBERS;
      judge->port = i;
    }
  }
}

/* Of the first whole numbers that have as many names as there are classes. */
static void
find_classes (TelarJudge *judge, const TelarFeed *feed)
{
  guint n = judge->judged->classes == 1 ? 2 : judge->judged->classes;
  for (guint i = 0; i < feed->n_ports && !judge->classes; i++) {
    const TelarFeedPort *port = &feed->ports[i];
    if (port->classes && !telar_dtype_is_float (port->type.dtype) &&
        g_strv_length ((char **)port->classes) == n)
      judge->classes = port->classes;
  }
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

/* Of scores [rows, classes] or [rows]. */
static gint64
n_classes (const TelarShape *shape)
{
  return shape->rank == 2 ? shape->dims[1] : 1;
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

/* Scores before a sigmoid, beside as many labels. */
static gboolean
are_yes_no (const TelarProgram *program, const TelarOperator *op, TelarValue scores,
            TelarValue labels)
{
  if (strcmp (op->name, "binary_cross_entropy") != 0 && strcmp (op->name, "binary_focal") != 0)
    return FALSE;
  if (scores == TELAR_NO_VALUE || labels == TELAR_NO_VALUE)
    return FALSE;
  const TelarShape *a = &telar_program_type (program, scores)->shape;
  const TelarShape *b = &telar_program_type (program, labels)->shape;
  return a->rank >= 1 && a->rank <= 2 && b->rank >= 1 && b->rank <= 2 &&
         n_classes (a) == n_classes (b);
}

static TelarJudge *
make_judge (const TelarLowered *lowered, TelarValue scores, TelarValue labels, gboolean exclusive)
{
  gint64 n = n_classes (&telar_program_type (lowered->program, scores)->shape);
  if (n < 1 || n > MOST_CLASSES)
    return NULL;
  TelarJudge *judge = g_new0 (TelarJudge, 1);
  judge->scores = scores;
  judge->labels = labels;
  judge->exclusive = exclusive;
  judge->mistakes = g_array_new (FALSE, FALSE, sizeof (TelarMistake));
  judge->judged = telar_judged_scores_new ((guint)n, exclusive);
  judge->chances = g_new (double, n);
  judge->right = g_new (guint8, n);
  return judge;
}

TelarJudge *
telar_judge_new (const TelarLowered *lowered, const TelarFeed *feed)
{
  const GPtrArray *nodes = telar_lowered_nodes (lowered);
  TelarJudge *judge = NULL;
  for (guint i = 0; i < nodes->len && !judge; i++) {
    const TelarLoweredNode *node = nodes->pdata[i];
    const TelarOperator *op = node->node->op;
    if (op->category != TELAR_CATEGORY_LOSS || telar_operator_n_inputs (op) < 2)
      continue;
    TelarValue scores = wired (lowered, node, 0), labels = wired (lowered, node, 1);
    gboolean exclusive = are_classes (lowered->program, scores, labels);
    if (exclusive || are_yes_no (lowered->program, op, scores, labels))
      judge = make_judge (lowered, scores, labels, exclusive);
  }
  if (judge) {
    find_samples (judge, feed);
    find_classes (judge, feed);
  }
  return judge;
}

void
telar_judge_clear (TelarJudge *judge)
{
  for (guint i = 0; i < judge->mistakes->len; i++)
    g_clear_pointer (&g_array_index (judge->mistakes, TelarMistake, i).sample, telar_tensor_unref);
  g_array_set_size (judge->mistakes, 0);
  telar_judged_scores_clear (judge->judged);
  judge->rows = 0;
}

void
telar_judge_free (TelarJudge *judge)
{
  if (!judge)
    return;
  telar_judge_clear (judge);
  g_array_unref (judge->mistakes);
  telar_judged_scores_free (judge->judged);
  g_free (judge->chances);
  g_free (judge->right);
  g_free (judge);
}

TelarProgram *
telar_judge_mark (const TelarJudge *judge, const TelarProgram *lowered, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (lowered));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (lowered) + 1);
  telar_copy_all (builder, lowered, map);
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

/* The probabilities of a row; FALSE where its label is none of the classes. */
static gboolean
read_exclusive (TelarJudge *judge, const TelarTensor *scores, gint64 label, gint64 row, gint64 n)
{
  gsize from = (gsize)(row * n);
  double most = -INFINITY, sum = 0;
  if (label < 0 || label >= n)
    return FALSE;
  for (gint64 i = 0; i < n; i++)
    most = fmax (most, telar_tensor_get (scores, from + (gsize)i));
  for (gint64 i = 0; i < n; i++)
    sum += judge->chances[i] = exp (telar_tensor_get (scores, from + (gsize)i) - most);
  for (gint64 i = 0; i < n; i++) {
    judge->chances[i] /= sum;
    judge->right[i] = i == label;
  }
  return TRUE;
}

static void
read_yes_no (TelarJudge *judge, const TelarTensor *scores, const TelarTensor *labels, gint64 row,
             gint64 n)
{
  gsize from = (gsize)(row * n);
  for (gsize i = 0; i < (gsize)n; i++) {
    judge->chances[i] = 1 / (1 + exp (-telar_tensor_get (scores, from + i)));
    judge->right[i] = telar_tensor_get (labels, from + i) > 0.5;
  }
}

/* What was answered in place of what, of the row that was read; FALSE where the answer is right or
 * there is not one of them. */
static gboolean
is_mistake (const TelarJudge *judge, gint64 n, TelarMistake *mistake)
{
  const double *chances = judge->chances;
  mistake->truth = mistake->answer = 0;
  if (!judge->exclusive && n > 1)
    return FALSE;
  if (!judge->exclusive) {
    mistake->truth = judge->right[0];
    mistake->answer = chances[0] > 0.5;
    mistake->score = mistake->answer ? chances[0] : 1 - chances[0];
    return mistake->truth != mistake->answer;
  }
  for (gint64 i = 0; i < n; i++) {
    if (chances[i] > chances[mistake->answer])
      mistake->answer = i;
    if (judge->right[i])
      mistake->truth = i;
  }
  mistake->score = chances[mistake->answer];
  return mistake->truth != mistake->answer;
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

/* Of a row of the batch; NULL where there is none. */
static TelarTensor *
take_sample (const TelarJudge *judge, const TelarRunner *runner, gint64 row)
{
  const TelarTensor *batch = runner->batch[judge->port];
  if (judge->sample == TELAR_SAMPLE_PICTURE)
    return telar_feed_image (&runner->feed->ports[judge->port], batch, row);
  if (judge->sample == TELAR_SAMPLE_NONE)
    return NULL;
  gint64 n = batch->type.shape.dims[1];
  TelarShape shape = telar_shape (n);
  TelarTensor *numbers = telar_tensor_new (TELAR_F32, &shape);
  for (gint64 i = 0; i < n; i++)
    telar_tensor_set (numbers, (gsize)i, telar_tensor_get (batch, (gsize)(row * n + i)));
  return numbers;
}

static void
keep (TelarJudge *judge, const TelarRunner *runner, TelarMistake mistake, gint64 row)
{
  int place = find_place (judge, &mistake);
  if (place < 0)
    return;
  mistake.sample = take_sample (judge, runner, row);
  if ((guint)place == judge->mistakes->len) {
    g_array_append_val (judge->mistakes, mistake);
    return;
  }
  TelarMistake *before = &g_array_index (judge->mistakes, TelarMistake, (guint)place);
  g_clear_pointer (&before->sample, telar_tensor_unref);
  *before = mistake;
}

void
telar_judge_see (const TelarRunner *runner, gint64 rows, gpointer data)
{
  TelarJudge *judge = data;
  const TelarTensor *scores = find_output (runner, SCORES), *labels = find_output (runner, LABELS);
  gint64 judged = scores->type.shape.dims[0], n = n_classes (&scores->type.shape);
  /* Where the model splits or joins rows, they are not those of the data. */
  gboolean same = judged == rows;
  for (gint64 row = 0; labels->type.shape.dims[0] == judged && row < judged; row++) {
    TelarMistake mistake = { .row = judge->rows + row };
    if (!judge->exclusive)
      read_yes_no (judge, scores, labels, row, n);
    else if (!read_exclusive (judge, scores, (gint64)telar_tensor_get (labels, (gsize)row), row, n))
      continue;
    telar_judged_scores_add (judge->judged, judge->chances, judge->right);
    if (same && is_mistake (judge, n, &mistake))
      keep (judge, runner, mistake, row);
  }
  judge->rows += rows;
}
