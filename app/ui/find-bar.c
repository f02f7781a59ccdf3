/* The bar holds what is typed and the list of what answers; the list's selection is the node that
 * the canvas shows. */
#include "app/ui/find-bar.h"

#include "app/canvas/find.h"
#include "app/canvas/theme.h"
#include "app/ui/cut-label.h"
#include "app/ui/icon-button.h"

#include <glib/gi18n.h>

/* More rows than a person reads. */
#define MOST_ROWS 200

struct _TelarFindBar {
  GtkWidget parent_instance;

  TelarCanvas *canvas;
  TelarDocument *document;
  GtkWidget *panel, *entry, *count, *list, *scroll;
  GPtrArray *found; /* TelarFound * */
  int at;           /* the one that is shown, -1: none yet */
};

G_DEFINE_FINAL_TYPE (TelarFindBar, telar_find_bar, GTK_TYPE_WIDGET)

enum { GO, N_SIGNALS };

static guint signals[N_SIGNALS];

/* The panel comes and goes as a child: accessibility tools are not told of children that are shown
 * or hidden. */
static gboolean
is_open (TelarFindBar *self)
{
  return gtk_widget_get_parent (self->panel) != NULL;
}

/* --- what answers ----------------------------------------------------------------------------- */

static GtkWidget *
make_row (const TelarFound *found)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *title = gtk_label_new (found->title), *about = gtk_label_new (NULL);
  g_autofree char *text =
      found->what ? g_strdup_printf ("%s · %s", found->path, found->what) : g_strdup (found->path);

  gtk_label_set_text (GTK_LABEL (about), text);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  telar_label_cut (title, PANGO_ELLIPSIZE_END);
  telar_label_cut (about, PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_widget_add_css_class (about, "dim-label");
  gtk_widget_add_css_class (about, "caption");
  gtk_box_append (GTK_BOX (box), telar_tile_new (found->op->category, 24));
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), about);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  telar_widget_set_name (row, found->title);
  return row;
}

static void
tell_count (TelarFindBar *self)
{
  g_autofree char *text = NULL;

  if (self->found->len == 0)
    text = gtk_editable_get_text (GTK_EDITABLE (self->entry))[0] ? g_strdup (_ ("Nothing found"))
                                                                 : g_strdup ("");
  else if (self->at < 0)
    text = g_strdup_printf ("%u", self->found->len);
  else
    /* Translators: which of the answers is shown: "3 of 17". */
    text = g_strdup_printf (_ ("%d of %u"), self->at + 1, self->found->len);
  gtk_label_set_text (GTK_LABEL (self->count), text);
}

/* Those of the drawing that is edited. */
static void
mark (TelarFindBar *self)
{
  const char *place = self->document ? telar_document_place (self->document) : "";
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; is_open (self) && i < self->found->len; i++) {
    const TelarFound *found = self->found->pdata[i];

    if (g_str_equal (found->place, place))
      g_ptr_array_add (ids, found->id);
  }
  g_ptr_array_add (ids, NULL);
  telar_canvas_mark (self->canvas, (const char *const *)ids->pdata);
}

static void
search (TelarFindBar *self)
{
  GtkListBox *list = GTK_LIST_BOX (self->list);
  GtkWidget *child;

  g_clear_pointer (&self->found, g_ptr_array_unref);
  self->found =
      self->document && is_open (self)
          ? telar_find_nodes (self->document, gtk_editable_get_text (GTK_EDITABLE (self->entry)))
          : g_ptr_array_new ();
  self->at = -1;
  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_list_box_remove (list, child);
  for (guint i = 0; i < MIN (self->found->len, MOST_ROWS); i++)
    gtk_list_box_append (list, make_row (self->found->pdata[i]));
  gtk_widget_set_visible (self->scroll, self->found->len > 0);
  tell_count (self);
  mark (self);
}

/* --- going ------------------------------------------------------------------------------------ */

