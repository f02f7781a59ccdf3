/* telar runs: what the workspace keeps. */
#include "app/cli/runs.h"
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "insight/run-json.h"

#include <stdio.h>
#include <string.h>

static const char *const axes[] = { "step", "epoch", "time", NULL };
static const char *const formats[] = { "events", "csv", "json", NULL };

static const TelarOption options[] = {
  { .name = "to",
    .kind = TELAR_OPTION_CHOICE,
    .value = "FORMAT",
    .choices = formats,
    .doc = "What export writes: an event file for TensorBoard (the default), csv with a line for "
           "each point, or json with all of the run." },
  { .name = "output",
    .letter = 'o',
    .kind = TELAR_OPTION_FILE,
    .value = "PATH",
    .doc = "Where export or figure writes: a file, whose ending (svg, pdf, png) says what a figure "
           "is; of events the folder of logs, in which the run gets its own." },
  { .name = "tag",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME",
    .repeated = TRUE,
    .doc = "A curve of the figure; may be repeated." },
  { .name = "width",
    .kind = TELAR_OPTION_TEXT,
    .value = "LENGTH",
    .doc =
        "Of the figure: a number with mm, cm, in or pt; a paper's column of 85mm unless given." },
  { .name = "height",
    .kind = TELAR_OPTION_TEXT,
    .value = "LENGTH",
    .doc = "Of the figure; two thirds of the width unless given." },
  { .name = "x",
    .kind = TELAR_OPTION_CHOICE,
    .value = "AXIS",
    .choices = axes,
    .doc = "What the figure has along x: step (the default), epoch or time." },
  { .name = "log", .doc = "The figure's values on a logarithmic scale." },
  { .name = "smoothing",
    .kind = TELAR_OPTION_TEXT,
    .value = "WEIGHT",
    .doc = "Of the figure's moving average, 0 (none, the default) to below 1." },
  { .name = "title", .kind = TELAR_OPTION_TEXT, .value = "TEXT", .doc = "Above the figure." },
  { .name = "run",
    .kind = TELAR_OPTION_TEXT,
    .value = "NAME",
    .doc = "What import calls the run; as its folder or file is called unless given." },
  TELAR_OPTION_WORKSPACE,
  TELAR_OPTION_JSON ("One JSON document."),
  { NULL },
};

/* --- formatting ---------------------------------------------------------------------------------
 */

/* "2026-11-21 02:35"; caller frees. */
static char *
format_time (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);
  return date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : g_strdup ("");
}

/* "loss 0.12  val_accuracy 0.98" of a JSON object; caller frees. */
static char *
flatten_metrics (const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);
  json_t *json = telar_json_parsed (text);
  const char *name;
  json_t *value;
  json_object_foreach (json, name, value) g_string_append_printf (
      line, "%s%s %.5g", line->len > 0 ? "  " : "", name, json_number_value (value));
  json_decref (json);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

/* "  [baseline, small]  what was said of it"; caller frees. */
static char *
format_remarks (const TelarRunRow *row)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (row->labels != NULL)
    g_string_append_printf (text, "  [%s]", row->labels);
  if (row->note != NULL)
    g_string_append_printf (text, "  %s", row->note);
  g_strdelimit (text->str, "\n\t", ' ');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- the actions --------------------------------------------------------------------------------
 */

/* That of the first argument after the action. */
static TelarRunRow *
find_run (const TelarCommand *command, TelarStore *store, GError **error)
{
  return telar_store_find_run (store, telar_command_argument (command, 1), error);
}

static gboolean
list_runs (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (GPtrArray) runs = telar_store_runs (store, error);
  if (runs == NULL)
    return FALSE;
  json_t *json = json_array ();
  for (guint i = 0; i < runs->len; i++) {
    const TelarRunRow *row = runs->pdata[i];
    json_array_append_new (json, telar_run_row_to_json (row));
    if (telar_command_has (command, "json"))
      continue;
    g_autofree char *started = format_time (row->started);
    g_autofree char *metrics = flatten_metrics (row->metrics);
    g_autofree char *remarks = format_remarks (row);
    printf ("%c %-24s %-8s %4" G_GINT64_FORMAT "/%-4" G_GINT64_FORMAT " %s  %s%s\n",
            row->star ? '*' : ' ', row->name, row->status, row->epoch, row->epochs, started,
            metrics, remarks);
  }
  if (telar_command_has (command, "json"))
    telar_print_json_document (json);
  else
    json_decref (json);
  return TRUE;
}

