/* Groups are found by a key of each run. */
#include "app/compare/run-groups.h"

#include <glib/gi18n.h>
#include <string.h>

static void
group_free (gpointer data)
{
  TelarRunGroup *group = data;

  g_free (group->label);
  g_ptr_array_unref (group->items);
  g_free (group);
}

static char *
key_of_name (const GRegex *expression, const char *name)
{
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (expression, name, 0, &match))
    return g_strdup (_ ("others"));
  return g_match_info_fetch (match, g_match_info_get_match_count (match) > 1 ? 1 : 0);
}

/* What runs of one group have in common; runs without a recipe or a choice stand alone. */
static char *
key_of (TelarRunItem *item, const char *by, const GRegex *expression)
{
  const TelarRunRow *row = telar_run_item_row (item);
  const TelarChoices *choices = telar_run_item_choices (item);

  if (expression != NULL)
    return key_of_name (expression, row->name);
  if (g_strcmp0 (by, "recipe") == 0)
    return g_strdup (choices->recipe);
  if (by != NULL && g_str_has_prefix (by, "choice:")) {
    const char *value = telar_choices_get (choices, by + strlen ("choice:"));
    return g_strdup (value != NULL ? value : "–");
  }
  return g_strdup (row->name);
}

static char *
label_of (const TelarRunGroup *group, const char *by, const char *key)
{
  const char *first = telar_run_item_row (group->items->pdata[0])->name;

  if (g_strcmp0 (by, "recipe") == 0)
    return group->items->len == 1
               ? g_strdup (first)
               : g_strdup_printf (ngettext ("%s and %u seed more", "%s and %u seeds more",
                                            group->items->len - 1),
                                  first, group->items->len - 1);
  if (by != NULL && g_str_has_prefix (by, "choice:")) {
    g_autofree char *title = telar_run_column_title (by);
    return g_strdup_printf ("%s %s", title, key);
  }
  return g_strdup (key);
}

GPtrArray *
telar_run_groups_new (const GPtrArray *items, const char *by, GError **error)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (group_free);
  g_autoptr (GHashTable) by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GRegex) expression = NULL;
  GHashTableIter iter;
  gpointer key, value;

  if (by != NULL && g_str_has_prefix (by, "name:")) {
    expression = g_regex_new (by + strlen ("name:"), 0, 0, error);
    if (expression == NULL)
      return NULL;
  }
  for (guint i = 0; i < items->len; i++) {
    char *own = key_of (items->pdata[i], by, expression);
    TelarRunGroup *group = g_hash_table_lookup (by_key, own);
    if (group == NULL) {
      group = g_new0 (TelarRunGroup, 1);
      group->style = groups->len;
      group->items = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (groups, group);
      g_hash_table_insert (by_key, own, group);
    } else {
      g_free (own);
    }
    g_ptr_array_add (group->items, g_object_ref (items->pdata[i]));
  }
  g_hash_table_iter_init (&iter, by_key);
  while (g_hash_table_iter_next (&iter, &key, &value))
    ((TelarRunGroup *)value)->label = label_of (value, by, key);
  return g_steal_pointer (&groups);
}
