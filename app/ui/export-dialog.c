/* The dialog is made of rows; the thread gets copies of all that it needs. */
#include "app/ui/export-dialog.h"

#include "app/model/export-job.h"
#include "app/ui/export-models.h"
#include "app/ui/export-rows.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TelarExportDialog {
  AdwWindow parent_instance;

  TelarDocument *document;
  char *workspace;
  GPtrArray *models; /* TelarExportModel * */
  char *file;        /* with the format's ending */

  GtkWidget *model, *format, *place;
  TelarExportRows onnx; /* what ONNX alone has */
  GtkWidget *cancel, *export;
  GtkWidget *problem, *problem_text, *show_node;
  GtkWidget *progress;
  char *node; /* at fault, or NULL */
  GCancellable *exporting;
  guint pulse;
};

G_DEFINE_FINAL_TYPE (TelarExportDialog, telar_export_dialog, ADW_TYPE_WINDOW)

enum { EXPORTED, SHOW_NODE, N_SIGNALS };

static guint signals[N_SIGNALS];

static const char *
format_of (TelarExportDialog *self)
{
  return telar_export_formats[adw_combo_row_get_selected (ADW_COMBO_ROW (self->format))];
}

/* --- where ------------------------------------------------------------------------------------ */

static void
show_place (TelarExportDialog *self)
{
  g_autofree char *folder = g_path_get_dirname (self->file);
  g_autofree char *name = g_path_get_basename (self->file);
  g_autofree char *shown = g_filename_display_name (folder);
  gboolean there = g_file_test (self->file, G_FILE_TEST_EXISTS);
  g_autofree char *text = g_markup_printf_escaped (
      there ? _ ("In %s. The file that is there will be replaced.") : _ ("In %s"), shown);
  g_autofree char *title = g_markup_escape_text (name, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->place), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->place), text);
}

void
telar_export_dialog_set_file (TelarExportDialog *self, const char *path)
{
  const char *format = format_of (self);
  gsize stem = strlen (path);

  for (guint i = 0; telar_export_formats[i]; i++) {
    g_autofree char *ending =
        g_strconcat (".", telar_export_ending (telar_export_formats[i]), NULL);

    if (g_str_has_suffix (path, ending))
      stem = strlen (path) - strlen (ending);
  }
  char *file = g_strdup_printf ("%.*s.%s", (int)stem, path, telar_export_ending (format));
  g_free (self->file);
  self->file = file;
  show_place (self);
}

static void
on_chosen (GtkFileChooserNative *chooser, int response, TelarExportDialog *self)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  g_autofree char *path = file ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path)
    telar_export_dialog_set_file (self, path);
  g_object_unref (chooser);
}

static void
on_choose (GtkButton *button, TelarExportDialog *self)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Export To"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  g_autofree char *folder = g_path_get_dirname (self->file);
  g_autofree char *name = g_path_get_basename (self->file);
  g_autoptr (GFile) start = g_file_new_for_path (folder);

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), start, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
choose_first_file (TelarExportDialog *self)
{
  const char *path = telar_document_path (self->document);
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autofree char *folder =
      path ? g_path_get_dirname (path) : g_strdup (documents ? documents : g_get_home_dir ());
  g_autofree char *file = g_build_filename (folder, telar_document_title (self->document), NULL);

  telar_export_dialog_set_file (self, file);
}

/* --- writing ---------------------------------------------------------------------------------- */

static gboolean
on_pulse (gpointer data)
{
  gtk_progress_bar_pulse (GTK_PROGRESS_BAR (TELAR_EXPORT_DIALOG (data)->progress));
  return G_SOURCE_CONTINUE;
}

static void
set_working (TelarExportDialog *self, gboolean working)
{
  GtkWidget *const rows[] = { self->model, self->format, self->onnx.group, self->place,
                              self->export };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_widget_set_sensitive (rows[i], !working);
  gtk_widget_set_opacity (self->progress, working ? 1 : 0);
  g_clear_handle_id (&self->pulse, g_source_remove);
  if (working)
    self->pulse = g_timeout_add (80, on_pulse, self);
  else
    g_clear_object (&self->exporting);
}

