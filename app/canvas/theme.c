/* The canvas's colours. Hues keep their meaning in every theme; lightness follows the ground. */
#include "app/canvas/theme.h"

#include <adwaita.h>

typedef struct {
  const char *light, *dark;
} Pair;

/* clang-format off */
static const Pair category_colours[TELAR_N_CATEGORIES] = {
  [TELAR_CATEGORY_DATA]       = { "#1f8f55", "#57c98a" },
  [TELAR_CATEGORY_LAYER]      = { "#2a6fdb", "#6ba4f8" },
  [TELAR_CATEGORY_SHAPE]      = { "#6b7482", "#a3adbb" },
  [TELAR_CATEGORY_ACTIVATION] = { "#d9730d", "#ffa348" },
  [TELAR_CATEGORY_NORM]       = { "#12898c", "#4cc9c4" },
  [TELAR_CATEGORY_MATH]       = { "#9a6a3a", "#d3a672" },
  [TELAR_CATEGORY_GROUP]      = { "#5b5fc7", "#a5a8f5" },
  [TELAR_CATEGORY_LOSS]       = { "#cf2f3f", "#f66f7a" },
  [TELAR_CATEGORY_METRIC]     = { "#a67c00", "#e5c350" },
  [TELAR_CATEGORY_CLASSICAL]  = { "#7a4bcf", "#b697f5" },
  [TELAR_CATEGORY_OUTPUT]     = { "#23272e", "#e4e8ee" },
};
static const Pair kind_colours[TELAR_PORT_METRICS + 1] = {
  [TELAR_PORT_TENSOR]  = { "#5c7ea8", "#86a8d2" },
  [TELAR_PORT_TABLE]   = { "#3f9a68", "#6cc495" },
  [TELAR_PORT_MODEL]   = { "#8a63c8", "#b697f5" },
  [TELAR_PORT_METRICS] = { "#b5554f", "#ee8d86" },
};
static const Pair note_colours[TELAR_N_COLOURS] = {
  [TELAR_COLOUR_GREY]   = { "#77767b", "#9a9996" },
  [TELAR_COLOUR_BLUE]   = { "#1c71d8", "#62a0ea" },
  [TELAR_COLOUR_GREEN]  = { "#26a269", "#57e389" },
  [TELAR_COLOUR_YELLOW] = { "#d29d0b", "#f8e45c" },
  [TELAR_COLOUR_ORANGE] = { "#e66100", "#ffbe6f" },
  [TELAR_COLOUR_RED]    = { "#c01c28", "#f66151" },
  [TELAR_COLOUR_PURPLE] = { "#813d9c", "#c061cb" },
};
/* clang-format on */

static GdkRGBA
parse (const char *text)
{
  GdkRGBA colour = { 0, 0, 0, 1 };

  gdk_rgba_parse (&colour, text);
  return colour;
}

static GdkRGBA
pick (Pair pair, gboolean dark)
{
  return parse (dark ? pair.dark : pair.light);
}

GdkRGBA
telar_theme_mix (const GdkRGBA *a, const GdkRGBA *b, float amount)
{
  return (GdkRGBA){ a->red + (b->red - a->red) * amount, a->green + (b->green - a->green) * amount,
                    a->blue + (b->blue - a->blue) * amount,
                    a->alpha + (b->alpha - a->alpha) * amount };
}

GdkRGBA
telar_theme_alpha (const GdkRGBA *colour, float alpha)
{
  return (GdkRGBA){ colour->red, colour->green, colour->blue, colour->alpha * alpha };
}

void
telar_theme_set (cairo_t *cr, const GdkRGBA *colour)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha);
}

/* Black on white or white on black, with outlines instead of shades; hues are kept, each far enough
 * from the ground to be read. */
