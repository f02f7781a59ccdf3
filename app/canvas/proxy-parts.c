/* Proxies of ports and wires. */
#include "app/canvas/proxy-parts.h"

#include <glib/gi18n.h>

static TelarCanvas *
canvas_of (GtkWidget *proxy)
{
  return TELAR_CANVAS (gtk_widget_get_ancestor (proxy, TELAR_TYPE_CANVAS));
}

void
telar_proxy_tell (GtkWidget *proxy, char **told, const char *name, const char *description)
{
  g_autofree char *text = g_strconcat (name, "\n", description, NULL);

  if (g_strcmp0 (*told, text) == 0)
    return;
  g_free (*told);
  *told = g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (proxy), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
}

/* The canvas moves the focus itself. */
static gboolean
focus (GtkWidget *widget, GtkDirectionType direction)
{
  return FALSE;
}

/* The canvas draws the ring around it. */
static void
state_flags_changed (GtkWidget *widget, GtkStateFlags before)
{
  GtkStateFlags changed = before ^ gtk_widget_get_state_flags (widget);
  GtkWidget *canvas = gtk_widget_get_ancestor (widget, TELAR_TYPE_CANVAS);

  if (canvas && changed & (GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE))
    gtk_widget_queue_draw (canvas);
}

void
telar_proxy_class_init (GtkWidgetClass *widget_class, GtkAccessibleRole role)
{
  widget_class->measure = measure;
  widget_class->state_flags_changed = state_flags_changed;
  widget_class->focus = focus;
  gtk_widget_class_set_accessible_role (widget_class, role);
}

void
telar_proxy_init (GtkWidget *widget)
{
  gtk_widget_set_can_target (widget, FALSE);
  gtk_widget_set_focusable (widget, TRUE);
}

/* --- ports ------------------------------------------------------------------------------------ */

#define TELAR_TYPE_PORT_PROXY (telar_port_proxy_get_type ())
G_DECLARE_FINAL_TYPE (TelarPortProxy, telar_port_proxy, TELAR, PORT_PROXY, GtkWidget)

struct _TelarPortProxy {
  GtkWidget parent_instance;

  TelarSceneNode *node;
  gboolean output;
  guint port;
  char *told;
};

G_DEFINE_FINAL_TYPE (TelarPortProxy, telar_port_proxy, GTK_TYPE_WIDGET)

static void
port_wire (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TelarPortProxy *self = TELAR_PORT_PROXY (widget);
  TelarCanvas *canvas = canvas_of (widget);

  telar_canvas_cancel_drag (canvas);
  telar_canvas_select_node (canvas, self->node, FALSE);
  telar_canvas_wire_from (canvas, self->node, self->output, self->port);
}

static TelarSceneEdge *
last_wire (const TelarPortProxy *self)
{
  TelarSceneEdge *last = NULL;

  for (guint i = 0; i < self->node->edges->len; i++) {
    TelarSceneEdge *edge = self->node->edges->pdata[i];

    if (!self->output && edge->to == self->node && edge->to_port == self->port &&
        (!last || edge->to_slot > last->to_slot))
      last = edge;
  }
  return last;
}

static void
port_disconnect (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const TelarSceneEdge *edge = last_wire (TELAR_PORT_PROXY (widget));
  g_autofree char *to = edge ? g_strdup (edge->to->id) : NULL;

  if (edge)
    telar_edit_disconnect (canvas_of (widget)->document, to, edge->to_port, edge->to_slot);
}

static void
port_finalize (GObject *object)
{
  g_free (TELAR_PORT_PROXY (object)->told);
  G_OBJECT_CLASS (telar_port_proxy_parent_class)->finalize (object);
}

static void
telar_port_proxy_class_init (TelarPortProxyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = port_finalize;
  telar_proxy_class_init (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
  gtk_widget_class_install_action (widget_class, "port.wire", NULL, port_wire);
  gtk_widget_class_install_action (widget_class, "port.disconnect", NULL, port_disconnect);
}

static void
telar_port_proxy_init (TelarPortProxy *self)
{
  telar_proxy_init (GTK_WIDGET (self));
}

GtkWidget *
telar_port_proxy_new (TelarSceneNode *node, gboolean output, guint port)
{
  TelarPortProxy *self = g_object_new (TELAR_TYPE_PORT_PROXY, NULL);

  self->node = node;
  self->output = output;
  self->port = port;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "port.disconnect", !output);
  return GTK_WIDGET (self);
}

/* "from conv1, pool2" or "to dense1". */
static void
describe_wires (const TelarPortProxy *self, GString *text)
{
  guint n = 0;

  for (guint i = 0; i < self->node->edges->len; i++) {
    const TelarSceneEdge *edge = self->node->edges->pdata[i];
    gboolean here = self->output ? edge->from == self->node && edge->from_port == self->port
                                 : edge->to == self->node && edge->to_port == self->port;
    const char *other = self->output ? edge->to->id : edge->from->id;

    if (!here)
      continue;
    if (n++ > 0)
      g_string_append_printf (text, ", %s", other);
    else if (self->output)
      /* Translators: where a wire of an output port leads: "to dense1". */
      g_string_append_printf (text, _ ("to %s"), other);
    else
      /* Translators: where the wire at an input port comes from: "from conv1". */
      g_string_append_printf (text, _ ("from %s"), other);
  }
  if (n == 0)
    g_string_append (text, _ ("not wired"));
}

