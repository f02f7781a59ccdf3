/* A profile: what each instruction of a step took, in time, operations and memory, and what the
 * device can do at most.
 *
 * As JSON: {"rows": …, "device": "cpu", "threads": …, "step_ns": the whole step, "arena": bytes,
 * "states": bytes, "peak_flops": operations a second, "peak_bytes": bytes a second,
 * "nodes": ["", "conv1", …], "instructions": [[node, "conv", start_ns, ns, flops, bytes, live], …]}
 * in the order in which they ran; @node is an index into nodes, @bytes what was read and written,
 * @live the bytes of all values that lived while it ran. */
#pragma once

#include "engine/plan.h"

G_BEGIN_DECLS

/* What the device does at most, measured on it: the fastest of a few products of matrices of 256
 * times 256, and of a few sums of arrays that fit into no cache (Williams, Waterman, Patterson:
 * "Roofline: an insightful visual performance model", 2009). Takes some 0.1 s. */
typedef struct {
  double flops; /* a second */
  double bytes; /* a second, read and written */
} TelarRoofline;

gboolean telar_roofline_measure (TelarDevice *device, TelarRoofline *roofline, GError **error);

/* What an instruction of a bound program reads and writes. */
double telar_instr_bytes (const TelarProgram *program, const TelarInstr *instr);

/* The last run of @plan, which was timed, of @nanoseconds in all. Caller frees. */
char *telar_profile_to_json (const TelarPlan *plan, gint64 nanoseconds,
                             const TelarRoofline *roofline);

G_END_DECLS
