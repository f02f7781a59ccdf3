/* Words for cards and for accessibility, made from the registry. */
#include "app/canvas/summary.h"

#include <glib/gi18n.h>

char *
telar_node_title (const TelarNode *node)
{
  return g_strdup (node->title && node->title[0] ? node->title : _ (node->op->label));
}

char *
telar_param_display (const TelarParam *param, const TelarParamValue *value)
{
  g_autofree char *text = telar_param_value_to_text (value);

  if (param->kind == TELAR_PARAM_FILE && text[0])
    return g_path_get_basename (text);
  if (param->kind == TELAR_PARAM_REAL)
    return g_strdup_printf ("%.4g", value->real);
  if (param->kind == TELAR_PARAM_INTS) {
    g_auto (GStrv) parts = g_strsplit_set (text, "x,", -1);

    return g_strjoinv ("×", parts);
  }
  return g_steal_pointer (&text);
}

/* Sizes and choices speak for themselves; other values carry their label: a count behind it, a
 * quantity in front. */
static char *
phrase (const TelarParam *param, const TelarParamValue *value)
{
  g_autofree char *shown = telar_param_display (param, value);
  g_autofree char *label = g_utf8_strdown (_ (param->label), -1);

  switch (param->kind) {
  case TELAR_PARAM_INT:
    if (param->minimum >= 1 && value->integer != 1)
      /* Translators: a count on a card: "12 filters". */
      return g_strdup_printf (C_ ("count", "%s %s"), shown, label);
    return g_strdup_printf ("%s %s", label, shown);
  case TELAR_PARAM_REAL:
    return g_strdup_printf ("%s %s", label, shown);
  case TELAR_PARAM_BOOL:
    /* Translators: a switch that is off on a card: "no bias". */
    return value->boolean ? g_steal_pointer (&label) : g_strdup_printf (_ ("no %s"), label);
  case TELAR_PARAM_CHOICE:
    return g_str_equal (shown, "none") ? NULL : g_steal_pointer (&shown);
  case TELAR_PARAM_REALS:
    return value->reals.n > 0 ? g_steal_pointer (&label) : NULL;
  case TELAR_PARAM_INTS:
    /* A lone 0 that is the default stands for "none". */
    if (value->ints.n == 1 && value->ints.items[0] == 0 && g_str_equal (param->fallback, "0"))
      return NULL;
    return g_steal_pointer (&shown);
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    return shown[0] ? g_steal_pointer (&shown) : NULL;
  }
  return NULL;
}

char *
telar_node_summary (const TelarNode *node)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (const TelarParam *param = node->op->params; param && param->name; param++) {
    char *part =
        param->prominent ? phrase (param, telar_param_set_get (node->params, param->name)) : NULL;

    if (part)
      g_ptr_array_add (parts, part);
  }
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **)parts->pdata);
}
