/* Trained models, as the command line and the studio open them. */
#pragma once

#include "engine/graph.h"
#include "engine/plan.h"

G_BEGIN_DECLS

typedef struct {
  char *name;    /* as given, or the run that was found */
  char *project; /* the project's name, "digits-cnn", or NULL */
  TelarGraph *graph;
  TelarStates *states;
  char *checkpoint;
} TelarModel;

void telar_model_clear (TelarModel *model);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarModel, telar_model_clear)

/* @name is a run of @workspace, a checkpoint (*.safetensors) or a project (*.telar): the newest of
 * its runs, or without one the weights that it names. */
gboolean telar_model_load (const char *workspace, const char *name, TelarModel *model,
                           GError **error);
/* The weights that @graph, which is taken over, names; @path is its project's. */
gboolean telar_model_from_weights (TelarGraph *graph, const char *path, TelarModel *model,
                                   GError **error);

/* Whether the graph's data must be read: not where it begins with input nodes or
 * numbers of its own and has none. */
gboolean telar_model_reads_data (const TelarGraph *graph);

/* "digits-cnn" of "samples/digits-cnn.telar". Caller frees. */
char *telar_project_name (const char *path);

G_END_DECLS
