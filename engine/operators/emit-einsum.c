/* Einstein's sums: factors whose axes have letters are multiplied where letters are alike, and
 * letters that the result does not have are summed over. Factors are contracted from left to right,
 * two at a time, by matrix products. */
#include "engine/emit.h"

#include <string.h>

/* 26 + 26 letters, then the axes of an ellipsis, counted from the last. */
#define LETTERS 52
#define LABELS  (LETTERS + TELAR_MAX_RANK)

typedef struct {
  guint n;
  guint8 labels[TELAR_MAX_RANK];
} Term;

typedef struct {
  TelarValue x;
  Term term;
} Factor;

typedef struct {
  gint64 sizes[LABELS];
  guint uses[LABELS];      /* in factors that are not contracted yet */
  gboolean result[LABELS]; /* whether the result has it */
  guint n_ellipsis;        /* the most axes of an ellipsis */
} Labels;

/* --- reading the equation --------------------------------------------------------------------- */

static gboolean
append (TelarBuilder *b, Term *term, guint label)
{
  if (term->n == TELAR_MAX_RANK) {
    telar_builder_fail (b, "a term has more than %d axes", TELAR_MAX_RANK);
    return FALSE;
  }
  term->labels[term->n++] = (guint8)label;
  return TRUE;
}

/* Labels of @text, whose ellipsis stands for @n_ellipsis axes. */
static gboolean
read_term (TelarBuilder *b, const char *text, guint n_ellipsis, Term *term)
{
  term->n = 0;
  for (const char *c = text; *c; c++)
    if (g_ascii_isalpha (*c)) {
      guint label = g_ascii_islower (*c) ? (guint)(*c - 'a') : (guint)(*c - 'A') + 26;
      if (!append (b, term, label))
        return FALSE;
    } else if (g_str_has_prefix (c, "...")) {
      for (guint i = n_ellipsis; i-- > 0;)
        if (!append (b, term, LETTERS + i))
          return FALSE;
      c += 2;
    } else {
      telar_builder_fail (b, "\"%s\" is no term of an equation", text);
      return FALSE;
    }
  return TRUE;
}

static guint
count_letters (const char *text)
{
  guint n = 0;
  for (; *text; text++)
    n += g_ascii_isalpha (*text) != 0;
  return n;
}

/* The term of a factor with the sizes that it brings. */
static gboolean
read_factor (TelarBuilder *b, const char *text, Labels *labels, Factor *factor)
{
  TelarShape shape = telar_builder_type (b, factor->x)->shape;
  guint letters = count_letters (text), n_ellipsis = 0;
  if (strstr (text, "...") && letters <= shape.rank)
    n_ellipsis = shape.rank - letters;
  if (telar_builder_error (b) || !read_term (b, text, n_ellipsis, &factor->term))
    return FALSE;
  if (factor->term.n != shape.rank) {
    telar_builder_fail (b, "\"%s\" does not name %u axes", text, shape.rank);
    return FALSE;
  }
  labels->n_ellipsis = MAX (labels->n_ellipsis, n_ellipsis);
  for (guint i = 0; i < shape.rank; i++) {
    gint64 *size = &labels->sizes[factor->term.labels[i]];
    labels->uses[factor->term.labels[i]]++;
    if (*size == 1)
      *size = shape.dims[i];
    else if (shape.dims[i] != *size && shape.dims[i] != 1)
      telar_builder_fail (
          b, "\"%s\": an axis has %" G_GINT64_FORMAT " places, elsewhere %" G_GINT64_FORMAT, text,
          shape.dims[i], *size);
  }
  return !telar_builder_error (b);
}

/* Without an arrow the result has the ellipsis and, sorted, the letters that occur once. */
static gboolean
read_result (TelarBuilder *b, const char *text, Labels *labels, Term *result)
{
  if (!read_term (b, text ? text : "...", labels->n_ellipsis, result))
    return FALSE;
  for (guint i = 0; !text && i < LETTERS; i++) {
    guint label = (i + 26) % LETTERS; /* capitals come first */
    if (labels->uses[label] == 1 && !append (b, result, label))
      return FALSE;
  }
  for (guint i = 0; i < result->n; i++) {
    guint label = result->labels[i];
    if (labels->uses[label] == 0 || labels->result[label])
      telar_builder_fail (b, "an axis of the result is in no term, or twice in the result");
    labels->result[label] = TRUE;
  }
  return !telar_builder_error (b);
}

/* --- one factor ------------------------------------------------------------------------------- */

