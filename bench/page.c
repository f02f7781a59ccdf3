/* From trainer to pixel: a real training, the real server, the page in a real Chromium. Prints how
 * old each recorded point was when the frame with it had been presented.
 *
 *   TELAR_CLI=… TELAR_SAMPLES=… bench-page [POINTS] */
#include "tests/insight/web/browser.h"
#include "tests/insight/web/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* TensorBoard's own settings, as its documentation gives them: how often the server looks for new
 * data (--reload_interval) and how often the page asks when told to by itself. */
#define TENSORBOARD_SERVER_S 5
#define TENSORBOARD_PAGE_S   30

static GSubprocess *
train (const Server *server)
{
  g_autofree char *project =
      g_build_filename (g_getenv ("TELAR_SAMPLES"), "digits-cnn.telar", NULL);
  g_autoptr (GError) error = NULL;
  GSubprocess *process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
      g_getenv ("TELAR_CLI"), "train", project, "--workspace", server->workspace, "--run", "a",
      "--epochs", "1000", "--threads", "1", NULL);

  g_assert_no_error (error);
  return process;
}

static void
print_delays (Browser *browser)
{
  json_t *delays = browser_value (browser, "telar.board.delays.sort((a, b) => a - b)");
  gsize n = json_array_size (delays);
  const double parts[] = { 0.5, 0.95, 0.99, 1 };

  printf ("%zu points, from trainer to pixel:", n);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    printf ("  %g %% within %.0f ms", 100 * parts[i],
            json_number_value (json_array_get (delays, (gsize)(parts[i] * (double)(n - 1)))));
  printf ("\nTensorBoard: reads every %d s, its page asks every %d s\n", TENSORBOARD_SERVER_S,
          TENSORBOARD_PAGE_S);
  json_decref (delays);
}

int
main (int argc, char **argv)
{
  int points = argc > 1 ? atoi (argv[1]) : 2000;
  Server server;

  server_start (&server);
  Browser *browser = browser_start ();
  GSubprocess *trainer = train (&server);
  g_autofree char *url = g_strdup_printf ("%s/?token=%s", server.url, server.token);
  g_autofree char *enough = g_strdup_printf ("telar.board.delays.length > %d", points);

  browser_open (browser, url);
  browser_wait (browser, "window.telar?.board.delays.length > 100");
  /* What came while the page was loading is no measurement. */
  json_decref (browser_value (browser, "telar.board.delays.length = 0"));
  browser_wait (browser, enough);
  print_delays (browser);
  g_subprocess_send_signal (trainer, SIGINT);
  g_subprocess_wait (trainer, NULL, NULL);
  g_object_unref (trainer);
  browser_stop (browser);
  server_stop (&server);
  return 0;
}
