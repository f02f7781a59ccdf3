/* The data operators: where a graph's batches come from. They have no lowering; data/open.c reads
 * what they describe and the feed provides their outputs. */
#include "data/operators.h"

#include "data/data.h"
#include "engine/i18n.h"

static const char *const split_choices[] = { "random", "stratified", "last", NULL };
static const char *const missing_choices[] = { "error", "mean", "median", "drop", NULL };
static const char *const task_choices[] = { "auto", "classes", "number", NULL };
static const char *const separator_choices[] = { "auto", "comma", "semicolon", "tab", "bar", NULL };

#define VALIDATION_DOC                                                                             \
  N_ ("Rows kept for validation: below 1 a fraction of them, otherwise their number. They are "    \
      "drawn with the project's seed.")
#define SPLIT_DOC                                                                                  \
  N_ ("How they are chosen: at random, at random with each class in its share, or the last rows "  \
      "of the file.")

static const TelarPort no_ports[] = { { NULL } };

static const TelarPort idx_outputs[] = {
  { "images", TELAR_PORT_TENSOR,
    .doc = N_ ("f32[N,channels,height,width], raw values (0 to 255).") },
  { "labels", TELAR_PORT_TENSOR,
    .doc = N_ ("i64[N] or, of each pixel, i64[N,height,width]: classes from 0.") },
  { NULL },
};

