/* What a classifier says of a validation: the probabilities that it gives to the classes, and which
 * samples it got wrong: the surest of the wrong answers, with the picture of each, where the data
 * has pictures. Private to the trainer, the evaluation and what reads
 * wires. */
#pragma once

#include "engine/compiler.h"
#include "engine/judged.h"
#include "engine/runner.h"

G_BEGIN_DECLS

/* What is kept of a pass: at most so many, and of one class taken for one other. */
#define TELAR_JUDGE_MOST      64
#define TELAR_JUDGE_MOST_PAIR 6
#define TELAR_JUDGE_PIXELS    (1 << 20) /* numbers of a picture, at most */

typedef struct {
  gint64 row; /* of the split */
  gint64 truth, answer;
  double score;        /* the probability of @answer */
  TelarTensor *pixels; /* f32 [1, channels, height, width]; owned; NULL without pictures */
} TelarMistake;

typedef struct {
  TelarValue scores, labels; /* of the lowered program */
  gboolean exclusive;        /* softmax over the classes, else a sigmoid of each */
  gboolean pictures;
  guint port;       /* of the feed, which has the pictures */
  gint64 rows;      /* seen in the pass under way */
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
/* Forgets what was seen. */
void telar_judge_clear (TelarJudge *judge);

/* Whether the rows of a port are pictures, and the sizes of one. */
gboolean telar_feed_port_is_image (const TelarFeedPort *port, gint64 *channels, gint64 *height,
                                   gint64 *width, gboolean *channels_last);
/* Row @row of @batch as f32 [1, channels, height, width]; the port is one of pictures. */
TelarTensor *telar_feed_image (const TelarFeedPort *port, const TelarTensor *batch, gint64 row);

G_END_DECLS
