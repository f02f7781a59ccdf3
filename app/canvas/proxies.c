/* What accessibility tools see of the canvas: for each node in view near at hand, and for the
 * current one wherever it is, a widget that draws nothing, says what the node is, and takes the
 * focus. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>

/* More than these in view and the nodes are too small to be read one by one. */
#define MAX_PROXIES 200

#define TELAR_TYPE_NODE_PROXY (telar_node_proxy_get_type ())
G_DECLARE_FINAL_TYPE (TelarNodeProxy, telar_node_proxy, TELAR, NODE_PROXY, GtkWidget)

struct _TelarNodeProxy {
  GtkWidget parent_instance;

  TelarSceneNode *node; /* borrowed; the proxy goes before it */
};

G_DEFINE_FINAL_TYPE (TelarNodeProxy, telar_node_proxy, GTK_TYPE_WIDGET)

static TelarCanvas *
canvas_of (TelarNodeProxy *self)
{
  return TELAR_CANVAS (gtk_widget_get_parent (GTK_WIDGET (self)));
}

static void
proxy_select (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarNodeProxy *self = TELAR_NODE_PROXY (widget);

  telar_canvas_select_node (canvas_of (self), self->node, FALSE);
}

static void
proxy_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarNodeProxy *self = TELAR_NODE_PROXY (widget);
  g_autofree char *id = g_strdup (self->node->id);

  telar_edit_remove (canvas_of (self)->document, (const char *const[]){ id, NULL }, FALSE);
}

static void
proxy_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
               int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
}

static gboolean
proxy_focus (GtkWidget *widget, GtkDirectionType direction)
{
  /* The canvas moves the focus along the wires itself. */
  return FALSE;
}

static void
telar_node_proxy_class_init (TelarNodeProxyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = proxy_measure;
  widget_class->focus = proxy_focus;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_widget_class_install_action (widget_class, "node.select", NULL, proxy_select);
  gtk_widget_class_install_action (widget_class, "node.remove", NULL, proxy_remove);
}

static void
telar_node_proxy_init (TelarNodeProxy *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

/* "Convolution, 12 filters, 3×3, output N,12,28,28, selected". */
static char *
describe (TelarCanvas *canvas, const TelarSceneNode *node)
{
  GString *text = g_string_new (NULL);
  const TelarProblem *problem =
      canvas->analysis ? telar_analysis_problem (canvas->analysis, node->id) : NULL;

  g_string_append (text, node->id);
  if (node->summary[0])
    g_string_append_printf (text, ", %s", node->summary);
  for (guint i = 0; node->shapes && node->shapes[i]; i++) {
    if (node->shapes[i][0])
      g_string_append_printf (text, ", %s %s", node->op->outputs[i].name, node->shapes[i]);
  }
  if (node->selected)
    g_string_append_printf (text, ", %s", _ ("selected"));
  if (problem)
    g_string_append_printf (text, ", %s: %s", _ ("problem"), problem->message);
  return g_string_free (text, FALSE);
}

static void
tell (TelarCanvas *canvas, TelarNodeProxy *proxy)
{
  g_autofree char *description = describe (canvas, proxy->node);

  gtk_accessible_update_property (GTK_ACCESSIBLE (proxy), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  proxy->node->title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

static void
drop_proxy (TelarCanvas *self, guint index)
{
  TelarNodeProxy *proxy = g_ptr_array_steal_index_fast (self->proxies, index);
  gboolean focused = gtk_widget_has_focus (GTK_WIDGET (proxy));

  if (proxy->node)
    proxy->node->proxy = NULL;
  gtk_widget_unparent (GTK_WIDGET (proxy));
  if (focused && gtk_widget_get_root (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
telar_canvas_drop_proxies (TelarCanvas *self)
{
  while (self->proxies->len)
    drop_proxy (self, self->proxies->len - 1);
}

static void
add_proxy (TelarCanvas *self, TelarSceneNode *node)
{
  TelarNodeProxy *proxy = g_object_new (TELAR_TYPE_NODE_PROXY, NULL);

  proxy->node = node;
  node->proxy = proxy;
  gtk_widget_set_parent (GTK_WIDGET (proxy), GTK_WIDGET (self));
  g_ptr_array_add (self->proxies, proxy);
}

static GPtrArray *
wanted_nodes (TelarCanvas *self)
{
  GPtrArray *nodes = g_ptr_array_new ();
  double zoom = self->view.zoom;
  graphene_rect_t visible =
      GRAPHENE_RECT_INIT ((float)self->view.x, (float)self->view.y,
                          (float)(gtk_widget_get_width (GTK_WIDGET (self)) / zoom),
                          (float)(gtk_widget_get_height (GTK_WIDGET (self)) / zoom));

  telar_scene_query (self->scene, &visible, nodes, NULL);
  if (nodes->len > MAX_PROXIES)
    g_ptr_array_set_size (nodes, 0);
  if (self->current && !g_ptr_array_find (nodes, self->current, NULL))
    g_ptr_array_add (nodes, self->current);
  return nodes;
}

static gboolean
refresh (gpointer data)
{
  TelarCanvas *self = data;
  g_autoptr (GPtrArray) nodes = wanted_nodes (self);
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);

  self->proxies_idle = 0;
  for (guint i = 0; i < nodes->len; i++)
    g_hash_table_add (wanted, nodes->pdata[i]);
  for (guint i = self->proxies->len; i-- > 0;) {
    if (!g_hash_table_contains (wanted, ((TelarNodeProxy *)self->proxies->pdata[i])->node))
      drop_proxy (self, i);
  }
  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];

    if (!node->proxy)
      add_proxy (self, node);
    tell (self, node->proxy);
  }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  return G_SOURCE_REMOVE;
}

void
telar_canvas_update_proxies (TelarCanvas *self)
{
  if (!self->proxies_idle)
    self->proxies_idle = g_idle_add (refresh, self);
}

void
telar_canvas_allocate_proxies (TelarCanvas *self)
{
  for (guint i = 0; i < self->proxies->len; i++) {
    TelarNodeProxy *proxy = self->proxies->pdata[i];
    const graphene_rect_t *rect = telar_scene_node_rect (proxy->node);
    graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);
    GtkAllocation place = { (int)at.x, (int)at.y, (int)(rect->size.width * self->view.zoom),
                            (int)(rect->size.height * self->view.zoom) };

    gtk_widget_size_allocate (GTK_WIDGET (proxy), &place, -1);
  }
}

void
telar_canvas_focus_current (TelarCanvas *self)
{
  g_clear_handle_id (&self->proxies_idle, g_source_remove);
  refresh (self);
  if (self->current && self->current->proxy)
    gtk_widget_grab_focus (GTK_WIDGET (self->current->proxy));
}
