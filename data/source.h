/* What the data nodes of a graph point at: paths, tables, images. */
#pragma once

#include "data/columns.h"
#include "data/data.h"
#include "data/table.h"

G_BEGIN_DECLS

/* The path behind a file parameter: the replacement for "NODE.PARAM" (or for the node's id when it
 * is the first file), else the parameter, relative to the graph's folder. An empty one is an error.
 * Caller frees. */
char *telar_source_path (const TelarGraph *graph, const TelarNode *node, const char *param,
                         GHashTable *replacements, GError **error);

/* Whether @key, "NODE.PARAM" or a node's id, stands for a file of a data node. */
gboolean telar_source_names_file (const TelarGraph *graph, const char *key);

/* [N,1,H,W] or [N,C,H,W] with the file's type. */
TelarTensor *telar_source_read_images (const char *path, GError **error);
/* i64[N] or, of pixels, i64[N,H,W], none negative. */
TelarTensor *telar_source_read_labels (const char *path, GError **error);
/* "0" up to the largest label. Caller frees. */
char **telar_source_number_classes (const TelarTensor *labels);

/* The node that gives the table a table_columns node reads. */
const TelarNode *telar_source_table_node (const TelarGraph *graph, const TelarNode *node,
                                          GError **error);
TelarTable *telar_source_read_table (const TelarGraph *graph, const TelarNode *node,
                                     GHashTable *replacements, GError **error);
/* What a text_windows or series_windows node cuts, with what follows it as @next. */
TelarTensor *telar_source_read_text (const TelarNode *node, const char *path, TelarTensor **next,
                                     GError **error);
TelarTensor *telar_source_read_series (const TelarNode *node, const TelarTable *table,
                                       TelarTensor **next, GError **error);
/* Borrows from the node's parameters. */
TelarColumnsSpec telar_source_columns_spec (const TelarNode *node);

G_END_DECLS
