/* What a run store keeps besides scalars: histograms, images, texts, curves, profiles, and samples
 * of the system.
 *
 * Each stands in a series, which has a kind and a name: "conv1.kernel", "gradient/conv1.kernel" and
 * "output/conv1" are histograms, "misclassified" and "kernels/conv1" images, "system/cpu" samples.
 * An item is at a step; images may be several at a step, told apart by their place.
 *
 * Bounds. Every histogram that was recorded is kept, in about 100 bytes; how often the trainer
 * records is a setting. Images, texts, curves and profiles are kept for at most
 * TELAR_MEDIA_MOST_STEPS steps of a series: beyond, every second of the steps that are there goes,
 * so that what stays is spread over the whole run, and the newest is always there. A series of
 * samples has at most TELAR_SYSTEM_MOST_SAMPLES, thinned in the same way. A run has at most
 * TELAR_MEDIA_MOST_SERIES series of a kind. What is larger than its kind's limit is refused with
 * TELAR_ERROR_INVALID. */
#pragma once

#include "insight/histogram.h"
#include "insight/store.h"

G_BEGIN_DECLS

#define TELAR_MEDIA_MOST_STEPS    256
#define TELAR_MEDIA_MOST_SERIES   8192
#define TELAR_IMAGE_MOST_BYTES    (8 << 20) /* of a PNG */
#define TELAR_IMAGE_MOST_PLACES   256       /* at a step */
#define TELAR_TEXT_MOST_BYTES     (1 << 20)
#define TELAR_CURVE_MOST_POINTS   65536
#define TELAR_PROFILE_MOST_BYTES  (16 << 20)
#define TELAR_SYSTEM_MOST_SAMPLES 7200

typedef enum {
  TELAR_MEDIA_HISTOGRAM = 1, /* numbers in the file: never changed */
  TELAR_MEDIA_IMAGE = 2,
  TELAR_MEDIA_TEXT = 3,
  TELAR_MEDIA_CURVE = 4,
  TELAR_MEDIA_PROFILE = 5,
  TELAR_MEDIA_SYSTEM = 6,
} TelarMediaKind;

/* --- series
 * ------------------------------------------------------------------------------------------ */

typedef struct {
  char *name;
  gint64 last_step; /* of samples: µs since 1970; -1 without an item */
} TelarSeriesRow;

/* The series of a kind; GPtrArray of TelarSeriesRow *, sorted by name, owned. */
GPtrArray *telar_store_series (TelarStore *store, gint64 run, TelarMediaKind kind, GError **error);
/* The steps at which a series has items, ascending; GArray of gint64, owned. Empty where there is
 * no such series. */
GArray *telar_store_steps (TelarStore *store, gint64 run, TelarMediaKind kind, const char *name,
                           GError **error);

/* Which items of a series: those with @after < step <= @to, of which at most @most, spread evenly
 * and with the newest among them. */
typedef struct {
  gint64 run;
  const char *name;
  gint64 after, to;
  guint most; /* 0: all */
} TelarSpan;

/* --- histograms
 * -------------------------------------------------------------------------------------- */

/* In place of one of that step. */
gboolean telar_store_put_histogram (TelarStore *store, gint64 run, const char *name,
                                    const TelarHistogram *histogram, GError **error);
/* The newest one that is not after @step, owned; NULL without an error where there is none. */
TelarHistogram *telar_store_histogram_at (TelarStore *store, gint64 run, const char *name,
                                          gint64 step, GError **error);
/* GPtrArray of TelarHistogram *, by step, owned. */
GPtrArray *telar_store_histograms (TelarStore *store, const TelarSpan *span, GError **error);

/* --- images
 * ------------------------------------------------------------------------------------------ */

typedef struct {
  gint64 step, time;
  guint place;                   /* among those of the step */
  char *caption;                 /* or NULL */
  gint64 row;                    /* of the split that it shows; -1: none */
  int truth, answer;             /* classes of a sample that was judged; -1: none */
  double score;                  /* the probability of the answer; NaN: none */
  guint columns;                 /* of the tiles that it is made of; 0: it is one picture */
  guint tile_width, tile_height; /* pixels */
  guint tiles;
  GBytes *png;
} TelarImageRow;

