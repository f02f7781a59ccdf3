/* telar embed: what is on a wire of a trained model, as points in a plane or in space. */
#include "app/cli/verbs.h"
#include "app/cli/workspace.h"
#include "app/model/embedding.h"
#include "data/csv.h"
#include "insight/figure.h"
#include "insight/projection.h"
#include "insight/save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 900.0 /* of a picture, in pixels */

static const char *const methods[] = { "pca", "pca3", "tsne", NULL };

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
  TELAR_OPTION_SPLIT ("Which rows of the project's data; validation unless given."),
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

/* --- results ----------------------------------------------------------------------------- */

static gboolean
write_csv (FILE *file, gpointer data, GError **error)
{
  const TelarEmbedding *e = data;

  fprintf (file, "row,class,x,y%s\n", e->k > 2 ? ",z" : "");
  for (guint i = 0; i < telar_cloud_n_points (e->cloud); i++) {
    g_autofree char *class = telar_cloud_class (e->cloud, i);
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    fprintf (file, "%" G_GINT64_FORMAT ",", telar_cloud_row (e->cloud, i));
    g_autofree char *field = telar_csv_quote (class != NULL ? class : "");
    fputs (field, file);
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
write_output (const TelarCommand *command, TelarEmbedding *embedding, GError **error)
{
  const char *path = telar_command_text (command, "output");
  const char *dot = path != NULL ? strrchr (path, '.') : NULL;
  TelarFigureForm form = { .width = SIDE, .height = 0.8 * SIDE, .scale = 2 };

  if (path == NULL)
    return TRUE;
  if (dot != NULL && g_str_equal (dot, ".csv"))
    return telar_save (path, write_csv, embedding, error);
  if (dot == NULL || !telar_figure_find_format (dot + 1, &form.format)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "-o takes a file that ends with .csv, .png, .svg or .pdf");
    return FALSE;
  }
  g_autoptr (GBytes) bytes = telar_figure_draw (&form, draw, embedding->cloud, error);
  return bytes != NULL && telar_save_bytes (path, bytes, error);
}

static void
tell (const TelarCommand *command, const TelarModel *model, const TelarCloud *cloud, gboolean kept)
{
  if (telar_command_has (command, "json"))
    telar_print_json (json_pack ("{s:s, s:i, s:s, s:b}", "model", model->name, "points",
                                 (int)telar_cloud_n_points (cloud), "title",
                                 telar_cloud_title (cloud), "kept", kept));
  else
    printf ("%s, %u points%s\n", telar_cloud_title (cloud), telar_cloud_n_points (cloud),
            kept ? ", kept with the run" : "");
}

static int
run (const TelarCommand *command, GError **error)
{
  g_auto (TelarModel) model = { 0 };
  g_auto (TelarEmbedding) embedding = { 0 };
  g_autofree char *workspace = telar_command_workspace (command);
  const char *method = telar_command_text (command, "method");
  gboolean kept;
  TelarEmbeddingOptions settings = {
    .of = telar_command_text (command, "of"),
    .method = method != NULL ? method : "pca",
    .split = telar_command_split (command),
    .most = telar_command_int (command, "rows", TELAR_EMBEDDING_ROWS),
    .perplexity = (double)telar_command_int (command, "perplexity", TELAR_EMBEDDING_PERPLEXITY),
    .seed = (guint64)telar_command_int (command, "seed", 0),
  };

  if (settings.of == NULL) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "--of is needed: which wire is projected?");
    return 2;
  }
  g_autoptr (TelarDevice) device = telar_command_device (command, error);
  settings.device = device;
  if (device == NULL ||
      !telar_model_open (command, telar_command_argument (command, 0), &model, error) ||
      !telar_embedding_make (&model, &settings, &embedding, error) ||
      !write_output (command, &embedding, error) ||
      !telar_embedding_keep (workspace, model.name, &settings, embedding.cloud, &kept, error))
    return telar_exit_status (*error);
  tell (command, &model, embedding.cloud, kept);
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
