/* Speaks the DevTools protocol: JSON texts, each ended by a zero byte. */
#include "tests/insight/web/browser.h"

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define WIDTH  1280
#define HEIGHT 900

struct Browser {
  GSubprocess *process;
  char *profile;
  int commands; /* written to */
  GDataInputStream *answers;
  gint64 last; /* id of a command */
  char *session;
  GString *problems;
};

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* What happens by itself: errors of the page are kept. */
static void
take_event (Browser *browser, const json_t *message)
{
  const char *method = json_string_value (json_object_get (message, "method"));
  const json_t *params = json_object_get (message, "params");

  if (g_strcmp0 (method, "Runtime.exceptionThrown") != 0 &&
      g_strcmp0 (method, "Log.entryAdded") != 0)
    return;
  char *text = json_dumps (params, JSON_COMPACT);
  if (g_str_has_prefix (method, "Runtime") || strstr (text, "\"level\":\"error\"") != NULL)
    g_string_append_printf (browser->problems, "%s %s\n", method, text);
  free (text);
}

static json_t *
read_message (Browser *browser)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree char *text =
      g_data_input_stream_read_upto (browser->answers, "\0", 1, &length, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (text);
  g_data_input_stream_read_byte (browser->answers, NULL, NULL);
  json_t *message = json_loadb (text, length, 0, NULL);
  g_assert_nonnull (message);
  return message;
}

/* Takes @params; the result, which the caller decrefs. */
static json_t *
call (Browser *browser, const char *method, json_t *params)
{
  gint64 id = ++browser->last;
  json_t *command = json_pack ("{s:I, s:s, s:o}", "id", (json_int_t)id, "method", method, "params",
                               params != NULL ? params : json_object ());

  if (browser->session != NULL)
    json_object_set_new (command, "sessionId", json_string (browser->session));
  char *text = json_dumps (command, JSON_COMPACT);
  gsize length = strlen (text) + 1, done = 0;
  while (done < length) {
    gssize n = write (browser->commands, text + done, length - done);
    g_assert_cmpint (n, >, 0);
    done += (gsize)n;
  }
  free (text);
  json_decref (command);
  for (;;) {
    json_t *message = read_message (browser);
    if (json_integer_value (json_object_get (message, "id")) != id) {
      take_event (browser, message);
      json_decref (message);
      continue;
    }
    json_t *result = json_incref (json_object_get (message, "result"));
    if (result == NULL) {
      char *problem = json_dumps (message, JSON_COMPACT);
      g_error ("%s: %s", method, problem);
    }
    json_decref (message);
    return result;
  }
}

static void
tell (Browser *browser, const char *method, json_t *params)
{
  json_decref (call (browser, method, params));
}

/* --- life -------------------------------------------------------------------------------- */

static void
spawn (Browser *browser)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  g_autofree char *profile = g_strconcat ("--user-data-dir=", browser->profile, NULL);
  g_autofree char *size = g_strdup_printf ("--window-size=%d,%d", WIDTH, HEIGHT);
  int to[2], from[2];
  const char *argv[] = { "chromium",
                         "--headless=new",
                         "--no-sandbox",
                         "--disable-gpu",
                         "--disable-dev-shm-usage",
                         "--no-first-run",
                         "--hide-scrollbars",
                         "--remote-debugging-pipe",
                         "--lang=en-US",
                         profile,
                         size,
                         "about:blank",
                         NULL };

  g_assert_true (g_unix_open_pipe (to, FD_CLOEXEC, NULL) &&
                 g_unix_open_pipe (from, FD_CLOEXEC, NULL));
  g_subprocess_launcher_take_fd (launcher, to[0], 3);
  g_subprocess_launcher_take_fd (launcher, from[1], 4);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  browser->process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  browser->commands = to[1];
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (from[0], TRUE);
  browser->answers = g_data_input_stream_new (stream);
}

