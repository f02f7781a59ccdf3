/* The page in a real browser, on a real training: it loads, grows, zooms, filters and steers. */
#include "insight/lineage.h"
#include "insight/store-media.h"
#include "insight/store-private.h"
#include "tests/insight/web/browser.h"
#include "tests/insight/web/server.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

typedef struct {
  Server server;
  Browser *browser;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  server_start (&fixture->server);
  fixture->browser = browser_start ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (browser_problems (fixture->browser), ==, "");
  browser_stop (fixture->browser);
  server_stop (&fixture->server);
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* A real `telar train` that goes on until it is stopped. */
static GSubprocess *
train (Fixture *fixture, const char *run)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *project =
      g_build_filename (g_getenv ("TELAR_SAMPLES"), "digits-dense.telar", NULL);
  g_autoptr (GError) error = NULL;
  const char *argv[] = { g_getenv ("TELAR_CLI"),
                         "train",
                         project,
                         "--workspace",
                         fixture->server.workspace,
                         "--run",
                         run,
                         "--epochs",
                         "1000",
                         "--threads",
                         "1",
                         NULL };

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  GSubprocess *process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  return process;
}

static void
stop (GSubprocess *process)
{
  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}

static void
open_page (Fixture *fixture)
{
  g_autofree char *url =
      g_strdup_printf ("%s/?token=%s", fixture->server.url, fixture->server.token);

  browser_open (fixture->browser, url);
  browser_wait (fixture->browser, "window.telar?.state === 'live'");
}

#define LOSS "telar.board.curves.get(telar.current + '\\nloss')"

static void
test_live (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  open_page (fixture);
  g_autofree char *address = browser_text (browser, "location.search + document.cookie");
  g_assert_cmpstr (address, ==, ""); /* no token where scripts or people see it */
  browser_wait (browser, "document.getElementById('no-runs').hidden === false");

  /* A run that begins appears by itself and its curve grows without a reload. */
  GSubprocess *trainer = train (fixture, "first");
  browser_wait (browser, "telar.current === 'first'");
  browser_wait (browser, LOSS "?.loaded && " LOSS ".last > 50");
  double before = browser_number (browser, LOSS ".last");
  g_autofree char *picture = browser_text (browser, "document.querySelector('canvas').toDataURL()");
  g_autofree char *grows = g_strdup_printf (LOSS ".last > %g + 200", before);
  browser_wait (browser, grows);
  g_autofree char *later = browser_text (browser, "document.querySelector('canvas').toDataURL()");
  g_assert_cmpstr (picture, !=, later);

  /* Every point has come: what the page holds is what the store holds. */
  browser_click (browser, "[data-kind=pause]");
  browser_wait (browser, "telar.rows.get('first').status === 'paused'");
  TelarStore *store = workspace_open (fixture->server.workspace);
  TelarRunRow *row = workspace_run (store, "first");
  g_autoptr (GArray) points = workspace_points (store, row->id, "loss", -1);
  g_autofree char *all = g_strdup_printf (LOSS ".last === %" G_GINT64_FORMAT,
                                          g_array_index (points, TelarPoint, points->len - 1).step);
  browser_wait (browser, all);
  g_assert_true (browser_number (browser, LOSS ".overview.step.length") <= 3600);

  /* One step, a new learning rate, on, and the end. */
  double step = browser_number (browser, LOSS ".last");
  browser_wait (browser, "!document.querySelector('[data-kind=step]').disabled");
  browser_click (browser, "[data-kind=step]");
  g_autofree char *one = g_strdup_printf (LOSS ".last === %g + 1", step);
  browser_wait (browser, one);
  browser_type (browser, "#rate", "0.0125");
  browser_key (browser, "Enter");
  browser_wait (browser, "/Done at step/.test(document.getElementById('notice').textContent)");
  browser_wait (browser, "telar.events.get('first').some(e => e.kind === 'learning_rate')");
  browser_wait (browser, "!document.getElementById('setting').hidden");
  json_decref (browser_value (browser, "(() => { const s = document.getElementById('setting-path');"
                                       " s.value = 'training.weight_decay';"
                                       " s.dispatchEvent(new Event('change')); })()"));
  browser_wait (browser, "document.getElementById('setting-value').value !== ''");
  browser_type (browser, "#setting-value", "0.125");
  browser_key (browser, "Enter");
  browser_wait (browser, "telar.events.get('first').some(e => e.text === "
                         "'training.weight_decay=0.125')");
  browser_click (browser, "[data-kind=resume]");
  browser_wait (browser, "telar.rows.get('first').status === 'running'");
  g_autofree char *on = g_strdup_printf (LOSS ".last > %g + 20", step);
  browser_wait (browser, on);
  browser_click (browser, "[data-kind=stop-after-epoch]");
  browser_wait (browser, "telar.rows.get('first').status === 'done' || "
                         "telar.rows.get('first').status === 'stopped'");
  browser_wait (browser, "document.getElementById('steering').hidden");
  telar_run_row_free (row);
  telar_store_close (store);
  stop (trainer);
}

