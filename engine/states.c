/* States: the named tensors a model is made of, shared by the plans of a run. What a program
 * declares begins here; every state draws from a Philox stream of its own name, so that adding a
 * node changes no other node's weights. */
#include "engine/plan.h"
#include "engine/random.h"

#include <math.h>
#include <string.h>

struct TelarStates {
  grefcount refs;
  GHashTable *tensors; /* char * -> TelarTensor * */
};

TelarStates *
telar_states_new (void)
{
  TelarStates *states = g_new0 (TelarStates, 1);
  g_ref_count_init (&states->refs);
  states->tensors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  return states;
}

TelarStates *
telar_states_ref (TelarStates *states)
{
  g_ref_count_inc (&states->refs);
  return states;
}

void
telar_states_unref (TelarStates *states)
{
  if (states == NULL || !g_ref_count_dec (&states->refs))
    return;
  g_hash_table_unref (states->tensors);
  g_free (states);
}

TelarTensor *
telar_states_get (const TelarStates *states, const char *name)
{
  return g_hash_table_lookup (states->tensors, name);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
telar_states_names (const TelarStates *states)
{
  GPtrArray *names = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, states->tensors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, name);
  g_ptr_array_sort (names, compare_names);
  return names;
}

static gboolean
check_type (const char *name, const TelarType *has, const TelarType *wants, GError **error)
{
  if (telar_type_equal (has, wants))
    return TRUE;
  g_autofree char *has_text = telar_type_to_string (has);
  g_autofree char *wants_text = telar_type_to_string (wants);
  g_autofree char *node = g_strndup (name, strcspn (name, "."));
  telar_set_error (error, TELAR_ERROR_INVALID, node, "the state %s is %s where %s is needed", name,
                   has_text, wants_text);
  return FALSE;
}

/* --- initialisation ----------------------------------------------------------------------------
 */

typedef enum { DRAW_CONSTANT, DRAW_UNIFORM, DRAW_NORMAL } Draw;

/* The distribution and its constant, bound or deviation. Sources: He et al., "Delving deep into
 * rectifiers", 2015; Glorot and Bengio, "Understanding the difficulty of training deep feedforward
 * neural networks", 2010; LeCun et al., "Efficient BackProp", 1998. */
static Draw
distribution (const TelarInit *init, double *scale)
{
  double in = (double)MAX (init->fan_in, 1), out = (double)MAX (init->fan_out, 1);
  switch (init->kind) {
  case TELAR_INIT_UNIFORM:
    *scale = init->scale;
    return DRAW_UNIFORM;
  case TELAR_INIT_NORMAL:
    *scale = init->scale;
    return DRAW_NORMAL;
  case TELAR_INIT_HE_UNIFORM:
    *scale = sqrt (6 / in);
    return DRAW_UNIFORM;
  case TELAR_INIT_HE_NORMAL:
    *scale = sqrt (2 / in);
    return DRAW_NORMAL;
  case TELAR_INIT_GLOROT_UNIFORM:
    *scale = sqrt (6 / (in + out));
    return DRAW_UNIFORM;
  case TELAR_INIT_GLOROT_NORMAL:
    *scale = sqrt (2 / (in + out));
    return DRAW_NORMAL;
  case TELAR_INIT_LECUN_UNIFORM:
    *scale = sqrt (3 / in);
    return DRAW_UNIFORM;
  case TELAR_INIT_CONSTANT:
    *scale = init->scale;
    return DRAW_CONSTANT;
  case TELAR_INIT_FIT_DEVIATION: /* until it is fitted */
    *scale = 1;
    return DRAW_CONSTANT;
  case TELAR_INIT_ZEROS:
  case TELAR_INIT_FIT_MEAN:
  case TELAR_N_INITS:
    break;
  }
  *scale = 0;
  return DRAW_CONSTANT;
}

static void
initialise (TelarTensor *tensor, const TelarState *state, guint64 seed)
{
  TelarRandom random = { .seed = seed, .step = 0, .stream = telar_random_stream (state->name) };
  double scale = 0;
  Draw draw = distribution (&state->init, &scale);
  gsize n = telar_tensor_elements (tensor);
  for (gsize i = 0; i < n; i++) {
    double value = scale;
    if (draw == DRAW_UNIFORM)
      value = scale * (2.0 * telar_random_uniform (&random, i) - 1.0);
    else if (draw == DRAW_NORMAL)
      value = scale * telar_random_normal (&random, i);
    telar_tensor_set (tensor, i, value);
  }
}

gboolean
telar_states_add_program (TelarStates *states, const TelarProgram *program, guint64 seed,
                          GError **error)
{
  guint n = telar_program_n_states (program);
  for (guint i = 0; i < n; i++) {
    const TelarState *state = telar_program_state (program, i);
    const TelarTensor *old = telar_states_get (states, state->name);
    if (old != NULL && !check_type (state->name, &old->type, &state->type, error))
      return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    const TelarState *state = telar_program_state (program, i);
    if (telar_states_get (states, state->name) != NULL)
      continue;
    TelarTensor *tensor = telar_tensor_try_new (state->type.dtype, &state->type.shape, error);
    if (tensor == NULL)
      return FALSE;
    initialise (tensor, state, seed);
    g_hash_table_insert (states->tensors, g_strdup (state->name), tensor);
  }
  return TRUE;
}

gboolean
telar_states_put (TelarStates *states, const char *name, const TelarTensor *value, GError **error)
{
  TelarTensor *old = telar_states_get (states, name);
  if (old == NULL) {
    g_hash_table_insert (states->tensors, g_strdup (name), telar_tensor_copy (value));
    return TRUE;
  }
  if (!check_type (name, &value->type, &old->type, error))
    return FALSE;
  if (old->bytes > 0)
    memcpy (old->data, value->data, old->bytes);
  return TRUE;
}

void
telar_states_share (TelarStates *states, const char *name, TelarTensor *tensor)
{
  g_hash_table_replace (states->tensors, g_strdup (name), telar_tensor_ref (tensor));
}