static const TelarParam idx_params[] = {
  { .name = "images",
    .label = N_ ("Images"),
    .kind = TELAR_PARAM_FILE,
    .fallback = "",
    .doc = N_ ("An IDX file of three dimensions (rows, height, width) or four (with channels), "
               "plain or gzip."),
    .prominent = TRUE },
  { .name = "labels",
    .label = N_ ("Labels"),
    .kind = TELAR_PARAM_FILE,
    .fallback = "",
    .doc = N_ ("An IDX file of one dimension, the class of each image, or of three, the class of "
               "each pixel; from 0.") },
  { .name = "validation",
    .label = N_ ("Validation"),
    .kind = TELAR_PARAM_REAL,
    .fallback = "0.15",
    .minimum = 0,
    .maximum = 1e9,
    .doc = VALIDATION_DOC,
    .prominent = TRUE },
  { .name = "split",
    .label = N_ ("Split"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "random",
    .choices = split_choices,
    .doc = SPLIT_DOC },
  { NULL },
};

static const TelarOperator idx_images = {
  .name = TELAR_OPERATOR_IDX_IMAGES,
  .label = N_ ("IDX images"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("Images and their classes from a pair of IDX files, the format of MNIST."),
  .inputs = no_ports,
  .outputs = idx_outputs,
  .params = idx_params,
};

static const TelarPort csv_outputs[] = {
  { "table", TELAR_PORT_TABLE, .doc = N_ ("Named, typed columns.") },
  { NULL },
};

static const TelarParam csv_params[] = {
  { .name = "file",
    .label = N_ ("File"),
    .kind = TELAR_PARAM_FILE,
    .fallback = "",
    .doc = N_ ("A CSV file in UTF-8 whose first line names the columns, plain or gzip."),
    .prominent = TRUE },
  { .name = "separator",
    .label = N_ ("Separator"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "auto",
    .choices = separator_choices,
    .doc = N_ ("What stands between fields; auto takes what the first line has most of.") },
  { NULL },
};

static const TelarOperator csv_table = {
  .name = TELAR_OPERATOR_CSV_TABLE,
  .label = N_ ("CSV table"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("A table from a CSV file. The types of the columns follow from their values; empty "
             "fields, NA, NaN and null are missing."),
  .inputs = no_ports,
  .outputs = csv_outputs,
  .params = csv_params,
};

static const TelarPort columns_inputs[] = {
  { "table", TELAR_PORT_TABLE, .doc = N_ ("The table to take columns from.") },
  { NULL },
};

static const TelarPort columns_outputs[] = {
  { "features", TELAR_PORT_TENSOR, .doc = N_ ("f32[N,features]; a category is one-hot.") },
  { "target", TELAR_PORT_TENSOR, .doc = N_ ("i64[N] for classes, f32[N,1] for numbers.") },
  { NULL },
};

static const TelarParam columns_params[] = {
  { .name = "target",
    .label = N_ ("Target"),
    .kind = TELAR_PARAM_TEXT,
    .fallback = "",
    .doc = N_ ("The column that is to be learned."),
    .prominent = TRUE },
  { .name = "features",
    .label = N_ ("Features"),
    .kind = TELAR_PARAM_TEXT,
    .fallback = "",
    .doc = N_ ("The columns it is learned from, with commas between; empty: all others.") },
  { .name = "task",
    .label = N_ ("Task"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "auto",
    .choices = task_choices,
    .doc = N_ ("Whether the target is classes or a number; auto takes real numbers, and integers "
               "of more than 20 different values, for numbers.") },
  { .name = "missing",
    .label = N_ ("Missing values"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "error",
    .choices = missing_choices,
    .doc = N_ ("What a gap becomes: an error, the mean or median of the training rows (a missing "
               "category then is all zeros), or a reason to drop the row. A gap in the target is "
               "an error unless rows are dropped.") },
  { .name = "validation",
    .label = N_ ("Validation"),
    .kind = TELAR_PARAM_REAL,
    .fallback = "0.2",
    .minimum = 0,
    .maximum = 1e9,
    .doc = VALIDATION_DOC,
    .prominent = TRUE },
  { .name = "split",
    .label = N_ ("Split"),
    .kind = TELAR_PARAM_CHOICE,
    .fallback = "random",
    .choices = split_choices,
    .doc = SPLIT_DOC },
  { NULL },
};

static const TelarOperator table_columns = {
  .name = TELAR_OPERATOR_TABLE_COLUMNS,
  .label = N_ ("Table columns"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("Features and target from the columns of a table, as tensors."),
  .inputs = columns_inputs,
  .outputs = columns_outputs,
  .params = columns_params,
};

static const TelarPort text_outputs[] = {
  { "text", TELAR_PORT_TENSOR, .doc = N_ ("i64[N,length], bytes: 0 to 255.") },
  { "next", TELAR_PORT_TENSOR, .doc = N_ ("i64[N,length], for each place the byte after it.") },
  { NULL },
};

#define WINDOW_PARAMS(length, step, words)                                                         \
  { .name = "length",                                                                              \
    .label = N_ ("Length"),                                                                        \
    .kind = TELAR_PARAM_INT,                                                                       \
    .fallback = length,                                                                            \
    .minimum = 1,                                                                                  \
    .maximum = 65536,                                                                              \
    .doc = N_ ("Places in a window."),                                                             \
    .prominent = TRUE },                                                                           \
  {                                                                                                \
    .name = "step", .label = N_ ("Step"), .kind = TELAR_PARAM_INT, .fallback = step, .minimum = 1, \
    .maximum = 65536, .doc = N_ (words)                                                            \
  }
#define WINDOW_SPLIT_PARAMS                                                                        \
  { .name = "validation",                                                                          \
    .label = N_ ("Validation"),                                                                    \
    .kind = TELAR_PARAM_REAL,                                                                      \
    .fallback = "0.15",                                                                            \
    .minimum = 0,                                                                                  \
    .maximum = 1e9,                                                                                \
    .doc = VALIDATION_DOC,                                                                         \
    .prominent = TRUE },                                                                           \
  {                                                                                                \
    .name = "split", .label = N_ ("Split"), .kind = TELAR_PARAM_CHOICE, .fallback = "last",        \
    .choices = window_split_choices,                                                               \
    .doc = N_ ("Which windows are kept: the last of the file, so that what follows is unknown, "   \
               "or some at random.")                                                               \
  }

static const char *const window_split_choices[] = { "random", "last", NULL };

static const TelarParam text_params[] = {
  { .name = "file",
    .label = N_ ("File"),
    .kind = TELAR_PARAM_FILE,
    .fallback = "",
    .doc = N_ ("A text, plain or gzip. Each byte is a place of a window."),
    .prominent = TRUE },
  WINDOW_PARAMS ("32", "32", "Bytes from the start of a window to that of the next."),
  WINDOW_SPLIT_PARAMS,
  { NULL },
};

static const TelarOperator text_windows = {
  .name = TELAR_OPERATOR_TEXT_WINDOWS,
  .label = N_ ("Text"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("Stretches of a text as numbered bytes, and what follows each byte: what a language "
             "model learns from. A vocabulary of 256 has them all."),
  .inputs = no_ports,
  .outputs = text_outputs,
  .params = text_params,
};

static const TelarPort series_inputs[] = {
  { "table", TELAR_PORT_TABLE, .doc = N_ ("A table whose rows follow each other in time.") },
  { NULL },
};

static const TelarPort series_outputs[] = {
  { "windows", TELAR_PORT_TENSOR, .doc = N_ ("f32[N,length,columns].") },
  { "next", TELAR_PORT_TENSOR, .doc = N_ ("f32[N,columns], the row to foretell.") },
  { NULL },
};

static const TelarParam series_params[] = {
  { .name = "columns",
    .label = N_ ("Columns"),
    .kind = TELAR_PARAM_TEXT,
    .fallback = "",
    .doc = N_ ("The columns of the series, with commas between; empty: all."),
    .prominent = TRUE },
  WINDOW_PARAMS ("24", "1", "Rows from the start of a window to that of the next."),
  { .name = "ahead",
    .label = N_ ("Ahead"),
    .kind = TELAR_PARAM_INT,
    .fallback = "1",
    .minimum = 1,
    .maximum = 65536,
    .doc = N_ ("How many rows behind its window the row to foretell lies.") },
  WINDOW_SPLIT_PARAMS,
  { NULL },
};

static const TelarOperator series_windows = {
  .name = TELAR_OPERATOR_SERIES_WINDOWS,
  .label = N_ ("Series"),
  .category = TELAR_CATEGORY_DATA,
  .doc = N_ ("Stretches of a series of numbers, and what follows each: what a forecast learns "
             "from."),
  .inputs = series_inputs,
  .outputs = series_outputs,
  .params = series_params,
};

static const TelarOperator *const operators[] = {
  &idx_images, &csv_table, &table_columns, &text_windows, &series_windows, NULL,
};

void
telar_data_init (void)
{
  static gsize once;
  if (g_once_init_enter (&once)) {
    telar_operators_register (operators);
    g_once_init_leave (&once, 1);
  }
}
