/* The formula's widget: boxes in lines as wide as there is room. */
#include "app/ui/formula.h"

#include "app/ui/formula-box.h"

#define PAD   10
#define GAP   6  /* between lines */
#define HANG  18 /* of all lines but the first */
#define SCALE 1.08

struct _TelarFormula {
  GtkWidget parent_instance;

  TelarBox *row;
};

G_DEFINE_FINAL_TYPE (TelarFormula, telar_formula, GTK_TYPE_WIDGET)

/* Walks through the lines; with @cr draws them. Their height together. */
static double
flow (TelarFormula *self, double width, cairo_t *cr)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  const GPtrArray *parts = self->row->parts;
  double y = PAD;

  for (guint first = 0; first < parts->len;) {
    double x = PAD + (first > 0 ? HANG : 0), end = x, ascent = 0, descent = 0, a = 0, d = 0;
    guint last = first, next = first;

    /* Up to the last space before the edge, or all of a word that is longer. */
    for (guint i = first; i <= parts->len; i++) {
      const TelarBox *part = i < parts->len ? parts->pdata[i] : NULL;
      TelarBoxSize size;

      if (!part || part->kind == TELAR_BOX_SPACE) {
        last = i;
        next = i + 1;
        ascent = a;
        descent = d;
      }
      if (!part)
        break;
      size = telar_box_measure (part, context, SCALE);
      end += size.width;
      a = MAX (a, size.ascent);
      d = MAX (d, size.descent);
      if (end > width - PAD && part->kind != TELAR_BOX_SPACE && last > first)
        break;
    }
    for (guint i = first; cr && i < last; i++) {
      telar_box_draw (parts->pdata[i], cr, context, SCALE, x, y + ascent);
      x += telar_box_measure (parts->pdata[i], context, SCALE).width;
    }
    y += ascent + descent + GAP;
    first = next;
  }
  return y - GAP + PAD;
}

static void
snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  float width = (float)gtk_widget_get_width (widget),
        height = (float)gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  GdkRGBA colour;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  gdk_cairo_set_source_rgba (cr, &colour);
  flow (TELAR_FORMULA (widget), width, cr);
  cairo_destroy (cr);
}

static GtkSizeRequestMode
request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
         int *minimum_baseline, int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 120;
    *natural = 240;
  } else {
    *minimum = *natural =
        (int)flow (TELAR_FORMULA (widget), for_size < 0 ? 240 : for_size, NULL) + 1;
  }
}

static void
finalize (GObject *object)
{
  telar_box_free (TELAR_FORMULA (object)->row);
  G_OBJECT_CLASS (telar_formula_parent_class)->finalize (object);
}

static void
telar_formula_class_init (TelarFormulaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = finalize;
  widget_class->snapshot = snapshot;
  widget_class->measure = measure;
  widget_class->get_request_mode = request_mode;
  gtk_widget_class_set_css_name (widget_class, "telar-formula");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
telar_formula_init (TelarFormula *self)
{
}

GtkWidget *
telar_formula_new (const char *text)
{
  TelarFormula *self = g_object_new (TELAR_TYPE_FORMULA, NULL);

  self->row = telar_box_parse (text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return GTK_WIDGET (self);
}