static void
attach (Browser *browser)
{
  json_t *targets = call (browser, "Target.getTargets", NULL), *target;
  const char *id = NULL;
  gsize i;

  json_array_foreach (json_object_get (targets, "targetInfos"), i, target)
  {
    if (g_strcmp0 (json_string_value (json_object_get (target, "type")), "page") == 0)
      id = json_string_value (json_object_get (target, "targetId"));
  }
  g_assert_nonnull (id);
  json_t *attached = call (browser, "Target.attachToTarget",
                           json_pack ("{s:s, s:b}", "targetId", id, "flatten", 1));
  browser->session = g_strdup (json_string_value (json_object_get (attached, "sessionId")));
  json_decref (attached);
  json_decref (targets);
}

Browser *
browser_start (void)
{
  Browser *browser = g_new0 (Browser, 1);
  g_autoptr (GError) error = NULL;

  browser->profile = g_dir_make_tmp ("telar-browser-XXXXXX", &error);
  g_assert_no_error (error);
  browser->problems = g_string_new (NULL);
  spawn (browser);
  attach (browser);
  tell (browser, "Page.enable", NULL);
  tell (browser, "Runtime.enable", NULL);
  tell (browser, "Log.enable", NULL);
  tell (browser, "Emulation.setDeviceMetricsOverride",
        json_pack ("{s:i, s:i, s:i, s:b}", "width", WIDTH, "height", HEIGHT, "deviceScaleFactor", 1,
                   "mobile", 0));
  return browser;
}

void
browser_stop (Browser *browser)
{
  const char *argv[] = { "rm", "-rf", browser->profile, NULL };

  g_clear_pointer (&browser->session, g_free);
  tell (browser, "Browser.close", NULL);
  g_subprocess_wait (browser->process, NULL, NULL);
  close (browser->commands);
  g_object_unref (browser->answers);
  g_object_unref (browser->process);
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
  g_free (browser->profile);
  g_string_free (browser->problems, TRUE);
  g_free (browser);
}

/* --- looking ----------------------------------------------------------------------------- */

void
browser_open (Browser *browser, const char *url)
{
  tell (browser, "Page.navigate", json_pack ("{s:s}", "url", url));
  browser_wait (browser, "document.readyState === 'complete' && location.href !== 'about:blank'");
}

static json_t *
evaluate (Browser *browser, const char *expression)
{
  json_t *result = call (browser, "Runtime.evaluate",
                         json_pack ("{s:s, s:b, s:b}", "expression", expression, "awaitPromise", 1,
                                    "returnByValue", 1));

  if (json_object_get (result, "exceptionDetails") != NULL)
    g_error ("%s: %s", expression, json_dumps (result, JSON_COMPACT));
  json_t *value = json_object_get (json_object_get (result, "result"), "value");
  value = value != NULL ? json_incref (value) : json_null ();
  json_decref (result);
  return value;
}

json_t *
browser_value (Browser *browser, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *expression = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return evaluate (browser, expression);
}

double
browser_number (Browser *browser, const char *expression)
{
  json_t *value = evaluate (browser, expression);
  double number = json_number_value (value);

  g_assert_true (json_is_number (value));
  json_decref (value);
  return number;
}

char *
browser_text (Browser *browser, const char *expression)
{
  json_t *value = evaluate (browser, expression);
  char *text = g_strdup (json_string_value (value));

  g_assert_nonnull (text);
  json_decref (value);
  return text;
}

void
browser_wait (Browser *browser, const char *expression)
{
  for (;;) {
    json_t *value = browser_value (browser, "!!(%s)", expression);
    gboolean done = json_is_true (value);
    json_decref (value);
    if (done)
      return;
    g_usleep (10000);
  }
}

const char *
browser_problems (const Browser *browser)
{
  return browser->problems->str;
}

void
browser_forget_problems (Browser *browser)
{
  g_string_truncate (browser->problems, 0);
}

void
browser_set_dark (Browser *browser, gboolean dark)
{
  tell (browser, "Emulation.setEmulatedMedia",
        json_pack ("{s:[{s:s, s:s}]}", "features", "name", "prefers-color-scheme", "value",
                   dark ? "dark" : "light"));
}

