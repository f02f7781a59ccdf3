/* What Telar computes of an operator's example, and its slopes, as JSON for the judges' Python. */
#pragma once

#include "tests/engine/operators/example.h"

G_BEGIN_DECLS

/* @outputs stand in the order of @program's. */
typedef struct {
  Example *example;
  TelarGraph *graph;
  TelarProgram *program;
  TelarStates *states;
  GPtrArray *inputs, *outputs;
} Answer;

/* Trains the example @text of @op for a step, in double precision if @wide. Behind each of its
 * outputs stands a node of the operator @end. @answer is to be cleared, whatever comes of it. */
gboolean answer_run (Answer *answer, const TelarOperator *op, const char *text, const char *end,
                     gboolean wide, TelarDevice *device, GError **error);
void answer_clear (Answer *answer);

/* The numbers of @tensor, in one list. */
json_t *answer_numbers (const TelarTensor *tensor);

/*   {"operator": NAME, "example": TEXT, "parameters": {…}, "value": NUMBER,
 *    "inputs": {PORT or STATE: {"shape": […], "values": […], "slopes": […] or null}}}
 *
 * The value is the sum of the losses; the slopes are its own by these numbers; whole numbers have
 * none. Of several wires at one port, the second and those after it have their number behind the
 * port's name. Caller unrefs. */
json_t *answer_to_json (const Answer *answer);

/* A line on standard output. */
void answer_print (const json_t *line);

G_END_DECLS
