/* telar embed: what is on a wire of a trained model, as points in a plane or in space. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "data/data.h"
#include "engine/wire-rows.h"
#include "insight/cloud.h"
#include "insight/figure.h"
#include "insight/projection.h"
#include "insight/save.h"
#include "insight/store-media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS       2000
#define PERPLEXITY 30
#define SIDE       900.0 /* of a picture, in pixels */

static const char *const methods[] = { "pca", "pca3", "tsne", NULL };
static const char *const splits[] = { "train", "validation", "all", NULL };

static const TelarOption options[] = {
  TELAR_OPTION_WORKSPACE,
  TELAR_OPTION_DEVICE,
  TELAR_OPTION_THREADS,
  { .name = "of",
    .kind = TELAR_OPTION_TEXT,
    .value = "NODE[.PORT]|STATE",
    .doc = "The wire whose values are projected, or a table of weights (\"embed.weights\"), whose "
           "rows are. Needed." },
  { .name = "method",
    .kind = TELAR_OPTION_CHOICE,
    .choices = methods,
    .doc = "pca: two principal components (the default); pca3: three; tsne: t-SNE." },
  { .name = "rows",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 2,
    .maximum = TELAR_TSNE_MOST_ROWS,
    .doc = "How many samples, evenly spread over the data; 2000 unless given." },
  { .name = "split",
    .kind = TELAR_OPTION_CHOICE,
    .choices = splits,
    .doc = "Which rows of the project's data; validation unless given." },
  { .name = "perplexity",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 1,
    .maximum = TELAR_TSNE_MOST_ROWS,
    .doc = "How many neighbours a sample has for t-SNE; 30 unless given." },
  { .name = "seed",
    .kind = TELAR_OPTION_INT,
    .value = "N",
    .minimum = 0,
    .maximum = G_MAXINT32,
    .doc = "Of t-SNE; 0 unless given." },
  { .name = "output",
    .letter = 'o',
    .kind = TELAR_OPTION_FILE,
    .value = "FILE",
    .doc = "Where the points go, as .csv, .png, .svg or .pdf." },
  TELAR_OPTION_JSON ("One line of JSON."),
  { NULL },
};

typedef struct {
  const TelarCommand *command;
  const char *of, *method;
  TelarModel model;
  TelarWireRows rows;
  TelarCloud *cloud;
  double *places; /* [n, k] */
  guint k;
} Embed;

static void
embed_clear (Embed *e)
{
  telar_model_clear (&e->model);
  telar_wire_rows_clear (&e->rows);
  telar_cloud_free (e->cloud);
  g_free (e->places);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Embed, embed_clear)

/* --- what is projected ------------------------------------------------------------------- */

/* A table of weights: its rows are the points. */
static gboolean
take_table (Embed *e, const TelarTensor *table, GError **error)
{
  gint64 n = table->type.shape.rank == 2 ? table->type.shape.dims[0] : 0;
  gint64 most = telar_command_int (e->command, "rows", ROWS);

  if (n < 2) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" is no table with several rows",
                     e->of);
    return FALSE;
  }
  n = MIN (n, most);
  gsize d = (gsize)table->type.shape.dims[1];
  e->rows.values =
      telar_tensor_try_new (TELAR_F32, &(TelarShape){ .rank = 2, .dims = { n, (gint64)d } }, error);
  if (e->rows.values == NULL)
    return FALSE;
  for (gsize i = 0; i < (gsize)n * d; i++)
    telar_tensor_set (e->rows.values, i, telar_tensor_get (table, i));
  e->rows.places = g_new (gint64, n);
  for (gint64 i = 0; i < n; i++)
    e->rows.places[i] = i;
  return TRUE;
}

static TelarSplit
choose_split (const TelarCommand *command)
{
  const char *split = telar_command_text (command, "split");

  if (g_strcmp0 (split, "train") == 0)
    return TELAR_SPLIT_TRAIN;
  return g_strcmp0 (split, "all") == 0 ? TELAR_SPLIT_ALL : TELAR_SPLIT_VALIDATION;
}

