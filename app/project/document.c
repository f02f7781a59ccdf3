/* The document: one graph and two stacks of edits. An edit is committed in three steps: the patch
 * is finished, written to the journal, put on the undo stack. */
#include "app/project/document-private.h"

#define MERGE_WINDOW G_USEC_PER_SEC

G_DEFINE_FINAL_TYPE (TelarDocument, telar_document, G_TYPE_OBJECT)

enum { PROP_TITLE = 1, PROP_PATH, PROP_MODIFIED, PROP_UNDO_NAME, PROP_REDO_NAME, N_PROPS };
enum { CHANGED, ENTERED, DISK_CHANGED, JOURNAL_FAILED, JOURNAL_RESTORED, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void
edit_free (gpointer data)
{
  TelarEdit *edit = data;

  g_free (edit->name);
  g_free (edit->merge_key);
  telar_patch_free (edit->patch);
  g_free (edit);
}

TelarEdit *
telar_document_last (GPtrArray *edits)
{
  return edits->len ? edits->pdata[edits->len - 1] : NULL;
}

guint64
telar_document_serial (TelarDocument *self)
{
  const TelarEdit *edit = telar_document_last (self->undo);

  return edit ? edit->serial : 0;
}

void
telar_document_notify (TelarDocument *self)
{
  for (guint i = PROP_TITLE; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

const TelarGraph *
telar_document_graph (TelarDocument *self)
{
  return self->graph;
}

const char *
telar_document_title (TelarDocument *self)
{
  return self->title;
}

const char *
telar_document_path (TelarDocument *self)
{
  return self->path;
}

gboolean
telar_document_is_modified (TelarDocument *self)
{
  return telar_document_serial (self) != self->saved_serial;
}

/* --- drawings ----------------------------------------------------------------------------------
 */

static TelarGraph *
drawing_at (TelarDocument *self, const char *place)
{
  const TelarNode *node = *place ? telar_graph_find_node (self->graph, place) : NULL;

  return *place ? (node ? telar_operator_drawing (node->op) : NULL) : self->graph;
}

const TelarGraph *
telar_document_drawing (TelarDocument *self)
{
  return drawing_at (self, self->place);
}

const char *
telar_document_place (TelarDocument *self)
{
  return self->place;
}

gboolean
telar_document_enter (TelarDocument *self, const char *place)
{
  char *copy;

  if (!drawing_at (self, place))
    return FALSE;
  if (g_str_equal (place, self->place))
    return TRUE;
  copy = g_strdup (place);
  g_free (self->place);
  self->place = copy;
  g_signal_emit (self, signals[ENTERED], 0);
  return TRUE;
}

/* When the node that was entered is gone, as far out as need be. */
static void
leave_gone (TelarDocument *self)
{
  gboolean left = FALSE;

  while (!drawing_at (self, self->place)) {
    if (!telar_node_leave (self->place))
      *self->place = '\0';
    left = TRUE;
  }
  if (left)
    g_signal_emit (self, signals[ENTERED], 0);
}

/* --- editing ---------------------------------------------------------------------------------- */

TelarGraph *
telar_document_begin (TelarDocument *self, const char *name)
{
  g_return_val_if_fail (!self->pending, NULL);
  self->pending = telar_patch_new ();
  self->pending_name = g_strdup (name);
  return drawing_at (self, self->place);
}

TelarPatch *
telar_document_patch (TelarDocument *self)
{
  return self->pending;
}

void
telar_document_push (TelarDocument *self, char *name, const char *merge_key, TelarPatch *patch)
{
  TelarEdit *edit = g_new0 (TelarEdit, 1);

  edit->name = name;
  edit->merge_key = g_strdup (merge_key);
  edit->patch = patch;
  edit->time = g_get_monotonic_time ();
  edit->serial = ++self->next_serial;
  g_ptr_array_add (self->undo, edit);
  g_ptr_array_set_size (self->redo, 0);
}

/* Whether the next edit belongs to the last one: the same thing is still being changed, and the
 * state between them is not the saved one. */
static gboolean
may_merge (TelarDocument *self, const char *merge_key)
{
  const TelarEdit *edit = telar_document_last (self->undo);

  return edit && merge_key && g_strcmp0 (edit->merge_key, merge_key) == 0 &&
         edit->serial != self->saved_serial && self->redo->len == 0 &&
         g_get_monotonic_time () - edit->time < MERGE_WINDOW;
}

/* Takes patch and name. */
static void
record (TelarDocument *self, char *name, const char *merge_key, TelarPatch *patch, gboolean merge)
{
  TelarEdit *edit = telar_document_last (self->undo);

  if (!merge) {
    telar_document_push (self, name, merge_key, patch);
    return;
  }
  telar_patch_merge (edit->patch, patch);
  edit->time = g_get_monotonic_time ();
  edit->serial = ++self->next_serial;
  telar_patch_free (patch);
  g_free (name);
}

gboolean
telar_document_commit (TelarDocument *self, const char *merge_key)
{
  TelarPatch *patch = g_steal_pointer (&self->pending);
  char *name = g_steal_pointer (&self->pending_name);
  gboolean merge = may_merge (self, merge_key);

  g_return_val_if_fail (patch, FALSE);
  telar_patch_finish (patch, self->graph);
  if (telar_patch_changes (patch)->len == 0) {
    telar_patch_free (patch);
    g_free (name);
    return FALSE;
  }
  telar_document_journal (self, merge ? "merge" : "edit", name, patch);
  g_signal_emit (self, signals[CHANGED], 0, patch, TELAR_PATCH_FORWARD);
  record (self, name, merge_key, patch, merge);
  telar_document_notify (self);
  return TRUE;
}

void
telar_document_record (TelarDocument *self, const char *name, TelarPatch *patch)
{
  leave_gone (self);
  g_signal_emit (self, signals[CHANGED], 0, patch, TELAR_PATCH_FORWARD);
  telar_document_push (self, g_strdup (name), NULL, patch);
}

void
telar_document_abort (TelarDocument *self)
{
  g_autoptr (GError) error = NULL;

  telar_patch_finish (self->pending, self->graph);
  if (!telar_patch_apply (self->pending, self->graph, TELAR_PATCH_BACK, &error))
    g_critical ("an edit could not be taken back: %s", error->message);
  g_clear_pointer (&self->pending, telar_patch_free);
  g_clear_pointer (&self->pending_name, g_free);
}

static void
step (TelarDocument *self, GPtrArray *from, GPtrArray *to, TelarPatchDirection direction)
{
  g_autoptr (GError) error = NULL;
  TelarEdit *edit;

  if (from->len == 0 || self->pending)
    return;
  edit = g_ptr_array_steal_index (from, from->len - 1);
  if (!telar_patch_apply (edit->patch, self->graph, direction, &error))
    g_critical ("an edit could not be repeated: %s", error->message);
  edit->time = 0;
  leave_gone (self);
  g_ptr_array_add (to, edit);
  telar_document_journal (self, direction == TELAR_PATCH_BACK ? "undo" : "redo", edit->name,
                          edit->patch);
  g_signal_emit (self, signals[CHANGED], 0, edit->patch, direction);
  telar_document_notify (self);
}

void
telar_document_undo (TelarDocument *self)
{
  step (self, self->undo, self->redo, TELAR_PATCH_BACK);
}

void
telar_document_redo (TelarDocument *self)
{
  step (self, self->redo, self->undo, TELAR_PATCH_FORWARD);
}

const char *
telar_document_undo_name (TelarDocument *self)
{
  const TelarEdit *edit = telar_document_last (self->undo);

  return edit ? edit->name : NULL;
}

const char *
telar_document_redo_name (TelarDocument *self)
{
  const TelarEdit *edit = telar_document_last (self->redo);

  return edit ? edit->name : NULL;
}

/* --- history ---------------------------------------------------------------------------------- */

guint
telar_document_n_edits (TelarDocument *self)
{
  return self->undo->len + self->redo->len;
}

guint
telar_document_n_done (TelarDocument *self)
{
  return self->undo->len;
}

const char *
telar_document_edit_name (TelarDocument *self, guint index)
{
  const TelarEdit *edit = index < self->undo->len
                              ? self->undo->pdata[index]
                              : self->redo->pdata[telar_document_n_edits (self) - 1 - index];

  return edit->name;
}

void
telar_document_jump (TelarDocument *self, guint n_done)
{
  n_done = MIN (n_done, telar_document_n_edits (self));
  g_object_freeze_notify (G_OBJECT (self)); /* one change, however far it leads */
  while (self->undo->len > n_done)
    telar_document_undo (self);
  while (self->undo->len < n_done)
    telar_document_redo (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* --- the object ------------------------------------------------------------------------------- */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TelarDocument *self = TELAR_DOCUMENT (object);

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_PATH:
    g_value_set_string (value, self->path);
    break;
  case PROP_MODIFIED:
    g_value_set_boolean (value, telar_document_is_modified (self));
    break;
  case PROP_UNDO_NAME:
    g_value_set_string (value, telar_document_undo_name (self));
    break;
  case PROP_REDO_NAME:
    g_value_set_string (value, telar_document_redo_name (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
finalize (GObject *object)
{
  TelarDocument *self = TELAR_DOCUMENT (object);

  telar_document_drop_journal (self, FALSE);
  telar_journal_base_clear (&self->base);
  g_clear_pointer (&self->pending, telar_patch_free);
  g_clear_pointer (&self->pending_name, g_free);
  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);
  g_clear_pointer (&self->graph, telar_graph_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->disk, g_free);
  telar_document_unwatch (self);
  g_clear_pointer (&self->loose_weights, g_free);
  g_clear_pointer (&self->place, g_free);
  G_OBJECT_CLASS (telar_document_parent_class)->finalize (object);
}

static void
telar_document_class_init (TelarDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = get_property;
  object_class->finalize = finalize;

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  props[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, flags);
  props[PROP_UNDO_NAME] = g_param_spec_string ("undo-name", NULL, NULL, NULL, flags);
  props[PROP_REDO_NAME] = g_param_spec_string ("redo-name", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[CHANGED] = g_signal_new ("changed", TELAR_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_INT);
  signals[ENTERED] = g_signal_new ("entered", TELAR_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[DISK_CHANGED] = g_signal_new ("disk-changed", TELAR_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[JOURNAL_FAILED] = g_signal_new ("journal-failed", TELAR_TYPE_DOCUMENT, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[JOURNAL_RESTORED] = g_signal_new ("journal-restored", TELAR_TYPE_DOCUMENT,
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
telar_document_init (TelarDocument *self)
{
  self->place = g_strdup ("");
  self->undo = g_ptr_array_new_with_free_func (edit_free);
  self->redo = g_ptr_array_new_with_free_func (edit_free);
}
