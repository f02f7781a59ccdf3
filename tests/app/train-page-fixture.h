/* What the tests of the Train page share: the page in a window, a workspace, recordings into it. */
#pragma once

#include "app/ui/train-page.h"
#include "engine/monitor.h"

G_BEGIN_DECLS

#define STEPS_PER_EPOCH 200

typedef struct {
  char *workspace;
  GtkWidget *window;
  TelarTrainPage *page;
} PageFixture;

void page_set_up (PageFixture *fixture, gconstpointer data);
void page_tear_down (PageFixture *fixture, gconstpointer data);

/* The chart of a group of tags; for test_find. */
gboolean page_is_chart (GtkWidget *widget, const char *group);
/* The last step in the first series of a chart; 0 without one. */
gint64 page_last_step (PageFixture *fixture, const char *group);
void page_wait_for_step (PageFixture *fixture, const char *group, gint64 step);

/* A recorder that has begun: 10 epochs. */
TelarMonitor *page_begin (PageFixture *fixture, const char *run, gint64 first_step);
/* Records what a training tells from step @from to step @to. */
void page_train (TelarMonitor *monitor, gint64 from, gint64 to);

G_END_DECLS