static void
record (Fixture *fixture, const char *run, double scale, gint64 n)
{
  TelarMonitor *monitor = workspace_record (fixture->server.workspace, run, 1000);

  for (gint64 step = 1; step <= n; step++) {
    telar_monitor_scalar (monitor, "loss", step, scale * value_at (step));
    telar_monitor_scalar (monitor, "accuracy", step, 1 - value_at (step));
  }
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
}

static void
test_zoom (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  record (fixture, "a", 1, 20000);
  open_page (fixture);
  browser_wait (browser, LOSS "?.loaded && telar.board.charts.get('loss').place");
  g_assert_true (browser_number (browser, LOSS ".overview.step.length") <= 1200);
  json_t *whole = browser_value (browser, LOSS ".overview.whole");
  g_assert_true (json_is_false (whole));
  json_decref (whole);

  /* A box over a part: the points of that stretch are read as they were recorded. */
  browser_drag (browser, ".card canvas", 0.5, 0.5, 0.52, 0.505);
  browser_wait (browser, "telar.board.view && " LOSS ".detail?.whole");
  json_t *points = browser_value (browser, "[" LOSS ".detail.step, " LOSS ".detail.value]");
  const json_t *steps = json_array_get (points, 0), *values = json_array_get (points, 1);
  g_assert_cmpuint (json_array_size (steps), >, 100);
  for (gsize i = 0; i < json_array_size (steps); i++)
    g_assert_cmpfloat (json_number_value (json_array_get (values, i)), ==,
                       value_at (json_integer_value (json_array_get (steps, i))));
  json_decref (points);
  browser_click (browser, "#reset");
  browser_wait (browser, "telar.board.view === null");

  browser_wheel (browser, ".card canvas", 0.5, 0.5, -400);
  browser_wait (browser, "telar.board.view !== null");
  double wide = browser_number (browser, "telar.board.view[1] - telar.board.view[0]");
  g_assert_cmpfloat (wide, <, 19000);

  /* The same by keyboard; the crosshair stands on all charts. */
  json_decref (browser_value (browser, "document.querySelector('.card canvas').focus()"));
  browser_key (browser, "Home");
  browser_wait (browser, "telar.board.view === null");
  browser_key (browser, "+");
  browser_wait (browser, "telar.board.view !== null");
  browser_key (browser, "ArrowRight");
  browser_wait (browser, "[...document.querySelectorAll('canvas')].length === 2 && "
                         "[...document.querySelectorAll('canvas')].every("
                         "c => /, at [\\d\\u202f]+/.test(c.getAttribute('aria-label')))");
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  record (fixture, "adam-1", 1, 100);
  record (fixture, "adam-2", 2, 100);
  record (fixture, "sgd-1", 3, 100);
  open_page (fixture);
  browser_wait (browser, "document.querySelectorAll('#runs li').length === 3");
  browser_type (browser, "#run-filter", "^adam-\\d$");
  browser_wait (browser, "document.querySelectorAll('#runs li').length === 2");
  browser_type (browser, "#run-filter", "(");
  browser_wait (browser, "document.getElementById('run-filter').ariaInvalid === 'true'");
  browser_type (browser, "#run-filter", "nothing");
  browser_wait (browser, "!document.getElementById('no-runs').hidden");
  browser_type (browser, "#run-filter", "sgd|adam");
  browser_wait (browser, "document.querySelectorAll('#runs li').length === 3");

  browser_wait (browser, "document.querySelectorAll('.card canvas').length === 2");
  browser_type (browser, "#tag-filter", "^acc");
  browser_wait (browser, "document.querySelectorAll('.card canvas').length === 1");

  /* Two runs in one chart, told apart by name and colour. */
  browser_click (browser, "#runs li:not(.current) input");
  browser_wait (browser, "document.querySelectorAll('.card .legend li').length === 2");
  browser_wait (browser, "new Set([...document.querySelectorAll('.legend i')].map("
                         "i => i.style.getPropertyValue('--swatch'))).size === 2");
  browser_click (browser, "#tab-parameters");
  browser_wait (browser, "document.querySelectorAll('#parameters tbody tr').length === 3");
}

