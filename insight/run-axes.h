/* What was chosen for runs and what came of it, an axis for each, on which every run has a place;
 * and brushes, parts of axes that are kept. Parallel coordinates and the scatter matrix draw them.
 */
#pragma once

#include "insight/axis.h"
#include "insight/choices.h"

G_BEGIN_DECLS

typedef struct {
  char *key;       /* "choice:learning_rate", "last:val_loss" */
  char *title;     /* for a person */
  double strength; /* -1 to 1: how strongly it goes along with the result; NaN: not known */
  gboolean log;
  TelarUnit unit;
  guint n_words; /* 0: numbers */
  double *parts; /* of each run: its place from 0 to 1; NaN: it has none */
  char **texts;  /* of each run, for reading; NULL: it has none */
  GArray *ticks; /* TelarTick, whose value is a part; those of words in the middle of their bands */
  gboolean brushed;
  double low, high;
} TelarRunAxis;

typedef struct TelarRunAxes TelarRunAxes;

/* @names of @n runs, copied. */
TelarRunAxes *telar_run_axes_new (const char *const *names, guint n);
void telar_run_axes_free (TelarRunAxes *axes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarRunAxes, telar_run_axes_free)

guint telar_run_axes_n_runs (const TelarRunAxes *axes);
const char *telar_run_axes_name (const TelarRunAxes *axes, guint run);

/* An axis of numbers, NaN where a run has none; one that spans decades is logarithmic. All are
 * copied. Returns the axis's number. */
guint telar_run_axes_add_numbers (TelarRunAxes *axes, const char *key, const char *title,
                                  TelarUnit unit, const double *values, double strength);
/* An axis of words, which stand one above the other in their order; NULL where a run has none. */
guint telar_run_axes_add_words (TelarRunAxes *axes, const char *key, const char *title,
                                const char *const *words, double strength);
guint telar_run_axes_n (const TelarRunAxes *axes);
const TelarRunAxis *telar_run_axes_get (const TelarRunAxes *axes, guint axis);
/* -1: there is none. */
int telar_run_axes_find (const TelarRunAxes *axes, const char *key);
/* The axis that gives runs their colour: the result. */
void telar_run_axes_set_color (TelarRunAxes *axes, guint axis);
int telar_run_axes_color (const TelarRunAxes *axes); /* -1: none */

/* Where a run's point lies on the axis: its part, and within the band of a word at a place that its
 * name gives it, the same each time, so that points do not hide each other. */
double telar_run_axes_place (const TelarRunAxes *axes, guint axis, guint run);

/* --- brushes
 * ------------------------------------------------------------------------------------- */

/* Keeps the part of an axis between @one and @other; of words whole bands. */
void telar_run_axes_brush (TelarRunAxes *axes, guint axis, double one, double other);
void telar_run_axes_unbrush (TelarRunAxes *axes, guint axis);
/* Whether any was. */
gboolean telar_run_axes_unbrush_all (TelarRunAxes *axes);
gboolean telar_run_axes_is_brushed (const TelarRunAxes *axes);
/* A run that lies within all brushes may still be out for another reason. */
void telar_run_axes_drop (TelarRunAxes *axes, guint run);
gboolean telar_run_axes_passes (const TelarRunAxes *axes, guint run);

/* --- of a search
 * --------------------------------------------------------------------------------- */

typedef struct {
  const char *name;
  const TelarChoices *choices;
  GHashTable *metrics; /* name to double * */
} TelarSearchRun;

/* How axes are called and counted; what is NULL is the key's own name, a plain number. */
typedef struct {
  char *(*title) (const char *key); /* caller frees */
  TelarUnit (*unit) (const char *key);
} TelarSearchWords;

/* Names of the metrics that any of the runs has, sorted, borrowed from them. Caller unrefs. */
GPtrArray *telar_search_metrics (const TelarSearchRun *runs, guint n);
/* Axes of all that was chosen differently, that which goes along with @result most strongly first;
 * then @result, which colours; then the other metrics by name. */
TelarRunAxes *telar_run_axes_of_search (const TelarSearchRun *runs, guint n, const char *result,
                                        const TelarSearchWords *words);
/* The first @most_settings settings and the result, guint. Caller unrefs. */
GArray *telar_run_axes_choose (const TelarRunAxes *axes, guint most_settings);

G_END_DECLS