static gboolean
read_rows (Embed *e, GError **error)
{
  const TelarTensor *table = telar_states_get (e->model.states, e->of);

  if (table != NULL)
    return take_table (e, table, error);
  g_autoptr (TelarDevice) device = telar_command_device (e->command, error);
  g_autoptr (TelarFeed) feed = device != NULL ? telar_data_open (e->model.graph, error) : NULL;
  if (feed == NULL)
    return FALSE;
  TelarWireQuery query = { .graph = e->model.graph,
                           .feed = feed,
                           .states = e->model.states,
                           .device = device,
                           .split = choose_split (e->command),
                           .wire = e->of,
                           .most = telar_command_int (e->command, "rows", ROWS) };
  return telar_wire_rows_read (&query, &e->rows, error);
}

/* --- projecting -------------------------------------------------------------------------- */

static char *
project_pca (Embed *e, const TelarCloudRows *rows, guint k, GError **error)
{
  g_auto (TelarPca) pca = { 0 };
  double part = 0;

  if (!telar_pca (rows, k, &pca, error))
    return NULL;
  if (pca.k < 2) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "\"%s\" has one number a row: there is nothing to project", e->of);
    return NULL;
  }
  e->k = pca.k;
  e->places = g_steal_pointer (&pca.scores);
  for (guint i = 0; i < pca.k; i++)
    part += pca.total > 0 ? pca.variances[i] / pca.total : 0;
  return g_strdup_printf ("%s · PCA · %.0f %% of the variance", e->of, 100 * part);
}

static char *
project_tsne (Embed *e, const TelarCloudRows *rows, GError **error)
{
  TelarTsneOptions settings = {
    .perplexity = (double)telar_command_int (e->command, "perplexity", PERPLEXITY),
    .seed = (guint64)telar_command_int (e->command, "seed", 0),
  };
  double divergence;

  e->k = 2;
  e->places = g_new (double, 2 * rows->n);
  if (!telar_tsne (rows, &settings, e->places, &divergence, error))
    return NULL;
  return g_strdup_printf ("%s · t-SNE · perplexity %g · divergence %.2f", e->of,
                          settings.perplexity, divergence);
}

static gboolean
project (Embed *e, GError **error)
{
  const TelarShape *shape = &e->rows.values->type.shape;
  TelarCloudRows rows = { .values = e->rows.values->data,
                          .n = (gsize)shape->dims[0],
                          .d = (gsize)shape->dims[1] };
  g_autofree char *title =
      g_str_equal (e->method, "tsne")
          ? project_tsne (e, &rows, error)
          : project_pca (e, &rows, g_str_equal (e->method, "pca3") ? 3 : 2, error);

  if (title == NULL)
    return FALSE;
  TelarCloudPoints points = { (guint)rows.n,   e->k,         e->places, e->rows.places,
                              e->rows.classes, e->rows.names };
  e->cloud = telar_cloud_new (title, &points);
  return TRUE;
}

/* --- results ----------------------------------------------------------------------------- */

static gboolean
write_csv (FILE *file, gpointer data, GError **error)
{
  const Embed *e = data;

  fprintf (file, "row,class,x,y%s\n", e->k > 2 ? ",z" : "");
  for (guint i = 0; i < telar_cloud_n_points (e->cloud); i++) {
    g_autofree char *class = telar_cloud_class (e->cloud, i);
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    fprintf (file, "%" G_GINT64_FORMAT ",", e->rows.places[i]);
    if (class != NULL && strpbrk (class, ",\"\n") != NULL) {
      g_auto (GStrv) parts = g_strsplit (class, "\"", -1);
      g_autofree char *quoted = g_strjoinv ("\"\"", parts);
      fprintf (file, "\"%s\"", quoted);
    } else {
      fputs (class != NULL ? class : "", file);
    }
    for (guint axis = 0; axis < e->k; axis++)
      fprintf (file, ",%s",
               g_ascii_formatd (number, sizeof number, "%.9g", e->places[i * e->k + axis]));
    fputc ('\n', file);
  }
  return TRUE;
}

