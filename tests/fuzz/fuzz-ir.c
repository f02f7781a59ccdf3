/* Any text whatever, read as a program: it is refused, or it is a program that verifies, prints the
 * same again and goes through the passes. */
#include "tests/fuzz/fuzz.h"

#include "engine/compiler.h"

static TelarProgram *
bind_two (const TelarProgram *program, GError **error)
{
  return telar_program_bind (program, 2, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static TelarProgram *(*const passes[]) (const TelarProgram *, GError **) = {
    telar_pass_fold, telar_pass_simplify, telar_pass_cse,
    telar_pass_dce,  telar_pass_widen,    bind_two,
  };
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autofree char *once = NULL, *twice = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarProgram) program = telar_program_from_text (text, &error), again = NULL;

  if (!program) {
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
    return 0;
  }
  /* One name with two types is valid text of an invalid program, the only such case. */
  if (!telar_program_verify (program, &error)) {
    g_assert_true (g_str_has_suffix (error->message, "has two types"));
    return 0;
  }
  once = telar_program_to_text (program, TRUE);
  again = telar_program_from_text (once, &error);
  g_assert_no_error (error);
  twice = telar_program_to_text (again, TRUE);
  g_assert_cmpstr (once, ==, twice);
  for (guint i = 0; i < G_N_ELEMENTS (passes); i++) {
    g_autoptr (TelarProgram) result = passes[i](program, &error);

    /* a program may be too large for a batch; no other pass refuses a program that verifies */
    if (passes[i] == bind_two && !result) {
      g_clear_error (&error);
      continue;
    }
    g_assert_no_error (error);
    telar_program_verify (result, &error);
    g_assert_no_error (error);
  }
  return 0;
}
