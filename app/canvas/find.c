/* One walk over the drawings, from the main one into the groups of its nodes. */
#include "app/canvas/find.h"

#include "app/canvas/match.h"
#include "app/canvas/summary.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
  char **words; /* folded */
  GPtrArray *found;
  GHashTable *seen;  /* drawings */
  GPtrArray *places; /* char *: drawings still to be looked at */
} Search;

static void
found_free (gpointer data)
{
  TelarFound *found = data;

  g_free (found->path);
  g_free (found->id);
  g_free (found->place);
  g_free (found->title);
  g_free (found->what);
  g_free (found);
}

/* A parameter that is not as it comes and answers the word: "filters=12", or one of the two. */
static char *
match_param (const TelarParamSet *params, const char *word)
{
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    g_autofree char *value = NULL, *said = NULL, *folded = NULL;

    if (telar_param_set_is_default (params, param->name))
      continue;
    value = telar_param_display (param, telar_param_set_get (params, param->name));
    said = g_strdup_printf ("%s=%s", param->name, value);
    folded = telar_text_fold (said);
    if (strstr (folded, word))
      return g_strdup_printf ("%s %s", _ (param->label), value);
  }
  return NULL;
}

/* How well the node answers a word; 0: not at all. */
static guint
match_word (const TelarNode *node, const char *title, const char *word, char **what)
{
  guint best = telar_text_match (node->id, word, 8);

  best = MAX (best, telar_text_match (title, word, 8));
  best = MAX (best, telar_text_match (_ (node->op->label), word, 4));
  best = MAX (best, telar_text_match (node->op->name, word, 4));
  best = MAX (best, telar_text_match (node->op->onnx, word, 3));
  if (best == 0 && !*what) {
    *what = match_param (node->params, word);
    if (!*what)
      *what = match_param (node->learning, word);
    best = *what ? 2 : 0;
  }
  return best;
}

/* Caller frees. */
static char *
path_of (const char *place, const TelarNode *node)
{
  return g_strconcat (place, *place ? "/" : "", node->id, NULL);
}

static void
consider (Search *search, const char *place, const TelarNode *node)
{
  g_autofree char *title = telar_node_title (node), *what = NULL;
  guint score = 0;
  TelarFound *found;

  for (guint i = 0; search->words[i]; i++) {
    guint best = match_word (node, title, search->words[i], &what);

    if (best == 0)
      return;
    score += best;
  }
  found = g_new0 (TelarFound, 1);
  found->path = path_of (place, node);
  found->id = g_strdup (node->id);
  found->place = g_strdup (place);
  found->title = g_steal_pointer (&title);
  found->what = g_steal_pointer (&what);
  found->op = node->op;
  found->score = score;
  found->x = node->x;
  found->y = node->y;
  g_ptr_array_add (search->found, found);
}

static void
look_at (Search *search, const char *place, const TelarGraph *drawing)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];
    const TelarGraph *inner = telar_operator_drawing (node->op);

    consider (search, place, node);
    if (inner && g_hash_table_add (search->seen, (gpointer)inner))
      g_ptr_array_add (search->places, path_of (place, node));
  }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const TelarFound *x = *(const TelarFound *const *)a, *y = *(const TelarFound *const *)b;
  int place = strcmp (x->place, y->place);

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  if (place != 0)
    return place;
  if (x->y != y->y)
    return x->y < y->y ? -1 : 1;
  if (x->x != y->x)
    return x->x < y->x ? -1 : 1;
  return strcmp (x->id, y->id);
}

static char **
words_of (const char *text)
{
  g_autofree char *folded = telar_text_fold (text);
  g_auto (GStrv) parts = g_strsplit (folded, " ", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; parts[i]; i++) {
    if (parts[i][0])
      g_strv_builder_add (words, parts[i]);
  }
  return g_strv_builder_end (words);
}

GPtrArray *
telar_find_nodes (TelarDocument *document, const char *text)
{
  const TelarGraph *graph = telar_document_graph (document);
  g_auto (GStrv) words = words_of (text);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  Search search = { words, g_ptr_array_new_with_free_func (found_free), seen, places };

  if (!words[0])
    return search.found;
  look_at (&search, "", graph);
  for (guint i = 0; i < places->len; i++) {
    const char *place = places->pdata[i];

    look_at (&search, place, telar_operator_drawing (telar_graph_find_node (graph, place)->op));
  }
  g_ptr_array_sort (search.found, compare);
  return search.found;
}