static void
print_row (const TelarRunRow *row)
{
  g_autofree char *started = format_time (row->started);
  g_autofree char *ended = row->ended != 0 ? format_time (row->ended) : g_strdup ("-");
  g_autofree char *metrics = flatten_metrics (row->metrics);
  printf ("run         %s\nstatus      %s%s%s\nproject     %s\ndevice      %s\n", row->name,
          row->status, row->message != NULL ? ": " : "", row->message != NULL ? row->message : "",
          row->project != NULL ? row->project : "-", row->device != NULL ? row->device : "-");
  printf ("started     %s\nended       %s\nepoch       %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
          "\nstep        %" G_GINT64_FORMAT "\nparameters  %" G_GINT64_FORMAT
          "\nseed        %" G_GUINT64_FORMAT "\n",
          started, ended, row->epoch, row->epochs, row->step, row->parameters, row->seed);
  printf ("metrics     %s\ncheckpoint  %s\n", metrics,
          row->checkpoint != NULL ? row->checkpoint : "-");
  if (row->labels != NULL)
    printf ("labels      %s\n", row->labels);
  if (row->note != NULL)
    printf ("note        %s\n", row->note);
}

/* How many points each scalar has, what was marked, and the newest figures. */
static gboolean
add_history (TelarStore *store, gint64 run, json_t *json, GError **error)
{
  g_autoptr (GPtrArray) tags = telar_store_tags (store, run, error);
  g_autoptr (GPtrArray) events = tags ? telar_store_events (store, run, 0, error) : NULL;
  g_autoptr (GPtrArray) figures = events ? telar_store_figures (store, run, error) : NULL;
  if (figures == NULL)
    return FALSE;
  json_t *counts = json_object (), *marks = json_array (), *matrices = json_object ();
  for (guint i = 0; i < figures->len; i++) {
    const TelarFigureRow *figure = figures->pdata[i];
    json_object_set_new (matrices, figure->name, telar_json_parsed (figure->values));
  }
  for (guint i = 0; i < tags->len; i++) {
    const TelarTag *tag = tags->pdata[i];
    json_object_set_new (counts, tag->name, json_integer ((json_int_t)tag->points));
  }
  for (guint i = 0; i < events->len; i++) {
    const TelarEventRow *event = events->pdata[i];
    json_array_append_new (marks,
                           json_pack ("{s:I, s:s, s:o}", "step", (json_int_t)event->step, "kind",
                                      event->kind, "text", telar_json_text (event->text)));
  }
  json_object_set_new (json, "points", counts);
  json_object_set_new (json, "events", marks);
  json_object_set_new (json, "figures", matrices);
  return TRUE;
}

static gboolean
show_run (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (TelarRunRow) row = find_run (command, store, error);
  if (row == NULL)
    return FALSE;
  json_t *json = telar_run_row_to_json (row);
  gboolean ok = add_history (store, row->id, json, error);
  if (ok && telar_command_has (command, "json")) {
    telar_print_json_document (json);
    return TRUE;
  }
  if (ok) {
    print_row (row);
    size_t i;
    json_t *event;
    json_array_foreach (json_object_get (json, "events"), i, event)
        printf ("step %-6" JSON_INTEGER_FORMAT " %s %s\n",
                json_integer_value (json_object_get (event, "step")),
                json_string_value (json_object_get (event, "kind")),
                json_is_string (json_object_get (event, "text"))
                    ? json_string_value (json_object_get (event, "text"))
                    : "");
  }
  json_decref (json);
  return ok;
}

static gboolean
delete_run (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (TelarRunRow) row = find_run (command, store, error);
  return row != NULL && telar_store_delete_run (store, row->id, error);
}

/* --- what a person says of a run -----------------------------------------------------------------
 */

