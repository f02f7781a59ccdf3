/* Short texts on pills, as shapes stand on wires: each is laid out and drawn once. */
#pragma once

#include "app/canvas/theme.h"

G_BEGIN_DECLS

typedef struct TelarPills TelarPills;

TelarPills *telar_pills_new (void);
void telar_pills_free (TelarPills *pills);
/* Font or colours have changed. */
void telar_pills_clear (TelarPills *pills);
/* The pixels of @text, @device of them for a unit of the widget; borrowed until the next call. */
cairo_surface_t *telar_pills_get (TelarPills *pills, PangoContext *context, const TelarTheme *theme,
                                  int device, const char *text, gboolean chosen);

G_END_DECLS
