/* The embedding projector: what a trained model has on a wire, or a table of its weights, as a
 * cloud of points. For the command line and, in a thread, for the studio. */
#pragma once

#include "app/model/model.h"
#include "engine/wire-rows.h"
#include "insight/cloud.h"

G_BEGIN_DECLS

#define TELAR_EMBEDDING_ROWS       2000
#define TELAR_EMBEDDING_PERPLEXITY 30

typedef struct {
  TelarDevice *device;
  const char *of;     /* as TelarWireQuery.wire, or a state: "embed.weights" */
  const char *method; /* "pca", "pca3" or "tsne" */
  TelarSplit split;
  gint64 most; /* rows */
  double perplexity;
  guint64 seed;
  /* Both parts together; FALSE ends it with TELAR_ERROR_INTERRUPTED. May be NULL. */
  gboolean (*progress) (double share, gpointer data);
  gpointer data;
} TelarEmbeddingOptions;

typedef struct {
  TelarCloud *cloud;
  TelarTensor *pictures; /* as TelarWireRows.pictures; NULL without */
  double *places;        /* [points, k], before the cloud scaled them */
  guint k;
} TelarEmbedding;

void telar_embedding_clear (TelarEmbedding *embedding);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarEmbedding, telar_embedding_clear)

gboolean telar_embedding_make (const TelarModel *model, const TelarEmbeddingOptions *options,
                               TelarEmbedding *embedding, GError **error);

/* Keeps the cloud with the run of that name, as a text of the series telar_embedding_series; @kept
 * is FALSE where the workspace has no such run. */
gboolean telar_embedding_keep (const char *workspace, const char *run,
                               const TelarEmbeddingOptions *options, const TelarCloud *cloud,
                               gboolean *kept, GError **error);
#define TELAR_EMBEDDING_PREFIX "projection/"
/* "projection/dense1/pca". Caller frees. */
char *telar_embedding_series (const char *of, const char *method);

G_END_DECLS
