/* What accessibility tools see of the canvas: for each node in view near at hand, and for the
 * current one wherever it is, a widget that draws nothing, says what the node is, and takes the
 * focus. Few in view have their ports and wires told, too; the current one always has. */
#include "app/canvas/proxy-parts.h"

#include <glib/gi18n.h>

/* More than these in view and the nodes are too small to be read one by one. */
#define MAX_PROXIES 200
/* More than these and only the current node has parts. */
#define MAX_WITH_PARTS 48
/* Panning changes what is in view with every frame. */
#define REFRESH_MS  80
#define PORT_RADIUS 6

#define TELAR_TYPE_NODE_PROXY (telar_node_proxy_get_type ())
G_DECLARE_FINAL_TYPE (TelarNodeProxy, telar_node_proxy, TELAR, NODE_PROXY, GtkWidget)

struct _TelarNodeProxy {
  GtkWidget parent_instance;

  TelarSceneNode *node; /* borrowed; the proxy goes before it */
  char *told;
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
drop_parts (GtkWidget *proxy)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (proxy)))
    gtk_widget_unparent (child);
}

static void
proxy_dispose (GObject *object)
{
  drop_parts (GTK_WIDGET (object));
  g_clear_pointer (&TELAR_NODE_PROXY (object)->told, g_free);
  G_OBJECT_CLASS (telar_node_proxy_parent_class)->dispose (object);
}

static void
telar_node_proxy_class_init (TelarNodeProxyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = proxy_dispose;
  telar_proxy_class_init (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_widget_class_install_action (widget_class, "node.select", NULL, proxy_select);
  gtk_widget_class_install_action (widget_class, "node.remove", NULL, proxy_remove);
}

static void
telar_node_proxy_init (TelarNodeProxy *self)
{
  telar_proxy_init (GTK_WIDGET (self));
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

  telar_proxy_tell (GTK_WIDGET (proxy), &proxy->told, proxy->node->title, description);
}

/* --- relations -------------------------------------------------------------------------------- */

/* Where the node's wires lead, as far as it has a proxy. */
static void
relate (TelarNodeProxy *proxy)
{
  GValue value = G_VALUE_INIT;
  g_autoptr (GList) next = NULL;

  for (guint i = 0; i < proxy->node->edges->len; i++) {
    const TelarSceneEdge *edge = proxy->node->edges->pdata[i];

    if (edge->from == proxy->node && edge->to->proxy && !g_list_find (next, edge->to->proxy))
      next = g_list_append (next, edge->to->proxy);
  }
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (proxy), GTK_ACCESSIBLE_RELATION_FLOW_TO);
  if (!next)
    return;
  g_value_init (&value, G_TYPE_POINTER);
  g_value_set_pointer (&value, next);
  gtk_accessible_update_relation_value (
      GTK_ACCESSIBLE (proxy), 1, (GtkAccessibleRelation[]){ GTK_ACCESSIBLE_RELATION_FLOW_TO },
      &value);
  g_value_unset (&value);
  next = NULL; /* the relation owns the list */
}

static void
forget_relations (TelarCanvas *self)
{
  for (guint i = 0; i < self->proxies->len; i++)
    gtk_accessible_reset_relation (self->proxies->pdata[i], GTK_ACCESSIBLE_RELATION_FLOW_TO);
}

/* --- coming and going ------------------------------------------------------------------------- */

/* The canvas takes the focus of what goes, until the current node has a proxy again. */
static void
drop_focused (TelarCanvas *self, GtkWidget *proxy)
{
  GtkRoot *root = gtk_widget_get_root (proxy);
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  gboolean focused = focus && (focus == proxy || gtk_widget_is_ancestor (focus, proxy));

  gtk_widget_unparent (proxy);
  if (focused)
    gtk_root_set_focus (root, GTK_WIDGET (self));
}

static void
drop_proxy (TelarCanvas *self, guint index)
{
  TelarNodeProxy *proxy = g_ptr_array_steal_index_fast (self->proxies, index);

  if (proxy->node)
    proxy->node->proxy = NULL;
  drop_focused (self, GTK_WIDGET (proxy));
}