/* The row comes into view while the text keeps the focus. */
static void
show_row (TelarFindBar *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), self->at);
  GtkAdjustment *adjustment =
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroll));
  graphene_rect_t bounds;

  gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  if (row && gtk_widget_compute_bounds (GTK_WIDGET (row), self->list, &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

static void
go_to (TelarFindBar *self, int at)
{
  g_autofree char *path = NULL;

  self->at = at;
  show_row (self);
  tell_count (self);
  path = g_strdup (((const TelarFound *)self->found->pdata[at])->path);
  g_signal_emit (self, signals[GO], 0, path);
}

static void
step (TelarFindBar *self, int by)
{
  int n = (int)self->found->len;

  if (n > 0)
    go_to (self, self->at < 0 ? (by > 0 ? 0 : n - 1) : (self->at + by + n) % n);
}

static void
on_next (TelarFindBar *self)
{
  step (self, 1);
}

static void
on_previous (TelarFindBar *self)
{
  step (self, -1);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TelarFindBar *self)
{
  go_to (self, gtk_list_box_row_get_index (row));
}

static void
take_away (TelarFindBar *self)
{
  if (is_open (self))
    gtk_widget_unparent (self->panel);
  search (self);
}

static void
close_bar (TelarFindBar *self)
{
  take_away (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
        TelarFindBar *self)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;

  if (key == GDK_KEY_Escape)
    close_bar (self);
  else if (key == GDK_KEY_Down || (enter && !(state & GDK_SHIFT_MASK)))
    step (self, 1);
  else if (key == GDK_KEY_Up || enter)
    step (self, -1);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

void
telar_find_bar_open (TelarFindBar *self)
{
  if (!is_open (self))
    gtk_widget_set_parent (self->panel, GTK_WIDGET (self));
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  search (self);
}

/* What was found may be gone or called otherwise; the place in the list stays. */
static void
on_document_changed (TelarFindBar *self)
{
  int at = self->at;

  if (!is_open (self))
    return;
  search (self);
  self->at = MIN (at, (int)self->found->len - 1);
  show_row (self);
  tell_count (self);
}

void
telar_find_bar_set_document (TelarFindBar *self, TelarDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document) {
    g_signal_connect_object (document, "changed", G_CALLBACK (on_document_changed), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (document, "entered", G_CALLBACK (mark), self, G_CONNECT_SWAPPED);
  }
  take_away (self);
}

/* --- the widget ------------------------------------------------------------------------------- */

static GtkWidget *
build_line (TelarFindBar *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *previous = telar_icon_button_new ("go-up-symbolic", _ ("Previous (Shift+Enter)"));
  GtkWidget *next = telar_icon_button_new ("go-down-symbolic", _ ("Next (Enter)"));
  GtkWidget *close = telar_icon_button_new ("window-close-symbolic", _ ("Close (Escape)"));
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->entry = gtk_entry_new ();
  gtk_entry_set_has_frame (GTK_ENTRY (self->entry), FALSE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), _ ("Name, operator or filters=12"));
  telar_widget_set_name (self->entry, _ ("Find nodes"));
  gtk_widget_set_hexpand (self->entry, TRUE);
  self->count = gtk_label_new ("");
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_widget_add_css_class (self->count, "figures");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (self->entry, keys);
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (search), self);
  g_signal_connect_swapped (previous, "clicked", G_CALLBACK (on_previous), self);
  g_signal_connect_swapped (next, "clicked", G_CALLBACK (on_next), self);
  g_signal_connect_swapped (close, "clicked", G_CALLBACK (close_bar), self);
  gtk_box_append (GTK_BOX (line), gtk_image_new_from_icon_name ("edit-find-symbolic"));
  gtk_box_append (GTK_BOX (line), self->entry);
  gtk_box_append (GTK_BOX (line), self->count);
  for (guint i = 0; i < 3; i++) {
    GtkWidget *button = ((GtkWidget *[]){ previous, next, close })[i];

    gtk_widget_add_css_class (button, "flat");
    gtk_widget_set_focus_on_click (button, FALSE);
    gtk_box_append (GTK_BOX (line), button);
  }
  return line;
}

static void
dispose (GObject *object)
{
  TelarFindBar *self = TELAR_FIND_BAR (object);

  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_object (&self->document);
  g_clear_pointer (&self->found, g_ptr_array_unref);
  if (self->panel && is_open (self))
    gtk_widget_unparent (self->panel);
  g_clear_object (&self->panel);
  G_OBJECT_CLASS (telar_find_bar_parent_class)->dispose (object);
}

static void
telar_find_bar_class_init (TelarFindBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "telar-find");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SEARCH);
  signals[GO] = g_signal_new ("go", TELAR_TYPE_FIND_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_find_bar_init (TelarFindBar *self)
{
  self->at = -1;
  self->found = g_ptr_array_new ();
  self->panel = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  gtk_widget_add_css_class (self->panel, "find-bar");
  gtk_widget_set_size_request (self->panel, 420, -1);
  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "navigation-sidebar");
  gtk_widget_set_focusable (self->list, FALSE);
  telar_widget_set_name (self->list, _ ("Nodes found"));
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  self->scroll = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroll), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroll), 220);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroll), self->list);
  gtk_box_append (GTK_BOX (self->panel), build_line (self));
  gtk_box_append (GTK_BOX (self->panel), self->scroll);
}

GtkWidget *
telar_find_bar_new (TelarCanvas *canvas)
{
  TelarFindBar *self = g_object_new (TELAR_TYPE_FIND_BAR, NULL);

  self->canvas = canvas;
  return GTK_WIDGET (self);
}
