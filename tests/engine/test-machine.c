/* The cost model: what is kept, when it is measured anew, and what it makes of a plan. */
#include "engine/ir.h"
#include "engine/machine.h"

#include <glib/gstdio.h>
#include <string.h>

static TelarMachine
open_machine (TelarDevice *device, const char *path)
{
  g_autoptr (GError) error = NULL;
  TelarMachine machine = { 0 };
  g_assert_true (telar_machine_open (device, path, &machine, &error));
  g_assert_no_error (error);
  return machine;
}

static TelarDevice *
open_device (guint threads)
{
  g_autoptr (GError) error = NULL;
  TelarDevice *device = telar_device_open ("cpu", threads, &error);
  g_assert_no_error (error);
  return device;
}

static char *
read_text (const char *path)
{
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* What was measured stays as it is; what is damaged or of another machine is measured anew. */
static void
test_kept (void)
{
  g_autofree char *folder = g_dir_make_tmp ("telar-machine-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "deep", "machine.json", NULL);
  g_autofree char *below = g_path_get_dirname (path);
  g_autoptr (TelarDevice) one = open_device (1), two = open_device (2);

  TelarMachine first = open_machine (one, path);
  g_assert_cmpfloat (first.products, >, 0);
  g_assert_cmpfloat (first.convolutions, >, 0);
  g_assert_cmpfloat (first.far_bytes, >, 0);
  g_assert_cmpfloat (first.near_bytes, >, 0);
  g_assert_cmpfloat (first.call, >, 0);
  TelarMachine again = open_machine (one, path);
  g_assert_cmpmem (&first, sizeof first, &again, sizeof again);

  g_autofree char *text = read_text (path);
  open_machine (two, path); /* another number of threads */
  g_autofree char *other = read_text (path);
  g_assert_cmpstr (text, !=, other);

  const char *damaged[] = { "", "{", "[1, 2]", "{\"machine\": 7}",
                            ("{\"products\": 0, \"convolutions\": 1, \"far_bytes\": 1, "
                             "\"near_bytes\": 1, \"call\": 1}") };
  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++) {
    g_assert_true (g_file_set_contents (path, damaged[i], -1, NULL));
    TelarMachine anew = open_machine (one, path);
    g_assert_cmpfloat (anew.products, >, 0);
    again = open_machine (one, path);
    g_assert_cmpmem (&anew, sizeof anew, &again, sizeof again);
  }
  g_remove (path);
  g_rmdir (below);
  g_rmdir (folder);
}

/* TELAR_MACHINE names a file that holds for any machine. */
static void
test_given (void)
{
  g_autoptr (TelarDevice) device = open_device (1);
  g_autoptr (GError) error = NULL;
  g_autofree char *before = g_strdup (g_getenv ("TELAR_MACHINE"));
  TelarMachine machine = open_machine (device, NULL);
  g_assert_cmpfloat (machine.products, ==, 1e11);
  g_assert_cmpfloat (machine.call, ==, 1e-6);

  g_setenv ("TELAR_MACHINE", "/nowhere/machine.json", TRUE);
  g_assert_false (telar_machine_open (device, NULL, &machine, &error));
  g_assert_nonnull (strstr (error->message, "/nowhere/machine.json"));
  g_setenv ("TELAR_MACHINE", before, TRUE);
}

/* y = relu (x · w), of two nodes: one is bound by its operations, one by its bytes. */
static void
test_estimate (void)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarBuilder) b = telar_builder_new ("two");
  TelarType type = { TELAR_F32, { .rank = 2, .dims = { 64, 64 } } };
  TelarValue x = telar_build_input (b, "x", &type), w = telar_build_input (b, "w", &type);
  telar_builder_set_origin (b, "product");
  TelarValue y = telar_build_matmul (b, x, w, FALSE, FALSE);
  telar_builder_set_origin (b, "relu");
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y", telar_build_unary (b, TELAR_PRIM_RELU, y));
  g_autoptr (TelarProgram) program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, 1, device, 0, &error);
  g_assert_no_error (error);

  TelarMachine machine = { 1e9, 1e9, 1e8, 1e8, 1e-6 };
  g_auto (TelarEstimate) estimate = { 0 };
  telar_machine_estimate (&machine, plan, &estimate);
  const double *product = g_hash_table_lookup (estimate.nodes, "product");
  const double *relu = g_hash_table_lookup (estimate.nodes, "relu");
  g_assert_cmpfloat_with_epsilon (*product, 2.0 * 64 * 64 * 64 / 1e9 + 1e-6, 1e-12);
  g_assert_cmpfloat_with_epsilon (*relu, 2.0 * 64 * 64 * 4 / 1e8 + 1e-6, 1e-12);
  g_assert_cmpfloat_with_epsilon (estimate.seconds, *product + *relu, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/machine/kept", test_kept);
  g_test_add_func ("/machine/given", test_given);
  g_test_add_func ("/machine/estimate", test_estimate);
  return g_test_run ();
}
