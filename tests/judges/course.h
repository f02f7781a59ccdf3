/* One course of training beside PyTorch: the same initial weights, the same batches, the losses of
 * each step. agreement.py judges. */
#pragma once

#include "engine/trainer.h"

G_BEGIN_DECLS

typedef struct Course Course;

/* @all of the steps, but under the sanitizers a tenth of them. */
guint course_steps (guint all);

/* Takes the graph and the feed. */
Course *course_new (TelarGraph *graph, TelarFeed *feed, guint steps);
void course_free (Course *course);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Course, course_free)

TelarGraph *course_graph (Course *course);

/* With the real trainer on the CPU, in float32. */
void course_train (Course *course);
/* With the compiled training program widened to float64, on the reference device; the learning rate
 * follows the schedule as if an epoch had @epoch_steps steps. */
void course_train_wide (Course *course, gint64 batch, gint64 epoch_steps);

/* Has @network (of networks.py) trained in PyTorch with @optimizer and asserts that its losses are
 * the same. */
void course_judge (Course *course, const char *network, const char *optimizer);

G_END_DECLS
