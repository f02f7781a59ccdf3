/* The menu of checkpoints. */
#include "app/ui/fork-menu.h"

#include "insight/axis.h"

#include <glib/gi18n.h>

#define MOST_HEIGHT 320 /* pixels; beyond it the list scrolls */

struct _TelarForkMenu {
  GtkPopover parent_instance;

  TelarCheckpointsFunc read;
  gpointer data;
  GtkWidget *list; /* a box of buttons */
  GtkLabel *words;
};

G_DEFINE_FINAL_TYPE (TelarForkMenu, telar_fork_menu, GTK_TYPE_POPOVER)

/* What win.fork takes. */
static char *
target_of (const char *run, const TelarCheckpoint *checkpoint)
{
  return checkpoint->newest ? g_strdup (run)
                            : g_strdup_printf ("%s:%" G_GINT64_FORMAT, run, checkpoint->step);
}

static char *
label_of (const TelarCheckpoint *checkpoint)
{
  char step[32];

  telar_axis_format ((double)checkpoint->step, TELAR_UNIT_COUNT, 15, step, sizeof step);
  return g_strdup_printf (_ ("Fork from Step %s with the Current Drawing"), step);
}

void
telar_fork_append (GMenu *menu, const char *run, const GPtrArray *checkpoints, gint64 step)
{
  guint i = 0;

  while (i < checkpoints->len && ((const TelarCheckpoint *)checkpoints->pdata[i])->step > step)
    i++;
  if (i == checkpoints->len) {
    /* Without an action it is said and cannot be chosen. */
    g_menu_append (menu, _ ("No Checkpoint Before This Step"), "win.none");
    return;
  }
  g_autofree char *label = label_of (checkpoints->pdata[i]);
  g_autofree char *target = target_of (run, checkpoints->pdata[i]);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target (item, "win.fork", "s", target);
  g_menu_append_item (menu, item);
}

static void
add_button (TelarForkMenu *menu, const char *run, const TelarCheckpoint *checkpoint)
{
  g_autofree char *label = label_of (checkpoint);
  g_autofree char *target = target_of (run, checkpoint);
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 0);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.fork");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", target);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_popover_popdown), menu);
  gtk_box_append (GTK_BOX (menu->list), button);
}

static void
on_show (TelarForkMenu *menu)
{
  const char *run;
  g_autoptr (GPtrArray) checkpoints = menu->read (&run, menu->data);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (menu->list)) != NULL)
    gtk_box_remove (GTK_BOX (menu->list), child);
  for (guint i = 0; checkpoints != NULL && i < checkpoints->len; i++)
    add_button (menu, run, checkpoints->pdata[i]);
  gtk_label_set_text (menu->words,
                      checkpoints != NULL && checkpoints->len > 0
                          ? _ ("A new run begins with the weights as they were at a checkpoint, "
                               "and with the drawing as it is now.")
                          : _ ("This run has no checkpoint yet. It keeps one at the end of an "
                               "epoch, when it is paused, and when you take one."));
}

static void
telar_fork_menu_class_init (TelarForkMenuClass *klass)
{
}

static void
telar_fork_menu_init (TelarForkMenu *menu)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  menu->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (menu->words, TRUE);
  gtk_label_set_max_width_chars (menu->words, 36);
  gtk_label_set_xalign (menu->words, 0);
  gtk_widget_add_css_class (GTK_WIDGET (menu->words), "dim-label");
  menu->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MOST_HEIGHT);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), menu->list);
  g_object_set (box, "margin-top", 6, "margin-bottom", 6, "margin-start", 6, "margin-end", 6, NULL);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (menu->words));
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_popover_set_child (GTK_POPOVER (menu), box);
  g_signal_connect (menu, "show", G_CALLBACK (on_show), NULL);
}

GtkWidget *
telar_fork_button_new (TelarCheckpointsFunc read, gpointer data)
{
  TelarForkMenu *menu = g_object_new (TELAR_TYPE_FORK_MENU, NULL);
  GtkWidget *button = gtk_menu_button_new ();

  menu->read = read;
  menu->data = data;
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Fork"));
  gtk_widget_set_tooltip_text (button, _ ("Train on from a checkpoint, as a new run"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), GTK_WIDGET (menu));
  return button;
}
