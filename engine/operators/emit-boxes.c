/* Non-maximum suppression with a fixed number of results, so that it is a program like any other:
 * one round for each result, all batches and classes side by side. */
#include "engine/emit.h"

#include <math.h>

static TelarValue
with (TelarBuilder *b, TelarPrim prim, TelarValue x, double y)
{
  return telar_build_binary_scalar (b, prim, x, y);
}

/* Two sides of each box along y (0) and x (1), and its area. */
typedef struct {
  TelarValue low[2], high[2], area;
} Boxes;

/* @boxes [n, m, 4], their numbers as [n, m] with a new axis @apart. */
static Boxes
read_boxes (TelarBuilder *b, TelarValue boxes, gboolean centred, guint apart)
{
  TelarValue part[4], size[2];
  Boxes result;
  guint last = 2;
  for (guint i = 0; i < 4; i++) {
    part[i] = telar_emit_squeeze (b, telar_build_slice (b, boxes, 2, i, i + 1), &last, 1);
    part[i] = telar_emit_unsqueeze (b, part[i], &apart, 1);
  }
  for (guint i = 0; i < 2; i++) {
    TelarValue from = part[i], to = part[i + 2];
    if (centred) {
      TelarValue half = with (b, TELAR_PRIM_MUL, part[i + 2], 0.5);
      from = telar_build_binary (b, TELAR_PRIM_SUB, part[i], half);
      to = telar_build_binary (b, TELAR_PRIM_ADD, part[i], half);
    }
    result.low[i] = telar_build_binary (b, TELAR_PRIM_MINIMUM, from, to);
    result.high[i] = telar_build_binary (b, TELAR_PRIM_MAXIMUM, from, to);
    size[i] = telar_build_binary (b, TELAR_PRIM_SUB, result.high[i], result.low[i]);
  }
  result.area = telar_build_binary (b, TELAR_PRIM_MUL, size[0], size[1]);
  return result;
}

/* Whether intersection over union exceeds @most; multiplied out, because a union may be empty. */
static TelarValue
overlaps (TelarBuilder *b, const Boxes *x, const Boxes *y, double most)
{
  TelarValue common[2];
  for (guint i = 0; i < 2; i++) {
    TelarValue end = telar_build_binary (b, TELAR_PRIM_MINIMUM, x->high[i], y->high[i]);
    TelarValue begin = telar_build_binary (b, TELAR_PRIM_MAXIMUM, x->low[i], y->low[i]);
    TelarValue length = telar_build_binary (b, TELAR_PRIM_SUB, end, begin);
    common[i] = with (b, TELAR_PRIM_MAXIMUM, length, 0);
  }
  TelarValue both = telar_build_binary (b, TELAR_PRIM_MUL, common[0], common[1]);
  TelarValue all = telar_build_binary (b, TELAR_PRIM_ADD, x->area, y->area);
  all = telar_build_binary (b, TELAR_PRIM_SUB, all, both);
  return telar_build_binary (b, TELAR_PRIM_LESS, with (b, TELAR_PRIM_MUL, all, most), both);
}

/* The place of the best of those that @alive [n, classes, boxes] still scores, -1 where none is
 * left: i64 [n, classes, 1]. What overlaps with it drops to @none. */
static TelarValue
choose (TelarBuilder *b, TelarValue boxes, const Boxes *all, TelarValue none,
        const TelarSuppression *s, TelarValue *alive)
{
  TelarShape shape = telar_builder_type (b, *alive)->shape;
  TelarReduction along = { .axes = { 2 }, .n = 1, .keep = TRUE };
  TelarValue best = telar_emit_arg (b, TELAR_PRIM_ARGMAX, *alive, 2, TRUE, FALSE);
  TelarValue top = telar_emit_reduction (b, TELAR_REDUCE_MAX, *alive, &along);
  Boxes chosen = read_boxes (b, telar_emit_gather_nd (b, boxes, best, 1), s->centred, 2);
  TelarValue goes = overlaps (b, &chosen, all, s->most_overlap);
  TelarValue itself =
      telar_build_binary (b, TELAR_PRIM_EQUAL, telar_build_iota (b, &shape, 2), best);
  goes = telar_build_binary (b, TELAR_PRIM_OR, goes, itself);
  *alive = telar_build_select (b, goes, none, *alive);
  TelarValue found = telar_build_binary (b, TELAR_PRIM_LESS, none, top);
  return telar_build_select (b, found, best, telar_build_scalar (b, TELAR_I64, -1));
}

