/* telar serve: the workspace's page for browsers. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "insight/web/server.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  { .name = "port",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 0,
    .maximum = 65535,
    .doc = "Where to listen; 8352 unless given, 0 takes any that is free." },
  { .name = "address",
    .kind = TELAR_OPTION_TEXT,
    .value = "ADDRESS",
    .doc =
        "The IP address to listen at; 127.0.0.1 unless given, which other machines cannot reach. "
        "What goes beyond this machine is not encrypted." },
  { .name = "host",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME",
    .repeated = TRUE,
    .doc = "A name beside the address by which browsers reach this machine; all others are "
           "refused." },
  TELAR_OPTION_JSON ("One JSON object that says where it listens."),
  { NULL },
};

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static void
announce (const TelarCommand *command, const char *workspace, TelarServer *server)
{
  if (telar_command_has (command, "json"))
    telar_print_json (json_pack ("{s:s, s:s, s:i, s:s}", "event", "listening", "workspace",
                                 workspace, "port", (int)telar_server_port (server), "url",
                                 telar_server_url (server)));
  else
    printf ("%s is open at\n  %s\nCtrl-C closes it.\n", workspace, telar_server_url (server));
  fflush (stdout);
}

static int
run (const TelarCommand *command, GError **error)
{
  g_autofree char *workspace = telar_command_workspace (command);
  const GPtrArray *given = telar_command_list (command, "host");
  g_autoptr (GPtrArray) hosts = g_ptr_array_new ();
  for (guint i = 0; given != NULL && i < given->len; i++)
    g_ptr_array_add (hosts, given->pdata[i]);
  g_ptr_array_add (hosts, NULL);
  TelarServerOptions settings = { .workspace = workspace,
                                  .address = telar_command_text (command, "address"),
                                  .port = (guint16)telar_command_int (command, "port",
                                                                      TELAR_SERVER_PORT),
                                  .hosts = (const char *const *)hosts->pdata };
  g_autoptr (TelarServer) server = telar_server_new (&settings, error);
  if (server == NULL)
    return 1;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, loop);
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, loop);
  announce (command, workspace, server);
  g_main_loop_run (loop);
  g_source_remove (interrupt);
  g_source_remove (terminate);
  return 0;
}

const TelarVerb telar_verb_serve = {
  .name = "serve",
  .arguments = "",
  .summary = "Opens the workspace to browsers: runs as they go on, charts, steering.",
  .doc = "Prints an address with a token in it, without which nothing is answered; the token is "
         "kept in serve.token in the workspace. /api describes the JSON API (OpenAPI).",
  .options = options,
  .run = run,
};
