/* The builder: the one way in which a program comes to be. Every instruction passes the type rules
 * here, so a program that was finished is well typed. The first error sticks. */
#include "engine/ir-private.h"
#include "engine/metric.h"

#include <stdlib.h>
#include <string.h>

struct TelarBuilder {
  TelarProgram *program;
  const char *origin;
  GError *error;
  GHashTable *updated; /* TelarState */
};

TelarBuilder *
telar_builder_new (const char *name)
{
  TelarBuilder *builder = g_new0 (TelarBuilder, 1);

  builder->program = telar_program_new (name);
  builder->updated = g_hash_table_new (NULL, NULL);
  return builder;
}

void
telar_builder_free (TelarBuilder *builder)
{
  telar_program_unref (builder->program);
  g_hash_table_unref (builder->updated);
  g_clear_error (&builder->error);
  g_free (builder);
}

TelarProgram *
telar_builder_finish (TelarBuilder *builder, GError **error)
{
  TelarProgram *program = builder->program;

  builder->program = telar_program_new (program->name);
  g_hash_table_remove_all (builder->updated);
  builder->origin = NULL;
  if (builder->error) {
    g_propagate_error (error, g_steal_pointer (&builder->error));
    g_clear_pointer (&program, telar_program_unref);
  }
  return program;
}

const TelarProgram *
telar_builder_program (const TelarBuilder *builder)
{
  return builder->program;
}

void
telar_builder_set_origin (TelarBuilder *builder, const char *origin)
{
  builder->origin = telar_program_intern (builder->program, origin);
}

const char *
telar_builder_origin (const TelarBuilder *builder)
{
  return builder->origin;
}

const GError *
telar_builder_error (const TelarBuilder *builder)
{
  return builder->error;
}

GError *
telar_builder_take_error (TelarBuilder *builder)
{
  return g_steal_pointer (&builder->error);
}

void
telar_builder_fail (TelarBuilder *builder, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  if (builder->error)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (&builder->error, TELAR_ERROR_INVALID, builder->origin, "%s", message);
}

const TelarType *
telar_builder_type (const TelarBuilder *builder, TelarValue value)
{
  static const TelarType none = { TELAR_F32, { 0 } };

  return value < builder->program->values->len ? telar_program_type (builder->program, value)
                                               : &none;
}

/* --- instructions --------------------------------------------------------------------------- */

/* What telar_build was asked for, on its way into the program. */
typedef struct {
  TelarPrim prim;
  const TelarValue *inputs;
  guint n_inputs;
  TelarAttr *attrs; /* sorted; what they point to belongs to the caller */
  guint n_attrs;
  const TelarProgram *body;
} Request;

static int
compare_attrs (const void *a, const void *b)
{
  return (int)((const TelarAttr *)a)->key - (int)((const TelarAttr *)b)->key;
}

static const TelarAttr *
keep_attrs (TelarProgram *program, const Request *request)
{
  TelarAttr *attrs = telar_program_alloc (program, request->n_attrs * sizeof (TelarAttr));

  for (guint i = 0; i < request->n_attrs; i++) {
    const TelarAttr *from = &request->attrs[i];
    gint64 *ints;

    attrs[i] = *from;
    switch (telar_attr_kind (from->key)) {
    case TELAR_ATTR_KIND_INTS:
      ints = telar_program_alloc (program, from->n * sizeof (gint64));
      if (from->n > 0)
        memcpy (ints, from->ints, from->n * sizeof (gint64));
      attrs[i].ints = ints;
      break;
    case TELAR_ATTR_KIND_STRING:
      attrs[i].string = telar_program_intern (program, from->string);
      break;
    case TELAR_ATTR_KIND_TENSOR:
      g_ptr_array_add (program->tensors, telar_tensor_ref (from->tensor));
      break;
    default:
      break;
    }
  }
  return attrs;
}