static void
draw (cairo_t *cr, double width, double height, gpointer data)
{
  TelarChartTheme theme;

  telar_chart_theme_init (&theme, FALSE);
  telar_cloud_draw (data, cr, width, height, &theme);
}

static gboolean
write_bytes (FILE *file, gpointer data, GError **error)
{
  gsize size;
  const void *bytes = g_bytes_get_data (data, &size);

  fwrite (bytes, 1, size, file);
  return TRUE;
}

static gboolean
write_output (Embed *e, GError **error)
{
  const char *path = telar_command_text (e->command, "output");
  const char *dot = path != NULL ? strrchr (path, '.') : NULL;
  TelarFigureForm form = { .width = SIDE, .height = 0.8 * SIDE, .scale = 2 };

  if (path == NULL)
    return TRUE;
  if (dot != NULL && g_str_equal (dot, ".csv"))
    return telar_save (path, write_csv, e, error);
  if (dot == NULL || !telar_figure_find_format (dot + 1, &form.format)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "-o takes a file that ends with .csv, .png, .svg or .pdf");
    return FALSE;
  }
  g_autoptr (GBytes) bytes = telar_figure_draw (&form, draw, e->cloud, error);
  return bytes != NULL && telar_save (path, write_bytes, bytes, error);
}

/* A run keeps its projections; a checkpoint or a project's own weights are of no run. */
static gboolean
keep (const Embed *e, gboolean *kept, GError **error)
{
  g_autoptr (TelarStore) store = telar_command_store (e->command, NULL);
  g_autoptr (TelarRunRow) run =
      store != NULL ? telar_store_find_run (store, e->model.name, NULL) : NULL;

  *kept = run != NULL;
  if (run == NULL)
    return TRUE;
  g_autofree char *name = g_strdup_printf ("projection/%s/%s", e->of, e->method);
  g_autofree char *text = telar_cloud_to_text (e->cloud);
  return telar_store_put_text (store, run->id, name, run->step, g_get_real_time (), text, error);
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (Embed) e = { .command = command,
                       .of = telar_command_text (command, "of"),
                       .method = telar_command_text (command, "method") };
  gboolean kept;

  e.method = e.method != NULL ? e.method : "pca";
  if (e.of == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--of is needed: which wire is projected?");
    return 2;
  }
  if (!telar_model_open (command, telar_command_argument (command, 0), &e.model, error) ||
      !read_rows (&e, error) || !project (&e, error) || !write_output (&e, error) ||
      !keep (&e, &kept, error))
    return telar_exit_status (*error);
  if (telar_command_has (command, "json"))
    telar_print_json (json_pack ("{s:s, s:i, s:s, s:b}", "model", e.model.name, "points",
                                 (int)telar_cloud_n_points (e.cloud), "title",
                                 telar_cloud_title (e.cloud), "kept", kept));
  else
    printf ("%s, %u points%s\n", telar_cloud_title (e.cloud), telar_cloud_n_points (e.cloud),
            kept ? ", kept with the run" : "");
  return 0;
}

const TelarVerb telar_verb_embed = {
  .name = "embed",
  .arguments = "PROJECT|MODEL",
  .min_arguments = 1,
  .max_arguments = 1,
  .summary = "Projects what is on a wire into a plane, by PCA or t-SNE.",
  .doc = "MODEL is a run or a checkpoint; PROJECT stands for the newest of its runs. Each sample "
         "becomes a point, coloured by its class. A run keeps the result, and the studio shows it.",
  .options = options,
  .run = run,
};