static int
find (const Term *term, guint label, guint from)
{
  for (guint i = from; i < term->n; i++)
    if (term->labels[i] == label)
      return (int)i;
  return -1;
}

static void
drop_axis (Term *term, guint axis)
{
  memmove (&term->labels[axis], &term->labels[axis + 1], term->n - axis - 1);
  term->n--;
}

/* Axes in the order of @to, which has the same labels. */
static void
arrange (TelarBuilder *b, Factor *factor, const Term *to)
{
  gint64 perm[TELAR_MAX_RANK];
  for (guint i = 0; i < to->n; i++)
    perm[i] = find (&factor->term, to->labels[i], 0);
  factor->x = telar_build_transpose (b, factor->x, perm);
  factor->term = *to;
}

/* Of two axes @i < @k of one label the diagonal: every (n + 1)th of both as one. */
static void
take_diagonal (TelarBuilder *b, Factor *factor, guint i, guint k)
{
  TelarShape shape = telar_builder_type (b, factor->x)->shape;
  gint64 perm[TELAR_MAX_RANK], n = shape.dims[i];
  guint rank = 0, last = shape.rank - 2;
  for (guint axis = 0; axis < shape.rank; axis++)
    if (axis != i && axis != k)
      perm[rank++] = axis;
  perm[rank++] = i;
  perm[rank++] = k;
  TelarShape flat = shape;
  Term term = { .n = last + 1 };
  for (guint axis = 0; axis <= last; axis++) {
    flat.dims[axis] = shape.dims[perm[axis]];
    term.labels[axis] = factor->term.labels[perm[axis]];
  }
  flat.dims[last] = n * shape.dims[k];
  flat.rank = last + 1;
  TelarValue x = telar_build_transpose (b, factor->x, perm);
  x = telar_build_reshape (b, x, &flat);
  gint64 start[TELAR_MAX_RANK] = { 0 }, limit[TELAR_MAX_RANK], stride[TELAR_MAX_RANK];
  for (guint axis = 0; axis < flat.rank; axis++) {
    stride[axis] = axis == last ? n + 1 : 1;
    limit[axis] = flat.dims[axis] < 0 ? -1 : flat.dims[axis];
  }
  factor->x =
      telar_emit (b, SLICE, ((TelarValue[]){ x }), TELAR_INTS (START, start, flat.rank),
                  TELAR_INTS (LIMIT, limit, flat.rank), TELAR_INTS (STRIDE, stride, flat.rank));
  factor->term = term;
}

/* Sums over the labels that only this factor has: not the result, the factors to come and @product.
 */
static void
sum_out (TelarBuilder *b, Factor *factor, const Labels *labels, const Term *product)
{
  for (guint i = factor->term.n; i-- > 0;) {
    gint64 axis = i;
    guint label = factor->term.labels[i];
    if (labels->result[label] || labels->uses[label] > 0 || find (product, label, 0) >= 0)
      continue;
    factor->x = telar_build_reduce (b, TELAR_PRIM_SUM, factor->x, &axis, 1, FALSE);
    drop_axis (&factor->term, i);
  }
}

/* Each label once, in its full size, ready to be multiplied by @product. After this the factor no
 * longer counts among the uses. */
static gboolean
prepare (TelarBuilder *b, Factor *factor, Labels *labels, const Term *product)
{
  TelarShape wide = telar_shape_scalar ();
  for (guint i = 0; i < factor->term.n; i++) {
    labels->uses[factor->term.labels[i]]--;
    wide.dims[wide.rank++] = labels->sizes[factor->term.labels[i]];
  }
  factor->x = telar_build_broadcast (b, factor->x, &wide);
  for (guint i = 0; i < factor->term.n; i++) {
    int again = find (&factor->term, factor->term.labels[i], i + 1);
    if (again < 0 || telar_builder_error (b))
      continue;
    take_diagonal (b, factor, i, (guint)again);
    i = (guint)-1; /* axes have moved: look from the first again */
  }
  sum_out (b, factor, labels, product);
  return !telar_builder_error (b);
}

/* --- two factors ------------------------------------------------------------------------------ */

static gint64
places (const Term *term, const Labels *labels)
{
  gint64 n = 1;
  for (guint i = 0; i < term->n; i++)
    n *= labels->sizes[term->labels[i]];
  return n;
}

static Term
join (const Term *a, const Term *b, const Term *c)
{
  Term all = *a;
  memcpy (all.labels + all.n, b->labels, b->n);
  all.n += b->n;
  if (c)
    memcpy (all.labels + all.n, c->labels, c->n);
  all.n += c ? c->n : 0;
  return all;
}

