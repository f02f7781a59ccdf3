/* The design page puts the parts together: panels that fold at the sides, tools that float over the
 * canvas's corner. */
#include "app/ui/design-page.h"

#include "app/canvas/minimap.h"
#include "app/ui/arrange-pill.h"
#include "app/ui/bookmarks.h"
#include "app/ui/breadcrumb.h"
#include "app/ui/find-bar.h"
#include "app/ui/heat-bar.h"
#include "app/ui/inspector.h"
#include "app/ui/library-dialog.h"
#include "app/ui/palette.h"
#include "app/ui/status-bar.h"
#include "app/ui/zoom-tools.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _TelarDesignPage {
  GtkWidget parent_instance;

  GtkWidget *palette, *canvas, *inspector, *status, *minimap, *tools, *breadcrumb;
  GtkWidget *find, *bookmarks, *heat;
  GtkWidget *palette_flap, *inspector_flap;
  GtkWidget *empty; /* what to do with an empty canvas */
  TelarDocument *document;
};

G_DEFINE_FINAL_TYPE (TelarDesignPage, telar_design_page, GTK_TYPE_WIDGET)

enum { PROP_SHOW_PALETTE = 1, PROP_SHOW_INSPECTOR, PROP_SHOW_MINIMAP, PROP_SHOW_COSTS, N_PROPS };
enum { MESSAGE, N_SIGNALS };

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

TelarCanvas *
telar_design_page_canvas (TelarDesignPage *self)
{
  return TELAR_CANVAS (self->canvas);
}

void
telar_design_page_set_run (TelarDesignPage *self, const char *workspace, const char *run)
{
  telar_heat_bar_set_run (TELAR_HEAT_BAR (self->heat), workspace, run);
}

void
telar_design_page_show_step (TelarDesignPage *self, gint64 step)
{
  telar_heat_bar_show_any (TELAR_HEAT_BAR (self->heat));
  telar_heat_bar_show_step (TELAR_HEAT_BAR (self->heat), step);
}

void
telar_design_page_focus_search (TelarDesignPage *self)
{
  adw_flap_set_reveal_flap (ADW_FLAP (self->palette_flap), TRUE);
  telar_palette_focus_search (TELAR_PALETTE (self->palette));
}

void
telar_design_page_find (TelarDesignPage *self)
{
  telar_find_bar_open (TELAR_FIND_BAR (self->find));
}

void
telar_design_page_bookmarks (TelarDesignPage *self)
{
  telar_bookmarks_open (TELAR_BOOKMARKS (self->bookmarks));
}

void
telar_design_page_go_to_bookmark (TelarDesignPage *self, guint n)
{
  telar_bookmarks_go (TELAR_BOOKMARKS (self->bookmarks), n);
}

void
telar_design_page_toggle_problems (TelarDesignPage *self)
{
  telar_status_bar_toggle_problems (TELAR_STATUS_BAR (self->status));
}

void
telar_design_page_step_problem (TelarDesignPage *self, int by)
{
  telar_status_bar_step_problem (TELAR_STATUS_BAR (self->status), by);
}

void
telar_design_page_show_problems (TelarDesignPage *self)
{
  telar_status_bar_show_problems (TELAR_STATUS_BAR (self->status));
}

/* --- panes ------------------------------------------------------------------------------------ */

static GtkWidget *
pane (TelarDesignPage *self, TelarPane which)
{
  GtkWidget *const panes[TELAR_N_PANES] = {
    [TELAR_PANE_PALETTE] = self->palette,
    [TELAR_PANE_CANVAS] = self->canvas,
    [TELAR_PANE_INSPECTOR] = self->inspector,
    [TELAR_PANE_STATUS] = self->status,
  };

  return panes[which];
}

TelarPane
telar_design_page_pane (TelarDesignPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;
  guint which = 0;

  while (focus && which < TELAR_N_PANES && focus != pane (self, which) &&
         !gtk_widget_is_ancestor (focus, pane (self, which)))
    which++;
  return focus ? which : TELAR_N_PANES;
}