static void
raise_contrast (TelarTheme *theme)
{
  theme->background = theme->card = parse (theme->dark ? "#000000" : "#ffffff");
  theme->text = theme->border = parse (theme->dark ? "#ffffff" : "#000000");
  theme->dot = telar_theme_alpha (&theme->text, 0.3f);
  theme->dim = telar_theme_mix (&theme->dim, &theme->text, 0.7f);
  theme->accent = parse (theme->dark ? "#99c1f1" : "#1a5fb4");
  theme->guide = telar_theme_mix (&theme->guide, &theme->text, 0.3f);
  theme->error = telar_theme_mix (&theme->error, &theme->text, 0.25f);
  theme->warning = telar_theme_mix (&theme->warning, &theme->text, 0.3f);
  for (guint i = 0; i < TELAR_N_CATEGORIES; i++)
    theme->categories[i] = telar_theme_mix (&theme->categories[i], &theme->text, 0.45f);
  for (guint i = 0; i < G_N_ELEMENTS (kind_colours); i++)
    theme->kinds[i] = telar_theme_mix (&theme->kinds[i], &theme->text, 0.55f);
  for (guint i = 0; i < TELAR_N_COLOURS; i++)
    theme->notes[i] = telar_theme_mix (&theme->notes[i], &theme->text, 0.45f);
}

void
telar_theme_make (TelarTheme *theme, gboolean dark, gboolean high_contrast)
{
  theme->dark = dark;
  theme->high_contrast = high_contrast;
  theme->background = parse (dark ? "#1b1c1f" : "#f4f5f7");
  theme->dot = parse (dark ? "#33353a" : "#d5d8de");
  theme->card = parse (dark ? "#2a2c31" : "#ffffff");
  theme->border = parse (dark ? "rgba(255,255,255,0.09)" : "rgba(15,23,42,0.12)");
  theme->shadow = parse (dark ? "rgba(0,0,0,0.45)" : "rgba(15,23,42,0.10)");
  theme->text = parse (dark ? "#f2f3f5" : "#1f2329");
  theme->dim = parse (dark ? "#a6abb5" : "#636b78");
  theme->accent = parse (dark ? "#78aeed" : "#1c71d8");
  theme->guide = parse (dark ? "#ff8ac4" : "#d0287c");
  theme->error = parse (dark ? "#ff7b63" : "#c01c28");
  theme->warning = parse (dark ? "#f8e45c" : "#ae7b03");
  for (guint i = 0; i < TELAR_N_CATEGORIES; i++)
    theme->categories[i] = pick (category_colours[i], dark);
  for (guint i = 0; i < G_N_ELEMENTS (kind_colours); i++)
    theme->kinds[i] = pick (kind_colours[i], dark);
  for (guint i = 0; i < TELAR_N_COLOURS; i++)
    theme->notes[i] = pick (note_colours[i], dark);
  if (high_contrast)
    raise_contrast (theme);
  theme->wire = theme->kinds[TELAR_PORT_TENSOR];
}

void
telar_theme_load (TelarTheme *theme)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  telar_theme_make (theme, adw_style_manager_get_dark (manager),
                    adw_style_manager_get_high_contrast (manager));
}

/* --- tiles ------------------------------------------------------------------------------------ */

struct _TelarTile {
  GtkWidget parent_instance;

  TelarCategory category;
  int size;
};

G_DEFINE_FINAL_TYPE (TelarTile, telar_tile, GTK_TYPE_WIDGET)

static void
tile_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
              int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = TELAR_TILE (widget)->size;
  *minimum_baseline = *natural_baseline = -1;
}

static void
tile_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TelarTile *self = TELAR_TILE (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double size = self->size, x = (width - size) / 2, y = (height - size) / 2;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height);
  TelarTheme theme;
  GdkRGBA tint;
  cairo_t *cr;

  telar_theme_load (&theme);
  tint = telar_theme_alpha (&theme.categories[self->category], theme.dark ? 0.22f : 0.14f);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  telar_rounded_path (cr, x, y, size, size, size * 0.25);
  telar_theme_set (cr, &tint);
  cairo_fill (cr);
  telar_theme_set (cr, &theme.categories[self->category]);
  telar_glyph_draw (cr, self->category, x + size * 0.2, y + size * 0.2, size * 0.6);
  cairo_destroy (cr);
}

static void
telar_tile_class_init (TelarTileClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = tile_measure;
  widget_class->snapshot = tile_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
telar_tile_init (TelarTile *self)
{
  static const char *const news[] = { "notify::dark", "notify::high-contrast" };

  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_connect_object (adw_style_manager_get_default (), news[i],
                             G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
telar_tile_new (TelarCategory category, int size)
{
  TelarTile *self = g_object_new (TELAR_TYPE_TILE, NULL);

  self->category = category;
  self->size = size;
  return GTK_WIDGET (self);
}

void
telar_tile_set_category (TelarTile *self, TelarCategory category)
{
  self->category = category;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
