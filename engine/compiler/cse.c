/* Common subexpressions: equal instructions on equal values become one.
 *
 * Two instructions are equal when primitive, inputs (in any order where that does not matter),
 * attributes and body are. Reading a state or drawing from a stream gives the same value twice, so
 * those merge as well. One walk with a hash table.
 *
 * Requires: a verified program. Preserves: the order of what stays; the first of equals keeps its
 * origin; states, outputs, updates. */
#include "engine/compiler.h"
#include "engine/compiler/attrs.h"

#include <string.h>

typedef struct {
  const TelarInstr *instr;
  TelarValue *inputs; /* in the new program; sorted where the order does not matter */
  TelarValue first;   /* the first result in the new program */
  guint hash;
} Key;

static guint
key_hash (gconstpointer p)
{
  return ((const Key *)p)->hash;
}

static gboolean
key_equal (gconstpointer p, gconstpointer q)
{
  const Key *a = p, *b = q;

  return a->hash == b->hash && a->instr->prim == b->instr->prim &&
         a->instr->n_inputs == b->instr->n_inputs &&
         (a->instr->n_inputs == 0 ||
          memcmp (a->inputs, b->inputs, a->instr->n_inputs * sizeof (TelarValue)) == 0) &&
         telar_attrs_equal (a->instr->attrs, a->instr->n_attrs, b->instr->attrs,
                            b->instr->n_attrs) &&
         telar_bodies_equal (a->instr->body, b->instr->body);
}

static void
key_free (gpointer p)
{
  Key *key = p;

  g_free (key->inputs);
  g_free (key);
}

static Key *
key_new (const TelarInstr *instr, const TelarValue *map)
{
  Key *key = g_new0 (Key, 1);

  key->instr = instr;
  key->inputs = g_new (TelarValue, instr->n_inputs + 1);
  for (guint i = 0; i < instr->n_inputs; i++)
    key->inputs[i] = map[instr->inputs[i]];
  if ((telar_prim_info (instr->prim)->flags & TELAR_PRIM_COMMUTATIVE) &&
      key->inputs[0] > key->inputs[1]) {
    TelarValue larger = key->inputs[0];

    key->inputs[0] = key->inputs[1];
    key->inputs[1] = larger;
  }
  key->hash = telar_attrs_hash (instr->attrs, instr->n_attrs) * 31 + instr->prim;
  for (guint i = 0; i < instr->n_inputs; i++)
    key->hash = key->hash * 1000003u + key->inputs[i];
  return key;
}

TelarProgram *
telar_pass_cse (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (key_hash, key_equal, NULL, key_free);
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);

  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    Key *key = key_new (instr, map);
    const Key *same = g_hash_table_lookup (seen, key);

    if (same) {
      for (guint j = 0; j < instr->n_outputs; j++)
        map[instr->outputs[j]] = same->first + j;
      key_free (key);
      continue;
    }
    key->first = telar_copy_instr (b, program, instr, map);
    g_hash_table_insert (seen, key, key);
  }
  telar_builder_set_origin (b, NULL);
  telar_copy_results (b, program, map);
  return telar_builder_finish (b, error);
}
