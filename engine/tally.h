/* The losses and metrics of an epoch or an evaluation, as the sums of its batches: what a program
 * tells batch by batch goes in, numbers with names come out. */
#pragma once

#include "engine/ir.h"
#include "engine/tensor.h"
#include <jansson.h>

G_BEGIN_DECLS

/* The most numbers that a collecting metric keeps: 128 MiB. */
#define TELAR_TALLY_LIMIT ((gint64)1 << 24)

typedef struct {
  guint n;            /* numbers */
  const char **names; /* interned: "loss" first when there is one; several follow one by one */
  guint n_losses;     /* how many of the numbers are losses; they come first */
  /*< private >*/
  double rows;
  double *losses;   /* Σ loss · rows */
  GPtrArray *parts; /* of each metric */
} TelarTally;

/* What a metric gives instead of a number: a confusion matrix. */
typedef struct {
  const char *name;    /* interned */
  TelarTensor *values; /* f64 [classes, classes]: class i (row) taken for class j (column) */
} TelarFigure;

void telar_figure_free (TelarFigure *figure);
/* A list of rows of counts. */
json_t *telar_figure_to_json (const TelarTensor *values);

/* For the losses and metrics of @program. */
TelarTally *telar_tally_new (const TelarProgram *program);
void telar_tally_free (TelarTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarTally, telar_tally_free)

/* That @rows rows do not exceed TELAR_TALLY_LIMIT; the error names the metric. */
gboolean telar_tally_check (const TelarTally *tally, gint64 rows, GError **error);

void telar_tally_clear (TelarTally *tally);
/* One batch: @losses, n_losses of them, are means over its @rows rows; @metrics are the values of
 * the program's metric outputs in their order. */
void telar_tally_add (TelarTally *tally, const double *losses, TelarTensor *const *metrics,
                      gint64 rows);

/* What all that was added gives: @numbers has room for n of them. With @running those that would
 * take long to make stay as they are. */
void telar_tally_finish (const TelarTally *tally, gboolean running, double *numbers);
/* Whether the number at @index takes long to make. */
gboolean telar_tally_is_slow (const TelarTally *tally, guint index);
/* The figures; GPtrArray of TelarFigure *, owned by the array. */
GPtrArray *telar_tally_figures (const TelarTally *tally);

/* The sums as doubles (caller unrefs), and back: FALSE, and nothing has changed, when they are of
 * other losses and metrics. */
GArray *telar_tally_save (const TelarTally *tally);
gboolean telar_tally_load (TelarTally *tally, const GArray *sums);

G_END_DECLS
