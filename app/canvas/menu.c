/* The menu of the canvas: what may be done with the nodes, the wire or the ground under it. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>

typedef struct {
  const char *label, *action;
} Item;

static void
add_section (GMenu *menu, const Item *items, guint n)
{
  g_autoptr (GMenu) section = g_menu_new ();

  for (guint i = 0; i < n; i++)
    g_menu_append (section, _ (items[i].label), items[i].action);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (section));
}

static void
add_submenu (GMenu *menu, const char *label, const Item *items, guint n)
{
  g_autoptr (GMenu) submenu = g_menu_new ();

  for (guint i = 0; i < n; i++)
    g_menu_append (submenu, _ (items[i].label), items[i].action);
  g_menu_append_submenu (menu, label, G_MENU_MODEL (submenu));
}

static void
add_clipboard (GMenu *menu)
{
  static const Item items[] = {
    { N_ ("Cut"), "canvas.cut" },
    { N_ ("Copy"), "canvas.copy" },
    { N_ ("Paste"), "canvas.paste" },
    { N_ ("Duplicate"), "canvas.duplicate" },
  };

  add_section (menu, items, G_N_ELEMENTS (items));
}

static void
add_of_nodes (GMenu *menu)
{
  static const Item edit[] = {
    { N_ ("Replace…"), "canvas.replace" },
    { N_ ("Cut Its Wires"), "canvas.disconnect" },
    { N_ ("Remove"), "canvas.remove" },
    { N_ ("Remove and Reconnect"), "canvas.remove-bridge" },
  };
  static const Item select[] = {
    { N_ ("All That Feeds It"), "canvas.select-upstream" },
    { N_ ("All That It Feeds"), "canvas.select-downstream" },
    { N_ ("All"), "canvas.select-all" },
  };
  static const Item align[] = {
    { N_ ("Left Edges"), "canvas.align::left" },
    { N_ ("Centres from Left to Right"), "canvas.align::centre" },
    { N_ ("Right Edges"), "canvas.align::right" },
    { N_ ("Top Edges"), "canvas.align::top" },
    { N_ ("Middles from Top to Bottom"), "canvas.align::middle" },
    { N_ ("Bottom Edges"), "canvas.align::bottom" },
    { N_ ("Equal Gaps from Left to Right"), "canvas.distribute::horizontal" },
    { N_ ("Equal Gaps from Top to Bottom"), "canvas.distribute::vertical" },
  };
  static const Item group[] = {
    { N_ ("Frame"), "canvas.add-frame" },
    { N_ ("Group"), "canvas.group" },
    { N_ ("Ungroup"), "canvas.ungroup" },
  };
  static const Item look[] = {
    { N_ ("Show Its Charts"), "win.show-charts" },
  };
  g_autoptr (GMenu) more = g_menu_new ();

  add_section (menu, edit, G_N_ELEMENTS (edit));
  add_section (menu, look, G_N_ELEMENTS (look));
  add_submenu (more, _ ("Select"), select, G_N_ELEMENTS (select));
  add_submenu (more, _ ("Align"), align, G_N_ELEMENTS (align));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
  add_section (menu, group, G_N_ELEMENTS (group));
}

static void
add_of_wire (GMenu *menu)
{
  static const Item items[] = {
    { N_ ("Insert a Node…"), "canvas.quick-add" },
    { N_ ("Probe While It Trains"), "canvas.probe" },
    { N_ ("Bend"), "canvas.add-bend" },
    { N_ ("Straighten"), "canvas.straighten" },
    { N_ ("Cut the Wire"), "canvas.cut-wire" },
  };

  add_section (menu, items, G_N_ELEMENTS (items));
}

static void
add_of_ground (GMenu *menu)
{
  static const Item items[] = {
    { N_ ("Add a Node…"), "canvas.quick-add" },
    { N_ ("Add a Note"), "canvas.add-note" },
    { N_ ("Arrange"), "canvas.arrange" },
    { N_ ("Show All"), "canvas.zoom-fit" },
    { N_ ("Show the Selection"), "canvas.zoom-selection" },
  };

  add_section (menu, items, G_N_ELEMENTS (items));
}

static void
add_of_notes (GMenu *menu)
{
  static const Item edit[] = {
    { N_ ("Write"), "canvas.edit-note" },
    { N_ ("Remove"), "canvas.remove" },
  };
  static const Item colours[] = {
    { N_ ("Grey"), "canvas.colour-note::grey" },
    { N_ ("Blue"), "canvas.colour-note::blue" },
    { N_ ("Green"), "canvas.colour-note::green" },
    { N_ ("Yellow"), "canvas.colour-note::yellow" },
    { N_ ("Orange"), "canvas.colour-note::orange" },
    { N_ ("Red"), "canvas.colour-note::red" },
    { N_ ("Purple"), "canvas.colour-note::purple" },
  };
  g_autoptr (GMenu) more = g_menu_new ();

  add_section (menu, edit, G_N_ELEMENTS (edit));
  add_submenu (more, _ ("Colour"), colours, G_N_ELEMENTS (colours));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (more));
}

void
telar_canvas_show_menu (TelarCanvas *self, double x, double y)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  telar_canvas_append_fixes (self, menu);
  if (self->selected_edge)
    add_of_wire (menu);
  else
    add_clipboard (menu);
  if (g_hash_table_size (self->selection))
    add_of_nodes (menu);
  else if (self->current_note)
    add_of_notes (menu);
  telar_canvas_append_library (self, menu);
  add_of_ground (menu);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}