/* With TELAR_PICTURES=FOLDER the page is kept for looking at, in light and dark. */
static void
keep_picture (Browser *browser, const char *name)
{
  const char *folder = g_getenv ("TELAR_PICTURES");

  for (int dark = 0; folder != NULL && dark < 2; dark++) {
    g_autofree char *file = g_strconcat (name, dark ? "-dark.png" : ".png", NULL);
    g_autofree char *path = g_build_filename (folder, file, NULL);
    browser_set_dark (browser, dark);
    g_usleep (300000);
    browser_screenshot (browser, path);
  }
  if (folder != NULL)
    browser_set_dark (browser, FALSE);
}

/* The numbers of a bell that wanders and widens. */
static void
put_histograms (TelarStore *store, gint64 run, const char *name, double speed)
{
  TelarShape shape = telar_shape (4000);
  g_autoptr (TelarTensor) numbers = telar_tensor_new (TELAR_F64, &shape);

  for (gint64 step = 0; step <= 1000; step += 50) {
    for (gint64 i = 0; i < 4000; i++) {
      double x = ((double)i + 0.5) / 4000, spread = 0.3 + speed * (double)step / 1000;
      telar_tensor_set (numbers, i, speed * (double)step / 2000 + spread * log (x / (1 - x)));
    }
    g_autoptr (TelarHistogram) histogram = telar_histogram_count (numbers);
    g_autoptr (GError) error = NULL;
    histogram->step = step;
    telar_store_put_histogram (store, run, name, histogram, &error);
    g_assert_no_error (error);
  }
}

static void
test_histograms (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  record (fixture, "a", 1, 1000);
  TelarStore *store = workspace_open (fixture->server.workspace);
  TelarRunRow *row = workspace_run (store, "a");
  put_histograms (store, row->id, "conv1.kernel", 0.4);
  put_histograms (store, row->id, "gradient/conv1.kernel", -0.25);
  put_histograms (store, row->id, "output/conv1", 1);
  open_page (fixture);
  browser_wait (browser, LOSS "?.loaded");
  keep_picture (browser, "web-curves");
  browser_click (browser, "#tab-histograms");
  browser_wait (browser, "document.querySelectorAll('#histograms canvas').length === 3");
  browser_wait (browser, "/step 1.000: mean/.test(document.querySelector('#histograms canvas')"
                         ".ariaLabel)");
  keep_picture (browser, "web-histograms");
  g_autofree char *bands =
      browser_text (browser, "document.querySelector('#histograms canvas').toDataURL()");
  browser_click (browser, "#ridges");
  g_autofree char *ridges =
      browser_text (browser, "document.querySelector('#histograms canvas').toDataURL()");
  g_assert_cmpstr (bands, !=, ridges);
  keep_picture (browser, "web-ridges");
  json_decref (browser_value (browser, "document.querySelector('#histograms canvas').focus()"));
  browser_key (browser, "ArrowLeft");
  browser_wait (browser, "/step 950: mean/.test(document.querySelector('#histograms canvas')"
                         ".ariaLabel)");
  browser_type (browser, "#histogram-filter", "^gradient");
  browser_wait (browser, "document.querySelectorAll('#histograms canvas').length === 1");
  telar_run_row_free (row);
  telar_store_close (store);
}

/* The matrix: a run is picked out with the keys, a box leaves runs out of all views, a run is
 * chosen, other axes are shown. */
