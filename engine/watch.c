/* Watchpoints and their hits as text. */
#include "engine/watch.h"
#include "engine/text.h"
#include <math.h>
#include <string.h>

#define MOST_STEPS 1000000

TelarWatch *
telar_watch_new (TelarWatchKind kind)
{
  const TelarWatchInfo *info = telar_watch_info (kind);
  TelarWatch *watch = g_new0 (TelarWatch, 1);
  watch->kind = kind;
  watch->where = g_strdup ("*");
  watch->high = info->limit;
  watch->low = -info->limit;
  watch->steps = info->steps;
  return watch;
}

void
telar_watch_free (TelarWatch *watch)
{
  if (!watch)
    return;
  g_free (watch->where);
  g_free (watch);
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean
find_kind (const char *name, TelarWatchKind *kind, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  for (guint i = 0; i < TELAR_N_WATCHES; i++) {
    const char *known = telar_watch_info ((TelarWatchKind)i)->name;
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", known);
    *kind = (TelarWatchKind)i;
    if (strcmp (name, known) == 0)
      return TRUE;
  }
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is no watchpoint \"%s\"; there are %s",
                   name, names->str);
  return FALSE;
}

static gboolean
read_number (const char *text, gsize length, double *number)
{
  g_autofree char *copy = g_strndup (text, length);
  char *end;
  *number = g_ascii_strtod (copy, &end);
  return end != copy && *end == '\0' && isfinite (*number);
}

/* A number or, of a range, two of them. */
static gboolean
read_limit (const char *part, TelarWatch *watch)
{
  const char *dots = strstr (part, "..");
  double low, high;
  if (!dots && read_number (part, strlen (part), &high)) {
    watch->high = high;
    watch->low = -high;
    return TRUE;
  }
  if (!dots || watch->kind != TELAR_WATCH_RANGE ||
      !read_number (part, (gsize)(dots - part), &low) ||
      !read_number (dots + 2, strlen (dots + 2), &high))
    return FALSE;
  watch->low = low;
  watch->high = high;
  return TRUE;
}

static gboolean
read_action (const char *part, TelarWatch *watch)
{
  for (guint i = 0; i < TELAR_N_WATCH_ACTIONS; i++)
    if (strcmp (part, telar_watch_action_name ((TelarWatchAction)i)) == 0) {
      watch->action = (TelarWatchAction)i;
      return TRUE;
    }
  if (strcmp (part, "off") != 0)
    return FALSE;
  watch->off = TRUE;
  return TRUE;
}

static gboolean
read_steps (const char *part, TelarWatch *watch)
{
  guint64 steps;
  if (!g_str_has_prefix (part, "steps=") || watch->steps == 0 ||
      !g_ascii_string_to_unsigned (part + 6, 10, 1, MOST_STEPS, &steps, NULL))
    return FALSE;
  watch->steps = (guint)steps;
  return TRUE;
}

/* What is none of the others is where. */
static gboolean
read_where (const char *part, TelarWatch *watch)
{
  if (*part == '\0' || strchr (part, '=') || strstr (part, "..") ||
      strcmp (watch->where, "*") != 0 ||
      (telar_watch_info (watch->kind)->on_run && strcmp (part, "*") != 0))
    return FALSE;
  g_free (watch->where);
  watch->where = g_strdup (part);
  return TRUE;
}

static gboolean
check_limit (const char *text, const TelarWatch *watch, GError **error)
{
  gboolean good = watch->kind == TELAR_WATCH_RANGE ? watch->low < watch->high : watch->high >= 0;
  if (!good)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "the watchpoint \"%s\" has no sensible limit", text);
  return good;
}

TelarWatch *
telar_watch_parse (const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  TelarWatchKind kind;
  if (!find_kind (parts[0] ? parts[0] : "", &kind, error))
    return NULL;
  g_autoptr (TelarWatch) watch = telar_watch_new (kind);
  for (char **part = parts + 1; *part; part++)
    if (!read_limit (*part, watch) && !read_action (*part, watch) && !read_steps (*part, watch) &&
        !read_where (*part, watch)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                       "\"%s\" in the watchpoint \"%s\" is no place, limit or action", *part, text);
      return NULL;
    }
  return check_limit (text, watch, error) ? g_steal_pointer (&watch) : NULL;
}

