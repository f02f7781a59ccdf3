/* What a training step of a project costs, before anything is allocated: from the plan that the
 * trainer would make. */
#pragma once

#include "app/project/shared-feed.h"

G_BEGIN_DECLS

typedef struct {
  gint64 batch;
  double flops;           /* of a training step: forward, backward, optimizer */
  double forward_flops;   /* of its forward part */
  gsize total_bytes;      /* what training holds: the following together */
  gsize weight_bytes;     /* parameters and buffers */
  gsize optimizer_bytes;  /* the optimizer's slots */
  gsize activation_bytes; /* the arena of results, which share places */
  gsize scratch_bytes;    /* what kernels need while they run */
  gsize free_bytes;       /* what the device has free */
} TelarStepCost;

/* Of one node with all that stands in it; bytes of results that share places count for each. */
typedef struct {
  double flops;
  gsize activation_bytes, state_bytes;
} TelarPartCost;

typedef struct {
  TelarStepCost step;
  GHashTable *nodes; /* path of a node -> TelarPartCost * */
} TelarCost;

/* In a thread, as it takes long for large graphs; @graph is copied, @source kept until @done. */
void telar_cost_measure (GObject *source, const TelarGraph *graph, TelarSharedFeed *feed,
                         GCancellable *cancellable, GAsyncReadyCallback done, gpointer data);
/* NULL with an error. Where the step does not fit into memory that has the node that costs most,
 * and @fitting becomes the largest half, quarter and so on of the batch with which it would (0:
 * none). */
TelarCost *telar_cost_measure_finish (GAsyncResult *result, gint64 *fitting, GError **error);
void telar_cost_free (TelarCost *cost);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCost, telar_cost_free)

G_END_DECLS
