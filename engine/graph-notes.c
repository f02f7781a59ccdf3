/* What a drawing says beside its nodes: sticky notes and frames. They stand in the file and in the
 * records of undo, and nothing that computes looks at them. */
#include "engine/graph-private.h"
#include <string.h>

const char *const telar_colour_names[] = { "grey",   "blue", "green",  "yellow",
                                           "orange", "red",  "purple", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (telar_colour_names) == TELAR_N_COLOURS + 1);

#define NOTE_WIDTH  224
#define NOTE_HEIGHT 128

void
telar_note_free (gpointer data)
{
  TelarNote *note = data;
  g_free (note->id);
  g_free (note->text);
  g_free (note);
}

/* The first note that does not come before @id. */
static guint
place_of (const TelarGraph *graph, const char *id)
{
  guint low = 0, high = graph->notes->len;
  while (low < high) {
    guint middle = (low + high) / 2;
    if (strcmp (((const TelarNote *)graph->notes->pdata[middle])->id, id) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static TelarNote *
insert (TelarGraph *graph, char *id)
{
  TelarNote *note = g_new0 (TelarNote, 1);
  note->id = id;
  note->text = g_strdup ("");
  note->width = NOTE_WIDTH;
  note->height = NOTE_HEIGHT;
  g_ptr_array_insert (graph->notes, (gint)place_of (graph, id), note);
  return note;
}

static char *
free_id (const TelarGraph *graph, gboolean frame)
{
  for (guint number = 1;; number++) {
    char *id = g_strdup_printf ("%s%u", frame ? "frame" : "note", number);
    if (!telar_graph_find_note (graph, id))
      return id;
    g_free (id);
  }
}

TelarNote *
telar_graph_add_note (TelarGraph *graph, gboolean frame, const char *id, GError **error)
{
  if (id && !telar_graph_check_id (id, error))
    return NULL;
  if (id && telar_graph_find_note (graph, id)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "there is already a note \"%s\"", id);
    return NULL;
  }
  TelarNote *note = insert (graph, id ? g_strdup (id) : free_id (graph, frame));
  note->frame = frame;
  note->colour = frame ? TELAR_COLOUR_BLUE : TELAR_COLOUR_YELLOW;
  return note;
}

TelarNote *
telar_graph_find_note (const TelarGraph *graph, const char *id)
{
  guint place = place_of (graph, id);
  TelarNote *note = place < graph->notes->len ? graph->notes->pdata[place] : NULL;
  return note && strcmp (note->id, id) == 0 ? note : NULL;
}

void
telar_graph_remove_note (TelarGraph *graph, const char *id)
{
  g_return_if_fail (telar_graph_find_note (graph, id));
  g_ptr_array_remove_index (graph->notes, place_of (graph, id));
}

const GPtrArray *
telar_graph_notes (const TelarGraph *graph)
{
  return graph->notes;
}

void
telar_graph_copy_notes (TelarGraph *to, const TelarGraph *from)
{
  for (guint i = 0; i < from->notes->len; i++) {
    const TelarNote *note = from->notes->pdata[i];
    TelarNote *copy = insert (to, g_strdup (note->id));
    char *id = copy->id;
    g_free (copy->text);
    *copy = *note;
    copy->id = id;
    copy->text = g_strdup (note->text);
  }
}
