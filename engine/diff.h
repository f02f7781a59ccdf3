/* What changed from one document to another, as a person would tell it: structure, parameters,
 * training settings, groups and data. Where nodes lie is none of it. */
#pragma once

#include "engine/graph.h"

G_BEGIN_DECLS

typedef enum {
  TELAR_DIFF_ADDED,
  TELAR_DIFF_REMOVED,
  TELAR_DIFF_CHANGED,
  TELAR_DIFF_RENAMED
} TelarDiffKind;

typedef enum {
  TELAR_DIFF_SETTING, /* of training, and the seed */
  TELAR_DIFF_DATA,    /* the contents of a data file */
  TELAR_DIFF_GROUP,   /* a group as a whole */
  TELAR_DIFF_NODE,
  TELAR_DIFF_WIRE,
} TelarDiffSubject;

typedef struct {
  TelarDiffKind kind;
  TelarDiffSubject subject;
  char *group; /* the drawing's name; NULL: the main drawing */
  /* The node's id, the wire "relu1:out -> dense1:in", the name of setting, file or group: in the
   * old and in the new document, NULL where it is not there. */
  char *was, *is;
  char *what; /* of a changed node: the parameter, "op" or "title"; NULL otherwise */
  /* As text: what is changed; of a node that is added or removed, its operator and parameters. */
  char *before, *after;
} TelarDifference;

/* "added", "removed", "changed", "renamed"; "setting", "data", "group", "node", "wire". */
const char *telar_diff_kind_name (TelarDiffKind kind);
const char *telar_diff_subject_name (TelarDiffSubject subject);

/* From @before to @after: TelarDifference *, by drawing, the main one first, then by subject, then
 * by name. Nodes are the same when they have the same id; of the others, those of one operator
 * whose wires lead to the same nodes are renamed. Empty when nothing but places differ. Caller
 * unrefs. */
GPtrArray *telar_graph_diff (const TelarGraph *before, const TelarGraph *after);

G_END_DECLS