void
telar_design_page_step_pane (TelarDesignPage *self, int step)
{
  guint now = telar_design_page_pane (self), next = now;

  for (guint tries = 0; tries < TELAR_N_PANES; tries++) {
    next = next == TELAR_N_PANES ? TELAR_PANE_CANVAS
                                 : (next + TELAR_N_PANES + (guint)step) % TELAR_N_PANES;
    if (!gtk_widget_get_mapped (pane (self, next)))
      continue;
    if (next == TELAR_PANE_CANVAS ? gtk_widget_grab_focus (self->canvas)
                                  : gtk_widget_child_focus (pane (self, next), GTK_DIR_TAB_FORWARD))
      break;
  }
  /* Keys moved it: it is to be seen where. */
  gtk_window_set_focus_visible (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), TRUE);
}

const TelarOperator *
telar_design_page_focused_operator (TelarDesignPage *self)
{
  return telar_palette_focused (TELAR_PALETTE (self->palette));
}

static gboolean
to_canvas (GtkWidget *widget, GVariant *args, gpointer data)
{
  return gtk_widget_grab_focus (TELAR_DESIGN_PAGE (data)->canvas);
}

/* Escape goes back to the canvas. The palette's search would keep the key for itself. */
static void
add_way_back (TelarDesignPage *self, GtkWidget *widget)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (keys, widget == self->palette ? GTK_PHASE_CAPTURE
                                                                            : GTK_PHASE_BUBBLE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_callback_action_new (to_canvas, self, NULL)));
  gtk_widget_add_controller (widget, keys);
}

/* --- what the parts say ----------------------------------------------------------------------- */

static void
on_palette_add (TelarPalette *palette, const char *op, TelarDesignPage *self)
{
  g_free (telar_canvas_add (TELAR_CANVAS (self->canvas), op));
}

static void
on_message (GtkWidget *source, const char *text, TelarDesignPage *self)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

static void
on_keep_group (TelarCanvas *canvas, const char *group, TelarDesignPage *self)
{
  const TelarGraph *drawing = telar_graph_find_group (telar_document_graph (self->document), group);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (telar_library_ask_keep (GTK_WIDGET (self), drawing, &error))
    return;
  text = g_strdup_printf (_ ("The operator was not kept: %s"), error->message);
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

static void
on_view_changed (TelarCanvas *canvas, TelarDesignPage *self)
{
  telar_zoom_tools_show (self->tools, telar_canvas_zoom (canvas));
}

void
telar_design_page_reveal (TelarDesignPage *self, const char *node)
{
  g_autofree char *place = g_strdup (node);
  const char *slash = strrchr (node, '/');

  if (!telar_node_leave (place))
    *place = '\0';
  if (telar_document_enter (self->document, place))
    telar_canvas_reveal (TELAR_CANVAS (self->canvas), slash ? slash + 1 : node);
}

static void
on_reveal (GtkWidget *source, const char *node, TelarDesignPage *self)
{
  telar_design_page_reveal (self, node);
}

/* A group is entered, of any other node the title is edited. */
static void
on_node_activated (TelarCanvas *canvas, const char *id, TelarDesignPage *self)
{
  const TelarNode *node = telar_graph_find_node (telar_document_drawing (self->document), id);

  if (node && telar_operator_drawing (node->op)) {
    telar_canvas_select (TELAR_CANVAS (self->canvas), (const char *const[]){ id, NULL });
    gtk_widget_activate_action (self->canvas, "canvas.enter-group", NULL);
    return;
  }
  adw_flap_set_reveal_flap (ADW_FLAP (self->inspector_flap), TRUE);
  telar_inspector_focus_title (TELAR_INSPECTOR (self->inspector));
}

static void
update_empty (TelarDesignPage *self)
{
  gtk_widget_set_visible (
      self->empty,
      self->document && telar_graph_nodes (telar_document_drawing (self->document))->len == 0);
}

void
telar_design_page_set_document (TelarDesignPage *self, TelarDocument *document,
                                TelarAnalysis *analysis)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  telar_canvas_set_document (TELAR_CANVAS (self->canvas), document, analysis);
  telar_palette_set_document (TELAR_PALETTE (self->palette), document);
  telar_find_bar_set_document (TELAR_FIND_BAR (self->find), document);
  telar_bookmarks_set_document (TELAR_BOOKMARKS (self->bookmarks), document);
  telar_heat_bar_set_document (TELAR_HEAT_BAR (self->heat), document);
  telar_breadcrumb_set_document (TELAR_BREADCRUMB (self->breadcrumb), document);
  telar_inspector_set_document (TELAR_INSPECTOR (self->inspector), document, analysis);
  telar_status_bar_set_analysis (TELAR_STATUS_BAR (self->status), analysis);
  if (document)
    g_object_connect (document, "swapped-object-signal::changed", update_empty, self,
                      "swapped-object-signal::entered", update_empty, self, NULL);
  update_empty (self);
}