void
telar_canvas_drop_proxies (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer wire;

  forget_relations (self);
  g_hash_table_iter_init (&iter, self->wire_proxies);
  while (g_hash_table_iter_next (&iter, NULL, &wire)) {
    drop_focused (self, wire);
    g_hash_table_iter_remove (&iter);
  }
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

/* The ports of a node, and the wires at it whose other end is seen, too. */
static void
add_parts (TelarCanvas *self, TelarSceneNode *node)
{
  GtkWidget *proxy = node->proxy;

  if (gtk_widget_get_first_child (proxy))
    return;
  for (guint side = 0; side < 2; side++) {
    for (guint port = 0; port < (side ? node->n_outputs : node->n_inputs); port++)
      gtk_widget_set_parent (telar_port_proxy_new (node, side == 1, port), proxy);
  }
}

static void
tell_parts (TelarCanvas *self, TelarSceneNode *node, GHashTable *wires)
{
  add_parts (self, node);
  for (GtkWidget *child = gtk_widget_get_first_child (node->proxy); child;
       child = gtk_widget_get_next_sibling (child))
    telar_port_proxy_tell (child);
  for (guint i = 0; i < node->edges->len; i++) {
    TelarSceneEdge *edge = node->edges->pdata[i];
    GtkWidget *wire = g_hash_table_lookup (self->wire_proxies, edge);

    if (!g_hash_table_add (wires, edge))
      continue;
    if (!wire) {
      wire = telar_wire_proxy_new (edge);
      gtk_widget_set_parent (wire, GTK_WIDGET (self));
      g_hash_table_insert (self->wire_proxies, edge, wire);
    }
    telar_wire_proxy_tell (wire);
  }
}

/* Where the keyboard is, or where the wire that it holds would go. */
static gboolean
is_attended (TelarCanvas *self, const TelarSceneNode *node)
{
  return node == self->current || node == self->wiring.target.node;
}

static void
update_parts (TelarCanvas *self)
{
  g_autoptr (GHashTable) wires = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer edge, wire;

  for (guint i = 0; i < self->proxies->len; i++) {
    TelarNodeProxy *proxy = self->proxies->pdata[i];

    if (self->proxies->len <= MAX_WITH_PARTS || is_attended (self, proxy->node))
      tell_parts (self, proxy->node, wires);
    else
      drop_parts (GTK_WIDGET (proxy));
  }
  g_hash_table_iter_init (&iter, self->wire_proxies);
  while (g_hash_table_iter_next (&iter, &edge, &wire)) {
    if (g_hash_table_contains (wires, edge))
      continue;
    drop_focused (self, wire);
    g_hash_table_iter_remove (&iter);
  }
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
  if (self->wiring.target.node && !g_ptr_array_find (nodes, self->wiring.target.node, NULL))
    g_ptr_array_add (nodes, self->wiring.target.node);
  return nodes;
}

static gboolean
refresh (gpointer data)
{
  TelarCanvas *self = data;
  g_autoptr (GPtrArray) nodes = wanted_nodes (self);
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);

  self->proxies_idle = 0;
  forget_relations (self);
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
  for (guint i = 0; i < nodes->len; i++)
    relate (((TelarSceneNode *)nodes->pdata[i])->proxy);
  update_parts (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  if (gtk_widget_is_focus (GTK_WIDGET (self)) && self->current)
    gtk_widget_grab_focus (self->current->proxy);
  return G_SOURCE_REMOVE;
}

void
telar_canvas_update_proxies (TelarCanvas *self)
{
  if (!self->proxies_idle)
    self->proxies_idle = g_timeout_add (REFRESH_MS, refresh, self);
}

static void
allocate_ports (TelarCanvas *self, TelarSceneNode *node)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  int size = MAX (1, (int)(2 * PORT_RADIUS * self->view.zoom));
  GtkWidget *child = gtk_widget_get_first_child (node->proxy);

  for (guint i = 0; child; i++, child = gtk_widget_get_next_sibling (child)) {
    gboolean output = i >= node->n_inputs;
    graphene_point_t at = telar_scene_port (node, output, output ? i - node->n_inputs : i);

    gtk_widget_size_allocate (
        child,
        &(GtkAllocation){ (int)((at.x - rect->origin.x) * self->view.zoom) - size / 2,
                          (int)((at.y - rect->origin.y) * self->view.zoom) - size / 2, size, size },
        -1);
  }
}

static void
allocate_wires (TelarCanvas *self)
{
  GHashTableIter iter;
  gpointer key, wire;

  g_hash_table_iter_init (&iter, self->wire_proxies);
  while (g_hash_table_iter_next (&iter, &key, &wire)) {
    const graphene_rect_t *rect = &((TelarSceneEdge *)key)->item.bounds;
    graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);

    gtk_widget_size_allocate (
        wire,
        &(GtkAllocation){ (int)at.x, (int)at.y, MAX (1, (int)(rect->size.width * self->view.zoom)),
                          MAX (1, (int)(rect->size.height * self->view.zoom)) },
        -1);
  }
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
    allocate_ports (self, proxy->node);
  }
  allocate_wires (self);
}

/* --- the focus -------------------------------------------------------------------------------- */

/* What is to take the focus must be there now. */
static void
refresh_now (TelarCanvas *self)
{
  g_clear_handle_id (&self->proxies_idle, g_source_remove);
  refresh (self);
}

void
telar_canvas_focus_current (TelarCanvas *self)
{
  refresh_now (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

GtkWidget *
telar_canvas_current_proxy (TelarCanvas *self)
{
  if (self->proxies_idle)
    refresh_now (self);
  return self->current ? self->current->proxy : NULL;
}

void
telar_canvas_focus_port (TelarCanvas *self, TelarSceneNode *node, gboolean output, guint port)
{
  GtkWidget *child;

  refresh_now (self);
  child = node->proxy ? gtk_widget_get_first_child (node->proxy) : NULL;
  for (; child; child = gtk_widget_get_next_sibling (child)) {
    if (telar_port_proxy_is_for (child, output, port))
      gtk_widget_grab_focus (child);
  }
}

void
telar_canvas_focus_wire (TelarCanvas *self, TelarSceneEdge *edge)
{
  GtkWidget *wire;

  refresh_now (self);
  wire = g_hash_table_lookup (self->wire_proxies, edge);
  if (wire)
    gtk_widget_grab_focus (wire);
}