static void
show_problem (TelarExportDialog *self, const GError *error)
{
  const char *node = error ? telar_error_get_node (error) : NULL;

  g_free (self->node);
  self->node = g_strdup (node);
  gtk_widget_set_visible (self->problem, error != NULL);
  gtk_label_set_text (GTK_LABEL (self->problem_text), error ? error->message : "");
  gtk_widget_set_visible (
      self->show_node, node && telar_graph_find_node (telar_document_graph (self->document), node));
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarExportDialog *self = TELAR_EXPORT_DIALOG (source);
  g_autoptr (GError) error = NULL;

  if (telar_export_job_finish (result, &error)) {
    set_working (self, FALSE);
    g_signal_emit (self, signals[EXPORTED], 0, self->file);
    gtk_window_close (GTK_WINDOW (self));
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    set_working (self, FALSE);
    show_problem (self, error);
  }
}

static TelarExportJob *
job_new (TelarExportDialog *self)
{
  const TelarExportModel *model =
      self->models->pdata[adw_combo_row_get_selected (ADW_COMBO_ROW (self->model))];
  const TelarGraph *graph = telar_document_graph (self->document);
  TelarExportJob *job = g_new0 (TelarExportJob, 1);

  job->workspace = g_strdup (self->workspace);
  job->run = g_strdup (model->run);
  job->graph = telar_graph_copy (graph);
  telar_graph_set_folder (job->graph, telar_graph_folder (graph));
  job->project = g_strdup (telar_document_title (self->document));
  job->format = format_of (self);
  telar_export_rows_read (&self->onnx, &job->how);
  job->file = g_strdup (self->file);
  return job;
}

static void
on_export (GtkButton *button, TelarExportDialog *self)
{
  show_problem (self, NULL);
  self->exporting = g_cancellable_new ();
  set_working (self, TRUE);
  telar_export_job_run (job_new (self), self, self->exporting, on_written);
}

static void
on_show_node (GtkButton *button, TelarExportDialog *self)
{
  g_signal_emit (self, signals[SHOW_NODE], 0, self->node);
  gtk_window_close (GTK_WINDOW (self));
}

static gboolean
close_request (GtkWindow *window)
{
  TelarExportDialog *self = TELAR_EXPORT_DIALOG (window);

  if (self->exporting)
    g_cancellable_cancel (self->exporting);
  return GTK_WINDOW_CLASS (telar_export_dialog_parent_class)->close_request (window);
}

/* --- rows ----------------------------------------------------------------------------------- */

static GtkWidget *
build_model_row (TelarExportDialog *self)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();

  for (guint i = 0; i < self->models->len; i++)
    g_ptr_array_add (texts, ((TelarExportModel *)self->models->pdata[i])->label);
  g_ptr_array_add (texts, NULL);
  self->model = telar_combo_row (_ ("Model"), (const char *const *)texts->pdata);
  adw_combo_row_set_use_subtitle (ADW_COMBO_ROW (self->model), self->models->len > 0);
  return self->model;
}

static void
on_format (TelarExportDialog *self)
{
  gtk_widget_set_visible (self->onnx.group, g_str_equal (format_of (self), "onnx"));
  if (self->file)
    telar_export_dialog_set_file (self, self->file);
}

/* In the order of telar_export_formats. */
static GtkWidget *
build_format_row (TelarExportDialog *self)
{
  const char *const texts[] = { _ ("ONNX"), _ ("Weights alone (safetensors)"),
                                _ ("PyTorch (Python source)"), _ ("Keras (Python source)"), NULL };

  self->format = telar_combo_row (_ ("Format"), texts);
  g_signal_connect_swapped (self->format, "notify::selected", G_CALLBACK (on_format), self);
  return self->format;
}

static GtkWidget *
build_place (TelarExportDialog *self)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Choose…"));

  self->place = adw_action_row_new ();
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "clicked", G_CALLBACK (on_choose), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->place), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self->place), button);
  return self->place;
}

static GtkWidget *
group_of (const char *title, GtkWidget *first, GtkWidget *second)
{
  GtkWidget *group = adw_preferences_group_new ();

  if (title)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), first);
  if (second)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), second);
  return group;
}