/* a[batch, rows, inner] · b[batch, inner, columns]: batch are the labels that both have and that
 * are still needed, inner those that are not. */
static gboolean
contract (TelarBuilder *builder, Factor *a, Factor *b, const Labels *labels)
{
  Term batch = { 0 }, rows = { 0 }, inner = { 0 }, columns = { 0 };
  for (guint i = 0; i < a->term.n; i++) {
    guint label = a->term.labels[i];
    gboolean needed = labels->result[label] || labels->uses[label] > 0;
    append (builder, find (&b->term, label, 0) < 0 ? &rows : needed ? &batch : &inner, label);
  }
  for (guint i = 0; i < b->term.n; i++)
    if (find (&a->term, b->term.labels[i], 0) < 0)
      append (builder, &columns, b->term.labels[i]);
  if (batch.n + rows.n + columns.n > TELAR_MAX_RANK) {
    telar_builder_fail (builder, "a product of two terms has more than %d axes", TELAR_MAX_RANK);
    return FALSE;
  }
  Term left = join (&batch, &rows, &inner), right = join (&batch, &inner, &columns);
  arrange (builder, a, &left);
  arrange (builder, b, &right);
  gint64 n = places (&batch, labels), k = places (&inner, labels);
  TelarShape x = telar_shape (n, places (&rows, labels), k);
  TelarShape y = telar_shape (n, k, places (&columns, labels));
  a->x = telar_build_matmul (builder, telar_build_reshape (builder, a->x, &x),
                             telar_build_reshape (builder, b->x, &y), FALSE, FALSE);
  a->term = join (&batch, &rows, &columns);
  TelarShape apart = telar_shape_scalar ();
  for (guint i = 0; i < a->term.n; i++)
    apart.dims[apart.rank++] = labels->sizes[a->term.labels[i]];
  a->x = telar_build_reshape (builder, a->x, &apart);
  return !telar_builder_error (builder);
}

/* Matrix products take floating-point numbers. */
static TelarValue
widened (TelarBuilder *b, TelarValue x, guint n)
{
  return n < 2 || telar_dtype_is_float (telar_builder_type (b, x)->dtype)
             ? x
             : telar_build_cast (b, x, TELAR_F64);
}

static TelarValue
evaluate (TelarBuilder *b, Factor *factors, guint n, Labels *labels, const Term *result)
{
  static const Term none = { .n = 0 };
  TelarDType dtype = telar_builder_type (b, factors[0].x)->dtype;
  for (guint i = 0; i < n; i++) {
    if (!prepare (b, &factors[i], labels, i > 0 ? &factors[0].term : &none))
      return TELAR_NO_VALUE;
    factors[i].x = widened (b, factors[i].x, n);
    if (i > 0 && !contract (b, &factors[0], &factors[i], labels))
      return TELAR_NO_VALUE;
  }
  arrange (b, &factors[0], result);
  return telar_build_cast (b, factors[0].x, dtype);
}

/* Of nothing, g_strsplit makes no term; here it is that of a scalar. */
static GStrv
split_terms (const char *text)
{
  if (*text)
    return g_strsplit (text, ",", -1);
  GStrv single = g_new0 (char *, 2);
  single[0] = g_strdup ("");
  return single;
}

TelarValue
telar_emit_einsum (TelarBuilder *b, const char *equation, const TelarValue *inputs, guint n)
{
  Labels labels = { .n_ellipsis = 0 };
  Term result;
  for (guint i = 0; i < LABELS; i++)
    labels.sizes[i] = 1;
  g_auto (GStrv) words = g_strsplit (equation, " ", -1);
  g_autofree char *plain = g_strjoinv ("", words);
  g_auto (GStrv) sides = g_strsplit (plain, "->", 2);
  g_auto (GStrv) terms = split_terms (sides[0] ? sides[0] : "");
  g_autofree Factor *factors = g_new0 (Factor, n + 1);
  if (g_strv_length (terms) != n || n == 0) {
    telar_builder_fail (b, "\"%s\" does not have a term for each input", equation);
    return TELAR_NO_VALUE;
  }
  for (guint i = 0; i < n; i++) {
    factors[i].x = inputs[i];
    if (inputs[i] == TELAR_NO_VALUE || !read_factor (b, terms[i], &labels, &factors[i]))
      return TELAR_NO_VALUE;
  }
  if (!read_result (b, sides[1], &labels, &result))
    return TELAR_NO_VALUE;
  return evaluate (b, factors, n, &labels, &result);
}
