/* What prepares the data for the network (scaling, standardising, resizing), and leaving it out of
 * a model: then whoever runs the model has to prepare its numbers in the same way. */
#pragma once

#include "engine/graph.h"
#include "engine/lower.h"

G_BEGIN_DECLS

typedef struct OnnxPrepared OnnxPrepared;

/* The nodes that take only data or each other's results and have nothing to learn but the mean and
 * deviation of the data, up to the network's first layer. What only changes shapes in front of it
 * (flatten) belongs to the network, and so do activations. */
OnnxPrepared *onnx_prepared_find (const TelarGraph *graph, const TelarLowered *lowered);
void onnx_prepared_free (OnnxPrepared *prepared);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OnnxPrepared, onnx_prepared_free)

gboolean onnx_prepared_has (const OnnxPrepared *prepared, const char *node);

/* For a copy of the program into @b, whose values are in @map: makes @value an input of the model,
 * called NODE.PORT, when one of these nodes makes it and it is not there yet. */
void onnx_prepared_take (const OnnxPrepared *prepared, TelarBuilder *b, const TelarProgram *program,
                         TelarValue value, TelarValue *map);

/* @program with the results of these nodes as outputs, called NODE.PORT. */
TelarProgram *onnx_prepared_show (const OnnxPrepared *prepared, const TelarProgram *program,
                                  GError **error);

G_END_DECLS
