/* The boxes that a formula is made of, read from its text. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct TelarBox TelarBox;

typedef enum {
  TELAR_BOX_TEXT,
  TELAR_BOX_SPACE,    /* where a line may end */
  TELAR_BOX_ROW,      /* @parts beside each other */
  TELAR_BOX_PAREN,    /* a row between parentheses */
  TELAR_BOX_FRACTION, /* @parts: above, below */
  TELAR_BOX_ROOT,     /* @parts: what stands under it */
  TELAR_BOX_SCRIPTS,  /* @parts: base, then what stands @below or above */
} TelarBoxKind;

struct TelarBox {
  TelarBoxKind kind;
  char *text;
  gboolean italic, below;
  GPtrArray *parts; /* TelarBox *, owned */
};

/* A row; caller frees. */
TelarBox *telar_box_parse (const char *text);
void telar_box_free (gpointer box);

/* Its size at a scale of the context's font: across, above the line and below it. */
typedef struct {
  double width, ascent, descent;
} TelarBoxSize;
TelarBoxSize telar_box_measure (const TelarBox *box, PangoContext *context, double scale);
/* Draws it, its line's left end at (@x, @y), in the current colour. */
void telar_box_draw (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale,
                     double x, double y);

G_END_DECLS
