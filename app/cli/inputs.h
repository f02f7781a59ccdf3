/* What a project's model is given: the files of --input as tensors. */
#pragma once

#include "app/cli/command.h"
#include "engine/graph.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

typedef struct {
  GPtrArray *names;            /* the model's inputs: char * */
  GPtrArray *tensors;          /* TelarTensor * for them, in the same order */
  gint64 rows;                 /* of each that has rows */
  const TelarTensor *pictures; /* the one of them that is of pictures, or NULL */
  const char *picture;         /* its file */
} TelarInputs;

void telar_inputs_clear (TelarInputs *inputs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarInputs, telar_inputs_clear)

/* Reads the files that the verb's option "input" names, all that the model needs. An input of any
 * size in @graph gets the size of what it is given. */
gboolean telar_inputs_read (const TelarCommand *command, TelarGraph *graph, TelarInputs *inputs,
                            GError **error);

/* Whether input @index has a row for each sample; one of a fixed shape is given whole. */
gboolean telar_inputs_has_rows (const TelarInputs *inputs, const TelarGraph *graph, guint index);

/* Splits "NAME=FILE" where NAME is one of @names (char *); otherwise the only name goes with all of
 * it. The file's name in @text, NULL with an error that lists the names. */
const char *telar_split_name (const char *text, const GPtrArray *names, guint *index,
                              GError **error);

G_END_DECLS