void
telar_port_proxy_tell (GtkWidget *proxy)
{
  TelarPortProxy *self = TELAR_PORT_PROXY (proxy);
  const TelarPort *ports = self->output ? self->node->op->outputs : self->node->op->inputs;
  const TelarPort *port = &ports[self->port];
  const char *shape =
      self->output && self->node->shapes && self->port < g_strv_length (self->node->shapes)
          ? self->node->shapes[self->port]
          : "";
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *name =
      g_strdup_printf (self->output ? _ ("Output %s") : _ ("Input %s"), port->name);

  describe_wires (self, text);
  if (shape[0])
    g_string_append_printf (text, ", %s", shape);
  if (port->optional)
    g_string_append_printf (text, ", %s", _ ("optional"));
  telar_proxy_tell (proxy, &self->told, name, text->str);
}

gboolean
telar_port_proxy_is_for (GtkWidget *proxy, gboolean output, guint port)
{
  const TelarPortProxy *self = TELAR_PORT_PROXY (proxy);

  return self->output == output && self->port == port;
}

gboolean
telar_port_proxy_place (GtkWidget *widget, graphene_point_t *centre)
{
  const TelarPortProxy *self = (const TelarPortProxy *)widget;

  if (!TELAR_IS_PORT_PROXY (widget))
    return FALSE;
  *centre = telar_scene_port (self->node, self->output, self->port);
  return TRUE;
}

/* --- wires ------------------------------------------------------------------------------------ */

#define TELAR_TYPE_WIRE_PROXY (telar_wire_proxy_get_type ())
G_DECLARE_FINAL_TYPE (TelarWireProxy, telar_wire_proxy, TELAR, WIRE_PROXY, GtkWidget)

struct _TelarWireProxy {
  GtkWidget parent_instance;

  TelarSceneEdge *edge;
  char *told;
};

G_DEFINE_FINAL_TYPE (TelarWireProxy, telar_wire_proxy, GTK_TYPE_WIDGET)

static void
wire_select (GtkWidget *widget, const char *action, GVariant *parameter)
{
  telar_canvas_select_edge (canvas_of (widget), TELAR_WIRE_PROXY (widget)->edge);
}

static void
wire_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const TelarSceneEdge *edge = TELAR_WIRE_PROXY (widget)->edge;
  g_autofree char *to = g_strdup (edge->to->id);

  telar_edit_disconnect (canvas_of (widget)->document, to, edge->to_port, edge->to_slot);
}

static void
wire_finalize (GObject *object)
{
  g_free (TELAR_WIRE_PROXY (object)->told);
  G_OBJECT_CLASS (telar_wire_proxy_parent_class)->finalize (object);
}

static void
telar_wire_proxy_class_init (TelarWireProxyClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = wire_finalize;
  telar_proxy_class_init (widget_class, GTK_ACCESSIBLE_ROLE_LINK);
  gtk_widget_class_install_action (widget_class, "wire.select", NULL, wire_select);
  gtk_widget_class_install_action (widget_class, "wire.remove", NULL, wire_remove);
}

static void
telar_wire_proxy_init (TelarWireProxy *self)
{
  telar_proxy_init (GTK_WIDGET (self));
}

GtkWidget *
telar_wire_proxy_new (TelarSceneEdge *edge)
{
  TelarWireProxy *self = g_object_new (TELAR_TYPE_WIRE_PROXY, NULL);

  self->edge = edge;
  return GTK_WIDGET (self);
}

void
telar_wire_proxy_tell (GtkWidget *proxy)
{
  TelarWireProxy *self = TELAR_WIRE_PROXY (proxy);
  const TelarSceneEdge *edge = self->edge;
  const char *shape = edge->from->shapes && edge->from_port < g_strv_length (edge->from->shapes)
                          ? edge->from->shapes[edge->from_port]
                          : "";
  g_autofree char *name =
      g_strdup_printf (_ ("Wire from %s to %s"), edge->from->title, edge->to->title);
  const char *probe = telar_canvas_probe_facts (canvas_of (proxy), edge);
  g_autofree char *text = g_strdup_printf (
      "%s:%s → %s:%s%s%s%s%s%s%s", edge->from->id, edge->from->op->outputs[edge->from_port].name,
      edge->to->id, edge->to->op->inputs[edge->to_port].name, shape[0] ? ", " : "", shape,
      edge->selected ? ", " : "", edge->selected ? _ ("selected") : "", probe ? ", " : "",
      probe ? probe : "");

  telar_proxy_tell (proxy, &self->told, name, text);
}
