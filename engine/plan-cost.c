/* What a plan costs, per node of the graph and in all, and whether the machine can hold it. */
#include "engine/plan-private.h"

#include <stdio.h>
#include <string.h>

static TelarNodeCost *
find_node (TelarPlan *plan, GHashTable *index, const char *node)
{
  const char *key = node != NULL ? node : "";
  GArray *nodes = plan->cost.nodes;
  gpointer at;
  if (!g_hash_table_lookup_extended (index, key, NULL, &at)) {
    TelarNodeCost cost = { .node = key };
    at = GUINT_TO_POINTER (nodes->len);
    g_array_append_val (nodes, cost);
    g_hash_table_insert (index, (gpointer)key, at);
  }
  return &g_array_index (nodes, TelarNodeCost, GPOINTER_TO_UINT (at));
}

/* State -> the node that reads it first: uses of a group that share their weights name them after
 * the group. */
static GHashTable *
find_readers (const TelarProgram *program)
{
  GHashTable *readers = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    if (instr->prim != TELAR_PRIM_STATE || instr->origin == NULL)
      continue;
    const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
    if (!g_hash_table_contains (readers, name))
      g_hash_table_insert (readers, (gpointer)name, (gpointer)instr->origin);
  }
  return readers;
}

/* The node of "conv1.kernel" and of its slot "conv1.kernel/m"; interned. */
static const char *
node_of_state (GHashTable *readers, const char *name)
{
  const char *dot = strrchr (name, '.');
  gsize length = dot != NULL ? (gsize)(dot - name) + strcspn (dot, "/") : strlen (name);
  g_autofree char *state = g_strndup (name, length);
  const char *reader = g_hash_table_lookup (readers, state);
  if (reader != NULL)
    return g_intern_string (reader);
  g_autofree char *node = g_strndup (name, dot != NULL ? (gsize)(dot - name) : length);
  return g_intern_string (node);
}

static void
count_instr (TelarPlan *plan, GHashTable *index, const TelarInstr *instr)
{
  TelarNodeCost *node = find_node (plan, index, instr->origin);
  double flops = telar_instr_flops (plan->program, instr);
  node->flops += flops;
  plan->cost.flops += flops;
  for (guint i = 0; i < instr->n_outputs; i++) {
    const TelarPlace *place = &plan->memory->places[instr->outputs[i]];
    if (place->kind == TELAR_PLACE_ARENA && place->source == instr->outputs[i])
      node->activation_bytes += place->bytes;
  }
}

void
telar_plan_count (TelarPlan *plan)
{
  g_autoptr (GHashTable) index = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) readers = find_readers (plan->program);
  TelarPlanCost *cost = &plan->cost;
  cost->nodes = g_array_new (FALSE, FALSE, sizeof (TelarNodeCost));
  for (guint i = 0; i < telar_program_n_instrs (plan->program); i++)
    count_instr (plan, index, telar_program_instr (plan->program, i));
  for (guint i = 0; i < telar_program_n_states (plan->program); i++) {
    const TelarState *state = telar_program_state (plan->program, i);
    gsize bytes = 0;
    telar_type_bytes (&state->type, &bytes);
    find_node (plan, index, node_of_state (readers, state->name))->state_bytes += bytes;
    cost->state_bytes += bytes;
  }
  cost->arena_bytes = plan->memory->arena_bytes;
  cost->scratch_bytes = plan->scratch_bytes;
  cost->total_bytes = cost->arena_bytes + cost->scratch_bytes + cost->state_bytes;
}

/* The number behind @key on a line of @path; FALSE where there is none. */
static gboolean
read_number (const char *path, const char *key, guint64 *number)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  for (const char *line = text; line != NULL; line = strchr (line, '\n')) {
    line += *line == '\n';
    if (strncmp (line, key, strlen (key)) == 0 &&
        sscanf (line + strlen (key), "%" G_GUINT64_FORMAT, number) == 1)
      return TRUE;
  }
  return FALSE;
}

/* What the control group of the process leaves it, where one limits it (containers, systemd):
 * memory.max without what cannot be given back. */
static guint64
group_memory (void)
{
  g_autofree char *groups = NULL;
  guint64 most, used = 0;
  if (!g_file_get_contents ("/proc/self/cgroup", &groups, NULL, NULL))
    return G_MAXUINT64;
  const char *own = strstr (groups, "0::");
  if (own == NULL)
    return G_MAXUINT64;
  g_autofree char *name = g_strndup (own + 3, strcspn (own + 3, "\n"));
  g_autofree char *limit = g_build_filename ("/sys/fs/cgroup", name, "memory.max", NULL);
  g_autofree char *stat = g_build_filename ("/sys/fs/cgroup", name, "memory.stat", NULL);
  if (!read_number (limit, "", &most))
    return G_MAXUINT64;
  read_number (stat, "anon ", &used);
  return most > used ? most - used : 0;
}

/* MemAvailable of the kernel; all there is where it does not say. */
gsize
telar_plan_free_memory (void)
{
  guint64 kibibytes, machine = G_MAXUINT64;
  if (read_number ("/proc/meminfo", "MemAvailable:", &kibibytes))
    machine = kibibytes * 1024;
  return (gsize)MIN (MIN (machine, group_memory ()), (guint64)G_MAXSIZE);
}

gboolean
telar_plan_check_memory (const TelarPlan *plan, gsize limit, GError **error)
{
  const TelarPlanCost *cost = &plan->cost;
  if (limit == 0)
    limit = telar_plan_free_memory ();
  if (cost->total_bytes <= limit)
    return TRUE;
  const char *worst = NULL;
  gsize most = 0;
  for (guint i = 0; i < cost->nodes->len; i++) {
    const TelarNodeCost *node = &g_array_index (cost->nodes, TelarNodeCost, i);
    if (node->activation_bytes + node->state_bytes >= most && node->node[0] != '\0') {
      most = node->activation_bytes + node->state_bytes;
      worst = node->node;
    }
  }
  g_autofree char *needs = g_format_size_full (cost->total_bytes, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *has = g_format_size_full (limit, G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *part = g_format_size_full (most, G_FORMAT_SIZE_IEC_UNITS);
  telar_set_error (error, TELAR_ERROR_INVALID, worst,
                   "a step with batch %" G_GINT64_FORMAT
                   " needs %s of memory and %s are free; this node needs most (%s); "
                   "a smaller batch needs less",
                   plan->batch, needs, has, part);
  return FALSE;
}
