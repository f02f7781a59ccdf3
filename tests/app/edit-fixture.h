/* A sample's document, for tests of edits, with what it was before the first of them. */
#pragma once

#include "tests/app/support.h"

typedef struct {
  TelarDocument *document;
  char *before; /* its text */
} EditFixture;

void edit_set_up (EditFixture *f, gconstpointer sample);
void edit_tear_down (EditFixture *f, gconstpointer sample);

/* Of the drawing that is edited: itself, a node, the wire into a node's first input. */
const TelarGraph *edit_drawing (EditFixture *f);
const TelarNode *edit_node (EditFixture *f, const char *id);
const TelarEdge *edit_incoming (EditFixture *f, const char *id);

/* One step back and all is as it was; one forward and all is as after it. */
void edit_check_undo (EditFixture *f, const char *before);
/* What was written is read as what it was. */
void edit_check_file (EditFixture *f);

/* Runs @add, which names the tests, with a state folder of its own; main's status. */
int edit_test_main (int argc, char **argv, void (*add) (void));
