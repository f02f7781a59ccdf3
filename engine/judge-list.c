/* What was judged, in words: the rows that are misclassified, the names of classes. */
#include "engine/judge.h"

#include <jansson.h>
#include <math.h>

static json_t *
names_to_json (const char *const *names)
{
  json_t *list = json_array ();
  for (guint i = 0; names && names[i]; i++)
    json_array_append_new (list, json_string (names[i]));
  return list;
}

static json_t *
numbers_to_json (const TelarTensor *numbers)
{
  json_t *list = json_array ();
  for (gsize i = 0; numbers && i < telar_tensor_elements (numbers); i++) {
    double value = telar_tensor_get (numbers, i);
    json_array_append_new (list, isfinite (value) ? json_real (value) : json_null ());
  }
  return list;
}

static char *
to_text (json_t *json)
{
  char *text = json_dumps (json, JSON_COMPACT | JSON_REAL_PRECISION (9));
  char *copy = g_strdup (text);
  free (text);
  json_decref (json);
  return copy;
}

char *
telar_judge_list_mistakes (const TelarJudge *judge, const TelarFeed *feed)
{
  gboolean numbers = judge->sample == TELAR_SAMPLE_NUMBERS;
  const char *const *columns = numbers ? feed->ports[judge->port].classes : NULL;
  json_t *rows = json_array ();
  for (guint i = 0; i < judge->mistakes->len; i++) {
    const TelarMistake *mistake = &g_array_index (judge->mistakes, TelarMistake, i);
    json_array_append_new (
        rows, json_pack ("{s:I, s:I, s:I, s:o, s:o}", "row", (json_int_t)mistake->row, "truth",
                         (json_int_t)mistake->truth, "answer", (json_int_t)mistake->answer, "score",
                         isfinite (mistake->score) ? json_real (mistake->score) : json_null (),
                         "values", numbers_to_json (numbers ? mistake->sample : NULL)));
  }
  return to_text (json_pack ("{s:o, s:o}", "columns", names_to_json (columns), "rows", rows));
}

char *
telar_judge_list_classes (const TelarJudge *judge)
{
  return judge->classes ? to_text (names_to_json (judge->classes)) : NULL;
}