/* --- building --------------------------------------------------------------------------------- */

static GtkWidget *
build_tools (TelarDesignPage *self)
{
  self->tools = telar_zoom_tools_new (self->canvas);
  self->bookmarks = telar_bookmarks_new (TELAR_CANVAS (self->canvas));
  g_signal_connect (self->bookmarks, "message", G_CALLBACK (on_message), self);
  gtk_box_append (GTK_BOX (self->tools), self->bookmarks);
  return self->tools;
}

static GtkWidget *
build_empty (TelarDesignPage *self)
{
  self->empty = adw_status_page_new ();
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty), _ ("Draw a network"));
  adw_status_page_set_description (
      ADW_STATUS_PAGE (self->empty),
      _ ("Drag an operator from the palette, or press Tab and type its name.\n"
         "Start with data, end with a loss."));
  gtk_widget_set_can_target (self->empty, FALSE);
  gtk_widget_add_css_class (self->empty, "compact");
  return self->empty;
}

/* Over a corner or side of the canvas. */
static void
add_overlay (GtkWidget *overlay, GtkWidget *child, GtkAlign across, GtkAlign down)
{
  gtk_widget_set_halign (child, across);
  gtk_widget_set_valign (child, down);
  g_object_set (child, "margin-start", 12, "margin-end", 12, "margin-top", 12, "margin-bottom", 12,
                NULL);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), child);
}

static GtkWidget *
build_canvas (TelarDesignPage *self)
{
  GtkWidget *overlay = gtk_overlay_new ();

  self->canvas = telar_canvas_new ();
  self->minimap = telar_minimap_new (TELAR_CANVAS (self->canvas));
  gtk_widget_set_halign (self->minimap, GTK_ALIGN_END);
  gtk_widget_set_valign (self->minimap, GTK_ALIGN_END);
  g_object_set (self->minimap, "margin-end", 12, "margin-bottom", 12, NULL);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), self->canvas);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), build_empty (self));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), build_tools (self));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->minimap);
  add_overlay (overlay, telar_arrange_pill_new (TELAR_CANVAS (self->canvas)), GTK_ALIGN_CENTER,
               GTK_ALIGN_END);
  self->find = telar_find_bar_new (TELAR_CANVAS (self->canvas));
  g_signal_connect (self->find, "go", G_CALLBACK (on_reveal), self);
  add_overlay (overlay, self->find, GTK_ALIGN_END, GTK_ALIGN_START);
  self->heat = telar_heat_bar_new (TELAR_CANVAS (self->canvas));
  add_overlay (overlay, self->heat, GTK_ALIGN_CENTER, GTK_ALIGN_START);
  self->breadcrumb = telar_breadcrumb_new ();
  gtk_widget_set_halign (self->breadcrumb, GTK_ALIGN_START);
  gtk_widget_set_valign (self->breadcrumb, GTK_ALIGN_START);
  g_object_set (self->breadcrumb, "margin-start", 12, "margin-top", 12, NULL);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), self->breadcrumb);
  g_signal_connect (self->canvas, "keep-group", G_CALLBACK (on_keep_group), self);
  g_signal_connect (self->canvas, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->canvas, "view-changed", G_CALLBACK (on_view_changed), self);
  return overlay;
}

static GtkWidget *
panel (GtkWidget *child, int width, const char *css_class)
{
  gtk_widget_set_size_request (child, width, -1);
  gtk_widget_add_css_class (child, "studio-panel");
  gtk_widget_add_css_class (child, css_class);
  return child;
}

