/* The probabilities of a pass, as many as there is room for. */
#include "engine/judged.h"

#include <math.h>
#include <string.h>

TelarJudgedScores *
telar_judged_scores_new (guint classes, gboolean exclusive)
{
  TelarJudgedScores *scores = g_new0 (TelarJudgedScores, 1);
  scores->classes = classes;
  scores->exclusive = exclusive;
  scores->stride = 1;
  scores->chances = g_array_new (FALSE, FALSE, sizeof (float));
  scores->right = g_byte_array_new ();
  return scores;
}

void
telar_judged_scores_free (TelarJudgedScores *scores)
{
  if (!scores)
    return;
  g_array_unref (scores->chances);
  g_byte_array_unref (scores->right);
  g_free (scores);
}

void
telar_judged_scores_clear (TelarJudgedScores *scores)
{
  scores->seen = 0;
  scores->stride = 1;
  g_array_set_size (scores->chances, 0);
  g_byte_array_set_size (scores->right, 0);
}

/* Every second row makes room. */
static void
thin (TelarJudgedScores *scores)
{
  guint n = scores->classes, kept = 0, rows = scores->right->len / n;
  float *chances = (float *)(void *)scores->chances->data;
  for (guint row = 0; row < rows; row += 2, kept++) {
    memmove (chances + (gsize)kept * n, chances + (gsize)row * n, n * sizeof *chances);
    memmove (scores->right->data + (gsize)kept * n, scores->right->data + (gsize)row * n, n);
  }
  g_array_set_size (scores->chances, kept * n);
  g_byte_array_set_size (scores->right, kept * n);
  scores->stride *= 2;
}

void
telar_judged_scores_add (TelarJudgedScores *scores, const double *chances, const guint8 *right)
{
  for (guint i = 0; i < scores->classes; i++)
    if (!(chances[i] >= 0 && chances[i] <= 1))
      return;
  if (scores->seen++ % scores->stride != 0)
    return;
  for (guint i = 0; i < scores->classes; i++) {
    float chance = (float)chances[i];
    g_array_append_val (scores->chances, chance);
  }
  g_byte_array_append (scores->right, right, scores->classes);
  if (scores->right->len > TELAR_JUDGED_MOST && scores->right->len > scores->classes)
    thin (scores);
}
