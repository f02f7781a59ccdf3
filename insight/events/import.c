/* Event files into the store. */
#include "engine/text.h"
#include "insight/events/events-private.h"
#include "insight/events/record.h"

#include <string.h>

const char *const telar_left_out_names[TELAR_N_LEFT] = {
  [TELAR_LEFT_GRAPH] = "graphs",
  [TELAR_LEFT_AUDIO] = "audio clips",
  [TELAR_LEFT_METADATA] = "session profiles",
  [TELAR_LEFT_PICTURE] = "pictures that are no PNG of at most 8 MB",
  [TELAR_LEFT_OTHER] = "tensors of other plugins",
};

void
telar_imported_free (TelarImported *imported)
{
  if (imported == NULL)
    return;
  g_free (imported->run);
  g_free (imported);
}

/* --- values ------------------------------------------------------------------------------ */

static gboolean
add_number (TelarEventsImport *import, TelarProtoSpan name, double value, GError **error)
{
  TelarBulkTag *tag = telar_bulk_tag (import->bulk, (const char *)name.bytes, name.size, error);
  TelarWallPoint point = { import->step, import->wall, value };

  return tag != NULL && telar_bulk_add (import->bulk, tag, &point, error);
}

/* The plugin of a value's tag, which only the first of a tag needs to name. */
static TelarEventsPlugin
plugin_of (TelarEventsImport *import, const TelarSummaryValue *value)
{
  static const char *const names[TELAR_N_PLUGINS] = {
    [TELAR_PLUGIN_SCALARS] = "scalars",
    [TELAR_PLUGIN_HPARAMS] = TELAR_HPARAMS_PLUGIN,
    [TELAR_PLUGIN_HISTOGRAMS] = "histograms",
    [TELAR_PLUGIN_IMAGES] = "images",
    [TELAR_PLUGIN_TEXT] = "text",
    [TELAR_PLUGIN_PR_CURVES] = "pr_curves",
  };
  g_autofree char *tag = telar_proto_span_text (value->tag);
  gpointer known = g_hash_table_lookup (import->plugins, tag);

  if (value->plugin.size == 0)
    return GPOINTER_TO_INT (known);
  TelarEventsPlugin plugin = TELAR_PLUGIN_OTHER;
  for (guint i = 0; i < TELAR_N_PLUGINS; i++)
    if (names[i] != NULL && telar_proto_span_is (value->plugin, names[i]))
      plugin = (TelarEventsPlugin)i;
  g_hash_table_insert (import->plugins, g_steal_pointer (&tag), GINT_TO_POINTER (plugin));
  return plugin;
}

static gboolean
no_value (const TelarSummaryValue *value, const char *what, GError **error)
{
  g_autofree char *tag = telar_proto_span_text (value->tag);
  g_autofree char *valid = g_utf8_make_valid (tag, -1);

  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "“%s” holds no %s", valid, what);
  return FALSE;
}

static gboolean
add_scalar_tensor (TelarEventsImport *import, const TelarSummaryValue *value, GError **error)
{
  g_auto (TelarSummaryTensor) tensor = { 0 };

  if (!telar_summary_read_tensor (value->body, &tensor) || tensor.numbers->len != 1)
    return no_value (value, "single number", error);
  return add_number (import, value->tag, g_array_index (tensor.numbers, double, 0), error);
}

static gboolean
add_tensor (TelarEventsImport *import, const TelarSummaryValue *value, GError **error)
{
  TelarEventsPlugin plugin = plugin_of (import, value);

  switch (plugin) {
  case TELAR_PLUGIN_SCALARS:
    return add_scalar_tensor (import, value, error);
  case TELAR_PLUGIN_HPARAMS:
    return telar_hparams_read (value->content, &import->hparams) ||
           no_value (value, "hyperparameters", error);
  case TELAR_PLUGIN_HISTOGRAMS:
  case TELAR_PLUGIN_IMAGES:
  case TELAR_PLUGIN_TEXT:
  case TELAR_PLUGIN_PR_CURVES:
    return telar_events_add_media (import, plugin, value, error);
  case TELAR_PLUGIN_OTHER:
  case TELAR_N_PLUGINS:
    break;
  }
  import->result->left_out[TELAR_LEFT_OTHER]++;
  return TRUE;
}

