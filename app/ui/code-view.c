/* The code view lowers the document as a model in use each time the analysis has something new and
 * shows what that becomes, highlighted as the desktop's text editors do. */
#include "app/ui/code-view.h"

#include "app/ui/icon-button.h"
#include "engine/checkpoint.h"
#include "engine/code.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <string.h>

struct _TelarCodeView {
  AdwWindow parent_instance;

  TelarAnalysis *analysis;
  GtkWidget *stack; /* "code", "refused", "problem" */
  GtkSourceBuffer *buffer;
  GtkWidget *view, *refused, *refused_page, *copy, *save;
  TelarCodeLibrary library;
  GtkWidget *toasts;
};

G_DEFINE_FINAL_TYPE (TelarCodeView, telar_code_view, ADW_TYPE_WINDOW)

enum { REVEAL, N_SIGNALS };

static guint signals[N_SIGNALS];

/* --- what is shown ---------------------------------------------------------------------------- */

static void
on_row (GtkListBox *list, GtkListBoxRow *row, TelarCodeView *self)
{
  g_signal_emit (self, signals[REVEAL], 0, g_object_get_data (G_OBJECT (row), "node"));
}

static void
show_refused (TelarCodeView *self, const TelarCode *code)
{
  /* Translators: the name of a library of programs, such as PyTorch. */
  g_autofree char *about =
      g_strdup_printf (_ ("These nodes have no counterpart in %s."), code->library);
  GtkListBox *list = GTK_LIST_BOX (self->refused);
  GtkListBoxRow *old;

  adw_status_page_set_description (ADW_STATUS_PAGE (self->refused_page), about);

  while ((old = gtk_list_box_get_row_at_index (list, 0)))
    gtk_list_box_remove (list, GTK_WIDGET (old));
  for (guint i = 0; i < code->refused->len; i++) {
    const TelarCodeRefusal *refusal = code->refused->pdata[i];
    g_autofree char *title = g_markup_escape_text (refusal->node, -1);
    g_autofree char *text = g_markup_printf_escaped ("%s: %s", _ (refusal->op), refusal->reason);
    GtkWidget *row = adw_action_row_new ();

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    g_object_set_data_full (G_OBJECT (row), "node", g_strdup (refusal->node), g_free);
    gtk_list_box_append (list, row);
  }
}

static void
show_source (TelarCodeView *self, const char *source)
{
  g_autofree char *old = telar_code_view_text (self);

  /* What stays the same stays where the reader has scrolled to. */
  if (!g_str_equal (old, source))
    gtk_text_buffer_set_text (GTK_TEXT_BUFFER (self->buffer), source, -1);
}

static void
update (TelarCodeView *self)
{
  TelarDocument *document = telar_analysis_document (self->analysis);
  g_autoptr (TelarLowered) lowered = telar_analysis_lower_model (self->analysis);
  g_autoptr (TelarCode) code = NULL;

  /* Without its data the shapes are not known. */
  if (lowered->program && !telar_analysis_n_errors (self->analysis))
    code = telar_code_new (telar_document_graph (document), lowered, self->library,
                           telar_document_title (document), NULL);
  if (code && code->source)
    show_source (self, code->source);
  else if (code && telar_analysis_is_busy (self->analysis))
    g_clear_pointer (&code, telar_code_free);
  else if (code)
    show_refused (self, code);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), !code          ? "problem"
                                                             : code->source ? "code"
                                                                            : "refused");
  gtk_widget_set_sensitive (self->copy, code && code->source);
  gtk_widget_set_sensitive (self->save, code && code->source);
}

char *
telar_code_view_text (TelarCodeView *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (GTK_TEXT_BUFFER (self->buffer), &start, &end);
  return gtk_text_buffer_get_text (GTK_TEXT_BUFFER (self->buffer), &start, &end, FALSE);
}

static void
follow_scheme (TelarCodeView *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleSchemeManager *schemes = gtk_source_style_scheme_manager_get_default ();

  gtk_source_buffer_set_style_scheme (
      self->buffer,
      gtk_source_style_scheme_manager_get_scheme (schemes, dark ? "Adwaita-dark" : "Adwaita"));
}

/* --- what is done with it --------------------------------------------------------------------- */

static void
toast (TelarCodeView *self, const char *text)
{
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), adw_toast_new (text));
}

static void
on_copy (TelarCodeView *self)
{
  g_autofree char *text = telar_code_view_text (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  toast (self, _ ("Copied"));
}

static void
on_chosen (GtkNativeDialog *chooser, int response, TelarCodeView *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *path = file ? g_file_get_path (file) : NULL;
  g_autofree char *text = telar_code_view_text (self);
  g_autoptr (GError) error = NULL;

  if (response == GTK_RESPONSE_ACCEPT && path) {
    if (telar_file_replace (path, text, strlen (text), &error))
      toast (self, _ ("Saved"));
    else
      toast (self, error->message);
  }
  g_object_unref (chooser);
}

static void
on_save (TelarCodeView *self)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Save Code"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  g_autofree char *name =
      g_strconcat (telar_document_title (telar_analysis_document (self->analysis)), ".py", NULL);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* --- building --------------------------------------------------------------------------------- */

static GtkWidget *
scrolled (GtkWidget *child)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), child);
  gtk_widget_set_vexpand (scroll, TRUE);
  return scroll;
}

