/* Paths of data files in the edits that may be undone, when the document moves to another folder.
 */
#include "app/project/relocate.h"

#include "app/model/relocate.h"
#include "engine/text.h"
#include "engine/trainer.h"

#include <string.h>

#define DATA "data/"

static const TelarParam *
find_param (const TelarParam *table, const char *name)
{
  for (; table && table->name; table++) {
    if (g_str_equal (table->name, name))
      return table;
  }
  return NULL;
}

/* The line of a node whose parameters name files; NULL where it stays. */
static char *
relocate_node (json_t *node, const char *from, const char *to)
{
  const char *name = json_string_value (json_object_get (node, "op"));
  const TelarOperator *op = name ? telar_operator_find (name) : NULL;
  json_t *params = json_object_get (node, "params"), *value;
  gboolean moved = FALSE;
  const char *key;

  if (!op)
    return NULL;
  json_object_foreach (params, key, value)
  {
    const TelarParam *param = find_param (op->params, key);
    g_autofree char *path = param && param->kind == TELAR_PARAM_FILE && json_is_string (value)
                                ? telar_relocate_path (json_string_value (value), from, to)
                                : NULL;

    if (!path)
      continue;
    json_object_set_new (params, key, json_string (path));
    moved = TRUE;
  }
  return moved ? telar_json_to_text (node) : NULL;
}

static char *
relocate_setting (const json_t *value, const char *name, const char *from, const char *to)
{
  const TelarParam *param = find_param (telar_training_params, name);
  g_autofree char *path = param && param->kind == TELAR_PARAM_FILE && json_is_string (value)
                              ? telar_relocate_path (json_string_value (value), from, to)
                              : NULL;
  json_auto_t *json = path ? json_string (path) : NULL;

  return json ? telar_json_to_text (json) : NULL;
}

/* The record at @path as it reads from the new folder; takes @record. */
static char *
relocate_record (const char *path, char *record, const char *from, const char *to)
{
  json_auto_t *json = record ? json_loads (record, JSON_DECODE_ANY, NULL) : NULL;
  char *moved = NULL;

  if (json && g_str_has_prefix (path, "nodes/"))
    moved = relocate_node (json, from, to);
  else if (json && g_str_has_prefix (path, "training/"))
    moved = relocate_setting (json, path + strlen ("training/"), from, to);
  if (!moved)
    return record;
  g_free (record);
  return moved;
}

static void
relocate_change (TelarChange *change, const char *from, const char *to)
{
  if (g_str_has_prefix (change->path, DATA)) {
    g_autofree char *file = telar_relocate_path (change->path + strlen (DATA), from, to);
    char *path = file ? g_strconcat (DATA, file, NULL) : g_strdup (change->path);

    g_free (change->path);
    change->path = path;
    return;
  }
  change->before = relocate_record (change->path, change->before, from, to);
  change->after = relocate_record (change->path, change->after, from, to);
}

static int
compare_changes (gconstpointer a, gconstpointer b)
{
  const TelarChange *const *x = a, *const *y = b;

  return strcmp ((*x)->path, (*y)->path);
}

void
telar_relocate_patch (TelarPatch *patch, const char *from, const char *to)
{
  GPtrArray *changes = (GPtrArray *)telar_patch_changes (patch);

  for (guint i = 0; i < changes->len; i++)
    relocate_change (changes->pdata[i], from, to);
  g_ptr_array_sort (changes, compare_changes);
}
