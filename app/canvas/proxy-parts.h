/* What accessibility tools see of a node's ports and of the wires: widgets that draw nothing, say
 * what the part is, and act for it. The items of the scene are borrowed: a proxy goes before its
 * item. */
#pragma once

#include "app/canvas/canvas-private.h"

G_BEGIN_DECLS

/* Children of the node's proxy, in the order of the ports, inputs first. Call tell when wires or
 * shapes have changed. */
GtkWidget *telar_port_proxy_new (TelarSceneNode *node, gboolean output, guint port);
void telar_port_proxy_tell (GtkWidget *proxy);
gboolean telar_port_proxy_is_for (GtkWidget *proxy, gboolean output, guint port);
/* The port's centre in the drawing; FALSE where @widget stands for no port. */
gboolean telar_port_proxy_place (GtkWidget *widget, graphene_point_t *centre);

/* A child of the canvas. */
GtkWidget *telar_wire_proxy_new (TelarSceneEdge *edge);
void telar_wire_proxy_tell (GtkWidget *proxy);

/* What all proxies share: nothing is drawn or hit, and the canvas moves the focus. */
void telar_proxy_class_init (GtkWidgetClass *widget_class, GtkAccessibleRole role);
void telar_proxy_init (GtkWidget *proxy);

/* Sets name and description where they are not what was told last, as *@told remembers: each change
 * is news to accessibility tools. */
void telar_proxy_tell (GtkWidget *proxy, char **told, const char *name, const char *description);

G_END_DECLS
