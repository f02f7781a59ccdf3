/* A few operators that exercise every kind of port, for the tests of the document and of lowering:
 * "t-data" (tensors image and label, from a feed), "t-table" (a table), "t-relu" (with parameters),
 * "t-sum" (repeated), "t-dense" (a state), "t-loss", "t-metric", "t-output". */
#pragma once

#include "engine/lower.h"

void test_operators_register (void);

/* Adds a node and wires each of @wires ("a:out > b:in", NULL-terminated); asserts that it works. */
void test_graph_add (TelarGraph *graph, const char *op, const char *id);
void test_graph_wire (TelarGraph *graph, const char *from, const char *to);

/* t-data "d" with 4 features and 3 classes, t-dense "fc", t-loss "loss1", t-metric "acc",
 * t-output "result". */
TelarGraph *test_graph_small (void);
