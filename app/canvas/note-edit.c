/* Writing in place: a text view lies over the note, or over the title of the frame, as large as
 * that is drawn. What was written is one edit, made when the keyboard leaves or the person is done.
 */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>

#define PADDING 14

static char *
text_of (GtkWidget *editor)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

/* The editor goes first: the edit syncs the canvas. */
void
telar_canvas_finish_note (TelarCanvas *self)
{
  GtkWidget *editor = g_steal_pointer (&self->note_editor);
  TelarNoteItem *item = g_steal_pointer (&self->edited_note);
  g_autofree char *text = NULL, *id = NULL;
  TelarColour colour;

  if (!editor)
    return;
  text = g_strstrip (text_of (editor));
  id = item ? g_strdup (item->id) : NULL;
  colour = item ? item->colour : TELAR_COLOUR_GREY;
  gtk_widget_unparent (editor);
  if (id && telar_graph_find_note (telar_document_drawing (self->document), id))
    telar_edit_set_note (self->document, id, text, colour);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
finish_later (gpointer data)
{
  telar_canvas_finish_note (data);
  return G_SOURCE_REMOVE;
}

/* Not while the focus is on its way. */
static void
on_leave (GtkEventControllerFocus *focus, TelarCanvas *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, finish_later, g_object_ref (self), g_object_unref);
}

static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state,
        TelarCanvas *self)
{
  gboolean enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter;

  if (key != GDK_KEY_Escape && key != GDK_KEY_Tab &&
      !(enter && (self->edited_note->frame || state & GDK_CONTROL_MASK)))
    return GDK_EVENT_PROPAGATE;
  telar_canvas_finish_note (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  telar_canvas_focus_note (self);
  return GDK_EVENT_STOP;
}

static void
add_keys (TelarCanvas *self, GtkWidget *editor)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (focus, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (editor, keys);
  gtk_widget_add_controller (editor, focus);
}

void
telar_canvas_edit_note (TelarCanvas *self, TelarNoteItem *item)
{
  GtkWidget *editor;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  telar_canvas_finish_note (self);
  editor = gtk_text_view_new ();
  buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (editor));
  gtk_text_buffer_set_text (buffer, item->text, -1);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (editor),
                               item->frame ? GTK_WRAP_NONE : GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (editor), FALSE);
  gtk_widget_add_css_class (editor, item->frame ? "frame-editor" : "note-editor");
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  item->frame ? _ ("Title of the frame") : _ ("Text of the note"),
                                  -1);
  g_object_set_data_full (G_OBJECT (editor), "note", g_strdup (item->id), g_free);
  add_keys (self, editor);
  self->note_editor = editor;
  self->edited_note = item;
  gtk_widget_set_parent (editor, GTK_WIDGET (self));
  gtk_widget_grab_focus (editor);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  gtk_text_buffer_select_range (buffer, &start, &end);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Whose text is being written is known by its id across a sync; when it is gone, so is the editor.
 */
void
telar_canvas_follow_editor (TelarCanvas *self)
{
  const char *id =
      self->note_editor ? g_object_get_data (G_OBJECT (self->note_editor), "note") : NULL;

  if (!self->note_editor)
    return;
  self->edited_note = telar_canvas_find_note (self, id);
  if (!self->edited_note)
    g_clear_pointer (&self->note_editor, gtk_widget_unparent);
}

void
telar_canvas_allocate_editor (TelarCanvas *self)
{
  const TelarNoteItem *item = self->edited_note;
  float zoom = (float)self->view.zoom;
  graphene_point_t at;
  GskTransform *place;
  int width, height;

  if (!self->note_editor)
    return;
  at = telar_canvas_to_widget (self, item->rect.origin.x + PADDING - 2,
                               item->rect.origin.y + (item->frame ? 7 : PADDING - 4));
  width = MAX (60, (int)item->rect.size.width - 2 * PADDING + 4);
  height = item->frame ? 28 : MAX (28, (int)item->rect.size.height - 2 * PADDING + 8);
  place = gsk_transform_scale (gsk_transform_translate (NULL, &at), zoom, zoom);
  gtk_widget_measure (self->note_editor, GTK_ORIENTATION_VERTICAL, width, NULL, NULL, NULL, NULL);
  gtk_widget_allocate (self->note_editor, width, height, -1, place);
}