static void
test_scatter (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  workspace_record_search (fixture->server.workspace);
  open_page (fixture);
  browser_click (browser, "#tab-parameters");
  browser_wait (browser, "telar.parameters.scatter.data?.shown.length === 4");
  browser_wait (browser, "document.getElementById('scatter-picture').naturalWidth > 400");
  json_decref (browser_value (browser, "document.getElementById('scatter-card').scrollIntoView()"));
  json_decref (browser_value (browser, "document.getElementById('scatter-over').focus()"));
  browser_key (browser, "ArrowRight");
  browser_wait (browser,
                "/^search-11 ·/.test(document.getElementById('scatter-said').textContent)");
  browser_wait (browser, "document.querySelectorAll('#scatter-over .picked').length === 12");
  browser_wait (browser, "document.querySelector('#parameters tr.lit')?.dataset.run === "
                         "'search-11'");
  keep_picture (browser, "web-scatter");

  /* A box in the cell at the top right: what has a middling result. */
  browser_drag (browser, "#scatter-over", 0.85, 0.08, 0.92, 0.24);
  browser_wait (browser, "document.querySelectorAll('#parameters tr.out').length > 0");
  browser_wait (browser, "document.querySelectorAll('#parallel path.out').length > 0");
  browser_wait (browser, "/out=/.test(document.getElementById('scatter-picture').src)");
  browser_wait (browser, "document.querySelectorAll('#scatter-over .brush').length > 0");
  browser_wait (browser, "document.getElementById('scatter-picture').complete");
  keep_picture (browser, "web-scatter-box");
  browser_click (browser, "#unbrush");
  browser_wait (browser, "document.querySelectorAll('#parameters tr.out').length === 0");

  browser_click (browser, "#scatter-card summary");
  browser_click (browser, "#scatter-axes [value='choice:optimizer']");
  browser_wait (browser, "telar.parameters.scatter.data.shown.length === 3");
  json_decref (browser_value (browser, "document.getElementById('scatter-over').focus()"));
  browser_key (browser, "ArrowLeft");
  browser_key (browser, "Enter");
  browser_wait (browser, "telar.current === telar.parameters.scatter.name() && telar.current");
}

/* The card of another run leads to it; a run by itself has nothing to be followed. */
static void
test_lineage (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  record (fixture, "a", 1, 10);
  record (fixture, "b", 1, 10);
  TelarStore *store = workspace_open (fixture->server.workspace);
  TelarRunRow *row = workspace_run (store, "a");
  g_autofree char *path = g_build_filename (fixture->server.workspace, "a.onnx", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "one", -1, &error));
  telar_store_put_artifact (store, row->id, "onnx", path, 10, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, "two", -1, &error));
  telar_store_run (store, &error, "UPDATE run SET parent = 'a', parent_step = 5 WHERE name = 'b'",
                   "");
  g_assert_no_error (error);
  open_page (fixture);
  browser_click (browser, "#tab-lineage");
  browser_wait (browser, "document.querySelectorAll('#lineage .stage button').length === 3");
  browser_wait (browser, "document.querySelector('#lineage img').naturalWidth > 300");
  browser_wait (browser, "/hash differs/.test([...document.querySelectorAll('#lineage button')]"
                         ".map(b => b.title).join())");
  keep_picture (browser, "web-lineage");
  g_autofree char *before = browser_text (browser, "telar.current");
  browser_click (browser, "#lineage .opens");
  g_autofree char *other = g_strdup_printf ("telar.current === '%s'", *before == 'a' ? "b" : "a");
  browser_wait (browser, other);
  telar_run_row_free (row);
  telar_store_close (store);
}

/* Of many tags only some charts are made, and each of the others comes when it is looked for. */
static void
test_many_tags (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;
  TelarMonitor *monitor = workspace_record (fixture->server.workspace, "a", 1000);

  for (guint i = 0; i < 200; i++) {
    g_autofree char *tag = g_strdup_printf ("unit-%03u", i);
    telar_monitor_scalar (monitor, tag, 1, i);
    telar_monitor_scalar (monitor, tag, 2, i + 1);
  }
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
  open_page (fixture);
  browser_wait (browser, "document.querySelectorAll('.card canvas').length === 48");
  g_assert_cmpfloat (browser_number (browser, "telar.board.curves.size"), ==, 48);
  browser_type (browser, "#tag-filter", "unit-19");
  browser_wait (browser, "document.querySelectorAll('.card canvas').length === 10");
  browser_wait (browser, "telar.board.find('a', 'unit-190')?.last === 2");
  browser_wait (browser, "document.getElementById('more-charts').hidden");
  browser_type (browser, "#tag-filter", "");
  browser_wait (browser, "document.querySelectorAll('.card canvas').length === 48");
  for (guint page = 2; page <= 5; page++) {
    g_autofree char *more = g_strdup_printf (
        "document.querySelectorAll('.card canvas').length >= %u", MIN (48 * page, 200u));
    json_decref (browser_value (browser, "(document.getElementById('show-more').click(), 0)"));
    browser_wait (browser, more);
  }
  browser_wait (browser, "document.getElementById('more-charts').hidden");
}

