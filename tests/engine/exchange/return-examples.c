/* Every operator's examples to ONNX and back.
 *
 *   return-examples LEAST       prints TAP: whether each of them imports, computes the same
 * numbers, and exported and imported again is the same program; and whether so many are at once the
 * program that was drawn return-examples OPERATOR    prints the programs: drawn, imported, imported
 * again */
#include "engine/compiler.h"
#include "engine/exchange/export.h"
#include "tests/engine/exchange/imported.h"
#include "tests/engine/operators/example.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Of the largest number of a result. */
#define TOLERANCE 1e-5

/* --- numbers ---------------------------------------------------------------------------------- */

/* As import calls what ONNX calls @name. */
static char *
imported_name (const char *name)
{
  return g_strdelimit (g_strdup (name), ".", '_');
}

static GPtrArray *
run_imported (const Imported *imported, const Example *example, const TelarProgram *drawn,
              const GPtrArray *inputs, TelarDevice *device, GError **error)
{
  const TelarProgram *program = imported->lowered->program;
  TelarBinding bindings[EXAMPLE_MAX_INPUTS];
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, telar_program_n_outputs (program) + 1);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, example_batch (example), device, 0, error);

  for (guint i = 0; i < inputs->len; i++) {
    g_autofree char *name = example_input_name (drawn, i);
    g_ptr_array_add (names, imported_name (name));
    bindings[i] = (TelarBinding){ names->pdata[i], inputs->pdata[i] };
  }
  TelarRunContext context = { bindings, inputs->len, imported->states, .seed = 3, .step = 5 };
  if (!plan || !telar_plan_run (plan, &context, outputs, error))
    return NULL;
  GPtrArray *tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    g_ptr_array_add (tensors, outputs[i]);
  return tensors;
}

static gboolean
are_close (const TelarTensor *got, const TelarTensor *wanted)
{
  double largest = 0;

  if (!telar_shape_equal (&got->type.shape, &wanted->type.shape))
    return FALSE;
  for (gsize i = 0; i < telar_tensor_elements (wanted); i++)
    if (isfinite (telar_tensor_get (wanted, i)))
      largest = MAX (largest, fabs (telar_tensor_get (wanted, i)));
  for (gsize i = 0; i < telar_tensor_elements (wanted); i++) {
    double x = telar_tensor_get (got, i), y = telar_tensor_get (wanted, i);
    if (x != y && !(isnan (x) && isnan (y)) && !(fabs (x - y) <= TOLERANCE * largest))
      return FALSE;
  }
  return TRUE;
}

/* The result of @program that is called as @wanted. */
static const TelarTensor *
find_result (const TelarProgram *program, const GPtrArray *results, const char *wanted)
{
  g_autofree char *name = imported_name (wanted);

  for (guint i = 0; i < results->len; i++)
    if (g_str_equal (telar_program_output (program, i)->name, name))
      return results->pdata[i];
  return NULL;
}

static gboolean
computes_the_same (const Example *example, const Imported *drawn, const Imported *imported,
                   GError **error)
{
  const TelarProgram *program = drawn->lowered->program;
  g_autoptr (TelarDevice) ref = telar_device_ref_new ();
  g_autoptr (GPtrArray) inputs = example_draw (example, 1);
  g_autoptr (GPtrArray) wanted = example_run (example, program, ref, inputs, drawn->states, error);
  g_autoptr (GPtrArray) got =
      wanted ? run_imported (imported, example, program, inputs, ref, error) : NULL;

  for (guint i = 0; got && i < wanted->len; i++) {
    const char *name = telar_program_output (program, i)->name;
    const TelarTensor *result = find_result (imported->lowered->program, got, name);
    if (!result || !are_close (result, wanted->pdata[i])) {
      telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s has other numbers", name);
      return FALSE;
    }
  }
  return got != NULL;
}

/* --- there and back --------------------------------------------------------------------------- */

/* The programs' texts: drawn, imported, imported again. */
typedef struct {
  char *drawn, *once, *again;
} Texts;

