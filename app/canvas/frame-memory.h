/* Memory that frames drawn by cairo go through. GTK makes a surface of the window's size for each
 * frame and lets go of it, and on X11 cairo hands it on in a segment shared with the display, which
 * it lets go of as well. Fresh from the system every page of both costs a fault, which together
 * takes longer than drawing; so they are kept. Nothing here changes what is drawn. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Of a window. All zero: nothing yet. */
typedef struct {
  cairo_surface_t *held; /* a few pixels in the segment, for which cairo keeps all of it */
  int width, height;     /* pixels of the largest frame that fits */
} TelarFrameMemory;

/* The process's heap. Once, before the first frame. */
void telar_frame_memory_keep_heap (void);
/* What the display shares, for frames as large as @widget's window. Does nothing where frames are
 * not drawn by cairo, or not on X11, or while the window is not larger than before. */
void telar_frame_memory_keep_shared (TelarFrameMemory *memory, GtkWidget *widget);
void telar_frame_memory_clear (TelarFrameMemory *memory);

G_END_DECLS
