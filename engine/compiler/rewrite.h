/* Passes that keep the form of a program and change only types and attributes: instruction i stays
 * instruction i, value v stays value v. Binding and widening are such. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* An instruction on its way: attributes may be changed and added, lists changed in place. */
typedef struct {
  const TelarProgram *program; /* the old one */
  const TelarInstr *instr;
  TelarAttr attrs[TELAR_N_ATTRS];
  guint n_attrs;
  gint64 lists[TELAR_N_ATTRS][2 * TELAR_MAX_RANK]; /* the list of attrs[i] */
  TelarTensor *tensor;                             /* a new VALUE; released afterwards */
} TelarRewriteInstr;

typedef struct {
  void (*state) (TelarState *state, gconstpointer data); /* may be NULL */
  void (*attrs) (TelarRewriteInstr *instr, gconstpointer data);
  gconstpointer data;
} TelarRewrite;

/* Bodies of regions are rewritten in the same way. */
TelarProgram *telar_rewrite (const TelarProgram *program, const TelarRewrite *rewrite,
                             GError **error);

G_END_DECLS
