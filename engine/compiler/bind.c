/* Binding the batch: the same program with a number in place of N.
 *
 * Requires: a verified program. Preserves: everything but shapes; instruction i stays instruction i
 * and value v stays value v. */
#include "engine/compiler/types.h"

/* Every symbolic number of the program is a dimension of some value, so checking those suffices. */
static gboolean
check_sizes (const TelarProgram *program, gint64 batch, GError **error)
{
  for (TelarValue v = 0; v < telar_program_n_values (program); v++) {
    const TelarShape *shape = &telar_program_type (program, v)->shape;

    for (guint i = 0; i < shape->rank; i++)
      if (shape->dims[i] < 0 && shape->dims[i] < -(TELAR_MAX_DIM / batch)) {
        const TelarInstr *maker = telar_program_maker (program, v, NULL);

        telar_set_error (error, TELAR_ERROR_INVALID, maker->origin,
                         "a batch of %" G_GINT64_FORMAT " is too large for %s", batch,
                         telar_prim_info (maker->prim)->name);
        return FALSE;
      }
  }
  return TRUE;
}

static gint64
bind_dim (gint64 dim, gint64 batch)
{
  return dim < 0 ? -dim * batch : dim;
}

/* @attr of @instr with numbers for N; @ints has room for its list. */
static TelarAttr
bind_attr (const TelarProgram *program, const TelarInstr *instr, const TelarAttr *attr,
           gint64 batch, gint64 *ints)
{
  TelarAttr bound = *attr;

  if (attr->key == TELAR_ATTR_SIZE)
    bound.integer = bind_dim (attr->integer, batch);
  if (attr->key != TELAR_ATTR_SHAPE && attr->key != TELAR_ATTR_LIMIT)
    return bound;
  for (guint i = 0; i < attr->n; i++)
    if (attr->key == TELAR_ATTR_SHAPE)
      ints[i] = bind_dim (attr->ints[i], batch);
    else if (attr->ints[i] == -1)
      ints[i] = bind_dim (telar_program_type (program, instr->inputs[0])->shape.dims[i], batch);
    else
      ints[i] = attr->ints[i];
  bound.ints = ints;
  return bound;
}

static void
bind_instr (TelarBuilder *b, const TelarProgram *program, const TelarInstr *instr, gint64 batch)
{
  TelarAttr attrs[TELAR_N_ATTRS];
  gint64 shape[2 * TELAR_MAX_RANK], limit[2 * TELAR_MAX_RANK];

  telar_builder_set_origin (b, instr->origin);
  if (instr->body) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarProgram) body = telar_program_bind (instr->body, batch, &error);

    if (body)
      telar_build_region (b, instr->prim, instr->inputs, instr->n_inputs, body);
    else
      telar_builder_fail (b, "%s", error->message);
    return;
  }
  for (guint i = 0; i < instr->n_attrs; i++)
    attrs[i] = bind_attr (program, instr, &instr->attrs[i], batch,
                          instr->attrs[i].key == TELAR_ATTR_SHAPE ? shape : limit);
  telar_build (b, instr->prim, instr->inputs, instr->n_inputs, attrs, instr->n_attrs);
}

TelarProgram *
telar_program_bind (const TelarProgram *program, gint64 batch, GError **error)
{
  g_autoptr (TelarBuilder) b = NULL;
  g_autofree TelarValue *same = NULL;

  if (batch < 1 || batch > G_MAXINT32) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the batch size must be 1 to %d, not %" G_GINT64_FORMAT, G_MAXINT32, batch);
    return NULL;
  }
  if (!check_sizes (program, batch, error))
    return NULL;
  b = telar_builder_new (telar_program_name (program));
  same = g_new (TelarValue, telar_program_n_values (program) + 1);
  telar_copy_states (b, program, same);
  for (TelarValue v = 0; v < telar_program_n_values (program); v++)
    same[v] = v;
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    bind_instr (b, program, telar_program_instr (program, i), batch);
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, program, same);
  return telar_builder_finish (b, error);
}
