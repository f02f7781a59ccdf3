/* telar devices: what was found to compute on, and why anything was not. */
#include "app/cli/verbs.h"
#include "engine/device.h"

#include <stdio.h>

static const TelarOption options[] = {
  { .name = "json", .doc = "One JSON document." },
  { NULL },
};

static json_t *
report_to_json (const TelarDeviceReport *report)
{
  return json_pack ("{s:s, s:b, s:s, s:o}", "name", report->name, "available", report->available,
                    "text", report->text, "warning",
                    report->warning != NULL ? json_string (report->warning) : json_null ());
}

static int
run (const TelarCommand *command, GError **error)
{
  (void)error;
  g_autoptr (GPtrArray) reports = telar_devices_probe ();
  json_t *json = json_array ();
  for (guint i = 0; i < reports->len; i++) {
    const TelarDeviceReport *report = reports->pdata[i];
    json_array_append_new (json, report_to_json (report));
    if (telar_command_has (command, "json"))
      continue;
    printf ("%-6s %s%s\n", report->name, report->available ? "" : "not available: ", report->text);
    if (report->warning != NULL)
      fprintf (stderr, "telar: %s: %s\n", report->name, report->warning);
  }
  if (telar_command_has (command, "json"))
    telar_print_json_document (json);
  else
    json_decref (json);
  return 0;
}

const TelarVerb telar_verb_devices = {
  .name = "devices",
  .arguments = "",
  .summary = "Lists the devices: what was found, and why anything was not.",
  .options = options,
  .run = run,
};
