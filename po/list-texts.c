/* Prints every text of the registry that the studio shows, as a file that xgettext reads: many of
 * them are arguments of macros, which it cannot see where they stand.
 *
 *   build/po/list-texts >po/registry.h */
#include "data/data.h"
#include "engine/graph.h"
#include "engine/trainer.h"

#include <stdio.h>

static void
print_text (GHashTable *seen, const char *text)
{
  g_autofree char *escaped = NULL;

  if (!text || !text[0] || !g_hash_table_add (seen, (gpointer)text))
    return;
  escaped = g_strescape (text, (const char[]){ "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b"
                                               "\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97"
                                               "\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f\xa0\xa1\xa2\xa3"
                                               "\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf"
                                               "\xb0\xb1\xb2\xb3\xb4\xb5\xb6\xb7\xb8\xb9\xba\xbb"
                                               "\xbc\xbd\xbe\xbf\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9"
                                               "\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5"
                                               "\xd6\xd7\xd8\xd9\xda\xdb\xdc\xdd\xde\xdf\xe0\xe1"
                                               "\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed"
                                               "\xee\xef\xf0\xf1\xf2\xf3\xf4" });
  printf ("N_ (\"%s\")\n", escaped);
}

static void
print_params (GHashTable *seen, const TelarParam *table)
{
  for (const TelarParam *param = table; param && param->name; param++) {
    print_text (seen, param->label);
    print_text (seen, param->unit);
    print_text (seen, param->doc);
  }
}

static void
print_operator (GHashTable *seen, const TelarOperator *op)
{
  print_text (seen, op->label);
  print_text (seen, op->doc);
  print_params (seen, op->params);
}

/* Those that are no operators of the registry; a group is called as its project calls it. */
static void
print_groups (GHashTable *seen)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  const TelarOperator *op =
      telar_graph_group_operator (telar_graph_add_group (graph, "group", NULL));

  print_text (seen, op->doc);
  print_params (seen, op->params);
  print_operator (seen, telar_graph_find_operator (graph, TELAR_GROUP_INPUT));
  print_operator (seen, telar_graph_find_operator (graph, TELAR_GROUP_OUTPUT));
}

int
main (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const GPtrArray *all;

  telar_operators_init ();
  telar_data_init ();
  all = telar_operators_all ();
  printf ("/* The registry's texts, for xgettext. Written by po/list-texts.c. */\n");
  for (int category = 0; category < TELAR_N_CATEGORIES; category++)
    print_text (seen, telar_category_label ((TelarCategory)category));
  for (guint i = 0; i < all->len; i++)
    print_operator (seen, all->pdata[i]);
  print_groups (seen);
  print_params (seen, telar_training_params);
  print_params (seen, telar_learning_params);
  return 0;
}
