/* Binding the batch: the same program with a number in place of N.
 *
 * Requires: a verified program. Preserves: everything but shapes; instruction i stays instruction i
 * and value v stays value v. */
#include "engine/compiler/rewrite.h"
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

/* A slice takes a whole symbolic axis with the limit -1. */
static void
bind_attrs (TelarRewriteInstr *at, gconstpointer data)
{
  gint64 batch = *(const gint64 *)data;

  for (guint i = 0; i < at->n_attrs; i++) {
    TelarAttr *attr = &at->attrs[i];

    if (attr->key == TELAR_ATTR_SIZE)
      attr->integer = bind_dim (attr->integer, batch);
    for (guint j = 0; j < attr->n && attr->key == TELAR_ATTR_SHAPE; j++)
      at->lists[i][j] = bind_dim (at->lists[i][j], batch);
    for (guint j = 0; j < attr->n && attr->key == TELAR_ATTR_LIMIT; j++)
      if (at->lists[i][j] == -1)
        at->lists[i][j] =
            bind_dim (telar_program_type (at->program, at->instr->inputs[0])->shape.dims[j], batch);
  }
}

TelarProgram *
telar_program_bind (const TelarProgram *program, gint64 batch, GError **error)
{
  TelarRewrite rewrite = { .attrs = bind_attrs, .data = &batch };

  if (batch < 1 || batch > G_MAXINT32) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the batch size must be 1 to %d, not %" G_GINT64_FORMAT, G_MAXINT32, batch);
    return NULL;
  }
  if (!check_sizes (program, batch, error))
    return NULL;
  return telar_rewrite (program, &rewrite, error);
}