static GtkWidget *
build_source (TelarCodeView *self)
{
  GtkSourceLanguage *python = gtk_source_language_manager_get_language (
      gtk_source_language_manager_get_default (), "python3");

  self->buffer = gtk_source_buffer_new (NULL);
  gtk_source_buffer_set_language (self->buffer, python);
  self->view = gtk_source_view_new_with_buffer (self->buffer);
  g_object_unref (self->buffer); /* the view has it */
  gtk_source_view_set_show_line_numbers (GTK_SOURCE_VIEW (self->view), TRUE);
  g_object_set (self->view, "editable", FALSE, "monospace", TRUE, "left-margin", 12, "top-margin",
                10, "bottom-margin", 10, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Source code"), -1);
  return scrolled (self->view);
}

static GtkWidget *
build_refused (TelarCodeView *self)
{
  GtkWidget *page = adw_status_page_new (), *clamp = adw_clamp_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("Not All of It Can Be Said"));
  self->refused_page = page;
  self->refused = gtk_list_box_new ();
  gtk_widget_add_css_class (self->refused, "boxed-list");
  g_signal_connect (self->refused, "row-activated", G_CALLBACK (on_row), self);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->refused);
  adw_status_page_set_child (ADW_STATUS_PAGE (page), clamp);
  return page;
}

static GtkWidget *
build_problem (void)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("No Code Yet"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (page),
      _ ("The code appears as soon as the project has no problems and gives a result."));
  return page;
}

static void
on_library (GtkToggleButton *button, TelarCodeView *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  self->library = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "library"));
  if (self->analysis)
    update (self);
}

/* Which library the code is for. */
static GtkWidget *
build_libraries (TelarCodeView *self)
{
  static const struct {
    const char *label;
    TelarCodeLibrary library;
  } libraries[] = { { "PyTorch", TELAR_CODE_PYTORCH }, { "Keras", TELAR_CODE_KERAS } };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *first = NULL;

  gtk_widget_add_css_class (box, "linked");
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Library"), -1);
  for (guint i = 0; i < G_N_ELEMENTS (libraries); i++) {
    GtkWidget *button = gtk_toggle_button_new_with_label (libraries[i].label);

    g_object_set_data (G_OBJECT (button), "library", GUINT_TO_POINTER (libraries[i].library));
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (first));
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), first == NULL);
    g_signal_connect (button, "toggled", G_CALLBACK (on_library), self);
    gtk_box_append (GTK_BOX (box), button);
    first = first ? first : button;
  }
  return box;
}

static GtkWidget *
build_header (TelarCodeView *self)
{
  GtkWidget *header = adw_header_bar_new ();

  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), build_libraries (self));
  self->copy = telar_icon_button_new ("edit-copy-symbolic", _ ("Copy"));
  self->save = telar_icon_button_new ("document-save-symbolic", _ ("Save…"));
  g_signal_connect_swapped (self->copy, "clicked", G_CALLBACK (on_copy), self);
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->copy);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->save);
  return header;
}

static void
telar_code_view_init (TelarCodeView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), build_source (self), "code");
  gtk_stack_add_named (GTK_STACK (self->stack), build_refused (self), "refused");
  gtk_stack_add_named (GTK_STACK (self->stack), build_problem (), "problem");
  gtk_box_append (GTK_BOX (box), build_header (self));
  gtk_box_append (GTK_BOX (box), self->stack);
  self->toasts = adw_toast_overlay_new ();
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (self->toasts), box);
  adw_window_set_content (ADW_WINDOW (self), self->toasts);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Code"));
  gtk_window_set_default_size (GTK_WINDOW (self), 760, 820);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (follow_scheme), self, G_CONNECT_SWAPPED);
  follow_scheme (self);
}

static void
dispose (GObject *object)
{
  g_clear_object (&TELAR_CODE_VIEW (object)->analysis);
  G_OBJECT_CLASS (telar_code_view_parent_class)->dispose (object);
}

static void
telar_code_view_class_init (TelarCodeViewClass *klass)
{
  gtk_source_init ();
  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  signals[REVEAL] = g_signal_new ("reveal", TELAR_TYPE_CODE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

GtkWidget *
telar_code_view_new (GtkWindow *parent, TelarAnalysis *analysis)
{
  TelarCodeView *self = g_object_new (TELAR_TYPE_CODE_VIEW, "transient-for", parent,
                                      "destroy-with-parent", TRUE, NULL);

  self->analysis = g_object_ref (analysis);
  g_signal_connect_object (analysis, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
