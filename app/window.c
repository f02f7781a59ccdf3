/* The window: header bar, start page or project, and what belongs to the project that it shows. */
#include "app/window.h"

#include "app/ui/icon-button.h"
#include "app/ui/run-button.h"
#include "app/ui/start-page.h"
#include "app/window-private.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarWindow, telar_window, ADW_TYPE_APPLICATION_WINDOW)

gboolean
telar_window_has_document (TelarWindow *self)
{
  return self->document || self->importing;
}

const char *
telar_window_path (TelarWindow *self)
{
  return self->document ? telar_document_path (self->document) : NULL;
}

void
telar_window_toast (TelarWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), adw_toast_new (escaped));
}

void
telar_window_show_error (TelarWindow *self, const char *heading, const GError *error)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, error->message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- the document ----------------------------------------------------------------------------- */

/* "digits-cnn •": saved or not is said in words too. */
static void
update_title (TelarWindow *self)
{
  AdwWindowTitle *title = ADW_WINDOW_TITLE (self->title);
  g_autofree char *window_title = NULL;
  const char *name, *state;

  if (!self->document) {
    adw_window_title_set_title (title, "Telar");
    adw_window_title_set_subtitle (title, "");
    gtk_window_set_title (GTK_WINDOW (self), "Telar");
    return;
  }
  name = telar_document_title (self->document);
  state = telar_document_is_modified (self->document) ? _ ("Edited")
          : telar_document_path (self->document)      ? _ ("Saved")
                                                      : _ ("Not saved yet");
  adw_window_title_set_title (title, name);
  adw_window_title_set_subtitle (title, state);
  window_title = g_strdup_printf ("%s — Telar", name);
  gtk_window_set_title (GTK_WINDOW (self), window_title);
}

/* "Undo Move", "Redo Add Dense": the menu says what. */
static void
update_edit_menu (TelarWindow *self)
{
  const char *undo = self->document ? telar_document_undo_name (self->document) : NULL;
  const char *redo = self->document ? telar_document_redo_name (self->document) : NULL;
  g_autofree char *undo_label = undo ? g_strdup_printf (_ ("Undo %s"), undo) : NULL;
  g_autofree char *redo_label = redo ? g_strdup_printf (_ ("Redo %s"), redo) : NULL;

  g_menu_remove_all (self->edit_menu);
  g_menu_append (self->edit_menu, undo ? undo_label : _ ("Undo"), "win.undo");
  g_menu_append (self->edit_menu, redo ? redo_label : _ ("Redo"), "win.redo");
  g_menu_append (self->edit_menu, _ ("History…"), "win.history");
}

static void
on_document_notify (TelarWindow *self)
{
  update_title (self);
  update_edit_menu (self);
  telar_window_update_actions (self);
}

static void
on_journal_failed (TelarDocument *document, const char *message, TelarWindow *self)
{
  g_autofree char *text = g_strdup_printf (
      _ ("Edits are not kept safe from a crash until the disk takes them: %s"), message);

  telar_window_toast (self, text);
}

static void
on_journal_restored (TelarDocument *document, TelarWindow *self)
{
  telar_window_toast (self, _ ("Edits are kept safe from a crash again"));
}

void
telar_window_show_place (TelarWindow *self)
{
  gboolean document = self->document != NULL, project = document || self->watching;
  AdwViewStack *pages = ADW_VIEW_STACK (self->pages);

  adw_view_stack_page_set_visible (adw_view_stack_get_page (pages, GTK_WIDGET (self->design)),
                                   document);
  if (self->watching && !document)
    adw_view_stack_set_visible_child_name (pages, "train");
  gtk_stack_set_visible_child_name (GTK_STACK (self->places), project ? "project" : "start");
  gtk_widget_set_visible (self->back, project);
  gtk_widget_set_visible (self->switcher, project);
  gtk_widget_set_visible (self->device, project);
  if (!project)
    telar_start_page_refresh (TELAR_START_PAGE (self->start));
}