void
browser_screenshot (Browser *browser, const char *path)
{
  json_t *result = call (browser, "Page.captureScreenshot", NULL);
  gsize size;
  g_autofree guchar *bytes =
      g_base64_decode (json_string_value (json_object_get (result, "data")), &size);

  g_assert_true (g_file_set_contents (path, (const char *)bytes, (gssize)size, NULL));
  json_decref (result);
}

/* --- touching ---------------------------------------------------------------------------- */

/* The place of the window at parts of the width and height of an element, brought into view. */
static void
place_in (Browser *browser, const char *selector, double *x, double *y)
{
  json_t *box = browser_value (browser,
                               "(() => { const e = document.querySelector(`%s`);"
                               " e.scrollIntoView({ block: 'nearest' });"
                               " const b = e.getBoundingClientRect();"
                               " return [b.x, b.y, b.width, b.height]; })()",
                               selector);

  *x = json_number_value (json_array_get (box, 0)) +
       *x * json_number_value (json_array_get (box, 2));
  *y = json_number_value (json_array_get (box, 1)) +
       *y * json_number_value (json_array_get (box, 3));
  json_decref (box);
}

static void
mouse (Browser *browser, const char *type, double x, double y, int buttons)
{
  tell (browser, "Input.dispatchMouseEvent",
        json_pack ("{s:s, s:f, s:f, s:s, s:i, s:i}", "type", type, "x", x, "y", y, "button",
                   buttons || !g_str_equal (type, "mouseMoved") ? "left" : "none", "buttons",
                   buttons, "clickCount", g_str_equal (type, "mouseMoved") ? 0 : 1));
}

void
browser_click (Browser *browser, const char *selector)
{
  double x = 0.5, y = 0.5;

  place_in (browser, selector, &x, &y);
  mouse (browser, "mouseMoved", x, y, 0);
  mouse (browser, "mousePressed", x, y, 1);
  mouse (browser, "mouseReleased", x, y, 0);
}

void
browser_drag (Browser *browser, const char *selector, double x0, double y0, double x1, double y1)
{
  place_in (browser, selector, &x0, &y0);
  place_in (browser, selector, &x1, &y1);
  mouse (browser, "mouseMoved", x0, y0, 0);
  mouse (browser, "mousePressed", x0, y0, 1);
  mouse (browser, "mouseMoved", (x0 + x1) / 2, (y0 + y1) / 2, 1);
  mouse (browser, "mouseMoved", x1, y1, 1);
  mouse (browser, "mouseReleased", x1, y1, 0);
}

void
browser_wheel (Browser *browser, const char *selector, double x, double y, double delta)
{
  place_in (browser, selector, &x, &y);
  mouse (browser, "mouseMoved", x, y, 0);
  tell (browser, "Input.dispatchMouseEvent",
        json_pack ("{s:s, s:f, s:f, s:f, s:f}", "type", "mouseWheel", "x", x, "y", y, "deltaX", 0.0,
                   "deltaY", delta));
}

void
browser_key (Browser *browser, const char *key)
{
  static const char *const types[] = { "keyDown", "keyUp" };
  const char *text = strlen (key) == 1 ? key : g_str_equal (key, "Enter") ? "\r" : "";
  static const struct {
    const char *key;
    int code;
  } codes[] = { { "Tab", 9 },        { "Enter", 13 },      { "Escape", 27 }, { "Home", 36 },
                { "ArrowLeft", 37 }, { "ArrowRight", 39 }, { " ", 32 } };
  int code = strlen (key) == 1 ? key[0] : 0;

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_str_equal (codes[i].key, key))
      code = codes[i].code;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    tell (browser, "Input.dispatchKeyEvent",
          json_pack ("{s:s, s:s, s:s, s:s, s:i}", "type", types[i], "key", key, "code", key, "text",
                     i == 0 ? text : "", "windowsVirtualKeyCode", code));
}

void
browser_type (Browser *browser, const char *selector, const char *text)
{
  browser_click (browser, selector);
  json_decref (browser_value (browser, "document.querySelector(`%s`).select()", selector));
  tell (browser, "Input.insertText", json_pack ("{s:s}", "text", text));
}
