/* Non-maximum suppression: of boxes that overlap, those with the best scores. Computed on the host,
 * because how many survive depends on the numbers. */
#include "engine/exchange/onnx/operators.h"

#include <string.h>

typedef struct {
  const TelarTensor *boxes;  /* [batch, boxes, 4] */
  const TelarTensor *scores; /* [batch, classes, boxes] */
  gsize batch, classes, n;
  gsize most; /* of a class */
  double least_score, most_overlap;
  gboolean centred; /* x, y of the centre, width, height; else y, x of two opposite corners */
} Suppression;

typedef struct {
  double low[2], high[2];
} Box;

typedef struct {
  double score;
  gsize index;
} Candidate;

static Box
box_at (const Suppression *s, gsize batch, gsize index)
{
  double number[4];
  Box box;
  for (gsize i = 0; i < 4; i++)
    number[i] = telar_tensor_get (s->boxes, (batch * s->n + index) * 4 + i);
  for (guint i = 0; i < 2; i++) {
    double a = s->centred ? number[i] - number[i + 2] / 2 : number[i];
    double b = s->centred ? number[i] + number[i + 2] / 2 : number[i + 2];
    box.low[i] = MIN (a, b);
    box.high[i] = MAX (a, b);
  }
  return box;
}

static double
area (const Box *box)
{
  return (box->high[0] - box->low[0]) * (box->high[1] - box->low[1]);
}

/* Intersection over union. */
static double
overlap (const Box *a, const Box *b)
{
  double common = 1;
  for (guint i = 0; i < 2; i++)
    common *= MAX (MIN (a->high[i], b->high[i]) - MAX (a->low[i], b->low[i]), 0);
  return common > 0 ? common / (area (a) + area (b) - common) : 0;
}

static int
best_first (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;
  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return (x->index > y->index) - (x->index < y->index);
}

static gboolean
survives (const Suppression *s, gsize batch, const GArray *chosen, gsize index)
{
  Box box = box_at (s, batch, index);
  for (guint i = 0; i < chosen->len; i++) {
    Box other = box_at (s, batch, g_array_index (chosen, gsize, i));
    if (overlap (&box, &other) > s->most_overlap)
      return FALSE;
  }
  return TRUE;
}

/* Appends batch, class and box of each that is chosen. */
static void
choose (const Suppression *s, gsize batch, gsize class, GArray *result)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize i = 0; i < s->n; i++) {
    gsize at = (batch * s->classes + class) * s->n + i;
    Candidate candidate = { telar_tensor_get (s->scores, at), i };
    if (candidate.score > s->least_score)
      g_array_append_val (candidates, candidate);
  }
  g_array_sort (candidates, best_first);
  for (guint i = 0; i < candidates->len && chosen->len < s->most; i++) {
    gsize index = g_array_index (candidates, Candidate, i).index;
    if (!survives (s, batch, chosen, index))
      continue;
    gint64 row[3] = { (gint64)batch, (gint64) class, (gint64)index };
    g_array_append_val (chosen, index);
    g_array_append_vals (result, row, 3);
  }
}

static gboolean
read_suppression (OnnxCall *call, Suppression *s)
{
  double most = onnx_call_number (call, 2, 0);
  s->most_overlap = onnx_call_number (call, 3, 0);
  s->least_score = onnx_call_number (call, 4, -G_MAXDOUBLE);
  s->centred = onnx_call_attr_int (call, "center_point_box", 0) != 0;
  s->boxes = onnx_call_numbers (call, 0);
  s->scores = onnx_call_numbers (call, 1);
  if (!s->boxes || !s->scores)
    return FALSE;
  const TelarShape *boxes = &s->boxes->type.shape, *scores = &s->scores->type.shape;
  if (boxes->rank != 3 || scores->rank != 3 || boxes->dims[2] != 4 ||
      boxes->dims[0] != scores->dims[0] || boxes->dims[1] != scores->dims[2]) {
    onnx_call_fail (call, "the boxes do not fit the scores");
    return FALSE;
  }
  s->batch = (gsize)scores->dims[0];
  s->classes = (gsize)scores->dims[1];
  s->n = (gsize)scores->dims[2];
  s->most = most > 0 ? (gsize)MIN (most, (double)s->n) : 0;
  return !onnx_call_failed (call);
}

static void
trace_non_max_suppression (OnnxCall *call)
{
  Suppression s;
  if (!read_suppression (call, &s))
    return;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (gsize batch = 0; batch < s.batch; batch++)
    for (gsize class = 0; class < s.classes; class ++)
      choose (&s, batch, class, rows);
  TelarShape shape = telar_shape (rows->len / 3, 3);
  TelarTensor *result = telar_tensor_new (TELAR_I64, &shape);
  if (rows->len > 0)
    memcpy (result->data, rows->data, rows->len * sizeof (gint64));
  onnx_call_give_numbers (call, 0, result);
}

const OnnxOperator onnx_operators_boxes[] = {
  { "NonMaxSuppression", trace_non_max_suppression, .flags = ONNX_VALUES },
  { NULL },
};