/* [n, classes · most]: places among the boxes, -1 where there is none. */
static TelarValue
choose_all (TelarBuilder *b, TelarValue boxes, TelarValue scores, const TelarSuppression *s)
{
  TelarDType dtype = telar_builder_type (b, scores)->dtype;
  TelarValue none = telar_build_scalar (b, dtype, -INFINITY);
  TelarValue least = telar_build_scalar (b, dtype, s->least_score);
  TelarValue good = telar_build_binary (b, TELAR_PRIM_LESS, least, scores);
  TelarValue alive = telar_build_select (b, good, scores, none);
  Boxes all = read_boxes (b, boxes, s->centred, 1);
  g_autofree TelarValue *rounds = g_new (TelarValue, s->most);
  for (guint i = 0; i < s->most; i++)
    rounds[i] = choose (b, boxes, &all, none, s, &alive);
  return telar_build_concat (b, rounds, s->most, 2);
}

/* Zero where there is no box. */
static TelarValue
blank (TelarBuilder *b, TelarValue there, TelarValue x)
{
  TelarValue zero = telar_build_scalar (b, telar_builder_type (b, x)->dtype, 0);
  return telar_build_select (b, there, x, zero);
}

gboolean
telar_emit_suppression (TelarBuilder *b, TelarValue boxes, TelarValue scores,
                        const TelarSuppression *s, TelarSurvivors *result)
{
  TelarShape at = telar_builder_type (b, boxes)->shape;
  TelarShape of = telar_builder_type (b, scores)->shape;
  if (boxes == TELAR_NO_VALUE || scores == TELAR_NO_VALUE)
    return FALSE;
  if (at.rank != 3 || of.rank != 3 || at.dims[2] != 4 || at.dims[0] != of.dims[0] ||
      at.dims[1] != of.dims[2] || of.dims[1] < 1 || of.dims[2] < 1) {
    telar_builder_fail (b, "the boxes do not fit the scores");
    return FALSE;
  }
  TelarValue places = choose_all (b, boxes, scores, s);
  TelarShape per_class = telar_builder_type (b, places)->shape;
  gint64 flat[2] = { 0, of.dims[1] * (gint64)s->most };
  guint last = 2;
  TelarValue zero = telar_build_scalar (b, TELAR_I64, 0);
  TelarValue there = telar_build_binary (b, TELAR_PRIM_LESS_EQUAL, zero, places);
  places = blank (b, there, places);
  TelarValue score = telar_emit_gather_elements (b, scores, places, 2);
  TelarValue none = telar_build_scalar (b, telar_builder_type (b, scores)->dtype, -INFINITY);
  score = telar_emit_reshape (b, telar_build_select (b, there, score, none), flat, 2, TRUE);
  TelarValue classes = telar_emit_reshape (b, telar_build_iota (b, &per_class, 1), flat, 2, TRUE);
  places = telar_emit_reshape (b, places, flat, 2, TRUE);

  TelarValue order;
  telar_emit_top_k (b, score, 1, -1, TRUE, &score, &order);
  places = telar_emit_gather_elements (b, places, order, 1);
  classes = telar_emit_gather_elements (b, classes, order, 1);
  there = telar_build_binary (b, TELAR_PRIM_LESS, none, score);
  TelarValue tuples = telar_emit_unsqueeze (b, places, &last, 1);
  TelarReduction along = { .axes = { 1 }, .n = 1 };
  result->boxes = blank (b, telar_emit_unsqueeze (b, there, &last, 1),
                         telar_emit_gather_nd (b, boxes, tuples, 1));
  result->scores = blank (b, there, score);
  result->classes = telar_build_select (b, there, classes, telar_build_scalar (b, TELAR_I64, -1));
  result->count =
      telar_emit_reduction (b, TELAR_REDUCE_SUM, telar_build_cast (b, there, TELAR_I64), &along);
  return TRUE;
}