void
telar_window_set_document (TelarWindow *self, TelarDocument *document)
{
  telar_window_stop_import (self);
  telar_window_close_code (self);
  if (self->document) {
    g_signal_handlers_disconnect_by_data (self->document, self);
    telar_document_close (self->document);
  }
  g_clear_object (&self->analysis);
  g_set_object (&self->document, document);
  if (document) {
    self->analysis = telar_analysis_new (document);
    g_signal_connect_object (document, "notify::modified", G_CALLBACK (on_document_notify), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (document, "disk-changed", G_CALLBACK (telar_window_look_at_disk), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (document, "journal-failed", G_CALLBACK (on_journal_failed), self, 0);
    g_signal_connect_object (document, "journal-restored", G_CALLBACK (on_journal_restored), self,
                             0);
  }
  telar_design_page_set_document (self->design, document, self->analysis);
  telar_train_page_set_document (self->train, document, self->analysis);
  self->watching = FALSE;
  telar_window_show_place (self);
  if (document) {
    adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
    gtk_widget_grab_focus (GTK_WIDGET (telar_design_page_canvas (self->design)));
  }
  telar_window_update_training (self);
  on_document_notify (self);
}

/* --- closing ---------------------------------------------------------------------------------- */

static void
close_now (TelarWindow *self)
{
  self->closing = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
close_request (GtkWindow *window)
{
  TelarWindow *self = TELAR_WINDOW (window);

  if (self->document && telar_document_is_modified (self->document) && !self->closing) {
    telar_window_leave_document (self, close_now);
    return GDK_EVENT_STOP;
  }
  telar_window_stop_import (self);
  if (self->document)
    telar_document_close (self->document);
  return GTK_WINDOW_CLASS (telar_window_parent_class)->close_request (window);
}

/* --- building --------------------------------------------------------------------------------- */

static GMenuModel *
build_menu (TelarWindow *self)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) file = g_menu_new (), find = g_menu_new ();
  g_autoptr (GMenu) view = g_menu_new (), help = g_menu_new ();

  g_menu_append (file, _ ("New"), "win.new");
  g_menu_append (file, _ ("Open…"), "win.open");
  g_menu_append (file, _ ("Save"), "win.save");
  g_menu_append (file, _ ("Save As…"), "win.save-as");
  g_menu_append (file, _ ("Export…"), "win.export");
  g_menu_append (file, _ ("Compare With…"), "win.compare");
  g_menu_append (file, _ ("Open a Remote Workspace…"), "win.open-remote");
  self->edit_menu = g_menu_new ();
  g_menu_append (find, _ ("Find…"), "win.find-node");
  g_menu_append (find, _ ("Bookmarks"), "win.bookmarks");
  g_menu_append (find, _ ("My Operators…"), "win.operators");
  /* In a menu of its own: the whole is no higher than a small screen. */
  g_menu_append (view, _ ("Palette"), "win.palette");
  g_menu_append (view, _ ("Inspector"), "win.inspector");
  g_menu_append (view, _ ("Overview"), "win.minimap");
  g_menu_append (view, _ ("Code"), "win.code");
  g_menu_append (view, _ ("Costs of Nodes"), "win.costs");
  g_menu_append_submenu (find, _ ("View"), G_MENU_MODEL (view));
  g_menu_append (help, _ ("Preferences"), "app.preferences");
  g_menu_append (help, _ ("Help"), "app.help");
  g_menu_append (help, _ ("Keyboard Shortcuts"), "win.show-help-overlay");
  g_menu_append (help, _ ("About Telar"), "app.about");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (file));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (self->edit_menu));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (find));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (help));
  return G_MENU_MODEL (menu);
}

static GtkWidget *
build_header (TelarWindow *self)
{
  GtkWidget *header = adw_header_bar_new (), *menu = gtk_menu_button_new ();
  g_autoptr (GMenuModel) model = build_menu (self);
  g_autofree char *device = NULL;
  guint threads = g_get_num_processors ();

  self->title = adw_window_title_new ("Telar", "");
  self->back = telar_icon_button_new ("go-previous-symbolic", _ ("Projects"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->back), "win.close-project");
  self->switcher = adw_view_switcher_new ();
  adw_view_switcher_set_policy (ADW_VIEW_SWITCHER (self->switcher), ADW_VIEW_SWITCHER_POLICY_WIDE);
  adw_view_switcher_set_stack (ADW_VIEW_SWITCHER (self->switcher), ADW_VIEW_STACK (self->pages));
  device = g_strdup_printf (ngettext ("CPU, %u thread", "CPU, %u threads", threads), threads);
  self->device = gtk_label_new (device);
  gtk_widget_add_css_class (self->device, "dim-label");
  gtk_widget_add_css_class (self->device, "figures");
  gtk_widget_set_tooltip_text (self->device, _ ("Where training runs"));
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (menu), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (menu), model);
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (menu), TRUE);
  telar_widget_set_name (menu, _ ("Main Menu"));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), self->title);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->back);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->switcher);
  self->run_button = telar_run_button_new ();
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), menu);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->run_button);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->device);
  return header;
}

/* What a run has found at a node is looked at where the node is drawn. */
static void
on_node_wanted (TelarTrainPage *page, const char *node, TelarWindow *self)
{
  if (!self->document)
    return;
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "design");
  telar_design_page_reveal (self->design, node);
}

static void
on_run_wanted (TelarComparePage *page, gint64 run, TelarWindow *self)
{
  telar_train_page_show_run (self->train, run);
  adw_view_stack_set_visible_child_name (ADW_VIEW_STACK (self->pages), "train");
}

