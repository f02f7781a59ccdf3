/* What a classifier says of a validation: the probabilities that it gives to the classes, and which
 * samples it got wrong: the surest of the wrong answers, with what the data has of each. Private to
 * the trainer, the evaluation and what reads wires. */
#pragma once

#include "engine/compiler.h"
#include "engine/judged.h"
#include "engine/runner.h"

G_BEGIN_DECLS

/* What is kept of a sample: its picture where the data has pictures, else its numbers where a port
 * has a few to each row, f32 [columns]. */
typedef enum { TELAR_SAMPLE_NONE, TELAR_SAMPLE_PICTURE, TELAR_SAMPLE_NUMBERS } TelarSampleKind;
#define TELAR_SAMPLE_MOST_NUMBERS 64

/* What is kept of a pass: at most so many, and of one class taken for one other. */
#define TELAR_JUDGE_MOST      64
#define TELAR_JUDGE_MOST_PAIR 6
#define TELAR_JUDGE_PIXELS    (1 << 20) /* numbers of a picture, at most */

typedef struct {
  gint64 row; /* of the split */
  gint64 truth, answer;
  double score;        /* the probability of @answer */
  TelarTensor *sample; /* f32 [1, channels, height, width] or [columns], owned; or NULL */
} TelarMistake;

typedef struct {
  TelarValue scores, labels; /* of the lowered program */
  gboolean exclusive;        /* softmax over the classes, else a sigmoid of each */
  TelarSampleKind sample;
  guint port;                 /* of the feed, which has the samples */
  const char *const *classes; /* their names, of the feed; or NULL */
  gint64 rows;                /* seen in the pass under way */
  GArray *mistakes; /* TelarMistake; of several classes that exclude nothing there are none */
  TelarJudgedScores *judged;
  double *chances; /* of a row */
  guint8 *right;
} TelarJudge;

/* For the first loss that compares scores with the indices of classes, or with yes and no; NULL
 * where there is none. */
TelarJudge *telar_judge_new (const TelarLowered *lowered, const TelarFeed *feed);
void telar_judge_free (TelarJudge *judge);
/* The lowered program with scores and labels among its outputs. */
TelarProgram *telar_judge_mark (const TelarJudge *judge, const TelarProgram *lowered,
                                GError **error);
/* For telar_runner_set_seen, with the judge as @data. */
void telar_judge_see (const TelarRunner *runner, gint64 rows, gpointer judge);
/* What was seen of mistakes, the surest first, as JSON: {"columns": [NAME…], "rows": [{"row": N,
 * "truth": N, "answer": N, "score": NUMBER, "values": [NUMBER…]}…]}. Caller frees. */
char *telar_judge_list_mistakes (const TelarJudge *judge, const TelarFeed *feed);
/* ["Adelie", …], or NULL. Caller frees. */
char *telar_judge_list_classes (const TelarJudge *judge);
/* Forgets what was seen. */
void telar_judge_clear (TelarJudge *judge);

/* Whether the rows of a port are pictures, and the sizes of one. */
gboolean telar_feed_port_is_image (const TelarFeedPort *port, gint64 *channels, gint64 *height,
                                   gint64 *width, gboolean *channels_last);
/* Row @row of @batch as f32 [1, channels, height, width]; the port is one of pictures. */
TelarTensor *telar_feed_image (const TelarFeedPort *port, const TelarTensor *batch, gint64 row);

G_END_DECLS
