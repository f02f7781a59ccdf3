/* Imports, exports and imports again. */
#include "tests/engine/exchange/imported.h"

#include "engine/compiler.h"
#include "engine/exchange/export.h"

#include <string.h>

void
imported_clear (Imported *imported)
{
  g_clear_pointer (&imported->graph, telar_graph_free);
  g_clear_pointer (&imported->states, telar_states_unref);
  g_clear_pointer (&imported->lowered, telar_lowered_free);
  g_clear_pointer (&imported->compiled, telar_program_unref);
}

gboolean
imported_take (Imported *imported, TelarGraph *graph, TelarStates *states, GError **error)
{
  imported->graph = graph;
  imported->states = states;
  imported->lowered = telar_lower (graph, NULL, TELAR_LOWER_INFER);
  if (!telar_lowered_ok (imported->lowered, error))
    return FALSE;
  imported->compiled = telar_compile_inference (imported->lowered->program, NULL, error);
  return imported->compiled != NULL;
}

static TelarStates *
take_weights (GHashTable *weights)
{
  TelarStates *states = telar_states_new ();
  GHashTableIter iter;
  gpointer name, tensor;
  g_hash_table_iter_init (&iter, weights);
  while (g_hash_table_iter_next (&iter, &name, &tensor))
    telar_states_share (states, name, tensor);
  return states;
}

gboolean
imported_open (Imported *imported, const char *path, const TelarImportOptions *options,
               GError **error)
{
  g_autoptr (GHashTable) weights = NULL;
  TelarGraph *graph = telar_import_onnx (path, options, &weights, error);
  return graph && imported_take (imported, graph, take_weights (weights), error);
}

gboolean
imported_export (const Imported *imported, const char *path, GError **error)
{
  TelarExportOptions options = { .graph = imported->graph, .lowered = imported->lowered };
  return telar_export_onnx (imported->lowered->program, imported->states, &options, path, error);
}

/* --- the program's text ----------------------------------------------------------------------- */

/* What @value needs, then what makes it. */
static void
copy_needed (TelarBuilder *b, const TelarProgram *program, TelarValue value, TelarValue *map,
             GHashTable *done)
{
  const TelarInstr *maker = telar_program_maker (program, value, NULL);
  if (!g_hash_table_add (done, (gpointer)maker))
    return;
  for (guint i = 0; i < maker->n_inputs; i++)
    copy_needed (b, program, maker->inputs[i], map, done);
  telar_copy_instr (b, program, maker, map);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const TelarOutput *const *)a)->name, (*(const TelarOutput *const *)b)->name);
}

static TelarProgram *
in_order (const TelarProgram *program)
{
  g_autoptr (GPtrArray) outputs = g_ptr_array_new ();
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autoptr (GHashTable) done = g_hash_table_new (NULL, NULL);
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  g_autoptr (GError) error = NULL;
  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    g_ptr_array_add (outputs, (gpointer)telar_program_output (program, i));
  g_ptr_array_sort (outputs, by_name);
  for (guint i = 0; i < outputs->len; i++)
    copy_needed (b, program, ((const TelarOutput *)outputs->pdata[i])->value, map, done);
  for (guint i = 0; i < outputs->len; i++) {
    const TelarOutput *output = outputs->pdata[i];
    telar_build_output (b, output->role, output->name, map[output->value]);
  }
  TelarProgram *ordered = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  return ordered;
}

char *
imported_text (const Imported *imported)
{
  g_autoptr (TelarProgram) ordered = in_order (imported->compiled);
  g_autofree char *text = telar_program_to_text (ordered, FALSE);
  g_autoptr (GRegex) origin = g_regex_new ("  ![A-Za-z0-9_/-]+$", G_REGEX_MULTILINE, 0, NULL);
  return g_regex_replace_literal (origin, text, -1, 0, "", 0, NULL);
}

/* --- there and back --------------------------------------------------------------------------- */

gboolean
imported_comes_back (const Imported *imported, const char *scratch, char **once, char **again,
                     GError **error)
{
  g_auto (Imported) second = { 0 };
  if (!imported_export (imported, scratch, error) || !imported_open (&second, scratch, NULL, error))
    return FALSE;
  g_autofree char *before = imported_text (imported), *after = imported_text (&second);
  gboolean same = g_str_equal (before, after);
  if (!same)
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the program is another one");
  *once = g_steal_pointer (&before);
  *again = g_steal_pointer (&after);
  return same;
}
