/* Problems by node: a group has the worst of what stands in it. */
#include "app/project/problem-list.h"

struct _TelarProblemList {
  GPtrArray *all;      /* TelarProblem * */
  GHashTable *by_node; /* path -> the worst TelarProblem, borrowed from all */
  guint n_errors;
};

static void
problem_free (gpointer data)
{
  TelarProblem *problem = data;

  g_free (problem->node);
  g_free (problem->message);
  g_free (problem);
}

TelarProblemList *
telar_problem_list_new (void)
{
  TelarProblemList *self = g_new0 (TelarProblemList, 1);

  self->all = g_ptr_array_new_with_free_func (problem_free);
  self->by_node = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
telar_problem_list_free (TelarProblemList *self)
{
  g_hash_table_unref (self->by_node);
  g_ptr_array_unref (self->all);
  g_free (self);
}

void
telar_problem_list_clear (TelarProblemList *self)
{
  g_hash_table_remove_all (self->by_node);
  g_ptr_array_set_size (self->all, 0);
  self->n_errors = 0;
}

void
telar_problem_list_add (TelarProblemList *self, const char *node, TelarSeverity severity,
                        const char *message)
{
  TelarProblem *problem = g_new0 (TelarProblem, 1);
  g_autofree char *around = g_strdup (node);

  *problem = (TelarProblem){ g_strdup (node), severity, g_strdup (message) };
  g_ptr_array_add (self->all, problem);
  self->n_errors += severity == TELAR_PROBLEM_ERROR;
  if (!node)
    return;
  do {
    const TelarProblem *known = g_hash_table_lookup (self->by_node, around);

    if (!known || severity < known->severity)
      g_hash_table_replace (self->by_node, g_strdup (around), problem);
  } while (telar_node_leave (around));
}

const GPtrArray *
telar_problem_list_all (const TelarProblemList *self)
{
  return self->all;
}

const TelarProblem *
telar_problem_list_find (const TelarProblemList *self, const char *path)
{
  return g_hash_table_lookup (self->by_node, path);
}

guint
telar_problem_list_n_errors (const TelarProblemList *self)
{
  return self->n_errors;
}
