/* The canvas as a widget, and how it follows its document. */
#include "app/canvas/canvas-private.h"

#include "app/canvas/arrange.h"
#include "app/canvas/tiles.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarCanvas, telar_canvas, GTK_TYPE_WIDGET)

static TelarOperatorDrag *
operator_drag_copy (TelarOperatorDrag *drag)
{
  return g_memdup2 (drag, sizeof *drag);
}

G_DEFINE_BOXED_TYPE (TelarOperatorDrag, telar_operator_drag, operator_drag_copy, g_free)

enum {
  SELECTION_CHANGED,
  VIEW_CHANGED,
  NODE_ACTIVATED,
  MESSAGE,
  ARRANGING,
  KEEP_GROUP,
  PROBE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
telar_canvas_message (TelarCanvas *self, const GError *error)
{
  g_signal_emit (self, signals[MESSAGE], 0, error->message);
}

void
telar_canvas_mark (TelarCanvas *self, const char *const *ids)
{
  g_clear_pointer (&self->marked, g_hash_table_unref);
  if (ids[0])
    self->marked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; ids[i]; i++)
    g_hash_table_add (self->marked, g_strdup (ids[i]));
  telar_scene_mark (self->scene, self->marked);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

/* --- following document and analysis ---------------------------------------------------------- */

static void
annotate (TelarCanvas *self)
{
  const GPtrArray *nodes = telar_scene_nodes (self->scene);

  for (guint i = 0; self->analysis && i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];
    const TelarProblem *problem = telar_analysis_problem (self->analysis, node->id);
    char **shapes = g_new0 (char *, node->n_outputs + 1);

    for (guint port = 0; port < node->n_outputs; port++) {
      char *shape = telar_analysis_shape (self->analysis, node->id, node->op->outputs[port].name);

      shapes[port] = shape ? shape : g_strdup ("");
    }
    telar_scene_annotate (self->scene, node, shapes,
                          !problem                                   ? TELAR_BADGE_NONE
                          : problem->severity == TELAR_PROBLEM_ERROR ? TELAR_BADGE_ERROR
                                                                     : TELAR_BADGE_WARNING);
  }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The wire is selected again where it is still there. */
static void
reselect_wire (TelarCanvas *self, const char *from, const char *to, guint port, guint slot)
{
  const TelarSceneNode *node = telar_scene_find (self->scene, to);

  for (guint i = 0; node && i < node->edges->len; i++) {
    TelarSceneEdge *edge = node->edges->pdata[i];

    if (edge->to == node && edge->to_port == port && edge->to_slot == slot &&
        g_str_equal (edge->from->id, from))
      telar_canvas_select_edge (self, edge);
  }
}

/* Items may go with the sync: what points at them is kept by name. */
static void
sync_scene (TelarCanvas *self)
{
  g_auto (GStrv) selected = telar_canvas_selection (self);
  g_auto (GStrv) notes = telar_canvas_selected_notes (self);
  g_autofree char *current = self->current ? g_strdup (self->current->id) : NULL;
  const TelarSceneEdge *wire = self->selected_edge;
  g_autofree char *from = wire ? g_strdup (wire->from->id) : NULL;
  g_autofree char *to = wire ? g_strdup (wire->to->id) : NULL;
  guint port = wire ? wire->to_port : 0, slot = wire ? wire->to_slot : 0;

  telar_canvas_cancel_drag (self);
  telar_canvas_drop_proxies (self);
  telar_canvas_deselect (self);
  self->hover = (TelarHit){ 0 };
  self->current = NULL;
  self->drop_edge = NULL;
  self->drop_node = NULL;
  telar_scene_sync (self->scene, telar_document_drawing (self->document));
  telar_canvas_sync_notes (self);
  annotate (self);
  telar_scene_mark (self->scene, self->marked);
  telar_canvas_select (self, (const char *const *)selected);
  telar_canvas_add_notes_to_selection (self, (const char *const *)notes);
  if (from)
    reselect_wire (self, from, to, port, slot);
  if (current)
    self->current = telar_scene_find (self->scene, current);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
on_document_changed (TelarCanvas *self)
{
  sync_scene (self);
}

/* Another drawing: nothing of the last one stays. */
static void
on_entered (TelarCanvas *self)
{
  telar_canvas_finish_note (self);
  telar_canvas_cancel_arranging (self);
  telar_canvas_deselect (self);
  self->current = NULL;
  sync_scene (self);
  if (telar_graph_is_unarranged (telar_document_drawing (self->document)))
    telar_canvas_arrange (self);
  telar_canvas_fit (self, FALSE);
}

void
telar_canvas_set_document (TelarCanvas *self, TelarDocument *document, TelarAnalysis *analysis)
{
  telar_canvas_finish_note (self);
  telar_canvas_cancel_arranging (self);
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (self->analysis)
    g_signal_handlers_disconnect_by_data (self->analysis, self);
  g_set_object (&self->document, document);
  g_set_object (&self->analysis, analysis);
  if (!document)
    return;
  self->placed = FALSE;
  g_signal_connect_object (document, "changed", G_CALLBACK (on_document_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "entered", G_CALLBACK (on_entered), self, G_CONNECT_SWAPPED);
  if (analysis)
    g_signal_connect_object (analysis, "changed", G_CALLBACK (annotate), self, G_CONNECT_SWAPPED);
  sync_scene (self);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
on_theme (TelarCanvas *self)
{
  telar_theme_load (&self->theme);
  telar_scene_redraw (self->scene);
  telar_canvas_forget_notes (self);
  telar_pills_clear (self->pills);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TelarCanvas *self = TELAR_CANVAS (widget);

  if ((!self->placed || self->untouched) && self->document && width > 1)
    telar_canvas_show_start (self);
  telar_canvas_allocate_proxies (self);
  telar_canvas_allocate_note_proxies (self);
  telar_canvas_allocate_editor (self);
  telar_frame_memory_keep_shared (&self->memory, widget);
  if (self->quick_add)
    gtk_popover_present (GTK_POPOVER (self->quick_add));
  if (self->menu)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *minimum = 120;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 800 : 600;
  *minimum_baseline = *natural_baseline = -1;
}

static void
css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (telar_canvas_parent_class)->css_changed (widget, change);
  g_clear_object (&TELAR_CANVAS (widget)->card_context);
  telar_scene_redraw (TELAR_CANVAS (widget)->scene);
  telar_canvas_forget_notes (TELAR_CANVAS (widget));
  telar_pills_clear (TELAR_CANVAS (widget)->pills);
}

static void
dispose (GObject *object)
{
  TelarCanvas *self = TELAR_CANVAS (object);

  telar_canvas_set_document (self, NULL, NULL);
  telar_canvas_cancel_drag (self);
  telar_canvas_drop_proxies (self);
  telar_canvas_drop_note_proxies (self);
  g_clear_handle_id (&self->proxies_idle, g_source_remove);
  g_clear_object (&self->animation);
  g_clear_object (&self->card_context);
  g_clear_pointer (&self->quick_add, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_pointer (&self->heats, g_hash_table_unref);
  g_clear_pointer (&self->probes, g_ptr_array_unref);
  G_OBJECT_CLASS (telar_canvas_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarCanvas *self = TELAR_CANVAS (object);

  g_hash_table_unref (self->selection);
  g_clear_pointer (&self->marked, g_hash_table_unref);
  g_ptr_array_unref (self->proxies);
  g_hash_table_unref (self->wire_proxies);
  g_ptr_array_unref (self->notes);
  g_ptr_array_unref (self->note_proxies);
  g_array_unref (self->moving.nodes);
  g_array_unref (self->moving.notes);
  g_hash_table_unref (self->moving.held);
  g_array_unref (self->moving.siblings);
  g_array_unref (self->moving.guides);
  g_array_unref (self->cut_line);
  g_hash_table_unref (self->cut_wires);
  telar_scene_free (self->scene);
  telar_pills_free (self->pills);
  telar_tiles_free (self->tiles);
  telar_frame_memory_clear (&self->memory);
  g_hash_table_unref (self->drawn.selection);
  G_OBJECT_CLASS (telar_canvas_parent_class)->finalize (object);
}

/* The keyboard comes back to the node where it was. */
static gboolean
grab_focus (GtkWidget *widget)
{
  GtkWidget *proxy = telar_canvas_current_proxy (TELAR_CANVAS (widget));

  return proxy ? gtk_widget_grab_focus (proxy)
               : GTK_WIDGET_CLASS (telar_canvas_parent_class)->grab_focus (widget);
}

static void
telar_canvas_class_init (TelarCanvasClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  telar_frame_memory_keep_heap ();
  object_class->dispose = dispose;
  object_class->finalize = finalize;
  widget_class->snapshot = telar_canvas_snapshot;
  widget_class->size_allocate = size_allocate;
  widget_class->measure = measure;
  widget_class->css_changed = css_changed;
  widget_class->grab_focus = grab_focus;
  gtk_widget_class_set_css_name (widget_class, "telar-canvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  telar_canvas_add_fix_action (widget_class);
  telar_canvas_add_actions (widget_class);
  telar_canvas_add_edit_actions (widget_class);
  telar_canvas_add_drawing_actions (widget_class);
  telar_canvas_add_note_actions (widget_class);
  telar_canvas_add_library_actions (widget_class);

  signals[SELECTION_CHANGED] =
      g_signal_new ("selection-changed", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[VIEW_CHANGED] = g_signal_new ("view-changed", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[NODE_ACTIVATED] = g_signal_new ("node-activated", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[KEEP_GROUP] = g_signal_new ("keep-group", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PROBE] = g_signal_new ("probe", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[ARRANGING] = g_signal_new ("arranging", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[MESSAGE] = g_signal_new ("message", TELAR_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_canvas_init (TelarCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->scene = telar_scene_new ();
  self->pills = telar_pills_new ();
  self->tiles = telar_tiles_new ();
  self->drawn.selection = g_hash_table_new (NULL, NULL);
  self->drawn.zoom = 1;
  self->selection = g_hash_table_new (NULL, NULL);
  self->proxies = g_ptr_array_new ();
  self->wire_proxies = g_hash_table_new (NULL, NULL);
  self->notes = telar_canvas_new_notes ();
  self->note_proxies = g_ptr_array_new ();
  self->current_bend = -1;
  self->moving.notes = g_array_new (FALSE, FALSE, sizeof (TelarHeldNote));
  self->moving.nodes = g_array_new (FALSE, FALSE, sizeof (TelarHeld));
  self->moving.held = g_hash_table_new (NULL, NULL);
  self->moving.siblings = g_array_new (FALSE, FALSE, sizeof (graphene_rect_t));
  self->moving.guides = g_array_new (FALSE, FALSE, sizeof (TelarGuide));
  self->cut_line = g_array_new (FALSE, FALSE, sizeof (graphene_point_t));
  self->cut_wires = g_hash_table_new (NULL, NULL);
  self->view.zoom = 1;
  self->animation = adw_timed_animation_new (
      widget, 0, 1, 180, adw_callback_animation_target_new (telar_canvas_animate, self, NULL));
  telar_theme_load (&self->theme);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (on_theme), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (on_theme), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_widget_set_vexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Network"), -1);
  telar_canvas_add_gestures (self);
  telar_canvas_add_keys (self);
  telar_canvas_add_drop_target (self);
}

GtkWidget *
telar_canvas_new (void)
{
  return g_object_new (TELAR_TYPE_CANVAS, NULL);
}