/* Nothing that can be pressed is without a name, and the Tab key reaches it. */
static void
test_access (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  record (fixture, "a", 1, 100);
  open_page (fixture);
  /* A chart says what it shows once it is drawn. */
  browser_wait (browser, "document.querySelectorAll('.card canvas[aria-label]').length === 2");
  g_autofree char *nameless = browser_text (
      browser, "[...document.querySelectorAll('button, input, select, canvas, a, [role=img], "
               "[role=tab], [role=tabpanel], [role=tablist]')].filter("
               "e => !(e.ariaLabel || e.textContent.trim() || e.getAttribute('aria-labelledby') ||"
               " [...(e.labels ?? [])].some(l => l.textContent.trim()))).map(e => e.outerHTML)"
               ".join('\\n')");
  g_assert_cmpstr (nameless, ==, "");

  json_decref (browser_value (browser, "window.reached = new Set(), document.addEventListener("
                                       "'focusin', e => reached.add(e.target)), 0"));
  for (guint i = 0; i < 60; i++)
    browser_key (browser, "Tab");
  g_autofree char *unreached = browser_text (
      browser, "[...document.querySelectorAll('button, input, select, canvas')].filter(e =>"
               " !e.disabled && e.tabIndex >= 0 && e.checkVisibility() && !reached.has(e))"
               ".map(e => e.outerHTML).join('\\n')");
  g_assert_cmpstr (unreached, ==, "");
}

/* Each text stands in both languages, and the page takes the one that is chosen. */
static void
test_language (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;

  open_page (fixture);
  g_autofree char *half = browser_text (
      browser, "import('/words.js').then(m => Object.entries(m.words).filter(([, w]) =>"
               " w.length !== 2 || !w[0] || !w[1] || (w[0].match(/{\\d}/g) ?? []).join() !=="
               " (w[1].match(/{\\d}/g) ?? []).join()).map(([k]) => k).join(' '))");
  g_assert_cmpstr (half, ==, "");
  g_autofree char *unknown = browser_text (
      browser, "import('/words.js').then(m => [...document.querySelectorAll('[data-word],"
               " [data-label], [data-placeholder]')].map(e => e.dataset.word ?? e.dataset.label ??"
               " e.dataset.placeholder).filter(k => !m.words[k]).join(' '))");
  g_assert_cmpstr (unknown, ==, "");
  json_decref (browser_value (browser, "(() => { const s = document.getElementById('language');"
                                       " s.value = 'es';"
                                       " s.dispatchEvent(new Event('change')); })()"));
  g_autofree char *word =
      browser_text (browser, "document.getElementById('tab-scalars').textContent");
  g_assert_cmpstr (word, ==, "Curvas");
  g_autofree char *lang = browser_text (browser, "document.documentElement.lang");
  g_assert_cmpstr (lang, ==, "es");
}

/* A server that was away for a while is found again, and what was missed comes. */
static void
test_reconnect (Fixture *fixture, gconstpointer data)
{
  Browser *browser = fixture->browser;
  Server *server = &fixture->server;
  TelarMonitor *monitor = workspace_record (server->workspace, "a", 1000);

  telar_monitor_scalar (monitor, "loss", 1, 1);
  telar_monitor_flush (monitor);
  open_page (fixture);
  browser_wait (browser, LOSS "?.last === 1");
  telar_monitor_scalar (monitor, "loss", 2, 0.5);
  telar_monitor_flush (monitor);
  server_restart (server);
  telar_monitor_scalar (monitor, "loss", 3, 0.25);
  browser_wait (browser, LOSS ".last === 3");
  /* What the browser says of the connection that broke is no fault of the page. */
  if (strstr (browser_problems (browser), "exceptionThrown"))
    g_error ("%s", browser_problems (browser));
  browser_forget_problems (browser);
  telar_monitor_end (monitor, TELAR_RUN_DONE, NULL);
  telar_monitor_free (monitor);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/page/live", test_live },           { "/page/zoom", test_zoom },
    { "/page/filter", test_filter },       { "/page/access", test_access },
    { "/page/many-tags", test_many_tags }, { "/page/histograms", test_histograms },
    { "/page/scatter", test_scatter },     { "/page/lineage", test_lineage },
    { "/page/language", test_language },   { "/page/reconnect", test_reconnect },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
  return g_test_run ();
}