static GtkWidget *
flap (GtkWidget *content, GtkWidget *side, GtkPackType position)
{
  GtkWidget *widget = adw_flap_new ();

  adw_flap_set_content (ADW_FLAP (widget), content);
  adw_flap_set_flap (ADW_FLAP (widget), side);
  adw_flap_set_flap_position (ADW_FLAP (widget), position);
  adw_flap_set_swipe_to_open (ADW_FLAP (widget), FALSE);
  adw_flap_set_swipe_to_close (ADW_FLAP (widget), FALSE);
  return widget;
}

static void
telar_design_page_init (TelarDesignPage *self)
{
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->status = telar_status_bar_new ();
  self->palette = telar_palette_new ();
  gtk_box_append (GTK_BOX (middle), build_canvas (self));
  gtk_box_append (GTK_BOX (middle), self->status);
  self->inspector = telar_inspector_new (TELAR_CANVAS (self->canvas));
  self->inspector_flap =
      flap (middle, panel (self->inspector, 304, "studio-panel-end"), GTK_PACK_END);
  self->palette_flap =
      flap (self->inspector_flap, panel (self->palette, 240, "studio-panel-start"), GTK_PACK_START);
  gtk_widget_set_parent (self->palette_flap, GTK_WIDGET (self));
  add_way_back (self, self->palette);
  add_way_back (self, self->inspector);
  add_way_back (self, self->status);
  g_signal_connect (self->canvas, "node-activated", G_CALLBACK (on_node_activated), self);
  g_signal_connect (self->palette, "add", G_CALLBACK (on_palette_add), self);
  g_signal_connect (self->status, "reveal", G_CALLBACK (on_reveal), self);
}

/* --- the object ------------------------------------------------------------------------------- */

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TelarDesignPage *self = TELAR_DESIGN_PAGE (object);

  switch (id) {
  case PROP_SHOW_PALETTE:
    g_value_set_boolean (value, adw_flap_get_reveal_flap (ADW_FLAP (self->palette_flap)));
    break;
  case PROP_SHOW_INSPECTOR:
    g_value_set_boolean (value, adw_flap_get_reveal_flap (ADW_FLAP (self->inspector_flap)));
    break;
  case PROP_SHOW_MINIMAP:
    g_value_set_boolean (value, gtk_widget_get_visible (self->minimap));
    break;
  case PROP_SHOW_COSTS:
    g_value_set_boolean (value, telar_canvas_shows_costs (TELAR_CANVAS (self->canvas)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TelarDesignPage *self = TELAR_DESIGN_PAGE (object);
  gboolean show = g_value_get_boolean (value);

  switch (id) {
  case PROP_SHOW_PALETTE:
    adw_flap_set_reveal_flap (ADW_FLAP (self->palette_flap), show);
    break;
  case PROP_SHOW_INSPECTOR:
    adw_flap_set_reveal_flap (ADW_FLAP (self->inspector_flap), show);
    break;
  case PROP_SHOW_MINIMAP:
    gtk_widget_set_visible (self->minimap, show);
    break;
  case PROP_SHOW_COSTS:
    telar_canvas_set_costs (TELAR_CANVAS (self->canvas), show);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
dispose (GObject *object)
{
  TelarDesignPage *self = TELAR_DESIGN_PAGE (object);

  g_clear_object (&self->document);
  g_clear_pointer (&self->palette_flap, gtk_widget_unparent);
  G_OBJECT_CLASS (telar_design_page_parent_class)->dispose (object);
}

static void
telar_design_page_class_init (TelarDesignPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = get_property;
  object_class->set_property = set_property;
  object_class->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);

  props[PROP_SHOW_PALETTE] = g_param_spec_boolean ("show-palette", NULL, NULL, TRUE, flags);
  props[PROP_SHOW_INSPECTOR] = g_param_spec_boolean ("show-inspector", NULL, NULL, TRUE, flags);
  props[PROP_SHOW_MINIMAP] = g_param_spec_boolean ("show-minimap", NULL, NULL, TRUE, flags);
  props[PROP_SHOW_COSTS] = g_param_spec_boolean ("show-costs", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[MESSAGE] = g_signal_new ("message", TELAR_TYPE_DESIGN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

GtkWidget *
telar_design_page_new (void)
{
  return g_object_new (TELAR_TYPE_DESIGN_PAGE, NULL);
}
