/* Elementwise work as a list of steps over rows: one primitive, or the body of a fused region.
 * Every tile of a few kilobytes goes through all steps before the next one is touched, so that what
 * lies between them stays in the first-level cache. */
#pragma once

#include "engine/devices/cpu/cpu.h"

G_BEGIN_DECLS

typedef struct Expression Expression;

/* NULL when there is no row for one of the primitives and types, or when an output is smaller than
 * the whole. */
Expression *expression_new (const CpuSite *site);
void expression_free (Expression *expression);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Expression, expression_free)

/* Bytes of scratch for all threads. */
gsize expression_scratch (const Expression *expression);
void expression_run (const Expression *expression, const CpuDevice *device, const TelarCall *call);

G_END_DECLS
