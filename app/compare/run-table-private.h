/* What run-table.c (the table), run-columns.c (which columns) and run-edits.c (what is done to
 * runs) share. */
#pragma once

#include "app/compare/run-table.h"

G_BEGIN_DECLS

struct _TelarRunTable {
  AdwBin parent_instance;

  TelarRunSet *set;
  GtkColumnView *view;
  GtkFilterListModel *filtered;
  GtkCustomFilter *filter;
  GtkMultiSelection *selection;
  GtkWidget *search, *count, *columns_box, *stack;
  GRegex *pattern;    /* NULL: all */
  GHashTable *hidden; /* gint64 *: deleted, not yet for good */
  GPtrArray *pending; /* gint64 *, the runs of the last deletion */
  gboolean chosen;    /* the person has chosen the columns */
  GSimpleActionGroup *actions;
};

void telar_run_table_fill_columns (TelarRunTable *table); /* run-columns.c */
GtkWidget *telar_run_table_columns_button (TelarRunTable *table);

void telar_run_table_add_actions (TelarRunTable *table); /* run-edits.c */
void telar_run_table_update_actions (TelarRunTable *table);
GMenuModel *telar_run_table_menu (void); /* borrowed */
void telar_run_table_toggle_star (TelarRunItem *item, gpointer table);
void telar_run_table_tell (TelarRunTable *table, const GError *error);
void telar_run_table_emit (TelarRunTable *table, const char *signal, gint64 run, gint64 other);

G_END_DECLS