/* What went wrong, and the way to where. */
static GtkWidget *
build_problem (TelarExportDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-error-symbolic");

  self->problem_text = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->problem_text), 0);
  gtk_label_set_wrap (GTK_LABEL (self->problem_text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->problem_text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (self->problem_text), TRUE);
  gtk_widget_set_hexpand (self->problem_text, TRUE);
  gtk_widget_add_css_class (self->problem_text, "problem-text");
  self->show_node = gtk_button_new_with_label (_ ("Show Node"));
  gtk_widget_set_valign (self->show_node, GTK_ALIGN_CENTER);
  g_signal_connect (self->show_node, "clicked", G_CALLBACK (on_show_node), self);
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_widget_add_css_class (box, "problem");
  gtk_widget_add_css_class (box, "error");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), self->problem_text);
  gtk_box_append (GTK_BOX (box), self->show_node);
  gtk_widget_set_visible (box, FALSE);
  return self->problem = box;
}

static GtkWidget *
build_header (TelarExportDialog *self)
{
  GtkWidget *header = adw_header_bar_new ();

  self->cancel = gtk_button_new_with_label (_ ("Cancel"));
  self->export = gtk_button_new_with_label (_ ("Export"));
  gtk_widget_add_css_class (self->export, "suggested-action");
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (gtk_window_close), self);
  g_signal_connect (self->export, "clicked", G_CALLBACK (on_export), self);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->export);
  return header;
}

/* --- the window ------------------------------------------------------------------------------- */

static void
build (TelarExportDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *scroll = gtk_scrolled_window_new ();

  self->progress = gtk_progress_bar_new ();
  gtk_widget_add_css_class (self->progress, "osd");
  gtk_widget_set_opacity (self->progress, 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Exporting"), -1);
  g_object_set (content, "margin-start", 18, "margin-end", 18, "margin-top", 12, "margin-bottom",
                24, NULL);
  gtk_box_append (GTK_BOX (box), build_header (self));
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (content), build_problem (self));
  gtk_box_append (GTK_BOX (content),
                  group_of (NULL, build_model_row (self), build_format_row (self)));
  telar_export_rows_init (&self->onnx);
  gtk_box_append (GTK_BOX (content), self->onnx.group);
  gtk_box_append (GTK_BOX (content), group_of (NULL, build_place (self), NULL));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroll), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), content);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (box), scroll);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->export);
}

static void
dispose (GObject *object)
{
  TelarExportDialog *self = TELAR_EXPORT_DIALOG (object);

  g_clear_handle_id (&self->pulse, g_source_remove);
  g_clear_object (&self->exporting);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (telar_export_dialog_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarExportDialog *self = TELAR_EXPORT_DIALOG (object);

  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_free (self->workspace);
  g_free (self->file);
  g_free (self->node);
  G_OBJECT_CLASS (telar_export_dialog_parent_class)->finalize (object);
}

static void
telar_export_dialog_class_init (TelarExportDialogClass *klass)
{
  GType type = TELAR_TYPE_EXPORT_DIALOG;

  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  GTK_WINDOW_CLASS (klass)->close_request = close_request;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close",
                                       NULL);
  signals[EXPORTED] = g_signal_new ("exported", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SHOW_NODE] = g_signal_new ("show-node", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_export_dialog_init (TelarExportDialog *self)
{
}

GtkWidget *
telar_export_dialog_new (GtkWindow *parent, TelarDocument *document, const char *workspace)
{
  TelarExportDialog *self =
      g_object_new (TELAR_TYPE_EXPORT_DIALOG, "transient-for", parent, "modal", TRUE,
                    "destroy-with-parent", TRUE, "title", _ ("Export"), "default-width", 520, NULL);

  self->document = g_object_ref (document);
  self->workspace = g_strdup (workspace);
  self->models = telar_export_models (document, workspace);
  build (self);
  choose_first_file (self);
  if (self->models->len == 0) {
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->model),
                                 _ ("Nothing is trained yet: press Train first."));
    gtk_widget_set_sensitive (self->model, FALSE);
    gtk_widget_set_sensitive (self->export, FALSE);
  }
  return GTK_WIDGET (self);
}
