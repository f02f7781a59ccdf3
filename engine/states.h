/* States: the numbers that a model is made of. */
#pragma once

#include "engine/ir.h"

G_BEGIN_DECLS

/* Named tensors of the host, shared by the plans of a run. */
typedef struct TelarStates TelarStates;

TelarStates *telar_states_new (void);
TelarStates *telar_states_ref (TelarStates *states);
void telar_states_unref (TelarStates *states);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarStates, telar_states_unref)
/* Declares what @program needs and is not there yet, initialised from @seed (fitted ones to zeros
 * and ones). An existing state of another type is an error that names it. */
gboolean telar_states_add_program (TelarStates *states, const TelarProgram *program, guint64 seed,
                                   GError **error);
TelarTensor *telar_states_get (const TelarStates *states, const char *name); /* borrowed or NULL */
/* Takes over the values; the type must agree when the state exists. */
gboolean telar_states_put (TelarStates *states, const char *name, const TelarTensor *value,
                           GError **error);
/* Makes @tensor itself the state, without a copy: for models that are only read. */
void telar_states_share (TelarStates *states, const char *name, TelarTensor *tensor);
/* Sorted names; borrowed strings in a GPtrArray the caller unrefs. */
GPtrArray *telar_states_names (const TelarStates *states);

G_END_DECLS
