/* Differences of documents as text and as JSON. */
#include "app/cli/differences.h"

#include <stdio.h>
#include <unistd.h>

/* --- text ------------------------------------------------------------------------------------- */

typedef struct {
  gboolean colours;
  const char *heading; /* the last one */
  const char *group;
} Printer;

static const char *
heading_of (const TelarDifference *d)
{
  static const char *const headings[] = { "settings", "data", "groups", "nodes", "wires" };
  return headings[d->subject];
}

static void
print_heading (Printer *printer, const TelarDifference *d)
{
  const char *heading = heading_of (d);

  /* A group as a whole is told beside the others. */
  if (g_strcmp0 (heading, printer->heading) == 0 && g_strcmp0 (d->group, printer->group) == 0)
    return;
  printer->heading = heading;
  printer->group = d->group;
  if (d->group != NULL && d->subject != TELAR_DIFF_GROUP)
    printf ("%s of the group %s\n", heading, d->group);
  else
    printf ("%s\n", heading);
}

static void
print_difference (Printer *printer, const TelarDifference *d)
{
  static const char *const marks[] = { "+", "-", "~", ">" };
  static const char *const colours[] = { "\033[32m", "\033[31m", "\033[33m", "\033[36m" };
  const char *name = d->is != NULL ? d->is : d->was;

  print_heading (printer, d);
  printf ("%s%s ", printer->colours ? colours[d->kind] : "", marks[d->kind]);
  if (d->kind == TELAR_DIFF_RENAMED)
    printf ("%s -> %s", d->was, d->is);
  else if (d->kind == TELAR_DIFF_CHANGED)
    printf ("%s%s%s: %s -> %s", name, d->what != NULL ? "." : "", d->what != NULL ? d->what : "",
            d->before != NULL && *d->before ? d->before : "(none)",
            d->after != NULL && *d->after ? d->after : "(none)");
  else if (d->before != NULL || d->after != NULL)
    printf ("%s: %s", name, d->after != NULL ? d->after : d->before);
  else
    fputs (name, stdout);
  puts (printer->colours ? "\033[0m" : "");
}

void
telar_print_differences (const GPtrArray *found)
{
  Printer printer = { .colours = isatty (STDOUT_FILENO) };

  for (guint i = 0; i < found->len; i++)
    print_difference (&printer, found->pdata[i]);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void
put (json_t *object, const char *key, const char *value)
{
  json_object_set_new (object, key, value != NULL ? json_string (value) : json_null ());
}

json_t *
telar_differences_to_json (const GPtrArray *found)
{
  json_t *list = json_array ();

  for (guint i = 0; i < found->len; i++) {
    const TelarDifference *d = found->pdata[i];
    json_t *one = json_object ();

    put (one, "kind", telar_diff_kind_name (d->kind));
    put (one, "subject", telar_diff_subject_name (d->subject));
    put (one, "group", d->group);
    put (one, "was", d->was);
    put (one, "is", d->is);
    put (one, "what", d->what);
    put (one, "before", d->before);
    put (one, "after", d->after);
    json_array_append_new (list, one);
  }
  return list;
}
