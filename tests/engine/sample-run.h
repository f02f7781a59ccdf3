/* A run of the trainer to look into: a small model with fitted states, batch norm and dropout, the
 * sample feed, the reference device, a folder, and a listener that writes down all it is told. */
#pragma once

#include "engine/trainer.h"

typedef struct {
  TelarMonitor base;
  GString *log;   /* everything told, one line each */
  GArray *losses; /* double */
  gint64 first_step, parameters;
  guint polls;
  const TelarRequest *requests; /* the value of .id is the poll at which each comes */
  guint n_requests, next_request;
  const char *fork;
  int *interrupt; /* set after @interrupt_step steps */
  gint64 interrupt_step;
} Listener;

typedef struct {
  TelarGraph *graph;
  TelarFeed *feed;
  TelarDevice *device;
  char *folder;
  Listener listener;
  TelarTrainingResult result;
} Run;

void run_set_up (Run *run);
/* Removes the folder, which must hold nothing but checkpoints. */
void run_tear_down (Run *run);
/* As --set does. */
void run_set (Run *run, const char *path, const char *value);
gboolean run_try (Run *run, const char *resume, GError **error);
void run_train (Run *run, const char *resume);
/* Of the last epoch. */
double run_metric (const Run *run, const char *name);

void run_assert_same_file (const char *a, const char *b);
/* Interrupted after @step steps and taken up again with the same settings, which end with a NULL:
 * the same remaining curve, the same checkpoint. */
void run_check_resume (gint64 step, const char *const (*settings)[2]);