static void
clear_texts (Texts *texts)
{
  g_clear_pointer (&texts->drawn, g_free);
  g_clear_pointer (&texts->once, g_free);
  g_clear_pointer (&texts->again, g_free);
}

static gboolean
draw (const Example *example, Imported *drawn, GError **error)
{
  drawn->lowered = example_lower_graph (example, EXAMPLE_FED, TELAR_LOWER_INFER, EXAMPLE_RESULT,
                                        &drawn->graph, error);
  if (!drawn->lowered)
    return FALSE;
  drawn->states = example_states (example, drawn->lowered->program, 1, error);
  drawn->compiled = telar_compile_inference (drawn->lowered->program, NULL, error);
  return drawn->states && drawn->compiled;
}

/* The text with inputs called as import calls them. */
static char *
text_of (const Imported *drawn)
{
  g_autofree char *text = imported_text (drawn);
  g_autoptr (GRegex) name = g_regex_new ("\"(x[0-9]+)\\.out\"", 0, 0, NULL);

  return g_regex_replace (name, text, -1, 0, "\"\\1_out\"", 0, NULL);
}

static gboolean
comes_back (const Example *example, const char *scratch, Texts *texts, GError **error)
{
  g_auto (Imported) drawn = { 0 }, imported = { 0 };

  if (!draw (example, &drawn, error))
    return FALSE;
  texts->drawn = text_of (&drawn);
  return imported_export (&drawn, scratch, error) &&
         imported_open (&imported, scratch, NULL, error) &&
         computes_the_same (example, &drawn, &imported, error) &&
         imported_comes_back (&imported, scratch, &texts->once, &texts->again, error);
}

/* --- all of them ------------------------------------------------------------------------------ */

typedef struct {
  const char *scratch, *shown; /* an operator whose programs are printed, or NULL */
  guint n, back, same;
} Count;

static void
try_example (const TelarOperator *op, guint number, Count *count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Example) example = example_new (op, op->examples[number], &error);
  Texts texts = { NULL };
  gboolean good = example && comes_back (example, count->scratch, &texts, &error);

  count->n++;
  count->back += good;
  count->same += good && g_str_equal (texts.drawn, texts.once);
  if (count->shown)
    printf ("%s\n---\n%s\n---\n%s\n", texts.drawn, texts.once, texts.again);
  if (!good)
    printf ("# %s\n", error->message);
  printf ("%s %u - %s-%u %s\n", good ? "ok" : "not ok", count->n, op->name, number,
          op->examples[number]);
  clear_texts (&texts);
}

static void
try_all (const GPtrArray *operators, Count *count)
{
  for (guint i = 0; i < operators->len; i++) {
    const TelarOperator *op = operators->pdata[i];
    gboolean has_result = telar_operator_n_outputs (op) > 0 || g_str_equal (op->name, "output");
    if (count->shown && !g_str_equal (count->shown, op->name))
      continue;
    for (guint e = 0; op->lower && has_result && op->examples[e]; e++)
      try_example (op, e, count);
  }
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("telar-return-XXXXXX", &error);
  if (!folder || argc != 2) {
    fprintf (stderr, "usage: return-examples LEAST|OPERATOR\n");
    return 2;
  }
  g_autofree char *scratch = g_build_filename (folder, "again.onnx", NULL);
  gboolean shown = !g_ascii_isdigit (*argv[1]);
  Count count = { scratch, shown ? argv[1] : NULL, 0, 0, 0 };
  telar_operators_init ();
  g_autoptr (GPtrArray) operators =
      g_ptr_array_copy ((GPtrArray *)telar_operators_all (), NULL, NULL);
  example_init ();
  try_all (operators, &count);
  gboolean enough = shown || count.same >= (guint)atoi (argv[1]);
  printf ("%s %u - %u of %u are the program that was drawn\n1..%u\n", enough ? "ok" : "not ok",
          count.n + 1, count.same, count.n, count.n + 1);
  g_remove (scratch);
  g_rmdir (folder);
  return count.back < count.n || !enough;
}
