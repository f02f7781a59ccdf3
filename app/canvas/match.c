/* Search over the registry, in the user's language and in the field's own words. */
#include "app/canvas/match.h"

#include <glib/gi18n.h>
#include <string.h>

char *
telar_text_fold (const char *text)
{
  g_autofree char *normal = NULL, *ascii = NULL;

  if (g_str_is_ascii (text))
    return g_ascii_strdown (text, -1);
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_DEFAULT);
  ascii = g_str_to_ascii (normal ? normal : "", NULL);
  return g_utf8_casefold (ascii, -1);
}

guint
telar_text_match (const char *text, const char *word, guint weight)
{
  g_autofree char *folded = text ? telar_text_fold (text) : NULL;
  const char *at = folded ? strstr (folded, word) : NULL;

  if (!at)
    return 0;
  if (at == folded)
    return weight * 4;
  return g_ascii_isalnum (at[-1]) ? weight : weight * 2;
}

static guint
match_word (const TelarOperator *op, const char *word)
{
  guint best = telar_text_match (_ (op->label), word, 8);

  best = MAX (best, telar_text_match (op->label, word, 7));
  best = MAX (best, telar_text_match (op->name, word, 7));
  best = MAX (best, telar_text_match (op->onnx, word, 6));
  best = MAX (best, telar_text_match (_ (telar_category_label (op->category)), word, 3));
  return MAX (best, telar_text_match (_ (op->doc), word, 1));
}

guint
telar_operator_match (const TelarOperator *op, const char *text)
{
  g_autofree char *folded = telar_text_fold (text);
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  guint score = 1;

  for (guint i = 0; words[i]; i++) {
    guint found = words[i][0] ? match_word (op, words[i]) : 1;

    if (!found)
      return 0;
    score += found;
  }
  return score;
}
