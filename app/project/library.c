/* The library reads its folder when it is first asked and whenever something in it changes. */
#include "app/project/library.h"

#include "app/project/group-copy.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define ENDING    ".telar"
#define SETTLE_MS 200

struct _TelarLibrary {
  GObject parent_instance;

  char *folder;
  GPtrArray *entries; /* TelarLibraryEntry *, sorted by name */
  char *problems;
  GFileMonitor *monitor;
  guint settle;
};

G_DEFINE_FINAL_TYPE (TelarLibrary, telar_library, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
entry_free (gpointer data)
{
  TelarLibraryEntry *entry = data;

  g_free ((char *)entry->op.name);
  g_free (entry->name);
  g_free (entry->path);
  telar_graph_free (entry->graph);
  g_free (entry);
}

/* --- reading ---------------------------------------------------------------------------------- */

static TelarLibraryEntry *
read_entry (const char *path, const char *name, GError **error)
{
  g_autoptr (TelarGraph) graph = telar_graph_load (path, error);
  const TelarGraph *drawing = graph ? telar_graph_find_group (graph, name) : NULL;
  TelarLibraryEntry *entry;

  if (!graph)
    return NULL;
  if (!drawing) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("%s has no group \"%s\""), path, name);
    return NULL;
  }
  entry = g_new0 (TelarLibraryEntry, 1);
  entry->name = g_strdup (name);
  entry->path = g_strdup (path);
  entry->drawing = drawing;
  entry->op = *telar_graph_group_operator (drawing);
  entry->op.name = g_strconcat (TELAR_LIBRARY_PREFIX, name, NULL);
  entry->op.doc = N_ ("An operator of your own, from the library.");
  entry->op.params = NULL;
  /* It stands for a group until it is used, and is none itself. */
  entry->op.lower = NULL;
  entry->graph = g_steal_pointer (&graph);
  return entry;
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  const TelarLibraryEntry *const *x = a, *const *y = b;

  return strcmp ((*x)->name, (*y)->name);
}

static void
read_folder (TelarLibrary *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  GString *problems = g_string_new (NULL);
  const char *file;

  g_ptr_array_set_size (self->entries, 0);
  while (dir && (file = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (self->folder, file, NULL);
    g_autofree char *name = NULL;
    g_autoptr (GError) error = NULL;
    TelarLibraryEntry *entry;

    if (!g_str_has_suffix (file, ENDING))
      continue;
    name = g_strndup (file, strlen (file) - strlen (ENDING));
    entry = read_entry (path, name, &error);
    if (entry)
      g_ptr_array_add (self->entries, entry);
    else
      g_string_append_printf (problems, "%s: %s\n", file, error->message);
  }
  g_ptr_array_sort (self->entries, by_name);
  g_free (self->problems);
  self->problems = g_string_free (problems, FALSE);
}

static void
reload (TelarLibrary *self)
{
  g_clear_handle_id (&self->settle, g_source_remove);
  read_folder (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
on_settled (gpointer self)
{
  ((TelarLibrary *)self)->settle = 0;
  reload (self);
  return G_SOURCE_REMOVE;
}

/* Programs write in several steps. */
static void
on_folder_changed (TelarLibrary *self)
{
  g_clear_handle_id (&self->settle, g_source_remove);
  self->settle = g_timeout_add (SETTLE_MS, on_settled, self);
}

/* --- asking ----------------------------------------------------------------------------------- */

const GPtrArray *
telar_library_entries (TelarLibrary *self)
{
  return self->entries;
}

const char *
telar_library_problems (TelarLibrary *self)
{
  return self->problems;
}

const char *
telar_library_folder (TelarLibrary *self)
{
  return self->folder;
}

const TelarLibraryEntry *
telar_library_find (TelarLibrary *self, const char *name)
{
  if (g_str_has_prefix (name, TELAR_LIBRARY_PREFIX))
    name += strlen (TELAR_LIBRARY_PREFIX);
  for (guint i = 0; i < self->entries->len; i++) {
    const TelarLibraryEntry *entry = self->entries->pdata[i];

    if (g_str_equal (entry->name, name))
      return entry;
  }
  return NULL;
}

const TelarLibraryEntry *
telar_library_find_for (TelarLibrary *self, const TelarGraph *drawing)
{
  const char *title = telar_graph_group_title (drawing);
  const TelarLibraryEntry *entry = telar_library_find (self, telar_graph_group_name (drawing));
  g_autofree char *name = title ? telar_library_name (title) : NULL;

  return entry || !name ? entry : telar_library_find (self, name);
}

/* --- keeping ---------------------------------------------------------------------------------- */

char *
telar_library_name (const char *title)
{
  g_autofree char *ascii = g_str_to_ascii (title, NULL);
  GString *name = g_string_new (NULL);

  for (const char *at = ascii; *at; at++) {
    if (g_ascii_isalnum (*at))
      g_string_append_c (name, g_ascii_tolower (*at));
    else if (name->len > 0 && name->str[name->len - 1] != '_')
      g_string_append_c (name, '_');
  }
  while (name->len > 0 && name->str[name->len - 1] == '_')
    g_string_truncate (name, name->len - 1);
  if (name->len == 0 || !g_ascii_isalpha (name->str[0]))
    g_string_prepend (name, "op_");
  return g_string_free (name, FALSE);
}

gboolean
telar_library_keep (TelarLibrary *self, const TelarGraph *drawing, const char *title,
                    GError **error)
{
  g_autofree char *name = telar_library_name (title);
  g_autofree char *file = g_strconcat (name, ENDING, NULL);
  g_autofree char *path = g_build_filename (self->folder, file, NULL);
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  TelarGraph *kept = telar_graph_add_group (graph, name, error);

  if (!kept)
    return FALSE;
  telar_graph_set_group_title (kept, title);
  if (!telar_group_redraw (graph, name, drawing, NULL, error))
    return FALSE;
  /* So that the file can be opened as a project and the group entered there. */
  if (!telar_graph_add_node (graph, telar_graph_group_operator (kept)->name, name, error))
    return FALSE;
  if (g_mkdir_with_parents (self->folder, 0700) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, _ ("the folder %s cannot be made: %s"),
                     self->folder, g_strerror (errno));
    return FALSE;
  }
  if (!telar_graph_save (graph, path, error))
    return FALSE;
  reload (self);
  return TRUE;
}

gboolean
telar_library_remove (TelarLibrary *self, const char *name, GError **error)
{
  const TelarLibraryEntry *entry = telar_library_find (self, name);

  if (entry && g_unlink (entry->path) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, _ ("%s cannot be removed: %s"), entry->path,
                     g_strerror (errno));
    return FALSE;
  }
  reload (self);
  return TRUE;
}

/* --- the object ------------------------------------------------------------------------------- */

static void
telar_library_class_init (TelarLibraryClass *klass)
{
  signals[CHANGED] = g_signal_new ("changed", TELAR_TYPE_LIBRARY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
telar_library_init (TelarLibrary *self)
{
  g_autoptr (GFile) file = NULL;

  self->folder = g_build_filename (g_get_user_data_dir (), "telar", "operators", NULL);
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  read_folder (self);
  file = g_file_new_for_path (self->folder);
  self->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (self->monitor)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (on_folder_changed), self);
}

TelarLibrary *
telar_library_get (void)
{
  static TelarLibrary *library;

  if (!library)
    library = g_object_new (TELAR_TYPE_LIBRARY, NULL);
  return library;
}
