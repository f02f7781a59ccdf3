/* What train-page.c (the widgets) and train-page-follow.c (what they show) share. */
#pragma once

#include "app/ui/remote-bar.h"
#include "app/ui/run-canvas.h"
#include "app/ui/run-header.h"
#include "app/ui/run-list.h"
#include "app/ui/run-section.h"
#include "app/ui/train-charts.h"
#include "app/ui/train-page.h"
#include "app/ui/watch-panel.h"
#include "insight/store.h"

G_BEGIN_DECLS

struct _TelarTrainPage {
  AdwBin parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwStatusPage *empty;
  TelarRunHeader *header;
  TelarRunList *list;
  GtkStack *sections;
  TelarTrainCharts *charts;
  TelarHistogramSection *histograms;
  TelarImageSection *images;
  TelarJudgedSection *judged;
  TelarSystemSection *system;
  TelarProfileSection *profile;
  TelarProjectionSection *projection;
  TelarLineageSection *lineage;
  TelarWatchPanel *watches;
  TelarRunCanvas *canvas;
  TelarRemoteBar *bar;
  GtkWidget *fork;

  TelarRemote *remote; /* whose runs are shown; NULL: those of the folder */
  char *folder;        /* the workspace of this machine */
  char *workspace;     /* the one that is shown */
  TelarStore *store;   /* NULL until there is one */
  gint64 wanted;       /* 0: the newest */
  gint64 run;          /* what the charts show */
  char *run_name;
  gint64 version, listed_at;
  gboolean alive, dirty;
  char *failure; /* told already */

  guint timer, timer_ms;
};

/* The same trouble at each poll is told once. */
void telar_train_page_tell (TelarTrainPage *page, const char *message);
void telar_train_page_show_nothing (TelarTrainPage *page);
void telar_train_page_set_alive (TelarTrainPage *page, gboolean alive);
/* The store may come later, or be one that cannot be read. */
gboolean telar_train_page_open_store (TelarTrainPage *page);

void telar_train_page_look_now (TelarTrainPage *page);      /* train-page-follow.c */
void telar_train_page_start_polling (TelarTrainPage *page); /* while the page is seen */
void telar_train_page_stop_polling (TelarTrainPage *page);

G_END_DECLS