static gboolean
add_value (TelarEventsImport *import, TelarProtoSpan bytes, GError **error)
{
  TelarSummaryValue value;

  if (!telar_summary_read (bytes, &value)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a summary is no protocol buffer");
    return FALSE;
  }
  switch (value.kind) {
  case TELAR_SUMMARY_NUMBER:
    return add_number (import, value.tag, value.number, error);
  case TELAR_SUMMARY_TENSOR:
    return add_tensor (import, &value, error);
  case TELAR_SUMMARY_AUDIO:
    import->result->left_out[TELAR_LEFT_AUDIO]++;
    return TRUE;
  case TELAR_SUMMARY_IMAGE:
  case TELAR_SUMMARY_HISTOGRAM:
    return telar_events_add_media (import, TELAR_PLUGIN_OTHER, &value, error);
  case TELAR_SUMMARY_NOTHING:
    /* torch's add_hparams puts its messages into the metadata of a value that has none. */
    if (plugin_of (import, &value) == TELAR_PLUGIN_HPARAMS)
      return telar_hparams_read (value.content, &import->hparams) ||
             no_value (&value, "hyperparameters", error);
    return TRUE;
  }
  return TRUE;
}

/* --- events ------------------------------------------------------------------------------ */

static gboolean
add_summary (TelarEventsImport *import, const TelarProtoField *summary, GError **error)
{
  TelarProto proto = telar_proto_enter (summary);
  TelarProtoField field;

  while (telar_proto_next (&proto, &field)) {
    TelarProtoSpan value = { field.bytes, field.size };
    if (telar_proto_is (&field, 1, TELAR_PROTO_BYTES) && !add_value (import, value, error))
      return FALSE;
  }
  if (proto.bad)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "a summary is no protocol buffer");
  return !proto.bad;
}

/* Fields of Event that hold something. */
enum { GRAPH = 4, SUMMARY = 5, METADATA = 8, META_GRAPH = 9 };

static gboolean
add_part (TelarEventsImport *import, const TelarProtoField *part, GError **error)
{
  switch (part->number) {
  case SUMMARY:
    return add_summary (import, part, error);
  case GRAPH:
  case META_GRAPH:
    import->result->left_out[TELAR_LEFT_GRAPH]++;
    return TRUE;
  case METADATA:
    import->result->left_out[TELAR_LEFT_METADATA]++;
    return TRUE;
  default:
    return TRUE;
  }
}

/* Takes time and step, which count for the whole event wherever they stand, and the parts, of which
 * there is mostly one. Returns their number, -1 where the bytes are no message. */
static int
read_event (TelarEventsImport *import, const guint8 *bytes, gsize size, TelarProtoField *last)
{
  TelarProto proto = telar_proto (bytes, size);
  TelarProtoField field;
  int n = 0;

  import->wall = 0;
  import->step = 0;
  while (telar_proto_next (&proto, &field)) {
    if (field.type == TELAR_PROTO_BYTES) {
      *last = field;
      n++;
    } else if (telar_proto_is (&field, 1, TELAR_PROTO_FIXED64)) {
      import->wall = telar_proto_double (field.bits);
    } else if (telar_proto_is (&field, 2, TELAR_PROTO_VARINT)) {
      import->step = (gint64)field.bits;
    }
  }
  return proto.bad ? -1 : n;
}

static gboolean
add_event (TelarEventsImport *import, const guint8 *bytes, gsize size, GError **error)
{
  TelarProto proto = telar_proto (bytes, size);
  TelarProtoField field;
  int n = read_event (import, bytes, size, &field);

  if (n < 0)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "an event is no protocol buffer");
  if (n <= 1)
    return n < 0 ? FALSE : n == 0 || add_part (import, &field, error);
  while (telar_proto_next (&proto, &field))
    if (field.type == TELAR_PROTO_BYTES && !add_part (import, &field, error))
      return FALSE;
  return TRUE;
}

/* --- files ------------------------------------------------------------------------------- */

static gboolean
read_file (TelarEventsImport *import, const char *path, GError **error)
{
  GError *failure = NULL;
  g_autoptr (TelarRecords) records = telar_records_open (path, error);
  const guint8 *bytes;
  gsize size;

  if (records == NULL)
    return FALSE;
  while (telar_records_next (records, &bytes, &size, &failure)) {
    if (add_event (import, bytes, size, &failure))
      continue;
    g_prefix_error (&failure, "%s: the record at byte %" G_GINT64_FORMAT ": ", path,
                    telar_records_offset (records));
    break;
  }
  import->result->files++;
  import->result->unfinished += (gint64)telar_records_left_over (records);
  import->result->bytes += telar_records_size (records);
  if (failure != NULL)
    g_propagate_error (error, failure);
  return failure == NULL;
}