static gboolean
note_run (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (TelarRunRow) row = find_run (command, store, error);
  return row != NULL &&
         telar_store_set_note (store, row->id, telar_command_argument (command, 2), error);
}

static gboolean
label_run (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (TelarRunRow) row = find_run (command, store, error);
  return row != NULL &&
         telar_store_set_labels (store, row->id, telar_command_argument (command, 2), error);
}

/* "star" or "unstar". */
static gboolean
star_run (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (TelarRunRow) row = find_run (command, store, error);
  gboolean star = strcmp (telar_command_argument (command, 0), "star") == 0;
  return row != NULL && telar_store_set_star (store, row->id, star, error);
}

/* --- the verb -----------------------------------------------------------------------------------
 */

typedef struct {
  const char *name;
  guint arguments; /* the name included; 0: two or more */
  TelarRunsFunc run;
  const char *takes;
  gboolean makes; /* the workspace need not be there */
} Action;

static const Action actions[] = {
  { "list", 1, list_runs, "no argument" },
  { "show", 2, show_run, "the name of one run" },
  { "delete", 2, delete_run, "the name of one run" },
  { "note", 3, note_run, "the name of a run and a text" },
  { "label", 3, label_run, "the name of a run and labels" },
  { "star", 2, star_run, "the name of one run" },
  { "unstar", 2, star_run, "the name of one run" },
  { "compare", 3, telar_runs_compare, "the names of two runs" },
  { "lineage", 2, telar_runs_lineage, "the name of one run" },
  { "figure", 0, telar_runs_figure, "the names of one run or more" },
  { "export", 2, telar_runs_export, "the name of one run" },
  { "import", 2, telar_runs_import, "an event file, a folder of them, or a file of CSV or JSON",
    TRUE },
};

static int
run_action (const TelarCommand *command, const Action *action, GError **error)
{
  guint n = command->arguments->len;

  if (action->arguments == 0 ? n < 2 : n != action->arguments) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "telar runs %s takes %s", action->name,
                     action->takes);
    return 2;
  }
  g_autofree char *workspace = telar_command_workspace (command);
  g_autoptr (TelarStore) store = telar_store_open (workspace, action->makes, error);
  return store != NULL && action->run (command, store, error) ? 0 : 1;
}

static int
run (const TelarCommand *command, GError **error)
{
  const char *name = telar_command_argument (command, 0);

  if (strcmp (name, "request") == 0)
    return telar_runs_request (command, error);
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (actions[i].name, name) == 0)
      return run_action (command, &actions[i], error);
  telar_set_error (
      error, TELAR_ERROR_USAGE, NULL,
      "telar runs list, show, delete, note, label, star, unstar, compare, lineage, figure, "
      "export, import or request, not \"%s\"",
      name);
  return 2;
}

const TelarVerb telar_verb_runs = {
  .name = "runs",
  .arguments = "list|show RUN|delete RUN|note RUN TEXT|label RUN LABELS|star RUN|unstar RUN|"
               "compare A B|lineage RUN|figure RUN...|export RUN|import PATH|request RUN WHAT",
  .min_arguments = 1,
  .max_arguments = 64,
  .summary = "Lists the runs of the workspace, shows one, deletes one with its checkpoints, says "
             "something of one, compares two, draws figures, writes and reads those of other "
             "programs, or steers one that is training.",
  .doc =
      "Compare tells in which settings, metrics and nodes two runs differ. Lineage tells which "
      "files "
      "a run has learned from, what it was forked from and what became of it, with the hashes of "
      "data, weights and exported models. Figure draws the curves "
      "of --tag, of one run or several, for a paper. Import takes TensorBoard's event files, a "
      "folder of them, in which each folder becomes a run, CSV, and the JSON that export writes. "
      "LABELS have commas between them; an empty text takes note or labels back. WHAT is pause, "
      "resume, step [N], stop, "
      "stop-after-epoch, learning-rate X, set NODE.PARAM=VALUE, set training.PARAM=VALUE, "
      "checkpoint, profile, or probe WIRE and unprobe WIRE, with WIRE a node or NODE.PORT, of "
      "which a "
      "histogram is recorded about twice a second. The run obeys between two batches; what came of "
      "it is printed.",
  .options = options,
  .run = run,
};