static TelarValue
append (TelarBuilder *builder, const Request *request, const TelarType *types, guint n_types)
{
  TelarProgram *program = builder->program;
  TelarInstr *instr = telar_program_alloc (program, sizeof (TelarInstr));
  TelarValue *inputs = telar_program_alloc (program, request->n_inputs * sizeof (TelarValue));
  TelarValue *outputs = telar_program_alloc (program, n_types * sizeof (TelarValue));
  TelarValueInfo *infos = telar_program_alloc (program, n_types * sizeof (TelarValueInfo));

  if (request->n_inputs > 0)
    memcpy (inputs, request->inputs, request->n_inputs * sizeof (TelarValue));
  for (guint i = 0; i < n_types; i++) {
    outputs[i] = program->values->len;
    infos[i] = (TelarValueInfo){ types[i], instr };
    g_ptr_array_add (program->values, &infos[i]);
  }
  *instr = (TelarInstr){ .prim = request->prim,
                         .n_inputs = request->n_inputs,
                         .n_outputs = n_types,
                         .n_attrs = request->n_attrs,
                         .inputs = inputs,
                         .outputs = outputs,
                         .attrs = keep_attrs (program, request),
                         .origin = builder->origin,
                         .body = request->body };
  if (request->body)
    g_ptr_array_add (program->bodies, telar_program_ref ((TelarProgram *)request->body));
  g_ptr_array_add (program->instrs, instr);
  return n_types > 0 ? outputs[0] : TELAR_NO_VALUE;
}

/* A state's type stands in its declaration, where the type rules cannot see it. */
static gboolean
infer_state (TelarBuilder *builder, const Request *request, TelarType *type)
{
  const TelarState *state = NULL;

  if (request->n_inputs > 0 || request->n_attrs != 1 || request->attrs[0].key != TELAR_ATTR_NAME ||
      !request->attrs[0].string) {
    telar_builder_fail (builder, "state: takes no inputs and one attribute, name");
    return FALSE;
  }
  state = telar_program_find_state (builder->program, request->attrs[0].string);
  if (!state) {
    telar_builder_fail (builder, "state: \"%s\" is not declared", request->attrs[0].string);
    return FALSE;
  }
  *type = state->type;
  return TRUE;
}

static gboolean
infer_any (TelarBuilder *builder, const Request *request, TelarType *types, guint *n_types)
{
  g_autofree TelarType *inputs = NULL;

  *n_types = 1;
  if (request->prim == TELAR_PRIM_STATE)
    return infer_state (builder, request, types);

  inputs = g_new (TelarType, request->n_inputs + 1);
  for (guint i = 0; i < request->n_inputs; i++)
    inputs[i] = *telar_program_type (builder->program, request->inputs[i]);
  if (telar_infer (request->prim, inputs, request->n_inputs, request->attrs, request->n_attrs,
                   request->body, types, n_types, &builder->error))
    return TRUE;
  telar_error_set_node (&builder->error, builder->origin);
  return FALSE;
}

static TelarValue
build (TelarBuilder *builder, const Request *request)
{
  TelarType types[TELAR_ANY];
  guint n_types;

  if (builder->error)
    return TELAR_NO_VALUE;
  for (guint i = 0; i < request->n_inputs; i++) {
    if (request->inputs[i] == TELAR_NO_VALUE)
      return TELAR_NO_VALUE;
    if (request->inputs[i] >= builder->program->values->len) {
      telar_builder_fail (builder, "%s: there is no value %%%u yet",
                          telar_prim_info (request->prim)->name, request->inputs[i]);
      return TELAR_NO_VALUE;
    }
  }
  if (!infer_any (builder, request, types, &n_types))
    return TELAR_NO_VALUE;
  return append (builder, request, types, n_types);
}

TelarValue
telar_build (TelarBuilder *builder, TelarPrim prim, const TelarValue *inputs, guint n_inputs,
             const TelarAttr *attrs, guint n_attrs)
{
  g_autofree TelarAttr *sorted = g_new (TelarAttr, n_attrs + 1);

  g_return_val_if_fail (prim < TELAR_N_PRIMS, TELAR_NO_VALUE);
  if (n_attrs > 0) {
    memcpy (sorted, attrs, n_attrs * sizeof (TelarAttr));
    qsort (sorted, n_attrs, sizeof (TelarAttr), compare_attrs);
  }
  return build (builder, &(Request){ .prim = prim,
                                     .inputs = inputs,
                                     .n_inputs = n_inputs,
                                     .attrs = sorted,
                                     .n_attrs = n_attrs });
}

TelarValue
telar_build_region (TelarBuilder *builder, TelarPrim prim, const TelarValue *inputs, guint n_inputs,
                    TelarProgram *body)
{
  return build (builder,
                &(Request){ .prim = prim, .inputs = inputs, .n_inputs = n_inputs, .body = body });
}

/* --- states, outputs, updates --------------------------------------------------------------- */

