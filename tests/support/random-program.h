/* Random programs for tests of passes and plans, and the plainest way to run any program: one
 * reference kernel after the other, every value in a tensor of its own. */
#pragma once

#include "engine/plan.h"

G_BEGIN_DECLS

/* A valid program of about @size instructions with a symbolic batch, the input "x" : f32[N,6],
 * states that are read and updated, and outputs. The same @seed gives the same program. */
TelarProgram *test_random_program (guint seed, guint size);

/* Runs @program, bound to a batch, on the reference kernels; updates @states after the last
 * instruction. New tensors, one per output. */
GPtrArray *test_run_plainly (const TelarProgram *program, const TelarBinding *inputs,
                             guint n_inputs, TelarStates *states, guint64 seed, guint32 step);

G_END_DECLS