void telar_image_row_free (TelarImageRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarImageRow, telar_image_row_free)
gboolean telar_store_put_image (TelarStore *store, gint64 run, const char *name,
                                const TelarImageRow *image, GError **error);
/* Those of the last step that is not beyond @step (G_MAXINT64: the newest), by place; GPtrArray of
 * TelarImageRow *, owned. Empty where there is none. */
GPtrArray *telar_store_images (TelarStore *store, gint64 run, const char *name, gint64 step,
                               GError **error);

/* --- texts
 * ------------------------------------------------------------------------------------------- */

typedef struct {
  gint64 step, time;
  char *text; /* UTF-8 */
} TelarTextRow;

gboolean telar_store_put_text (TelarStore *store, gint64 run, const char *name, gint64 step,
                               gint64 time, const char *text, GError **error);
/* GPtrArray of TelarTextRow *, by step, owned. */
GPtrArray *telar_store_texts (TelarStore *store, const TelarSpan *span, GError **error);

/* The names of a classifier's classes, as the run tells them: JSON, a list (insight/classes.h).
 * NULL without an error: it tells none. Caller frees. */
gboolean telar_store_classes (TelarStore *store, gint64 run, char **json, GError **error);
/* The newest text of a series not beyond @step, likewise. */
gboolean telar_store_text_at (TelarStore *store, gint64 run, const char *name, gint64 step,
                              char **text, GError **error);

/* --- curves
 * ------------------------------------------------------------------------------------------ */

/* A curve that is whole at a step: precision over recall, say. */
typedef struct {
  gint64 step, time;
  guint n;
  double *x, *y;
  /* Of precision over recall, where they are known: n each of true positives, false positives, true
   * negatives, false negatives by rising threshold; NULL otherwise. */
  double *counts;
  double area; /* what sums it up (engine/judged.h); NaN: nothing does */
} TelarCurve;

void telar_curve_free (TelarCurve *curve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCurve, telar_curve_free)
gboolean telar_store_put_curve (TelarStore *store, gint64 run, const char *name,
                                const TelarCurve *curve, GError **error);
/* GPtrArray of TelarCurve *, by step, owned. */
GPtrArray *telar_store_curves (TelarStore *store, const TelarSpan *span, GError **error);
/* The newest of a series not beyond @step; NULL without an error: there is none. */
gboolean telar_store_curve_at (TelarStore *store, gint64 run, const char *name, gint64 step,
                               TelarCurve **curve, GError **error);

/* --- profiles
 * ---------------------------------------------------------------------------------------- */

/* A profile is JSON (insight/profile.h says what stands in it), in a series of the name "step". */
gboolean telar_store_put_profile (TelarStore *store, gint64 run, gint64 step, gint64 time,
                                  const char *json, GError **error);
/* That of the last step that is not beyond @step; NULL without an error: there is none. Caller
 * frees. */
char *telar_store_profile (TelarStore *store, gint64 run, gint64 step, GError **error);

/* --- samples of the system
 * ------------------------------------------------------------------------------ */

/* Processor use in parts of the whole machine (0 to 1), memory in bytes. */
gboolean telar_store_put_sample (TelarStore *store, gint64 run, const char *name, gint64 time,
                                 double value, GError **error);
/* Appends to @points (GArray of TelarPoint) the samples later than @after (µs since 1970); the step
 * of a point is its number of seconds since the run began. */
gboolean telar_store_read_samples (TelarStore *store, gint64 run, const char *name, gint64 after,
                                   GArray *points, GError **error);

/* --- figures over time
 * ---------------------------------------------------------------------------------- */

/* The figures of a run at the last step of each that is not beyond @step, sorted by name;
 * GPtrArray of TelarFigureRow *, owned. */
GPtrArray *telar_store_figures_at (TelarStore *store, gint64 run, gint64 step, GError **error);
/* The steps of a figure, ascending; GArray of gint64, owned. */
GArray *telar_store_figure_steps (TelarStore *store, gint64 run, const char *name, GError **error);

G_END_DECLS