void
telar_build_declare_state (TelarBuilder *builder, const TelarState *state)
{
  TelarProgram *program = builder->program;
  TelarState *copy;

  if (builder->error)
    return;
  if (telar_program_find_state (program, state->name)) {
    telar_builder_fail (builder, "the state \"%s\" is declared twice", state->name);
    return;
  }
  if (!telar_shape_is_concrete (&state->type.shape)) {
    g_autofree char *type = telar_type_to_string (&state->type);

    telar_builder_fail (builder, "the state \"%s\" cannot grow with the batch: %s", state->name,
                        type);
    return;
  }
  copy = telar_program_alloc (program, sizeof (TelarState));
  *copy = *state;
  copy->name = telar_program_intern (program, state->name);
  if (state->init.kind != TELAR_INIT_FIT_MEAN && state->init.kind != TELAR_INIT_FIT_DEVIATION)
    copy->fit = TELAR_NO_VALUE;
  g_ptr_array_add (program->states, copy);
  g_hash_table_insert (program->state_names, (gpointer)copy->name, copy);
}

void
telar_build_set_fit (TelarBuilder *builder, const char *state, TelarValue fit)
{
  TelarState *found = g_hash_table_lookup (builder->program->state_names, state);

  if (builder->error || fit == TELAR_NO_VALUE)
    return;
  if (!found)
    telar_builder_fail (builder, "the state \"%s\" is not declared", state);
  else if (fit >= builder->program->values->len)
    telar_builder_fail (builder, "the state \"%s\" is fitted to %%%u, which does not exist", state,
                        fit);
  else
    found->fit = fit;
}

static void
add_output (TelarBuilder *builder, const TelarOutput *output)
{
  TelarProgram *program = builder->program;
  TelarOutput *copy;

  if (builder->error || output->value == TELAR_NO_VALUE)
    return;
  if (output->value >= program->values->len) {
    telar_builder_fail (builder, "the output \"%s\" is %%%u, which does not exist", output->name,
                        output->value);
    return;
  }
  copy = telar_program_alloc (program, sizeof (TelarOutput));
  *copy = *output;
  copy->name = telar_program_intern (program, output->name);
  copy->kind = output->kind ? telar_program_intern (program, output->kind) : NULL;
  g_ptr_array_add (program->outputs, copy);
}

void
telar_build_output (TelarBuilder *builder, TelarOutputRole role, const char *name, TelarValue value)
{
  add_output (builder, &(TelarOutput){ .role = role, .name = name, .value = value });
}

void
telar_build_metric (TelarBuilder *builder, const char *name, const char *kind, TelarValue value)
{
  const TelarOutput output = { TELAR_OUTPUT_METRIC, name, value, kind };

  if (value != TELAR_NO_VALUE && value < builder->program->values->len &&
      !telar_metric_fits (kind, telar_program_type (builder->program, value))) {
    g_autofree char *type = telar_type_to_string (telar_program_type (builder->program, value));

    telar_builder_fail (builder, "the metric \"%s\" cannot make \"%s\" of %s", name, kind, type);
    return;
  }
  add_output (builder, &output);
}

void
telar_build_output_like (TelarBuilder *builder, const TelarOutput *output, TelarValue value)
{
  TelarOutput copy = *output;

  copy.value = value;
  add_output (builder, &copy);
}

void
telar_build_update (TelarBuilder *builder, const char *state, TelarValue value)
{
  TelarProgram *program = builder->program;
  const TelarState *found = telar_program_find_state (program, state);
  TelarUpdate *update;

  if (builder->error || value == TELAR_NO_VALUE)
    return;
  if (!found || value >= program->values->len) {
    telar_builder_fail (builder, "update of \"%s\" with %%%u: %s", state, value,
                        found ? "there is no such value" : "the state is not declared");
    return;
  }
  if (!telar_type_equal (&found->type, telar_program_type (program, value))) {
    g_autofree char *want = telar_type_to_string (&found->type);
    g_autofree char *have = telar_type_to_string (telar_program_type (program, value));

    telar_builder_fail (builder, "the state \"%s\" is %s and cannot become %s", state, want, have);
    return;
  }
  if (!g_hash_table_add (builder->updated, (gpointer)found)) {
    telar_builder_fail (builder, "the state \"%s\" is updated twice", state);
    return;
  }
  update = telar_program_alloc (program, sizeof (TelarUpdate));
  *update = (TelarUpdate){ found->name, value };
  g_ptr_array_add (program->updates, update);
}
