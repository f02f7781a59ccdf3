/* The curves of a classifier in the unit square: precision over recall, ROC, calibration; one for
 * each class and one for all together, each with its area in the legend. Drawn with cairo, as
 * charts are. */
#pragma once

#include "engine/judged.h"
#include "insight/chart.h"
#include "insight/store-media.h"

G_BEGIN_DECLS

typedef struct TelarJudgedChart TelarJudgedChart;

/* In the language of the caller; copied. */
typedef struct {
  const char *title, *x, *y;
  const char *area;                /* "average precision": what the legend's numbers are */
  const char *all, *answers, *one; /* "all classes", "the answer", "class %s" */
} TelarJudgedWords;

TelarJudgedChart *telar_judged_chart_new (TelarJudgedKind kind, const TelarJudgedWords *words);
void telar_judged_chart_free (TelarJudgedChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarJudgedChart, telar_judged_chart_free)

/* Puts in the curves of a run as they were at the last step not beyond @step that has some. @split
 * is what stands before their names: "val_". The run may have none. */
gboolean telar_judged_chart_read (TelarJudgedChart *chart, TelarStore *store, gint64 run,
                                  const char *split, gint64 step, GError **error);
/* The names of its classes, in their order, as the run tells them (JSON, a list); NULL: numbers. */
void telar_judged_chart_set_classes (TelarJudgedChart *chart, const char *json);
guint telar_judged_chart_n_curves (const TelarJudgedChart *chart);
gint64 telar_judged_chart_step (const TelarJudgedChart *chart); /* -1: it has no curve */

void telar_judged_chart_draw (TelarJudgedChart *chart, cairo_t *cr, double width, double height,
                              const TelarChartTheme *theme);

/* --- what is picked out; positions as last drawn
 * -------------------------------------------------------- */

/* The curve whose line or name is at the position comes to the front, with its point nearest to it;
 * TRUE when that has changed. */
gboolean telar_judged_chart_hover (TelarJudgedChart *chart, double x, double y);
gboolean telar_judged_chart_leave (TelarJudgedChart *chart);
/* The next curve, or the one before (@by is 1 or -1). */
void telar_judged_chart_move (TelarJudgedChart *chart, int by);
/* The one picked out in words, or all together; for those who do not see it. Caller frees. */
char *telar_judged_chart_describe (const TelarJudgedChart *chart);

G_END_DECLS
