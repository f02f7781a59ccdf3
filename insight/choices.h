/* What was chosen for a run: training settings, and parameters of nodes; and which runs were made
 * by one recipe, so that they differ in their seed at most. */
#pragma once

#include "insight/store.h"

G_BEGIN_DECLS

typedef struct {
  /* Name to value, both as text and owned: "learning_rate" to "0.01", "conv1.filters" to "12",
   * "stage/conv1.filters" of a node in the group stage, and "seed". Parameters that were left at
   * their default have that. */
  GHashTable *values;
  /* The same for two runs whose drawing, parameters, settings and data are the same; names of
   * places, notes and the seed count for nothing. */
  char *recipe;
} TelarChoices;

/* @graph is the text of telar_store_graph, or NULL: then only the settings are told. Never fails: a
 * text that cannot be read has nothing chosen in it. */
TelarChoices *telar_choices_read (const TelarRunRow *row, const char *graph);
void telar_choices_free (TelarChoices *choices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarChoices, telar_choices_free)

/* NULL where nothing of that name was chosen. Borrowed. */
const char *telar_choices_get (const TelarChoices *choices, const char *name);
/* "3", "0.01" as a number; NaN for a list, a word, or NULL. */
double telar_choice_number (const char *value);

G_END_DECLS