GPtrArray *
telar_watches_parse (const char *text, GError **error)
{
  g_autoptr (GPtrArray) watches = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_watch_free);
  g_auto (GStrv) words = g_strsplit_set (text, " \t\n", -1);
  for (char **word = words; *word; word++) {
    TelarWatch *watch = **word ? telar_watch_parse (*word, error) : NULL;
    if (**word && !watch)
      return NULL;
    if (watch)
      g_ptr_array_add (watches, watch);
  }
  return g_steal_pointer (&watches);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void
append_limit (GString *text, const TelarWatch *watch)
{
  const TelarWatchInfo *info = telar_watch_info (watch->kind);
  char low[TELAR_REAL_TEXT], high[TELAR_REAL_TEXT];
  if (watch->kind == TELAR_WATCH_RANGE && watch->low != -watch->high)
    g_string_append_printf (text, ":%s..%s", telar_real_to_text (watch->low, low),
                            telar_real_to_text (watch->high, high));
  else if (watch->high != info->limit)
    g_string_append_printf (text, ":%s", telar_real_to_text (watch->high, high));
}

char *
telar_watch_to_text (const TelarWatch *watch)
{
  const TelarWatchInfo *info = telar_watch_info (watch->kind);
  GString *text = g_string_new (info->name);
  if (strcmp (watch->where, "*") != 0)
    g_string_append_printf (text, ":%s", watch->where);
  append_limit (text, watch);
  if (watch->steps != info->steps)
    g_string_append_printf (text, ":steps=%u", watch->steps);
  if (watch->action != TELAR_WATCH_MARK)
    g_string_append_printf (text, ":%s", telar_watch_action_name (watch->action));
  if (watch->off)
    g_string_append (text, ":off");
  return g_string_free (text, FALSE);
}

char *
telar_watches_to_text (const GPtrArray *watches)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < watches->len; i++) {
    g_autofree char *word = telar_watch_to_text (watches->pdata[i]);
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", word);
  }
  return g_string_free (text, FALSE);
}

/* --- hits ------------------------------------------------------------------------------------- */

void
telar_watch_hit_clear (TelarWatchHit *hit)
{
  g_clear_pointer (&hit->where, g_free);
}

/* "conv1.kernel: vanishing, mark: mean size 1.2e-12, limit 1e-09. Little reaches …" */
char *
telar_watch_hit_to_text (const TelarWatchHit *hit)
{
  const TelarWatchInfo *info = telar_watch_info (hit->kind);
  return g_strdup_printf ("%s: %s, %s: %s %.4g, limit %.4g. %s", hit->where, info->name,
                          telar_watch_action_name (hit->action), info->measure, hit->value,
                          hit->limit, info->advice);
}

static gboolean
read_head (char **parts, TelarWatchHit *hit)
{
  g_auto (GStrv) words = g_strsplit (parts[1], ", ", 2);
  g_autoptr (TelarWatch) watch = NULL;
  if (!words[0] || !words[1] || !(watch = telar_watch_parse (words[0], NULL)) ||
      !read_action (words[1], watch) || watch->off)
    return FALSE;
  hit->kind = watch->kind;
  hit->action = watch->action;
  return TRUE;
}

gboolean
telar_watch_hit_from_text (const char *text, TelarWatchHit *hit)
{
  g_auto (GStrv) parts = g_strsplit (text, ": ", 3);
  char *end;
  if (g_strv_length (parts) != 3 || !read_head (parts, hit))
    return FALSE;
  const char *measure = telar_watch_info (hit->kind)->measure, *rest = parts[2];
  if (!g_str_has_prefix (rest, measure))
    return FALSE;
  hit->value = g_ascii_strtod (rest + strlen (measure), &end);
  if (!g_str_has_prefix (end, ", limit "))
    return FALSE;
  hit->limit = g_ascii_strtod (end + strlen (", limit "), NULL);
  hit->where = g_strdup (parts[0]);
  return TRUE;
}

char *
telar_watch_plain_path (const char *id)
{
  g_auto (GStrv) parts = g_strsplit (id, "/", -1);
  GString *plain = g_string_new (NULL);
  for (char **part = parts; *part; part++)
    if (!g_ascii_isdigit (**part))
      g_string_append_printf (plain, "%s%s", plain->len > 0 ? "/" : "", *part);
  return g_string_free (plain, FALSE);
}

char *
telar_watch_hit_node (const TelarWatchHit *hit)
{
  if (telar_watch_info (hit->kind)->on_run)
    return NULL;
  g_autofree char *id = g_strndup (hit->where, strcspn (hit->where, "."));
  return telar_watch_plain_path (id);
}
