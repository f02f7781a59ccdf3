/* What window.c (what the window shows) and the other files of the window share. */
#pragma once

#include "app/compare/compare-page.h"
#include "app/project/analysis.h"
#include "app/session/session.h"
#include "app/ui/design-page.h"
#include "app/ui/train-page.h"
#include "app/window.h"

G_BEGIN_DECLS

struct _TelarWindow {
  AdwApplicationWindow parent_instance;

  TelarDocument *document; /* NULL on the start page */
  TelarAnalysis *analysis;
  TelarSession *session; /* the run that goes on, or the last one; NULL: none yet */

  GCancellable *importing; /* of the import that goes on, or NULL */

  GtkWidget *toasts;
  GtkWidget *start;
  GtkWidget *places; /* stack: "start", "project" */
  GtkWidget *pages;  /* view stack: "design", "train", "compare" */
  GtkWidget *title;
  GMenu *edit_menu;       /* names what would be undone */
  GtkWidget *code;        /* the model as source code, or NULL */
  GtkWidget *disk_dialog; /* what to do with a file that changed; or NULL */
  GtkWidget *back, *switcher, *device, *run_button;
  TelarDesignPage *design;
  TelarTrainPage *train;
  TelarComparePage *compare;
  gint64 shown_run;  /* in the store; 0: none */
  gboolean watching; /* the run is shown though no project is open */
  gboolean closing;  /* the question about unsaved edits was answered */
};

void telar_window_set_document (TelarWindow *self, TelarDocument *document);
/* Start page or project, as the document and the watching say. */
void telar_window_show_place (TelarWindow *self);
void telar_window_toast (TelarWindow *self, const char *text);
/* A dialog for what went wrong: @heading, and the error's message below. */
void telar_window_show_error (TelarWindow *self, const char *heading, const GError *error);
void telar_window_add_actions (TelarWindow *self);
void telar_window_update_actions (TelarWindow *self);
/* window-import.c: opens another program's model; failures are shown. Any other document that the
 * window takes ends it. */
void telar_window_import (TelarWindow *self, const char *path);
void telar_window_stop_import (TelarWindow *self);
void telar_window_add_drop_target (TelarWindow *self);
void telar_window_add_export_actions (TelarWindow *self); /* window-export.c */
void telar_window_add_code_actions (TelarWindow *self);   /* window-code.c */
void telar_window_close_code (TelarWindow *self);
/* window-help.c: help, and the way from pane to pane. */
void telar_window_add_help_actions (TelarWindow *self);
/* window-save.c */
void telar_window_add_save_actions (TelarWindow *self);
GtkFileChooserNative *telar_window_choose_file (TelarWindow *self, const char *title,
                                                GtkFileChooserAction action);
char *telar_window_chosen_path (GtkFileChooserNative *chooser, int response); /* or NULL */
/* Asks, or tells, when the document's file is not what it was. */
void telar_window_look_at_disk (TelarWindow *self);
void telar_window_add_heat_actions (TelarWindow *self);   /* window-heat.c */
void telar_window_add_remote_actions (TelarWindow *self); /* window-remote.c */
void telar_window_close_remote (TelarWindow *self);
/* window-training.c: its actions, and the run that was found going on at the start. */
void telar_window_add_training_actions (TelarWindow *self);
void telar_window_update_training (TelarWindow *self);
void telar_window_find_run (TelarWindow *self);
/* Calls @done once the document is saved, or its edits given up; not when the user stays. */
void telar_window_leave_document (TelarWindow *self, void (*done) (TelarWindow *self));

G_END_DECLS
