/* Opening devices by name, and the report on them. */
#include "engine/device.h"

#include <string.h>

static void
test_open (void)
{
  static const char *const missing[] = { "cuda", "cuda:1", "tpu", "" };

  for (guint i = 0; i < G_N_ELEMENTS (missing); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (telar_device_open (missing[i], 0, &error));
    g_assert_error (error, TELAR_ERROR, TELAR_ERROR_NO_DEVICE);
    g_assert_nonnull (strstr (error->message, missing[i]));
  }
}

static void
test_threads (void)
{
  g_autoptr (TelarDevice) all = telar_device_open ("cpu", 0, NULL);
  g_autoptr (TelarDevice) three = telar_device_open ("cpu", 3, NULL);
  g_autoptr (TelarDevice) ref = telar_device_open ("ref", 0, NULL);

  g_assert_cmpuint (all->threads, ==, g_get_num_processors ());
  g_assert_cmpuint (three->threads, ==, 3);
  g_assert_cmpuint (ref->threads, ==, 1);
  g_assert_true (all->channels_last && all->fuses);
  g_assert_false (ref->channels_last || ref->fuses);
}

static const TelarDeviceReport *
report_on (const GPtrArray *reports, const char *name)
{
  for (guint i = 0; i < reports->len; i++) {
    const TelarDeviceReport *report = g_ptr_array_index (reports, i);
    if (strcmp (report->name, name) == 0)
      return report;
  }
  g_error ("there is no report on %s", name);
}

/* A warning names the variable and goes away with it. */
static void
test_probe (void)
{
  g_unsetenv ("OPENBLAS_L2_SIZE");
  g_setenv ("OPENBLAS_CORETYPE", "Haswell", TRUE);
  g_autoptr (GPtrArray) reports = telar_devices_probe ();
  const TelarDeviceReport *cpu = report_on (reports, "cpu"), *cuda = report_on (reports, "cuda");

  g_assert_true (cpu->available);
  g_assert_nonnull (strstr (cpu->text, "thread"));
  g_assert_nonnull (strstr (cpu->warning, "OPENBLAS_CORETYPE=Haswell"));
  g_assert_false (cuda->available);
  g_assert_nonnull (strstr (cuda->text, "CUDA"));
  g_assert_null (cuda->warning);
  g_assert_true (report_on (reports, "ref")->available);

  g_unsetenv ("OPENBLAS_CORETYPE");
  g_autoptr (GPtrArray) again = telar_devices_probe ();
  g_assert_null (report_on (again, "cpu")->warning);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device/open", test_open);
  g_test_add_func ("/device/threads", test_threads);
  g_test_add_func ("/device/probe", test_probe);
  return g_test_run ();
}