static void
build_pages (TelarWindow *self)
{
  g_autofree char *workspace = telar_workspace_path ();
  AdwViewStackPage *page;

  self->pages = adw_view_stack_new ();
  self->design = TELAR_DESIGN_PAGE (telar_design_page_new ());
  page = adw_view_stack_add_titled (ADW_VIEW_STACK (self->pages), GTK_WIDGET (self->design),
                                    "design", _ ("Design"));
  adw_view_stack_page_set_icon_name (page, "applications-graphics-symbolic");
  self->train = TELAR_TRAIN_PAGE (telar_train_page_new ());
  page = adw_view_stack_add_titled (ADW_VIEW_STACK (self->pages), GTK_WIDGET (self->train), "train",
                                    _ ("Train"));
  adw_view_stack_page_set_icon_name (page, "media-playback-start-symbolic");
  telar_train_page_set_workspace (self->train, workspace);
  self->compare = TELAR_COMPARE_PAGE (telar_compare_page_new ());
  page = adw_view_stack_add_titled (ADW_VIEW_STACK (self->pages), GTK_WIDGET (self->compare),
                                    "compare", _ ("Compare"));
  adw_view_stack_page_set_icon_name (page, "view-list-symbolic");
  telar_compare_page_set_workspace (self->compare, workspace);
  g_signal_connect_object (self->compare, "open", G_CALLBACK (on_run_wanted), self, 0);
  g_signal_connect_object (self->train, "node-wanted", G_CALLBACK (on_node_wanted), self, 0);
  g_signal_connect_object (self->design, "message", G_CALLBACK (telar_window_toast), self,
                           G_CONNECT_SWAPPED);
}

static void
on_start_open (TelarStartPage *page, const char *path, TelarWindow *self)
{
  telar_window_open (self, path);
}

static void
on_start_sample (TelarStartPage *page, const char *path, const char *title, TelarWindow *self)
{
  telar_window_open_sample (self, path, title);
}

static void
on_start_recover (TelarStartPage *page, const char *journal, TelarWindow *self)
{
  telar_window_recover (self, journal);
}

static GtkWidget *
build_start (TelarWindow *self)
{
  GtkWidget *start = self->start = telar_start_page_new ();

  g_signal_connect (start, "open", G_CALLBACK (on_start_open), self);
  g_signal_connect (start, "open-sample", G_CALLBACK (on_start_sample), self);
  g_signal_connect (start, "recover", G_CALLBACK (on_start_recover), self);
  return start;
}

static void
telar_window_init (TelarWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  build_pages (self);
  self->places = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->places), build_start (self), "start");
  gtk_stack_add_named (GTK_STACK (self->places), self->pages, "project");
  gtk_stack_set_transition_type (GTK_STACK (self->places), GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  gtk_stack_set_transition_duration (GTK_STACK (self->places), 150);
  gtk_widget_set_vexpand (self->places, TRUE);
  gtk_box_append (GTK_BOX (box), build_header (self));
  gtk_box_append (GTK_BOX (box), self->places);
  self->toasts = adw_toast_overlay_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (self->toasts), box);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (self), self->toasts);
  gtk_window_set_default_size (GTK_WINDOW (self), 1280, 800);
  telar_window_add_drop_target (self);
  telar_window_add_actions (self);
  telar_window_add_export_actions (self);
  telar_window_add_code_actions (self);
  telar_window_add_training_actions (self);
  telar_window_add_heat_actions (self);
  telar_window_add_remote_actions (self);
  telar_window_add_help_actions (self);
  telar_window_set_document (self, NULL);
  telar_window_find_run (self);
}

/* Such actions hold widgets of the window, which hold the window's actions. */
static void
drop_property_actions (TelarWindow *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self));

  for (guint i = 0; names[i]; i++) {
    if (G_IS_PROPERTY_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), names[i])))
      g_action_map_remove_action (G_ACTION_MAP (self), names[i]);
  }
}

static void
dispose (GObject *object)
{
  TelarWindow *self = TELAR_WINDOW (object);

  drop_property_actions (self);
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->session)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  g_clear_object (&self->analysis);
  g_clear_object (&self->document);
  g_clear_object (&self->edit_menu);
  g_clear_weak_pointer (&self->disk_dialog);
  g_clear_weak_pointer (&self->code);
  G_OBJECT_CLASS (telar_window_parent_class)->dispose (object);
}

static void
telar_window_class_init (TelarWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  GTK_WINDOW_CLASS (klass)->close_request = close_request;
}

TelarWindow *
telar_window_new (TelarApplication *application)
{
  return g_object_new (TELAR_TYPE_WINDOW, "application", application, NULL);
}
