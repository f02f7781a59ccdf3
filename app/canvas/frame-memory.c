/* How glibc and cairo are brought to keep the memory of frames. */
#include "app/canvas/frame-memory.h"

#ifdef GDK_WINDOWING_X11
#include <cairo-xlib.h>
#include <gdk/x11/gdkx.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

void
telar_frame_memory_keep_heap (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 32 << 20);
  mallopt (M_TRIM_THRESHOLD, 64 << 20);
#endif
}

void
telar_frame_memory_clear (TelarFrameMemory *memory)
{
  g_clear_pointer (&memory->held, cairo_surface_destroy);
}

#ifdef GDK_WINDOWING_X11

/* Pixels on a side: enough for cairo to share the image with the display at all. */
#define HELD 32

G_GNUC_BEGIN_IGNORE_DEPRECATIONS

/* Cairo shares images that are like those of a window out of segments several times as large, and
 * lets go of a segment when no image lies in it: so a small one is laid beside the large one. */
static cairo_surface_t *
hold_segment (GdkDisplay *display, int width, int height)
{
  Screen *screen = gdk_x11_screen_get_xscreen (gdk_x11_display_get_screen (display));
  cairo_surface_t *root = cairo_xlib_surface_create (
      gdk_x11_display_get_xdisplay (display), gdk_x11_display_get_xrootwindow (display),
      DefaultVisualOfScreen (screen), WidthOfScreen (screen), HeightOfScreen (screen));
  cairo_surface_t *frame =
      cairo_surface_create_similar_image (root, CAIRO_FORMAT_ARGB32, width, height);
  cairo_surface_t *held =
      cairo_surface_create_similar_image (root, CAIRO_FORMAT_ARGB32, HELD, HELD);

  cairo_surface_destroy (frame);
  cairo_surface_destroy (root);
  return held;
}

void
telar_frame_memory_keep_shared (TelarFrameMemory *memory, GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native ? gtk_native_get_surface (native) : NULL;
  int scale, width, height;

  if (!surface || !GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native)) ||
      !GDK_IS_X11_DISPLAY (gdk_surface_get_display (surface)))
    return;
  scale = gdk_surface_get_scale_factor (surface);
  width = gdk_surface_get_width (surface) * scale;
  height = gdk_surface_get_height (surface) * scale;
  if (memory->held && width <= memory->width && height <= memory->height)
    return;
  telar_frame_memory_clear (memory);
  memory->width = MAX (width, memory->width);
  memory->height = MAX (height, memory->height);
  memory->held = hold_segment (gdk_surface_get_display (surface), memory->width, memory->height);
}

G_GNUC_END_IGNORE_DEPRECATIONS

#else

void
telar_frame_memory_keep_shared (TelarFrameMemory *memory, GtkWidget *widget)
{
}

#endif
