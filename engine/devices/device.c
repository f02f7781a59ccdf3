/* Opens devices by name and reports which there are. */
#include "engine/device.h"

#include <string.h>

static gboolean
is_cuda (const char *name)
{
  return strcmp (name, "cuda") == 0 || g_str_has_prefix (name, "cuda:");
}

static const char cuda_missing[] = "this build of telar has no CUDA module";

TelarDevice *
telar_device_open (const char *name, guint threads, GError **error)
{
  if (strcmp (name, "ref") == 0)
    return telar_device_ref_new ();
  if (strcmp (name, "cpu") == 0)
    return telar_device_cpu_new (threads, error);
  if (is_cuda (name))
    telar_set_error (error, TELAR_ERROR_NO_DEVICE, NULL, "device %s: %s", name, cuda_missing);
  else
    telar_set_error (error, TELAR_ERROR_NO_DEVICE, NULL,
                     "there is no device \"%s\"; the devices are cpu, cuda and ref", name);
  return NULL;
}

void
telar_device_free (TelarDevice *device)
{
  if (device != NULL)
    device->klass->free (device);
}

/* OpenBLAS reads these when it is loaded; set for another processor they halve its speed. */
static char *
openblas_warning (void)
{
  static const char *const names[] = { "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE" };
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *value = g_getenv (names[i]);
    if (value != NULL)
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " and " : "", names[i], value);
  }
  if (text->len > 0)
    g_string_append (text, " in the environment may slow matrix products; unset it");
  return g_string_free (text, text->len == 0);
}

static void
report_free (gpointer data)
{
  TelarDeviceReport *report = data;

  g_free (report->text);
  g_free (report->warning);
  g_free (report);
}

/* Opens the device; what it says, or why it cannot be opened. */
static TelarDeviceReport *
probe (const char *name)
{
  TelarDeviceReport *report = g_new0 (TelarDeviceReport, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open (name, 0, &error);

  report->name = name;
  report->available = device != NULL;
  report->text = device != NULL ? device->klass->describe (device) : g_strdup (error->message);
  if (strcmp (name, "cpu") == 0)
    report->warning = openblas_warning ();
  return report;
}

GPtrArray *
telar_devices_probe (void)
{
  GPtrArray *reports = g_ptr_array_new_with_free_func (report_free);

  g_ptr_array_add (reports, probe ("cpu"));
  g_ptr_array_add (reports, probe ("cuda"));
  g_ptr_array_add (reports, probe ("ref"));
  return reports;
}