static gboolean
finish (TelarEventsImport *import, GError **error)
{
  g_autofree char *settings =
      import->hparams.settings != NULL ? telar_json_to_text (import->hparams.settings) : NULL;

  return telar_bulk_finish (import->bulk,
                            &(TelarBulkEnd){ .status = import->hparams.status,
                                             .settings = settings,
                                             .metrics = import->hparams.metrics },
                            &import->result->summary, error);
}

static TelarImported *
import_run (TelarStore *store, const char *stem, const GPtrArray *paths, GError **error)
{
  g_autoptr (TelarImported) result = g_new0 (TelarImported, 1);
  result->run = telar_store_unused_name (store, stem, error);
  TelarRecording recording = { .run = result->run };
  g_autoptr (TelarBulk) bulk =
      result->run != NULL ? telar_bulk_new (store, &recording, error) : NULL;
  if (bulk == NULL)
    return NULL;
  g_autoptr (GHashTable) plugins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  TelarEventsImport import = {
    .store = store, .run = telar_bulk_run (bulk), .bulk = bulk, .plugins = plugins, .result = result
  };
  gboolean ok = TRUE;
  for (guint i = 0; ok && i < paths->len; i++)
    ok = read_file (&import, paths->pdata[i], error);
  ok = ok && finish (&import, error);
  telar_hparams_clear (&import.hparams);
  return ok ? g_steal_pointer (&result) : NULL;
}

/* --- folders ----------------------------------------------------------------------------- */

/* A folder with event files. */
typedef struct {
  char *stem;       /* of the run's name */
  GPtrArray *paths; /* sorted */
} Found;

static void
found_free (gpointer data)
{
  Found *found = data;

  g_free (found->stem);
  g_ptr_array_unref (found->paths);
  g_free (found);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

/* The entries of a folder as paths, sorted. */
static GPtrArray *
list_folder (const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDir) folder = g_dir_open (path, 0, &failure);
  const char *name;

  if (folder == NULL) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s", failure->message);
    return NULL;
  }
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  while ((name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (paths, g_build_filename (path, name, NULL));
  g_ptr_array_sort (paths, compare_texts);
  return paths;
}

static gboolean
is_event_file (const char *path)
{
  return strstr (strrchr (path, '/') != NULL ? strrchr (path, '/') : path, "tfevents") != NULL &&
         g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/* Links to folders are not followed: they may lead back. */
static gboolean
is_folder (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK);
}

/* @stem is NULL for the uppermost folder while it has no name of its own. */
static gboolean
look_into (const char *path, const char *top, const char *stem, GPtrArray *all, GError **error)
{
  g_autoptr (GPtrArray) entries = list_folder (path, error);

  if (entries == NULL)
    return FALSE;
  Found *found = g_new0 (Found, 1);
  found->stem = g_strdup (stem != NULL ? stem : top);
  found->paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (all, found);
  for (guint i = 0; i < entries->len; i++) {
    const char *entry = entries->pdata[i];
    g_autofree char *name = g_path_get_basename (entry);
    g_autofree char *inner = stem != NULL ? g_strconcat (stem, "-", name, NULL) : g_strdup (name);
    if (is_event_file (entry))
      g_ptr_array_add (found->paths, g_strdup (entry));
    else if (is_folder (entry) && !look_into (entry, top, inner, all, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
find_runs (const char *path, const char *name, GPtrArray *all, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  gboolean folder = g_file_test (full, G_FILE_TEST_IS_DIR);
  g_autofree char *parent = folder ? g_strdup (full) : g_path_get_dirname (full);
  g_autofree char *top = name != NULL ? g_strdup (name) : g_path_get_basename (parent);

  if (folder)
    return look_into (full, top, name, all, error);
  Found *found = g_new0 (Found, 1);
  found->stem = g_steal_pointer (&top);
  found->paths = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (found->paths, g_strdup (path));
  g_ptr_array_add (all, found);
  return TRUE;
}

GPtrArray *
telar_events_import (TelarStore *store, const char *path, const char *name, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (found_free);
  g_autoptr (GPtrArray) results =
      g_ptr_array_new_with_free_func ((GDestroyNotify)(void (*) (void))telar_imported_free);

  if (!find_runs (path, name, all, error))
    return NULL;
  for (guint i = 0; i < all->len; i++) {
    const Found *found = all->pdata[i];
    if (found->paths->len == 0)
      continue;
    TelarImported *imported = import_run (store, found->stem, found->paths, error);
    if (imported == NULL)
      return NULL;
    g_ptr_array_add (results, imported);
  }
  if (results->len > 0)
    return g_steal_pointer (&results);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: no event file here (their names hold \"tfevents\")", path);
  return NULL;
}
